from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ...tools.text.names import significant_words

MAX_SUGGESTIONS = 5


class HelpdeskTicket(models.Model):
    """Whom a sender without a login claims to be; it counts when staff accept it."""

    _inherit = "helpdesk.ticket"

    claimed_name = fields.Char(
        string="Name as typed",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="As somebody without a login typed it into the form.",
    )
    claimed_company = fields.Char(
        string="Company as typed",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="As somebody without a login typed it into the form. It grants nothing "
        "before you accept it.",
    )
    is_claim_open = fields.Boolean(
        string="Claim to be checked",
        compute="_compute_is_claim_open",
        search="_search_is_claim_open",
        compute_sudo=True,
        groups="base.group_user",
        help="The sender named a company or a customer number, and belongs to no "
        "customer yet.",
    )
    claim_customer_ids = fields.Many2many(
        "res.partner",
        string="Customers that fit",
        compute="_compute_claim_customer_ids",
        groups="base.group_user",
        help="By the customer number, the name of the company, or the domain of the "
        "address.",
    )

    @api.depends("claimed_company", "customer_number", "partner_id.parent_id")
    def _compute_is_claim_open(self):
        for ticket in self:
            contact = ticket.partner_id
            ticket.is_claim_open = bool(
                ticket.is_filed_publicly
                and (ticket.claimed_company or ticket.customer_number)
                and contact
                and contact.partner_share
                and not contact.parent_id
                and not contact.is_company
            )

    def _search_is_claim_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain(
            [
                ("is_filed_publicly", "=", True),
                ("partner_id.partner_share", "=", True),
                ("partner_id.parent_id", "=", False),
                ("partner_id.is_company", "=", False),
            ]
        ) & (
            Domain("claimed_company", "!=", False)
            | Domain("customer_number", "!=", False)
        )
        return Domain.OR(is_open if entry else ~is_open for entry in value)

    @api.depends("is_claim_open")
    def _compute_claim_customer_ids(self):
        for ticket in self:
            is_open = ticket.is_claim_open
            ticket.claim_customer_ids = is_open and ticket._find_claimed_customers()

    def _find_claimed_customers(self):
        """Return the customers whom the claims fit, the most probable first.

        :rtype: res.partner
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        customers = Domain(
            [
                ("is_company", "=", True),
                ("parent_id", "=", False),
                ("partner_share", "=", True),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        clues = []
        number = (self.customer_number or "").strip()
        if number:
            clues.append(Domain("ref", "=ilike", escape_psql(number)))
        words = significant_words(self.claimed_company)
        if words:
            clues.append(Domain.AND(Domain("name", "ilike", word) for word in words))
        found = partners
        for clue in clues:
            found |= partners.search(customers & clue, limit=MAX_SUGGESTIONS)
        found |= self.env["support.ticket.link.wizard"]._find_customer(self)
        return found[:MAX_SUGGESTIONS]

    def _accept_claim(self, customer):
        """Make the contact one of the customer's, on behalf of staff.

        :param res.partner customer:
        :raise UserError: there is nothing to accept
        """
        self.ensure_one()
        self.check_access("write")
        customer.check_access("read")
        if not self.is_claim_open or not customer.is_company:
            raise UserError(self.env._("There is nothing to accept any more."))
        # Agents needn't be allowed to edit contacts, but say whose they are
        contact_sudo = self.sudo().partner_id
        contact_sudo.parent_id = customer
        self._message_log(
            body=self.env._(
                "%(contact)s belongs to %(customer)s: the claim was accepted.",
                contact=contact_sudo.name,
                customer=customer.name,
            )
        )
        contact_sudo._invite_to_support(self.company_id or self.env.company)
