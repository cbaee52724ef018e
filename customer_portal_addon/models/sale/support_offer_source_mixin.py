from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .support_offer import KINDS, TEMPLATES


class SupportOfferSourceMixin(models.AbstractModel):
    """What offers are sent about: credit that runs out, contracts that end."""

    _name = "support.offer.source.mixin"
    _description = "Reason of support offers"

    offer_summary = fields.Char(
        string="Last offer",
        compute="_compute_offer_summary",
        compute_sudo=True,
        groups="helpdesk_mgmt.group_helpdesk_user,sales_team.group_sale_salesman",
        help="The last offer at a special price that the customer got about this.",
    )

    def _compute_offer_summary(self):
        offers = self.env["support.offer"]
        orders_sudo = self.env["sale.order"].sudo()
        for source in self:
            last_sudo = orders_sudo
            if isinstance(source.id, int):
                domain = offers._get_offers_domain(source)
                last_sudo = orders_sudo.search(domain, order="id desc", limit=1)
            if not last_sudo:
                source.offer_summary = False
                continue
            source.offer_summary = self.env._(
                "%(number)s of %(day)s, valid until %(end)s: %(state)s",
                number=last_sudo.name,
                day=format_date(self.env, last_sudo.support_offer_date),
                end=format_date(self.env, last_sudo.validity_date),
                state=last_sudo._get_offer_state_label(),
            )

    def action_send_offer(self):
        """Send the customer an offer now, also sooner than it would be sent by itself.

        :raise UserError: the customer can't get one
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            raise AccessError(self.env._("Only helpdesk managers send offers."))
        order_sudo = self.sudo()._send_offer_by_hand()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Offer %(number)s goes to %(reader)s.",
                    number=order_sudo.name,
                    reader=order_sudo.support_offer_contact_id.display_name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _send_offer_by_hand(self):
        """Send an offer that somebody of the team wants, whatever the pause.

        :rtype: sale.order
        :raise UserError: the customer can't get one, and why
        """
        _ = self.env._
        offers = self.env["support.offer"]
        customer = self.partner_id
        self._check_offer_possible()
        offers._lock(customer)
        open_orders = offers._find_open(self)
        if open_orders:
            raise UserError(
                _("Offer %(number)s is still open.", number=open_orders[0].name)
            )
        reader = offers._find_reader(customer)
        if not reader:
            raise UserError(
                _("%(customer)s has no address for offers.", customer=customer.name)
            )
        return offers._send(self, reader)

    def _check_offer_possible(self):
        """Refuse what can't be offered to this customer now.

        :raise UserError: why
        """
        _ = self.env._
        customer, company = self.partner_id, self.company_id
        if not company[TEMPLATES[KINDS[self._name]]]:
            raise UserError(
                _("Please choose a quotation template for it in the settings.")
            )
        gate = self.env["support.gate"]
        decisions = gate._decide_many(customer, company, list_required=False)
        reason = decisions[customer.id].reason
        if reason:
            raise UserError(
                _(
                    "%(customer)s isn't entitled to support today: %(reason)s",
                    customer=customer.name,
                    reason=gate._get_reason_names()[reason],
                )
            )
        if self._name == "support.contract" and not self._is_ending():
            raise UserError(_("This contract doesn't end, or another one goes on."))

    def action_open_offers(self):
        """Open the offers that the customer got about this."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_addon.support_offer_action"
        )
        action["domain"] = self.env["support.offer"]._get_offers_domain(self)
        action["context"] = {"create": False}
        return action
