from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a portal user may read of a ticket, also over RPC; nothing may be written.
PORTAL_READABLE_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "access_url",
        "active",
        "category_id",
        "closed",
        "closed_date",
        "company_id",
        "create_date",
        "description",
        "is_guest",
        "is_participant",
        "commercial_partner_id",
        "last_activity_at",
        "last_stage_update",
        "message_partner_ids",
        "name",
        "number",
        "partner_email",
        "partner_id",
        "partner_name",
        "phone_availability",
        "portal_role",
        "priority",
        "sequence",
        "stage_id",
        "status_since",
        "team_id",
        "type_id",
        "user_id",
    }
)
# In the cache of a transaction: (partner's id, of others only) -> ids of tickets
FOLLOWED = "support_followed"


class HelpdeskTicket(models.Model):
    """Which tickets customers see, and which fields of them."""

    _inherit = "helpdesk.ticket"

    is_participant = fields.Boolean(
        compute="_compute_is_participant",
        search="_search_is_participant",
        help="The current user takes part in the conversation.",
    )

    is_guest = fields.Boolean(
        string="Guest",
        compute="_compute_is_guest",
        search="_search_is_guest",
        help="The current user takes part in the conversation of a ticket that is not "
        "visible to them anyway.",
    )

    @api.depends_context("uid")
    @api.depends("message_follower_ids")
    def _compute_is_participant(self):
        followed = self._get_followed_ids(self.ids)
        for ticket in self:
            ticket.is_participant = ticket.id in followed

    def _search_is_participant(self, operator, value):
        """Search by ids, not by a sub-query.

        In an OR PostgreSQL finds ids by its indexes, whereas it scans all tickets for
        a sub-query.
        """
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._get_all_followed_ids())

    @api.depends_context("uid")
    @api.depends("message_follower_ids")
    def _compute_is_guest(self):
        followed = self._get_followed_ids(self.ids, of_others=True)
        for ticket in self:
            ticket.is_guest = ticket.id in followed

    def _search_is_guest(self, operator, value):
        """Search by ids, see above. This one stands in the record rule.

        An administrator may follow thousands of colleagues' tickets.
        """
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._get_all_followed_ids(of_others=True))

    @api.model
    def _get_all_followed_ids(self, of_others=False):
        """Return what :meth:`_get_followed_ids` says, found once in a transaction.

        A list asks for it in each of its queries.
        """
        is_administrator = self.env["res.partner"]._manages_colleagues()
        key = (self.env.user.partner_id.id, of_others and is_administrator)
        known = self.env.cr.cache.setdefault(FOLLOWED, {})
        if key not in known:
            known[key] = self._get_followed_ids(of_others=of_others)
        return known[key]

    @api.model
    def _forget_followed(self):
        """Have it found anew: somebody follows, or a ticket changes hands."""
        self.env.cr.cache.pop(FOLLOWED, None)

    @api.model
    def _get_followed_ids(self, among=None, of_others=False):
        """Return the ids of the tickets that the current user follows.

        Without those whose contact the user is: these are visible by that, or are no
        longer, as the contact has moved to another company.

        :param list among: ids that come into question; all
        :param bool of_others: for administrators without those of their company
        :rtype: set[int]
        """
        partner_sudo = self.env.user.sudo().partner_id
        self.env["mail.followers"].flush_model(["partner_id", "res_id", "res_model"])
        self.flush_model(["commercial_partner_id", "partner_id"])
        followed = own = SQL("TRUE")
        if among is not None:
            followed = SQL("follower.res_id = ANY(%s)", list(among))
            own = SQL("ticket.id = ANY(%s)", list(among))
        if of_others and self.env["res.partner"]._manages_colleagues():
            followed = SQL(
                "%s AND NOT EXISTS (SELECT FROM helpdesk_ticket ticket"
                " WHERE ticket.id = follower.res_id"
                " AND ticket.commercial_partner_id = %s)",
                followed,
                partner_sudo.commercial_partner_id.id,
            )
        query = SQL(
            """
            SELECT follower.res_id
              FROM mail_followers follower
             WHERE follower.partner_id = %s
               AND follower.res_model = 'helpdesk.ticket' AND %s
            EXCEPT
            SELECT ticket.id FROM helpdesk_ticket ticket
             WHERE ticket.partner_id = %s AND %s
            """,
            partner_sudo.id,
            followed,
            partner_sudo.id,
            own,
        )
        return {ticket_id for (ticket_id,) in self.env.execute_query(query)}

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation == "read" and field.name in self._get_portal_readable_fields():
            return True
        return self.env.su or not self.env.user._is_outsider()

    @api.model
    def _get_portal_readable_fields(self):
        """Return the names of the fields that portal users may read."""
        return PORTAL_READABLE_FIELDS

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, hash=None, pid=None, token=None, **kwargs
    ):
        """Accept no token instead of a login.

        Links in mails are forwarded; who opens them is not who they were sent to.
        """
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        """Lead to the ticket without a token, which customers may not read."""
        return super()._get_share_url(
            redirect=redirect, signup_partner=signup_partner, pid=pid, share_token=False
        )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Let customers read messages; they write them on our pages only.

        Odoo's own doors to post, to change and to upload know neither the rules for
        files nor the limits, and let the sender choose the kind of a message.
        """
        if self.env.user._is_outsider() and message_operation != "read":
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def _message_update_content(self, *args, **kwargs):
        """Keep what customers wrote as it was answered: they change no messages."""
        self._refuse_customers()
        return super()._message_update_content(*args, **kwargs)
