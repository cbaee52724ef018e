from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_users import check_identity


class SupportApiKeyWizard(models.TransientModel):
    """Staff make a key for a customer or one of its contacts."""

    _name = "support.api.key.wizard"
    _inherit = ["support.posted.link.mixin"]
    _description = "New API Key for a Customer"
    _posted_links = {"partner_id": "read"}

    name = fields.Char(required=True, help="Where the key is used.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        required=True,
        ondelete="cascade",
        domain="['|', ('is_company', '=', True), ('type', '=', 'contact')]",
        help="A contact: the program files tickets of this person. A company: the "
        "program says which of its contacts asks for help.",
    )
    can_file = fields.Boolean(string="File tickets", default=True)
    can_read = fields.Boolean(
        string="Read the status", default=True, help="Number, status and dates only."
    )
    date_end = fields.Date(
        string="Valid until", help="Its last day. Empty: until it is revoked."
    )
    is_enabled = fields.Boolean(compute="_compute_is_enabled", compute_sudo=True)

    @api.depends_context("company")
    @api.depends("partner_id")
    def _compute_is_enabled(self):
        self.is_enabled = self.env.company.support_api_enabled

    @check_identity
    def action_make(self):
        """Make the key, after the password, and show it."""
        return self._make()

    def _make(self):
        self.ensure_one()
        keys = self.env["support.api.key"]
        keys.check_access("write")
        self.partner_id._check_support_staff()
        self._check_owner()
        key = keys._issue(
            self.partner_id,
            self.env.company,
            {
                "name": self.name,
                "can_file": self.can_file,
                "can_read": self.can_read,
                "date_end": self.date_end,
            },
        )[1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("API Key"),
            "res_model": "support.api.key.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    def _check_owner(self):
        """Refuse keys that could never do anything, and keys of our own people.

        :raise UserError:
        """
        owner = self.partner_id
        if not (self.can_file or self.can_read):
            raise ValidationError(self.env._("Please say what the key may do."))
        is_person = not owner.is_company
        if is_person and (owner.type != "contact" or not owner.partner_share):
            raise UserError(
                self.env._("Keys are for customers and for their contacts.")
            )
        if owner == self.env.company.partner_id:
            raise UserError(
                self.env._("Keys are for customers and for their contacts.")
            )
