from odoo import models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    # With each page of tickets: what a customer follows
    _support_followed_idx = models.Index(
        "(partner_id) INCLUDE (res_id) WHERE res_model = 'helpdesk.ticket'"
    )
