from odoo import fields, models


class ResCompany(models.Model):
    """Which mail server is believed."""

    _inherit = "res.company"

    support_mail_server = fields.Char(
        string="Mail server that checks senders",
        help="The name by which your mail server signs its checks, the first word of "
        "the header Authentication-Results in the mails you receive. What it confirms "
        "is believed. Empty: no sender counts as confirmed; forged ones are recognised "
        "all the same.",
        prefetch="support",
        groups="base.group_user",
    )
