from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportCreditPosting(models.TransientModel):
    """What managers post by hand: minutes that come or go, or an entry taken back."""

    _name = "support.credit.posting"
    _inherit = ["support.posted.link.mixin"]
    _description = "Posting of Support Credit"
    _posted_links = {"partner_id": "read", "company_id": "read", "entry_id": "read"}

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    entry_id = fields.Many2one(
        "support.credit.entry", string="Reverses", ondelete="cascade"
    )
    minutes = fields.Integer(help="Negative: they are taken away.")
    is_gift = fields.Boolean(
        string="Granted", help="Shown as a grant, not as a correction."
    )
    expires_on = fields.Date(help="The last day on which they can be used.")
    note = fields.Char(
        string="Reason", required=True, help="The customer reads it on the statement."
    )
    balance = fields.Integer(compute="_compute_balance")

    @api.depends("partner_id", "company_id")
    def _compute_balance(self):
        for posting in self:
            account = self.env["support.credit.account"].search(
                [
                    ("partner_id", "=", posting.partner_id.commercial_partner_id.id),
                    ("company_id", "=", posting.company_id.id),
                ]
            )
            posting.balance = account.balance

    def action_post(self):
        """Post the minutes, once however often the button is clicked."""
        self.ensure_one()
        self.check_access("write")
        key = f"posting-{self.id}"
        if self.entry_id:
            account = self.entry_id.account_id
            account._reverse(self.entry_id, key, self.note)
            self.env["sale.order.line"]._take_back_returned(self.entry_id)
            return {"type": "ir.actions.act_window_close"}
        if not self.minutes:
            raise UserError(self.env._("Please say how many minutes."))
        accounts = self.env["support.credit.account"]
        account = accounts._get_for(self.partner_id, self.company_id)
        reason = "grant" if self.is_gift and self.minutes > 0 else "adjustment"
        account._post(
            self.minutes, reason, key, note=self.note, expires_on=self.expires_on
        )
        return {"type": "ir.actions.act_window_close"}
