from odoo import api, models
from odoo.exceptions import AccessDenied, ValidationError
from odoo.fields import Domain

from ...exceptions import SupportLoginPaused
from ...tools.form import form_values
from ...tools.web import list_filters

MAX_OWN_KEYS = 10


class SupportApiKey(models.Model):
    """What contacts do with keys themselves, on the security page of the portal.

    Portal users have no rights on keys: what follows looks only at those of the
    current user, and of the company for its administrators.
    """

    _inherit = "support.api.key"

    @api.model
    def _is_offered(self):
        """Tell whether the current user may have keys: a customer let in by the gate.

        :rtype: bool
        """
        user = self.env.user
        return bool(
            user._is_portal()
            and self.env.company.sudo().support_api_enabled
            and self.env["ir.http"]._get_support_decision().allowed
        )

    @api.model
    def _get_own_domain(self):
        """Return the domain of the keys that the current user sees and revokes.

        :rtype: Domain
        """
        contact_sudo = self.env.user.sudo().partner_id
        customer_sudo = contact_sudo.commercial_partner_id
        domain = Domain("partner_id", "=", contact_sudo.id)
        if self.env["res.partner"]._manages_colleagues():
            domain |= Domain("is_customer_key", "=", True)
        domain &= Domain("customer_id", "=", customer_sudo.id)
        return domain & Domain("company_id", "=", self.env.company.id)

    @api.model
    def _get_security_values(self, values=None, errors=None, key=None):
        """Return what the security page shows of keys; empty: nothing.

        :param dict values: what was typed for a new key
        :param dict errors: what is wrong with it, by name of the input
        :param str key: one that was made just now
        :rtype: dict
        """
        if not self._is_offered():
            return {}
        keys_sudo = self.sudo().search(
            self._get_own_domain() & Domain("revoked_at", "=", False)
        )
        return {
            "support_keys": keys_sudo,
            "support_key_values": values or {"can_file": "1", "can_read": "1"},
            "support_key_errors": errors or {},
            "support_key_new": key,
        }

    @api.model
    def _make_own(self, values):
        """Make a key for the current user, who has typed the password again.

        :param dict values: posted ``name``, ``can_file``, ``can_read``, ``date_end``
            and ``password``
        :return: the key, and what is wrong by name of the input
        :rtype: tuple(str, dict)
        """
        if not self._is_offered():
            return "", {"form": self.env._("There are no keys for you.")}
        errors, vals = {}, {}
        for name, parse in {
            "name": self._parse_name,
            "date_end": self._parse_day,
        }.items():
            try:
                vals[name] = parse(form_values.clean_text(values.get(name)))
            except ValidationError as error:
                errors[name] = error.args[0]
        for name in ("can_file", "can_read"):
            vals[name] = bool(values.get(name))
        if not (vals["can_file"] or vals["can_read"]):
            errors["can_file"] = self.env._("Please say what the key may do.")
        if not errors:
            errors = self._check_own(values.get("password"))
        if errors:
            return "", errors
        contact = self.env.user.partner_id
        return self._issue(contact, self.env.company, vals)[1], {}

    def _check_own(self, password):
        """Return what keeps the current user from making a key."""
        alive = Domain("state", "=", "valid") & Domain(
            "partner_id", "=", self.env.user.partner_id.id
        )
        if self.sudo().search_count(alive, limit=MAX_OWN_KEYS) >= MAX_OWN_KEYS:
            return {
                "name": self.env._("You have many keys. Please revoke one of them.")
            }
        user = self.env.user
        credential = {
            "type": "password",
            "login": user.login,
            "password": password if isinstance(password, str) else "",
        }
        try:
            with user._assert_can_auth(user=user.id):
                user._check_credentials(credential, {"interactive": True})
        except SupportLoginPaused as pause:
            return {"password": pause.args[0]}
        except AccessDenied:
            return {"password": self.env._("This is not your password.")}
        return {}

    def _parse_name(self, value):
        if not value or len(value) > 80:
            raise ValidationError(
                self.env._("Please enter a name of at most 80 characters.")
            )
        return value

    def _parse_day(self, value):
        if not value:
            return False
        try:
            day = form_values.parse_date(value)
        except ValueError:
            day = None
        if not day or day < self._get_today() or day.year > 9000:
            raise ValidationError(self.env._("Please enter a day in the future."))
        return day

    @api.model
    def _revoke_own(self, posted):
        """Revoke a key of the current user, or of the company for administrators.

        :param str posted: id of the key; ignored unless it is one of theirs
        """
        if self._is_offered():
            number = Domain("id", "=", list_filters.parse_number(posted) or 0)
            self.sudo().search(self._get_own_domain() & number)._revoke()
