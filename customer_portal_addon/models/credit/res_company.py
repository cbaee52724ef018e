from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.credit import thresholds


class ResCompany(models.Model):
    """How a company sells support: charging, packages, offers and notices."""

    _inherit = "res.company"

    support_minimum_minutes = fields.Integer(
        string="At least minutes",
        default=0,
        help="So many minutes are charged for an effort, however short it was.",
        prefetch="support",
        groups="base.group_user",
    )
    support_increment_minutes = fields.Integer(
        string="Charge in steps of minutes",
        default=1,
        help="What is charged is rounded up to a multiple of these.",
        prefetch="support",
        groups="base.group_user",
    )
    support_credit_visibility = fields.Selection(
        [
            ("everyone", "Everyone of the customer"),
            ("administrators", "Customer administrators"),
        ],
        string="Who sees the support credit",
        default="everyone",
        required=True,
        help="And may order packages.",
        groups="base.group_user",
    )
    support_credit_thresholds = fields.Char(
        string="Tell about low credit at minutes",
        default="60, 0",
        help="Administrators of the customer and its salesperson get a mail when the "
        "credit falls to one of these, separated by commas. Empty: never.",
        prefetch="support",
        groups="base.group_user",
    )
    support_unit_product_id = fields.Many2one(
        "product.product",
        string="Product without credit",
        help="What one unit costs that was used without credit. Empty: shortfalls are "
        "not billed.",
        prefetch="support",
        groups="base.group_user",
    )
    support_unit_minutes = fields.Integer(
        string="Minutes per unit",
        default=10,
        help="Each started unit is billed.",
        prefetch="support",
        groups="base.group_user",
    )
    support_settlement_automatic = fields.Boolean(
        string="Bill shortfalls every month",
        help="A quotation for each customer whose credit is below zero.",
        prefetch="support",
        groups="base.group_user",
    )
    support_offer_threshold = fields.Integer(
        string="Offer when the credit falls to minutes",
        default=0,
        prefetch="support",
        groups="base.group_user",
    )
    support_credit_offer_template_id = fields.Many2one(
        "sale.order.template",
        string="Offer when the credit runs out",
        help="The quotation template of the offer. Empty: none is sent.",
        prefetch="support",
        groups="base.group_user",
    )
    support_contract_offer_template_id = fields.Many2one(
        "sale.order.template",
        string="Offer before the contract ends",
        help="The quotation template of the offer. Empty: none is sent.",
        prefetch="support",
        groups="base.group_user",
    )
    support_contract_offer_days = fields.Integer(
        string="Days before the contract ends",
        default=30,
        help="So long before the end the offer is sent.",
        prefetch="support",
        groups="base.group_user",
    )
    support_offer_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Pricelist of offers",
        help="The special prices. Empty: the customer's own.",
        prefetch="support",
        groups="base.group_user",
    )
    support_offer_valid_days = fields.Integer(
        string="Offers are valid for days",
        default=14,
        help="After the last day, in the time zone of your company, an offer can't be "
        "ordered any more.",
        prefetch="support",
        groups="base.group_user",
    )
    support_offer_pause_days = fields.Integer(
        string="Days between offers",
        default=30,
        help="So long after an offer a customer gets no other of the same kind.",
        prefetch="support",
        groups="base.group_user",
    )

    # ---------------------------------------------------
    # Rules of charging and billing
    # ---------------------------------------------------

    # These two are the only ones that read the settings: whoever agrees on other
    # minutes with a customer says so here.

    def _get_charging_rules(self, ticket):
        """Return by which rules the efforts on a ticket are charged.

        Each of them is that of the ticket type, if it has one, or of the settings.

        :param helpdesk.ticket ticket: of the company, may be empty
        :return: minutes of the shortest effort (0: any), and of the step that is
            rounded up to (at least 1)
        :rtype: tuple[int, int]
        """
        self.ensure_one()
        # a company is wide, and this is asked at every effort
        self.fetch(["support_minimum_minutes", "support_increment_minutes"])
        ticket_type = ticket.type_id
        minimum = ticket_type.support_minimum_minutes or self.support_minimum_minutes
        step = ticket_type.support_increment_minutes or self.support_increment_minutes
        return max(0, minimum), max(1, step)

    def _get_unit_minutes(self, customer):
        """Return the minutes of a unit, by which a customer's shortfall is billed.

        The settings say the same for all customers.

        :param res.partner customer: the commercial partner, or a visitor who is none
        :rtype: int
        """
        self.ensure_one()
        return self.support_unit_minutes

    # ---------------------------------------------------
    # Constraints
    # ---------------------------------------------------

    @api.constrains("support_credit_thresholds")
    def _check_support_credit_thresholds(self):
        for company in self:
            try:
                thresholds.parse(company.support_credit_thresholds)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Please write the minutes as whole numbers separated by "
                        "commas, for example “60, 0”."
                    )
                ) from error

    @api.constrains(
        "support_minimum_minutes",
        "support_increment_minutes",
        "support_unit_minutes",
        "support_contract_offer_days",
        "support_offer_valid_days",
        "support_offer_pause_days",
    )
    def _check_support_credit_numbers(self):
        smallest = {
            "support_minimum_minutes": 0,
            "support_increment_minutes": 1,
            "support_unit_minutes": 1,
            "support_contract_offer_days": 0,
            "support_offer_valid_days": 1,
            "support_offer_pause_days": 0,
        }
        for company in self:
            for name, number in smallest.items():
                if company[name] < number:
                    label = self._fields[name]._description_string(self.env)
                    raise ValidationError(
                        self.env._(
                            "“%(setting)s” has to be at least %(number)s.",
                            setting=label,
                            number=number,
                        )
                    )

    @api.constrains(
        "support_credit_offer_template_id", "support_contract_offer_template_id"
    )
    def _check_support_offer_templates(self):
        for company in self:
            templates_sudo = (
                company.sudo().support_credit_offer_template_id
                | company.sudo().support_contract_offer_template_id
            )
            for template_sudo in templates_sudo:
                if template_sudo.company_id not in (company, company.browse()):
                    raise ValidationError(
                        self.env._(
                            "The quotation template %(template)s belongs to another "
                            "company.",
                            template=template_sudo.name,
                        )
                    )
