from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# How often a portal user may do something within an hour
HOURLY_LIMITS = {"ticket": 30, "message": 60, "change": 30}
UNDO_WINDOW = timedelta(minutes=60)


class HelpdeskTicket(models.Model):
    """Who may do what with a ticket, for pages, mails, links, files and programs.

    Who sees a ticket at all is said by the record rules of the database, which ask
    ``is_guest``: its contact and the administrators of the customer, as long as they
    work there, and whoever takes part; staff by their levels. What they read of it:
    ``PORTAL_READABLE_FIELDS``, and of the messages ``_get_shown_domain``. Whoever sees
    a ticket sees its efforts.

    Nothing here changes anything.
    """

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # On its page
    # ---------------------------------------------------

    def _get_portal_actions(self):
        """Return what the current user may do with the ticket in its present state.

        People whom the customer has put in copy answer and leave; the rest is the
        business of the customer's own people, and of the staff who may change tickets.

        :rtype: set[str]
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        partner = self.env.user.partner_id
        if self.env.user.share:
            is_owner = ticket_sudo._is_of_customer(partner)
        else:
            is_owner = self.has_access("write")
        actions = set()
        if not ticket_sudo.closed:
            actions.add("reply")
            if is_owner:
                actions |= {"participants", "edit"}
                if ticket_sudo._get_portal_closing_stages():
                    actions.add("close")
        elif is_owner and ticket_sudo._can_be_reopened():
            actions.add("reopen")
        if partner in ticket_sudo.message_partner_ids - ticket_sudo.partner_id:
            actions.add("leave")
        return actions

    def _is_of_customer(self, partner):
        """Tell whether somebody works for the customer of the ticket."""
        self.ensure_one()
        return partner.commercial_partner_id == self.commercial_partner_id

    def _may_remove_others(self):
        """Tell whether the current user may: the contact, administrators and staff."""
        self.ensure_one()
        user = self.env.user
        if "participants" not in self._get_portal_actions():
            return False
        return (
            not user.share
            or user.partner_id in (self.sudo().partner_id, self.sudo().filed_by_id)
            or user.has_group("customer_portal_addon.group_customer_administrator")
        )

    def _get_portal_closing_stages(self):
        """Return the stages by which customers may close the ticket."""
        self.ensure_one()
        if self.closed:
            return self.env["helpdesk.ticket.stage"]
        ticket = self.with_company(self.company_id)
        return ticket.team_id._get_applicable_stages().filtered(
            lambda stage: stage.closed and stage.close_from_portal
        )

    def _can_be_reopened(self):
        """Tell whether a closed ticket is young enough to go on with it.

        Later, customers file a new one, and their mails open one.
        """
        self.ensure_one()
        days = self.company_id.support_reopen_days
        if not days or not self.closed:
            return self.closed
        age = fields.Datetime.now() - self.status_since
        return age.days < days

    # ---------------------------------------------------
    # Messages in the portal
    # ---------------------------------------------------

    def _check_customer_may_post(self, message_type="comment"):
        """Refuse messages of portal users to closed tickets, and too many of them.

        Mails don't pass here as portal users: the gateway posts as itself. Nor does
        what Odoo itself says about a change, such as the mail of a stage.

        :raise UserError:
        """
        if not self.env.user.share or message_type != "comment":
            return
        if any(ticket.closed for ticket in self.sudo()):
            raise UserError(
                self.env._(
                    "This ticket is closed and takes no more messages here. Answer one "
                    "of our e-mails about it, or file a new ticket."
                )
            )
        self._check_hourly_limit("message")

    @api.model
    def _check_hourly_limit(self, what):
        """Refuse what a contact does too often; tickets for others count, too.

        :param str what: ``ticket``, ``message`` or ``change``
        :raise UserError:
        """
        if not self.env.user.share:
            return
        since = fields.Datetime.now() - timedelta(hours=1)
        me = self.env.user.partner_id.id
        limit = HOURLY_LIMITS[what]
        if what == "ticket":
            records_sudo = self.env["helpdesk.ticket"].sudo()
            domain = [("filed_by_id", "=", me), ("create_date", ">", since)]
        else:
            records_sudo = self.env["mail.message"].sudo()
            kind = "comment" if what == "message" else "notification"
            domain = [
                ("model", "=", "helpdesk.ticket"),
                ("author_id", "=", me),
                ("date", ">", since),
                ("message_type", "=", kind),
            ]
        records_sudo = records_sudo.with_context(active_test=False)
        who = f"{what} {me}"
        if self.env["support.limit"]._is_reached(records_sudo, domain, limit, who):
            raise UserError(
                self.env._(
                    "That is a lot for one hour. Please wait a little before you send "
                    "more, or call us."
                )
            )

    # ---------------------------------------------------
    # By mail and by the links of mails
    # ---------------------------------------------------

    def _find_answering_person(self, address):
        """Return who may answer the ticket from an address, if anybody.

        The contact and the participants, by any of their addresses, the customer's
        administrators, and staff. Archived people have left.

        :param str address: normalised
        :rtype: res.partner
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        people_sudo = ticket_sudo._get_present_contact()
        people_sudo |= ticket_sudo.message_partner_ids
        if ticket_sudo.commercial_partner_id:
            people_sudo |= people_sudo.search(
                [
                    ("commercial_partner_id", "=", self.commercial_partner_id.id),
                    ("is_customer_administrator", "=", True),
                    ("support_unconfirmed", "=", False),
                    ("user_ids.active", "=", True),
                ]
            )
        found_sudo = people_sudo.filtered(
            lambda person: person.active and address in self._get_addresses_of(person)
        )
        return (found_sudo or self._find_staff(address))[:1]

    def _is_known_reader(self, partner):
        """Tell whether a mail to ``partner`` may carry words of the sender.

        People outside the customer didn't ask for the mail: whoever fills in the form
        must not be able to write to the world in our name. Nor do those whom an
        administrator has named, as long as they have not confirmed it.

        :param res.partner partner: empty for an address without contact
        """
        self.ensure_one()
        if partner.support_unconfirmed:
            return False
        customer = self.commercial_partner_id
        return partner.commercial_partner_id == customer

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

    def _get_link_moment(self):
        """Return what links are signed with: they die when the ticket moves on."""
        return fields.Datetime.to_string(self.status_since)
