from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Take back the minutes of what is refunded; give them when it is not."""
        result = super().write(vals)
        if "state" in vals:
            lines_sudo = self.sudo().invoice_line_ids.sale_line_ids
            lines_sudo.filtered(lambda line: line.state == "sale")._sync_credit()
        return result
