from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

MAX_OPEN_TICKETS = 10


class SupportPhoneTicket(models.TransientModel):
    """What staff type while somebody is on the phone: who calls, what, how urgent."""

    _name = "support.phone.ticket"
    _inherit = ["support.posted.link.mixin"]
    _description = "Ticket by Phone"
    _posted_links = {"partner_id": "read"}

    partner_id = fields.Many2one(
        "res.partner",
        string="Caller",
        domain="[('type', '=', 'contact'), ('partner_share', '=', True)]",
        ondelete="cascade",
        help="Who calls: found by name, company, phone number or support ID.",
    )
    customer_id = fields.Many2one(related="partner_id.commercial_partner_id")
    support_code = fields.Char(related="partner_id.support_code")
    support_state = fields.Selection(related="partner_id.support_state")
    open_ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Open tickets",
        compute="_compute_open_tickets",
        help="The caller's open tickets, the latest activity first.",
    )
    open_ticket_count = fields.Integer(compute="_compute_open_tickets")
    partner_name = fields.Char(
        string="Name", compute="_compute_from_partner", store=True, readonly=False
    )
    partner_phone = fields.Char(
        string="Phone",
        compute="_compute_from_partner",
        store=True,
        readonly=False,
        help="Where the caller can be reached.",
    )
    partner_email = fields.Char(
        string="Email", compute="_compute_from_partner", store=True, readonly=False
    )
    type_id = fields.Many2one("helpdesk.ticket.type", ondelete="cascade")
    name = fields.Char(string="Subject", required=True)
    description = fields.Text(help="Empty: the subject says it all.")
    priority = fields.Selection(
        lambda self: self.env["helpdesk.ticket.type"]._get_priority_options(),
        string="How urgent is it?",
        default="1",
        required=True,
    )
    is_assignable = fields.Boolean(compute="_compute_is_assignable")
    assign_to_me = fields.Boolean(
        default=True,
        help="Otherwise the ticket waits in the queue for whoever takes it.",
    )
    send_confirmation = fields.Boolean(
        string="Confirm by e-mail",
        compute="_compute_send_confirmation",
        store=True,
        readonly=False,
        help="The caller gets the ticket number by e-mail.",
    )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends("partner_id")
    def _compute_from_partner(self):
        for call in self:
            partner = call.partner_id
            call.partner_name = partner.name or call.partner_name
            call.partner_phone = partner.phone or call.partner_phone
            call.partner_email = partner.email if partner else call.partner_email

    @api.depends("partner_id")
    def _compute_send_confirmation(self):
        for call in self:
            call.send_confirmation = bool(call.partner_id.email)

    @api.depends("partner_id")
    def _compute_open_tickets(self):
        tickets = self.env["helpdesk.ticket"]
        for call in self:
            domain = [
                ("partner_id", "=", call.partner_id.id),
                ("portal_role", "!=", "closed"),
            ]
            found = tickets
            if call.partner_id:
                found = tickets.search(
                    domain, order="last_activity_at DESC", limit=MAX_OPEN_TICKETS
                )
            call.open_ticket_ids = found
            call.open_ticket_count = (
                tickets.search_count(domain)
                if len(found) == MAX_OPEN_TICKETS
                else len(found)
            )

    @api.depends("type_id")
    def _compute_is_assignable(self):
        for call in self:
            team = call._get_team()
            call.is_assignable = not team or self.env.user in team.user_ids

    @api.onchange("partner_email")
    def _onchange_partner_email(self):
        """Recognise the caller by the address, as mails are."""
        if not self.partner_id and self.partner_email:
            self.partner_id = self.env["helpdesk.ticket"]._find_contact_by_address(
                self.partner_email, is_new=True
            )

    # ---------------------------------------------------
    # The ticket
    # ---------------------------------------------------

    def _get_team(self):
        """Return the team for the type: preferably one of the user's own.

        :rtype: helpdesk.ticket.team
        """
        self.ensure_one()
        teams = self.type_id._get_teams(self.env.company).sudo(False)
        own = teams.filtered(lambda team: self.env.user in team.user_ids)
        return (own or teams)[:1]

    def _prepare_ticket_values(self):
        """Return the values of the ticket for the call.

        :rtype: dict
        """
        self.ensure_one()
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False
        )
        values = {
            "name": self.name,
            "description": plaintext2html(self.description or self.name),
            "type_id": self.type_id.id,
            "priority": self.priority,
            "channel_id": channel.id if channel else False,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_phone": self.partner_phone,
            "partner_email": self.partner_email,
            "user_id": (self.is_assignable and self.assign_to_me and self.env.user.id),
        }
        team = self._get_team()
        if team:  # without, the ticket goes to the team of who takes it
            values["team_id"] = team.id
        return values

    def action_create_ticket(self):
        """Create the ticket, confirm it if wanted, and open it."""
        self.ensure_one()
        if not self.partner_id and not (self.partner_name or "").strip():
            raise UserError(self.env._("Please choose the caller or enter a name."))
        ticket = self.env["helpdesk.ticket"].create(self._prepare_ticket_values())
        contact = ticket.partner_id  # perhaps recognised by the address
        if contact:
            ticket.message_subscribe(contact.ids)
            if self.send_confirmation:
                ticket._send_confirmation()
        return {
            "type": "ir.actions.act_window",
            "res_model": ticket._name,
            "res_id": ticket.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
