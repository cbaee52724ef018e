from datetime import timedelta

from odoo import fields, models
from odoo.tools import hash_sign, verify_hash_signed

from ...tools.form import form_values

# What a link is good for -> what it is signed for
SCOPES = {"close": "support-ticket-close", "undo": "support-ticket-undo-close"}
LINK_LIFETIME = timedelta(days=30)
UNDO_WINDOW = timedelta(minutes=60)
MAX_COMMENT_LENGTH = 5000


class HelpdeskTicket(models.Model):
    """Closing a solved ticket with the button of a mail, without a login.

    The links are personal. They die when the ticket moves on, and when their reader
    takes no part any more; what they show is the number and the subject.
    """

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Links
    # ---------------------------------------------------

    def _get_close_url(self, partner):
        """Return the address of the page where a reader closes the solved ticket.

        :return: None when the ticket is not solved, or there is no contact
        """
        self.ensure_one()
        if self.portal_role != "solved" or not partner:
            return None
        token = self._get_link_token("close", partner)
        return f"{self.get_base_url()}/support/ticket/{self.id}/close#token={token}"

    def _get_link_token(self, purpose, partner):
        """Sign that a reader may do something while the ticket stays as it is."""
        return hash_sign(
            self.sudo().env,
            SCOPES[purpose],
            [self.id, partner.id, self._get_link_moment()],
            expiration=LINK_LIFETIME,
        )

    def _get_link_moment(self):
        return fields.Datetime.to_string(self.status_since)

    def _verify_link(self, purpose, token):
        """Return the ticket, its reader and the moment of a link, if it is genuine.

        :return: (ticket with all rights, res.partner, str) or None
        """
        try:
            values = verify_hash_signed(
                self.sudo().env, SCOPES[purpose], form_values.clean_text(token)
            )
        except ValueError:  # not even the form of a token
            return None
        if not values or [values[0]] != self.ids:
            return None
        ticket_sudo = self.sudo().exists()
        if not ticket_sudo.active:
            return None
        partner_sudo = ticket_sudo.env["res.partner"].browse(values[1]).exists()
        people_sudo = ticket_sudo._get_present_contact()
        people_sudo |= ticket_sudo.message_partner_ids
        if partner_sudo not in people_sudo:
            return None
        return ticket_sudo, partner_sudo, values[2]

    def _read_link(self, token):
        """Return what the page of a link shows.

        :return: None for a link that doesn't work (any more), else number, name and
            state: ``solved`` (can be closed), ``undoable`` (just closed with the link),
            ``closed`` or ``open``
        :rtype: dict
        """
        for purpose in SCOPES:
            if found := self._verify_link(purpose, token):
                ticket_sudo, _partner_sudo, moment = found
                state = ticket_sudo._get_link_state(purpose, moment)
                return state and {
                    "number": ticket_sudo.number,
                    "name": ticket_sudo.name,
                    "state": state,
                }
        return None

    def _get_link_state(self, purpose, moment):
        """Return the state that a link finds the ticket in, see ``_read_link``."""
        is_unmoved = moment == self._get_link_moment()
        if self.portal_role == "solved":
            return "solved" if purpose == "close" and is_unmoved else None
        if self.portal_role != "closed":
            return "open"
        age = fields.Datetime.now() - self.status_since
        is_undoable = purpose == "undo" and is_unmoved and age <= UNDO_WINDOW
        return "undoable" if is_undoable else "closed"

    # ---------------------------------------------------
    # What they do
    # ---------------------------------------------------

    def _close_by_link(self, token, comment=""):
        """Close the ticket on behalf of the reader of a mail.

        :param str comment: what the reader has to say, for everybody who takes part
        :return: the token with which it can be undone, None if nothing was closed
        """
        found = self._verify_link("close", token)
        if not found:
            return None
        ticket_sudo, partner_sudo, moment = found
        if ticket_sudo._get_link_state("close", moment) != "solved":
            return None
        comment = form_values.clean_text(comment, multiline=True)[:MAX_COMMENT_LENGTH]
        if not ticket_sudo._close(partner_sudo, reason=comment):
            return None
        ticket_sudo._note_move(
            self.env._("Closed with the button of the e-mail."), partner_sudo
        )
        return ticket_sudo._get_link_token("undo", partner_sudo)

    def _undo_close_by_link(self, token):
        """Open the ticket again that the link has just closed.

        It goes to the team: whoever takes the closing back is not content.

        :return: whether it was opened
        :rtype: bool
        """
        found = self._verify_link("undo", token)
        if not found:
            return False
        ticket_sudo, partner_sudo, moment = found
        if ticket_sudo._get_link_state("undo", moment) != "undoable":
            return False
        return ticket_sudo._reopen(partner_sudo)
