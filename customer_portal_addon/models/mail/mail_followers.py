from odoo import api, models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    # With each page of tickets: what a customer follows
    _support_followed_idx = models.Index(
        "(partner_id) INCLUDE (res_id) WHERE res_model = 'helpdesk.ticket'"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["helpdesk.ticket"]._forget_followed()
        return super().create(vals_list)

    def write(self, vals):
        self.env["helpdesk.ticket"]._forget_followed()
        return super().write(vals)

    def unlink(self):
        self.env["helpdesk.ticket"]._forget_followed()
        return super().unlink()
