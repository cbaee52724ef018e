import json
import logging

from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.fields import Domain
from odoo.tools import escape_psql

from ...exceptions import SupportAccessRefused

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """Logging in by an account elsewhere, for example at Google.

    Such a login belongs to a user who exists already; it never makes one. The gate
    asks later, where all credentials are checked.
    """

    _inherit = "res.users"

    @api.model
    def _auth_oauth_validate(self, provider, access_token):
        """Take tokens only from providers who are offered, and only those made for us.

        Odoo takes every token that the provider knows, also one that a stranger's
        website was given (a "confused deputy").

        :raise AccessDenied:
        """
        oauth_provider = self.env["auth.oauth.provider"].browse(provider).exists()
        if not oauth_provider.enabled:
            raise AccessDenied()
        validation = super()._auth_oauth_validate(provider, access_token)
        oauth_provider._check_validation_audience(validation)
        if oauth_provider.audience_endpoint:
            answer = self._auth_oauth_rpc(
                oauth_provider.audience_endpoint, access_token
            )
            oauth_provider._check_audience(answer)
        return validation

    @api.model
    def _auth_oauth_signin(self, provider, validation, params):
        """Find whose account it is, or link it to whom it evidently belongs.

        Evidence is the token of an invitation, or an address that the provider has
        verified. Nobody gets a new user by an address only, whoever may sign up.

        :raise AccessDenied: the account is nobody's
        :raise SupportAccessRefused: the invitation is for somebody who is refused
        """
        domain = Domain("oauth_provider_id", "=", provider)
        domain &= Domain("oauth_uid", "=", validation["user_id"])
        linked = self.search(domain, limit=1)
        website = self.env["website"].get_current_website()
        if linked.website_id and linked.website_id != website:
            raise AccessDenied()  # its login is for that website
        if not linked and not self._get_oauth_invitation(params):
            user = self._find_oauth_owner(validation)
            if not user:
                raise AccessDenied()
            user.write(
                {"oauth_provider_id": provider, "oauth_uid": validation["user_id"]}
            )
            _logger.info("Linked %s to OAuth provider %s", user.login, provider)
        try:
            return super()._auth_oauth_signin(provider, validation, params)
        except AccessDenied as denial:
            # Odoo denies in the place of whatever was wrong with the invitation
            if isinstance(denial.__context__, SupportAccessRefused):
                self.env["ir.http"]._note_refused_login()
                raise denial.__context__ from None
            raise

    @api.model
    def _generate_signup_values(self, provider, validation, params):
        """Keep the address that was invited, whatever address the provider knows."""
        values = super()._generate_signup_values(provider, validation, params)
        partners = self.env["res.partner"]
        token = self._get_oauth_invitation(params)
        invited = token and partners._get_partner_from_token(token)
        if invited and invited.email:
            values.update(email=invited.email, login=invited.email)
        return values

    @api.model
    def _get_oauth_invitation(self, params):
        """Return the token of the invitation or reset mail that somebody came by."""
        return json.loads(params["state"]).get("t")

    @api.model
    def _find_oauth_owner(self, validation):
        """Return the portal user to whom an account elsewhere evidently belongs.

        That is whose login is the verified address, on this website. Staff are no
        portal users: they link their account by their invitation. And who is linked
        stays linked.

        :param dict validation: what the provider tells about the account
        :rtype: res.users
        """
        email = validation.get("email")
        verified = validation.get("email_verified")
        if not email or not (verified is True or verified == "true"):
            return self.browse()
        domain = Domain("login", "=ilike", escape_psql(email))
        website = self.env["website"].get_current_website()
        domain &= Domain("active", "=", True) & website.website_domain()
        users = self.search(domain)
        users = users.filtered("website_id") or users
        if len(users) != 1 or users.oauth_uid or not users._is_portal():
            return self.browse()
        # Beyond ASCII different letters can be the same but for their case
        is_same = users.login == email or f"{users.login}{email}".isascii()
        return users if is_same else self.browse()
