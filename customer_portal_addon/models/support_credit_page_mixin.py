from odoo import api, models


class SupportCreditPageMixin(models.AbstractModel):
    """What customers see of their account: pages, statements and notices."""

    _name = "support.credit.page.mixin"
    _description = "Pages of the support credit"

    @api.model
    def _is_visible_to(self, partner, company):
        """Tell whether a contact sees the credit of its customer, and may order.

        :param res.partner partner: the contact
        :param res.company company: whose support it is
        :rtype: bool
        """
        everyone = company.sudo().support_credit_visibility == "everyone"
        return everyone or partner.sudo().is_customer_administrator
