from odoo import models


class SupportCreditPageMixin(models.AbstractModel):
    """What customers see of their account: pages, statements and notices."""

    _name = "support.credit.page.mixin"
    _description = "Pages of the support credit"
