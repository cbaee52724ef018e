from odoo import api, fields, models
from odoo.exceptions import UserError

from .support_consent_text import PURPOSES


class SupportConsent(models.Model):
    """Who agreed to what and when: a log that only grows, for everybody.

    An entry is made when it is certain that the address belongs to the person: on
    activating a registration, or at once for somebody who is logged in. Only of people
    without a login who file a ticket it is not certain, and the entry says so.
    """

    _name = "support.consent"
    _description = "Consent"
    _order = "id desc"
    _rec_name = "email"

    text_id = fields.Many2one(
        "support.consent.text", required=True, ondelete="restrict", index=True
    )
    purpose = fields.Selection(PURPOSES, required=True)
    version = fields.Char(required=True)
    wording = fields.Text(
        required=True, help="The sentence as the person read it, in their language."
    )
    lang = fields.Char(string="Language")
    email = fields.Char(string="E-mail", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    source = fields.Selection(
        [
            ("registration", "Registration"),
            ("ticket_form", "Ticket form"),
            ("public_form", "Ticket form without a login"),
        ],
        required=True,
        help="Where the person agreed.",
    )
    given_at = fields.Datetime(string="Agreed on", required=True)
    confirmed_at = fields.Datetime(
        string="Address confirmed on",
        default=fields.Datetime.now,
        help="When it was certain that the address is the person's own. Empty: it "
        "never was.",
    )

    @api.model
    def _log(self, text, partner, source, given_at=None, lang=None):
        """Note that somebody agreed.

        :param support.consent.text text: what was agreed to
        :param res.partner partner: who agreed
        :param str source: a key of the field
        :param datetime given_at: UTC, None: now
        :param str lang: the language it was read in, None: the current one
        """
        lang = lang or self.env.lang
        return self.sudo().create(
            {
                "text_id": text.id,
                "purpose": text.purpose,
                "version": text.version,
                "wording": text.with_context(lang=lang).wording,
                "lang": lang,
                "email": partner.email_normalized or partner.email,
                "partner_id": partner.id,
                "source": source,
                "given_at": given_at or fields.Datetime.now(),
            }
        )

    @api.model
    def _log_unconfirmed(self, text, email, source):
        """Note that somebody agreed whose address nobody has confirmed.

        :param support.consent.text text: what was agreed to
        :param str email: the address that was typed, normalised
        :param str source: a key of the field
        """
        return self.sudo().create(
            {
                "text_id": text.id,
                "purpose": text.purpose,
                "version": text.version,
                "wording": text.wording,
                "lang": self.env.lang,
                "email": email,
                "source": source,
                "given_at": fields.Datetime.now(),
                "confirmed_at": False,
            }
        )

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The log of consents can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The log of consents can't be changed."))
