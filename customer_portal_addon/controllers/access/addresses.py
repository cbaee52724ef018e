"""What customers change of themselves on Odoo's own page."""

from odoo.exceptions import UserError

from odoo.addons.portal.controllers.portal import CustomerPortal


class SupportAddresses(CustomerPortal):
    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """Say at the field that an address stays; the page expects no other answer."""
        invalid_fields, missing_fields, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        try:
            partner_sudo._check_email_change(address_values)
        except UserError as refusal:
            invalid_fields.add("email")
            messages.append(refusal.args[0])
        return invalid_fields, missing_fields, messages
