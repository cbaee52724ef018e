from odoo import fields, models


class SupportApiKeyShow(models.AbstractModel):
    """Shows a new key, once: it is kept nowhere."""

    _name = "support.api.key.show"
    _description = "New API Key"

    # the web client asks a record for the value
    id = fields.Id()
    key = fields.Char(string="API key", readonly=True)
