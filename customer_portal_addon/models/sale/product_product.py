from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_support_package_values(self):
        """Return what the page of packages says about this one, but its price.

        :rtype: dict
        """
        self.ensure_one()
        accounts = self.env["support.credit.account"]
        return {
            "id": self.id,
            "name": self.with_context(display_default_code=False).display_name,
            "minutes": accounts._format_minutes(self.support_minutes),
            "months": self.support_validity_months,
            "description": self.description_sale,
        }
