from odoo import models


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    # the gate asks for an address with every request while the list is required
    _support_email_normalized_idx = models.Index("(email_normalized)")
