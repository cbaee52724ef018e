from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

from ...tools.form import form_values

MAX_REASON_LENGTH = MAX_COMMENT_LENGTH = 5000
# What a link is good for -> what it is signed for
SCOPES = {"close": "support-ticket-close", "undo": "support-ticket-undo-close"}
LINK_LIFETIME = timedelta(days=30)


class HelpdeskTicket(models.Model):
    """What customers do with a ticket besides answering: on its page and by links."""

    _inherit = "helpdesk.ticket"

    def _act_from_portal(self, action, values):
        """Do what the current user has chosen on the page of an action.

        :param str action: participants, edit, close, reopen or leave
        :param dict values: name of an input -> list of posted strings
        :return: what is wrong by name of the input (``form``: with all of it, ``news``:
            what others did in the meantime); empty when it is done
        :rtype: dict
        """
        self.ensure_one()
        acts = {
            "close": self._act_close,
            "edit": self._act_edit,
            "leave": self._act_leave,
            "participants": self._act_participants,
            "reopen": self._act_reopen,
        }
        if action not in self._get_portal_actions() & set(acts):
            return {"form": self._get_news(values) or self._get_refusal(action)}
        try:
            self._check_hourly_limit("change")
        except UserError as error:
            return {"form": error.args[0]}
        return acts[action](values)

    def _get_refusal(self, action):
        """Return why an action that was asked for is not possible, and what is."""
        _ = self.env._
        if action == "reopen" and self.sudo().closed:
            return _("This ticket was closed too long ago. Please file a new one.")
        if action == "reopen":
            return _("This ticket is open.")
        if self.sudo().closed:
            return _("This ticket is closed.")
        return _("You can't do that with this ticket. Please answer it instead.")

    # ---------------------------------------------------
    # Close and reopen
    # ---------------------------------------------------

    def _act_close(self, values):
        errors = self._get_news_error(values, ("message", "stage"))
        reason = self._parse_reason(values, errors)
        if errors:
            return errors
        ticket_sudo = self.sudo()
        stages_sudo = ticket_sudo._get_portal_closing_stages()
        posted = (values.get("stage_id") or [""])[0]
        stage_sudo = stages_sudo.filtered(lambda stage: str(stage.id) == posted)
        if posted and not stage_sudo:
            return {"form": self._get_refusal("close")}
        stage_sudo = stage_sudo or stages_sudo[:1]
        is_done = ticket_sudo._close(self.env.user.partner_id, reason, stage_sudo)
        return {} if is_done else {"form": self._get_refusal("close")}

    def _act_reopen(self, values):
        errors = self._get_news_error(values, ("message", "stage"))
        reason = self._parse_reason(values, errors)
        if not reason and not errors:
            errors["reason"] = self.env._("Please say what is still missing.")
        if not errors and not self.sudo()._reopen(self.env.user.partner_id, reason):
            errors["form"] = self._get_refusal("reopen")
        return errors

    def _parse_reason(self, values, errors):
        """Return what was said about closing or reopening; add what is wrong."""
        reason = form_values.clean_text(
            (values.get("reason") or [""])[0], multiline=True
        )
        if len(reason) > MAX_REASON_LENGTH:
            errors["reason"] = self.env._(
                "Please use at most %(limit)s characters.", limit=MAX_REASON_LENGTH
            )
        return reason

    # ---------------------------------------------------
    # The links of mails, good without a login
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
        if partner_sudo not in ticket_sudo._get_people_taking_part():
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

    # ---------------------------------------------------
    # What the links do
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
