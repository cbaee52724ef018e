import logging

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, ValidationError

_logger = logging.getLogger(__name__)


class AuthOauthProvider(models.Model):
    _inherit = "auth.oauth.provider"

    audience_endpoint = fields.Char(
        string="Audience URL",
        help="Asked for whom a token was made; the answer must name our client ID. "
        "Without it, a token that somebody gave to another website that uses the same "
        "provider also logs in here.",
    )

    @api.constrains("enabled", "client_id")
    def _check_client_id(self):
        for provider in self:
            if provider.enabled and not provider.client_id:
                raise ValidationError(
                    self.env._(
                        "Enter the client ID of %(provider)s before you allow it.",
                        provider=provider.name,
                    )
                )

    def _check_audience(self, answer):
        """Refuse a token that was made for somebody else, or that doesn't say.

        :param dict answer: what the audience URL says about the token
        :raise AccessDenied:
        """
        named = [answer.get(key) for key in ("aud", "audience", "azp", "id")]
        self._check_is_us(next(filter(None, named), None))

    def _check_validation_audience(self, validation):
        """Refuse a token if the provider says unasked that it isn't for us.

        :param dict validation: what the provider tells about the account
        :raise AccessDenied:
        """
        for key in ("aud", "audience"):
            if key in validation:
                self._check_is_us(validation[key])

    def _check_is_us(self, audience):
        self.ensure_one()
        audience = audience if isinstance(audience, list) else [audience]
        if not self.client_id or self.client_id not in audience:
            _logger.warning("A token of %s is for %s, not us", self.name, audience)
            raise AccessDenied()
