from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The API keys of a contact, and of a customer with all its contacts."""

    _inherit = "res.partner"

    support_api_key_count = fields.Integer(
        string="API keys",
        compute="_compute_support_api_key_count",
        groups="helpdesk_mgmt.group_helpdesk_user",
        help="Those that are not revoked.",
    )

    def _compute_support_api_key_count(self):
        for partner in self:
            domain = partner._get_api_key_domain() & Domain("revoked_at", "=", False)
            partner.support_api_key_count = self.env["support.api.key"].search_count(
                domain
            )

    def _get_api_key_domain(self):
        """Return the domain of the keys of a contact; of a company all of them.

        :rtype: Domain
        """
        field = "customer_id" if self.is_company else "partner_id"
        return Domain(field, "=", self._origin.id)

    def action_open_api_keys(self):
        """Open the keys of the contact or customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_addon.support_api_key_action"
        )
        action["domain"] = list(self._get_api_key_domain())
        # the web client drops defaults on the way to the next action
        action["context"] = {"support_key_owner": self.id, "search_default_valid": True}
        return action
