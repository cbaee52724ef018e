from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.dates.coverage import Period, coverage


class SupportContract(models.Model):
    """Entitlement of a customer to support, from day to day, both inclusive.

    Days are those of the company's time zone. Only confirmed contracts count.
    """

    _name = "support.contract"
    _description = "Support Contract"
    _inherit = ["mail.thread", "mail.activity.mixin", "support.offer.source.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    # ---------------------------------------------------
    # Fields
    # ---------------------------------------------------

    name = fields.Char(
        string="Contract number",
        required=True,
        copy=False,
        default=lambda self: self.env._("New"),
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        tracking=True,
        help="The company that is entitled; all its contacts are.",
    )
    level_id = fields.Many2one("support.level", ondelete="restrict", tracking=True)
    date_start = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="To",
        tracking=True,
        help="Last day of the contract. Empty: until it is cancelled.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        help="Only a confirmed contract entitles to support.",
    )
    validity = fields.Selection(
        [
            ("none", "Not confirmed"),
            ("upcoming", "Not yet valid"),
            ("covered", "Valid"),
            ("expired", "Expired"),
        ],
        compute="_compute_validity",
        search="_search_validity",
        help="What the contract is worth today.",
    )
    notes = fields.Html(help="For your team only; customers never see it.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    active = fields.Boolean(default=True)

    # ---------------------------------------------------
    # Constraints and indexes
    # ---------------------------------------------------

    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start <= date_end)",
        "A contract can't end before it begins.",
    )
    _order_line_uniq = models.UniqueIndex(
        "(order_line_id) WHERE order_line_id IS NOT NULL",
        "This order line has extended the contract already.",
    )
    # Those that end soon
    _date_end_idx = models.Index("(company_id, date_end) WHERE state = 'confirmed'")

    @api.constrains("partner_id")
    def _check_partner_is_customer(self):
        for contract in self:
            customer = contract.partner_id.commercial_partner_id
            if contract.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "A contract belongs to a customer as a whole: please choose "
                        "%(customer)s instead of %(contact)s.",
                        customer=customer.name,
                        contact=contract.partner_id.name,
                    )
                )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends("state", "date_start", "date_end", "company_id")
    def _compute_validity(self):
        for contract in self:
            if contract.state != "confirmed" or not contract.date_start:
                contract.validity = "none"
                continue
            period = Period(contract.date_start, contract.date_end or None)
            contract.validity = coverage([period], contract._get_today()).status

    def _search_validity(self, operator, values):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain.FALSE
        confirmed = fields.Domain("state", "=", "confirmed")
        for company in self.env.companies:
            today = self.with_company(company)._get_today()
            begun = fields.Domain("date_start", "<=", today)
            over = fields.Domain("date_end", "<", today)
            wanted = {
                "none": ~confirmed,
                "upcoming": confirmed & ~begun,
                "covered": confirmed & begun & ~over,
                "expired": confirmed & over,
            }
            found = fields.Domain.OR(
                wanted[value] for value in values if value in wanted
            )
            domain |= fields.Domain("company_id", "=", company.id) & found
        return domain

    def _get_today(self):
        """Return today's date in the time zone of the contract's company."""
        company = self.company_id or self.env.company
        return company._get_support_today()

    # ---------------------------------------------------
    # CRUD and actions
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name") or vals["name"] == self.env._("New"):
                sequence = self.env["ir.sequence"]
                if vals.get("company_id"):
                    sequence = sequence.with_company(vals["company_id"])
                vals["name"] = sequence.next_by_code("support.contract")
        return super().create(vals_list)

    def action_confirm(self):
        self.write({"state": "confirmed"})

    def action_cancel(self):
        self.write({"state": "cancelled"})

    def action_draft(self):
        self.write({"state": "draft"})
