from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

# What moves a ticket: another team may not have its stage, and an agent brings a team
MOVING = {"stage_id", "team_id", "user_id"}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Fields
    # ---------------------------------------------------

    name = fields.Char(tracking=True)
    priority = fields.Selection(
        string="Urgency",
        tracking=True,
        help="The queue shows the urgent tickets first: whose customer can't work.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        related=None,
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        help="The company of the contact when the ticket was filed. It stays, whoever "
        "the contact works for later.",
    )
    support_code = fields.Char(
        related="partner_id.support_code", string="Support ID", groups="base.group_user"
    )
    answer_ids = fields.One2many("support.form.answer", "ticket_id", string="Answers")
    filed_by_id = fields.Many2one(
        "res.partner",
        string="Filed by",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Who filled in the form: the contact, or an administrator for them.",
    )
    phone_availability = fields.Char(
        string="Available by phone",
        help="When the customer can be called, in the customer's words.",
    )
    last_activity_at = fields.Datetime(
        string="Last activity",
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        help="Date of the last personal message.",
    )

    # The lists, the latest activity first, and all look-ups by contact or company;
    # with the id, to tell those apart from what somebody follows
    _support_contact_activity_idx = models.Index(
        "(partner_id, last_activity_at DESC) INCLUDE (id)"
    )
    _support_customer_activity_idx = models.Index(
        "(commercial_partner_id, last_activity_at DESC) INCLUDE (id)"
    )
    # The staff's queue: what is open, urgent first, then in order of arrival
    _support_queue_idx = models.Index(
        "(priority DESC, create_date, id) WHERE portal_role IN"
        " ('new', 'waiting_on_us', 'waiting_on_customer', 'solved')"
    )
    # The lists begin with the open ones, which are few
    _support_customer_open_idx = models.Index(
        "(commercial_partner_id, last_activity_at DESC) WHERE portal_role IN"
        " ('new', 'waiting_on_us', 'waiting_on_customer', 'solved')"
        " OR portal_role IS NULL"
    )
    _support_customer_created_idx = models.Index(
        "(commercial_partner_id, create_date DESC)"
    )
    _support_customer_name_idx = models.Index("(commercial_partner_id, name, id DESC)")
    # The contacts of a customer, and how many tickets it has in each stage
    _support_customer_contact_idx = models.Index(
        "(commercial_partner_id, partner_id) WHERE active IS TRUE"
    )
    _support_customer_stage_idx = models.Index(
        "(commercial_partner_id, stage_id) INCLUDE (company_id, partner_id)"
        " WHERE active IS TRUE"
    )
    # The few tickets that wait for their contact
    _support_waiting_address_idx = models.Index(
        "(partner_email_normalized) WHERE partner_id IS NULL"
    )
    # The few that are to be closed some day
    _support_solved_idx = models.Index(
        "(company_id, status_since) WHERE portal_role = 'solved'"
    )

    # Who writes how often: at every mail, and the tickets in brackets in its subject
    _support_sender_idx = models.Index(
        "(partner_email_normalized, create_date)"
        " WHERE partner_email_normalized IS NOT NULL"
    )
    _support_number_idx = models.Index("(number)")

    # The few that were filed without a login, and that wait for their confirmation
    _support_filed_publicly_idx = models.Index("(id) WHERE is_filed_publicly IS TRUE")
    _support_pending_idx = models.Index("(id) WHERE pending_confirmation IS NOT NULL")

    # Who files how much within an hour
    _support_filed_by_idx = models.Index(
        "(filed_by_id, create_date) WHERE filed_by_id IS NOT NULL"
    )

    def _auto_init(self):
        """Add some columns empty; the hooks fill them, with SQL.

        The ORM would compute them in Python, for each of perhaps a million tickets.
        """
        columns = {
            "portal_role": "varchar",
            "status_since": "timestamp",
            "partner_email_normalized": "varchar",
            "last_activity_at": "timestamp",
        }
        for name, kind in columns.items():
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        """Belong to the company that the contact works for now, and stay there.

        OCA's field follows the contact: the next employer's administrators would read
        the tickets of the last one.
        """
        for ticket in self:
            ticket.commercial_partner_id = ticket.partner_id.commercial_partner_id

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    # The areas have their pieces of this model, but no create, write or hook of their
    # own: what happens, and in which order, is read here.

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_charging_values(vals)
            self._set_charging(vals)
        tickets = super().create(vals_list)
        tickets._link_contacts_by_address(is_new=True)
        self.env["support.ticket.text"]._index_later(tickets)
        tickets._welcome_contact()
        for ticket in tickets:
            ticket._on_status_change(False, ticket.portal_role)
        return tickets

    def write(self, vals):
        self._check_charging_values(vals)
        vals = self._note_contact_removed(vals)
        may_move = not MOVING.isdisjoint(vals)
        statuses = {ticket: ticket.portal_role for ticket in self if may_move}
        result = super().write(vals)
        self._follow_charging(vals)
        if vals.get("partner_email") and not vals.get("partner_id"):
            self._link_contacts_by_address()
        if not {"name", "number", "description"}.isdisjoint(vals):
            self.env["support.ticket.text"]._index_later(self)
        if not {"partner_id", "commercial_partner_id"}.isdisjoint(vals):
            self._forget_followed()
        if vals.get("partner_id"):
            self._welcome_contact()
        for ticket, old in statuses.items():
            if ticket.portal_role != old:
                ticket._on_status_change(old, ticket.portal_role)
        return result

    def _welcome_contact(self):
        """Give the contacts their support IDs, and the way to a login."""
        self.partner_id._ensure_support_code()
        for ticket in self:
            company = ticket.company_id or self.env.company
            ticket.partner_id._invite_to_support(company)

    # ---------------------------------------------------
    # Messages
    # ---------------------------------------------------

    @api.model
    def _is_open_to_customers(self):
        """Over RPC customers could choose author, kind and recipients of a message."""
        return False

    def message_post(self, *, message_type="notification", **kwargs):
        self._check_customer_may_post(message_type)
        return super().message_post(message_type=message_type, **kwargs)

    def _message_post_after_hook(self, message, msg_values):
        stage = self._get_stage_at_message()
        result = super()._message_post_after_hook(message, msg_values)
        self._show_pictures_of_opening(message)
        personal = message.message_type in ("comment", "email")
        if personal and not message.is_internal and not message.subtype_id.internal:
            ticket_sudo = self.sudo()
            ticket_sudo.last_activity_at = message.date
            if ticket_sudo.stage_id == stage:
                ticket_sudo._move_after_message(message)
        return result
