from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.text import support_code
from ...tools.text.names import person_name


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What decides whose address it is
    _ADDRESS_FIELDS = frozenset(
        {"active", "company_id", "email", "support_unconfirmed", "type"}
    )

    # Every page of Odoo reads rows of contacts: what is ours is fetched by itself, but
    # for what is asked often
    support_code = fields.Char(
        string="Support ID",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Short code of the contact, with a check digit, to be said on the phone. "
        "It is given as soon as the contact has a ticket.",
    )
    support_enabled = fields.Boolean(
        string="Enabled for the support portal",
        tracking=True,
        prefetch="support",
        groups="base.group_user",
        help="Contacts of this customer may use the support portal, provided there is "
        "a valid support contract.",
    )
    is_customer_administrator = fields.Boolean(
        string="Customer administrator",
        tracking=True,
        copy=False,
        groups="base.group_user",
        help="Sees all tickets of the company in the portal and manages the access of "
        "the colleagues.",
    )
    support_switched_off = fields.Boolean(
        string="Support access switched off",
        tracking=True,
        copy=False,
        prefetch="support",
        groups="base.group_user",
        help="The contact may not use the support portal, whatever the contract says. "
        "Customer administrators can switch it for their colleagues.",
    )
    support_unconfirmed = fields.Boolean(
        string="Address not confirmed",
        copy=False,
        readonly=True,
        prefetch="support",
        groups="base.group_user",
        help="A customer named this e-mail address, and nobody has shown yet to own "
        "it. Tickets are not linked to it automatically.",
    )
    support_limit_enabled = fields.Boolean(
        string="Limit support without credit",
        tracking=True,
        prefetch="support",
        groups="base.group_user",
        help="Beyond it, the portal takes tickets about program errors only.",
    )
    support_limit_minutes = fields.Integer(
        string="Minutes without credit",
        tracking=True,
        prefetch="support",
        groups="base.group_user",
        help="How far the support credit of this customer may fall below zero.",
    )
    support_contract_ids = fields.One2many(
        "support.contract",
        "partner_id",
        string="Support contracts",
        groups="base.group_user",
    )
    support_contract_count = fields.Integer(
        compute="_compute_support_contract_count", groups="base.group_user"
    )
    support_offer_contact_id = fields.Many2one(
        "res.partner",
        string="Contact for offers",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', id), ('id', '!=', id)]",
        prefetch="support",
        groups="base.group_user",
        help="Who gets this customer's offers by mail. Empty: the invoice address, "
        "else the company's own address.",
    )
    support_state = fields.Selection(
        "_selection_support_state",
        string="Support portal",
        compute="_compute_support_state",
        search="_search_support_state",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether the contact may use the support portal today, and if not, why.",
    )

    _support_code_unique = models.UniqueIndex(
        "(support_code) WHERE support_code IS NOT NULL",
        "This support ID belongs to another contact.",
    )
    _support_limit_not_negative = models.Constraint(
        "CHECK(support_limit_minutes >= 0)",
        "The minutes without credit can't be negative.",
    )
    # Whose address it is: asked for every ticket and every mail
    _support_email_normalized_idx = models.Index("(email_normalized)")

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    def _compute_support_contract_count(self):
        counts = dict(
            self.env["support.contract"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.support_contract_count = counts.get(
                partner.commercial_partner_id, 0
            )

    @api.model
    def _selection_support_state(self):
        reasons = self.env["support.gate"]._get_reason_names()
        return [("allowed", self.env._("May log in")), *reasons.items()]

    @api.depends_context("company", "support_policy")
    @api.depends(
        "active", "support_enabled", "support_switched_off", "commercial_partner_id"
    )
    def _compute_support_state(self):
        decisions = self.env["support.gate"]._decide_many(
            self._origin,
            self.env.company,
            policy=self.env.context.get("support_policy"),
        )
        for partner in self:
            decision = decisions.get(partner._origin.id)
            partner.support_state = decision and (decision.reason or "allowed")

    def _search_support_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = (
            self.env["support.gate"]
            .sudo()
            ._find_decided(
                self.env.company,
                {None if state == "allowed" else state for state in value if state},
                policy=self.env.context.get("support_policy"),
            )
        )
        return fields.Domain("id", "in", ids)

    @api.constrains("is_customer_administrator", "is_company")
    def _check_customer_administrator(self):
        for partner in self:
            if partner.is_customer_administrator and partner.is_company:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a company. Only a person can be a customer "
                        "administrator.",
                        name=partner.name,
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._doubt_addresses_of_customers()
        administrators_sudo = partners.sudo().filtered("is_customer_administrator")
        administrators_sudo._sync_administrator_group()
        self._link_tickets_by_address(partners.sudo().mapped("email_normalized"))
        return partners

    def _doubt_addresses_of_customers(self):
        """Take no address for somebody's own that a customer writes below a company.

        Odoo's pages let every portal user create contacts there, with any address;
        people of the company are invited by its administrators only.
        """
        if not self.env.user.share:
            return
        named_sudo = self.sudo().filtered(
            lambda person: (
                person.email_normalized and person != person.commercial_partner_id
            )
        )
        named_sudo.support_unconfirmed = True
        if not self.env.context.get("support_colleague"):
            named_sudo.filtered(lambda p: p.type == "contact").type = "other"

    def unlink(self):
        addresses = self.sudo().mapped("email_normalized")
        result = super().unlink()
        self._link_tickets_by_address(addresses)  # of those they were mistaken for
        return result

    def write(self, vals):
        self._check_email_change(vals)
        customers = {}
        addresses = {}
        if "email" in vals and "support_unconfirmed" not in vals:
            addresses = {p: p.email_normalized for p in self.sudo()}
        if "parent_id" in vals or "is_company" in vals:
            # what waits to be computed belongs to the customer of before
            self.env["helpdesk.ticket"].flush_model(["commercial_partner_id"])
            people = self.with_context(active_test=False).search(
                [("id", "child_of", self.ids)]
            )
            customers = {person: person.commercial_partner_id for person in people}
        result = super().write(vals)
        if "is_customer_administrator" in vals:
            self._sync_administrator_group()
        if "tz" in vals and self.sudo().ref_company_ids:
            # the gate remembers the time zone of a company
            self.env.registry.clear_cache()
        for person_sudo, address in addresses.items():
            # what customers write down, also about themselves, proves nothing
            unconfirmed = self.env.user.share
            changed = person_sudo.email_normalized != address
            if changed and person_sudo.support_unconfirmed != unconfirmed:
                person_sudo.support_unconfirmed = unconfirmed
        if not self._ADDRESS_FIELDS.isdisjoint(vals):
            self._link_tickets_by_address(self.sudo().mapped("email_normalized"))
        for person, customer in customers.items():
            if person.commercial_partner_id != customer:
                person._change_customer(customer)
                # the record rules remember the customer of a user
                self.env.registry.clear_cache()
        return result

    @api.model
    def _link_tickets_by_address(self, addresses):
        """Link the tickets that wait for the contact with one of the addresses.

        :param list addresses: normalised, or empty
        """
        addresses = list(filter(None, addresses))
        if addresses:
            tickets_sudo = (
                self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
            )
            tickets_sudo.search(
                [
                    ("partner_id", "=", False),
                    ("partner_email_normalized", "in", addresses),
                ]
            )._link_contacts_by_address()

    def _change_customer(self, former):
        """Part a contact who has moved from what is the former customer's.

        Tickets stay with the customer they were filed for, and the contact takes no
        more part in them. Only where the former customer itself has become part of the
        next, as a person who is put below a company, its tickets and support credit
        come along. Nobody becomes a customer administrator of the next one by moving.

        :param res.partner former: the customer before
        """
        self.ensure_one()
        if self.sudo().is_customer_administrator:
            self.sudo().is_customer_administrator = False
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        )
        if former.commercial_partner_id == self.commercial_partner_id:
            own_sudo = tickets_sudo.search([("commercial_partner_id", "=", former.id)])
            accounts = self.env["support.credit.account"]
            accounts._hand_over(former, self.commercial_partner_id)
            own_sudo.commercial_partner_id = self.commercial_partner_id
            accounts._check_left_behind(former)
            return
        followed_sudo = (
            self.env["mail.followers"]
            .sudo()
            .search(
                [("res_model", "=", tickets_sudo._name), ("partner_id", "=", self.id)]
            )
        )
        tickets_sudo.browse(followed_sudo.mapped("res_id")).exists().filtered(
            lambda ticket: ticket.commercial_partner_id == former
        ).message_unsubscribe(self.ids)

    def _sync_administrator_group(self):
        """Give or take the group of customer administrators, by the contact's flag.

        The group is only given to portal users; what staff see is the matter of
        their own groups. While the addon is uninstalled there is no group any more.
        """
        group = self.env.ref(
            "customer_portal_addon.group_customer_administrator",
            raise_if_not_found=False,
        )
        for partner in self.sudo() if group else ():
            users = partner.with_context(active_test=False).user_ids
            wanted = (
                users.filtered("share") if partner.is_customer_administrator else []
            )
            for user in users:
                if (user in wanted) != (group in user.group_ids):
                    command = (
                        fields.Command.link if user in wanted else fields.Command.unlink
                    )
                    user.write({"group_ids": [command(group.id)]})

    # ---------------------------------------------------
    # Support ID
    # ---------------------------------------------------

    def action_assign_support_code(self):
        """Give a support ID to the contacts that have none, on behalf of staff."""
        self._check_support_staff()
        self._ensure_support_code()

    def _ensure_support_code(self):
        """Give a support ID to the contacts that have none."""
        partners_sudo = self.sudo().filtered(lambda partner: not partner.support_code)
        if not partners_sudo:
            return
        code = "customer_portal_addon.support_code"
        sequence_sudo = self.env["ir.sequence"].sudo().search([("code", "=", code)])
        for partner in partners_sudo:
            partner.support_code = support_code.compose(int(sequence_sudo.next_by_id()))

    # ---------------------------------------------------
    # Mails
    # ---------------------------------------------------

    def _get_name_for_mails(self):
        """Return who it is in our mails to others, without links or markup.

        Portal users choose their name themselves.

        :rtype: str
        """
        return person_name(self.name) or self.email_normalized or ""

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_open_support_contracts(self):
        """Open the support contracts of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_addon.support_contract_action"
        )
        customer = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        return action

    # ---------------------------------------------------
    # Messages
    # ---------------------------------------------------

    @api.model
    def _is_open_to_customers(self):
        """No page shows customers what staff write on a contact, nor takes words."""
        return False

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Keep what was written to a colleague from whoever reads their contact."""
        if self.env.user.share and not self.env.su:
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)
