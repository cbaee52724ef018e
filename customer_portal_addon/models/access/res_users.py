import base64
import hashlib
import time

from odoo import SUPERUSER_ID, api, models, tools
from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.auth_signup.models.res_partner import SignupError

from ...exceptions import SupportAccessRefused
from ...tools.dates import session_age
from ...tools.files import pictures
from ...tools.web.passwords import is_easy

MAX_PASSWORD = 128
AGE = "support_age"  # in the session: see tools/dates/session_age.py


class ResUsers(models.Model):
    _inherit = "res.users"

    # ---------------------------------------------------
    # The gate at the login doors
    # ---------------------------------------------------

    def _check_credentials(self, credential, env):
        """Ask the gate, after the credentials turned out right.

        Never before: a stranger must not learn who is a customer.

        :raise SupportAccessRefused: right credentials, but the gate refuses
        """
        user = self or self.env.user
        kind = credential["type"]
        counts = self.env["support.login.count"]
        with counts._guard(user.sudo().login, kind, user):
            try:
                auth_info = super()._check_credentials(credential, env)
            except AccessDenied:
                if kind == "password" and not self._was_hashed(credential, env):
                    self._spend_hash(credential.get("password"))
                raise
        # between password and second factor nobody is logged in yet
        user._join_company_of_website()
        user._check_support_gate()
        return auth_info

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        """Ask the gate with every RPC call: Odoo remembers credentials it has seen.

        An id without a login is answered like a wrong password, after as much work.

        :raise SupportAccessRefused: right credentials, but the gate refuses
        """
        user_sudo = self.browse(uid).sudo().exists()
        if not user_sudo.active:
            with self.env["support.login.count"]._guard(f"user {uid}"):
                self._spend_hash(passwd)
                raise AccessDenied()
        result = super()._check_uid_passwd(uid, passwd)
        self.browse(uid)._check_support_gate()
        return result

    def _check_support_gate(self):
        """Refuse the login of a portal user whom the gate refuses.

        :raise SupportAccessRefused:
        """
        self.ensure_one()
        company_sudo = self._get_support_company()
        if self._is_login_refused(company_sudo):
            message = self.env["support.gate"]._get_refusal_message(company_sudo)
            self.env["ir.http"]._note_refused_login()
            decision = self._get_support_decision(company_sudo)
            raise SupportAccessRefused(message, decision)

    # ---------------------------------------------------
    # Nothing that tells who has a login
    # ---------------------------------------------------

    def _login(self, credential, user_agent_env):
        """Let an unknown login take as long as a wrong password.

        Odoo hashes the password of known logins only: the clock would tell them.
        """
        try:
            return super()._login(credential, user_agent_env)
        except AccessDenied as denial:
            is_looked_up = denial.args == AccessDenied().args
            login = credential.get("login")
            if is_looked_up and not self._find_login(login):
                with self.env["support.login.count"]._guard(login):
                    self._spend_hash(credential.get("password"))
                    raise
            raise

    def _was_hashed(self, credential, env):
        """Tell whether Odoo has hashed the password that turned out wrong.

        It does so neither for an empty one, nor where there is none to compare with,
        nor where programs have to send a key.
        """
        user = self.env.user
        is_interactive = (env or {}).get("interactive", True)
        if not credential.get("password"):
            return False
        if not is_interactive and user._rpc_api_keys_only():
            return False
        self.env.cr.execute(
            SQL(
                "SELECT COALESCE(password, '') != '' FROM res_users WHERE id = %s",
                user.id,
            )
        )
        return self.env.cr.fetchone()[0]

    def _spend_hash(self, password):
        """Take as long as the look at a password does."""
        self._crypt_context().hash(password if isinstance(password, str) else "")

    def _on_login_cooldown(self, failures, previous):
        """Leave it to our count: Odoo's knows one process, and stops whole networks."""
        return False

    def reset_password(self, login):
        """Have the way to a new password mailed, if there is such a login.

        Later, by a cron: this takes the same time for everybody.

        :param str login: what was typed: a login or an address
        """
        client = f"user {self.env.uid}"
        if self.env.user._is_public():
            client = self.env.context.get("support_client") or client
        self.env["support.access.mail"]._request_reset(login, client)

    @api.model
    def _find_login(self, login):
        """Return the active user with a login, if there is one."""
        return self.sudo().search(self._get_login_domain(login), limit=1)

    # ---------------------------------------------------
    # Links that lead to a password
    # ---------------------------------------------------

    @api.model
    def signup(self, values, token=None):
        """Give a contact a login, or a new password: with the link of a mail only.

        :raise SignupError: without a token; strangers register at /support/register
        :raise SupportAccessRefused: a right token, but the gate refuses
        """
        if not token:
            raise SignupError(self.env._("Please register to get a login."))
        partners_sudo = self.env["res.partner"].sudo()
        partner_sudo = partners_sudo._signup_retrieve_partner(token)
        users_sudo = partner_sudo.with_context(active_test=False).user_ids
        user_sudo = users_sudo.filtered("active")[:1]
        if users_sudo and not user_sudo:
            raise SignupError(self.env._("This login was archived."))
        with self.env.cr.savepoint():  # who is refused leaves nothing behind
            if not (user_sudo and user_sudo._is_internal()):
                mails_sudo = self.env["support.access.mail"].sudo()
                mails_sudo._confirm_address(partner_sudo, token)
                self._check_partner_may_sign_up(partner_sudo, user_sudo)
            if not user_sudo:
                # whatever was posted: the link was sent to this address
                address = partner_sudo.email_normalized
                values = {**values, "login": address, "email": partner_sudo.email}
            login, password = super().signup(values, token)
            self.env["support.login.count"]._note_known(partner_sudo.user_ids[:1])
            return login, password

    def _check_partner_may_sign_up(self, partner, user):
        """Refuse a contact whom the login would refuse anyway.

        :param res.users user: the contact's login; may be empty
        :raise SupportAccessRefused:
        """
        company = self.env["website"].get_current_website().company_id
        if user:
            company = user._get_login_company(company)
        gate_sudo = self.env["support.gate"].sudo()
        decision = gate_sudo._decide(partner, company)
        if company.support_scope == "login" and not decision.allowed:
            raise SupportAccessRefused(
                gate_sudo._get_refusal_message(company), decision
            )

    @api.model
    def _get_signup_values(self, token):
        """Return whose login a right token leads to, whatever was posted with it.

        :return: the address as ``login``, and whether it is one of our staff
        :rtype: dict
        """
        partner_sudo = self.env["res.partner"].sudo()._signup_retrieve_partner(token)
        user_sudo = partner_sudo.user_ids[:1]
        return {
            "login": user_sudo.login or partner_sudo.email_normalized,
            "is_staff": bool(user_sudo) and user_sudo._is_internal(),
        }

    # ---------------------------------------------------
    # Passwords
    # ---------------------------------------------------

    def _check_password_policy(self, passwords):
        """Refuse also what everybody tries first; length is Odoo's own rule.

        Each way to set a password comes here. What the server's own programs set is
        theirs to choose: demo data have what its readers can remember.

        :raise UserError: saying what is wrong
        """
        if self.env.uid == SUPERUSER_ID:
            return None
        result = super()._check_password_policy(passwords)
        if any(len(word or "") > MAX_PASSWORD for word in passwords):
            raise UserError(
                self.env._(
                    "Please take at most %(limit)s characters.", limit=MAX_PASSWORD
                )
            )
        words = ["support", self.env.company.sudo().name or ""]
        for user_sudo in self.sudo():
            partner_sudo = user_sudo.partner_id
            names = (user_sudo.login, partner_sudo.name, partner_sudo.email)
            company = partner_sudo.commercial_partner_id.name
            words += [word for word in (*names, company) if word]
        if any(word and is_easy(word, words) for word in passwords):
            raise UserError(
                self.env._(
                    "This password is easy to guess. Please take one that is neither a "
                    "common word nor your name or address, for example several words "
                    "that have nothing to do with each other."
                )
            )
        return result

    def _set_password(self):
        """Let a new password end what was opened with the old one.

        Sessions end by themselves; keys of the whole company are not the person's.
        """
        result = super()._set_password()
        users = [("user_id", "in", self.ids)]
        self.env["res.users.apikeys"].sudo().search(users).unlink()
        self.env["auth_totp.device"].sudo().search(users).unlink()
        keys_sudo = self.env["support.api.key"].sudo()
        keys_sudo.search(
            [
                ("partner_id", "in", self.sudo().partner_id.ids),
                ("is_customer_key", "=", False),
                ("revoked_at", "=", False),
            ]
        )._revoke()
        return result

    # ---------------------------------------------------
    # Who somebody is
    # ---------------------------------------------------

    def _is_support_gated(self):
        """Tell whether this user has to pass the gate: portal users do."""
        return self._is_outsider() and not self._is_public()

    def _is_outsider(self):
        """Tell whether this is a portal user or the public visitor.

        It is ``share``, but remembered as Odoo remembers groups: asked with every
        request, of whoever is at it, the field would cost one query more.
        """
        return bool(self) and not self._is_staff()

    @tools.ormcache("self.id")
    def _is_staff(self):
        return self._is_internal()

    def _get_support_code(self):
        """Return the support ID of the user's own contact, False without one."""
        self.ensure_one()
        return self.sudo().partner_id.support_code

    def _is_support_code_missing(self):
        """Tell whether this portal user's contact waits for a support ID."""
        return self.share and not self._get_support_code()

    def _get_portal_button(self):
        """Return address and title of the button in a mail about the login.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.get_base_url()}/my/security",
            "title": self.env._("Connection & Security"),
        }

    # ---------------------------------------------------
    # How long a login lasts
    # ---------------------------------------------------

    def _get_support_session_end(self, session):
        """Tell whether a login of this user is too old.

        :param dict session: what the session remembers
        :return: ``idle``, ``absolute`` or None; and what the session has to remember
            from now on, None if nothing new
        :rtype: tuple(str or None, dict or None)
        """
        self.ensure_one()
        if not self._is_outsider():
            return None, None
        now = int(time.time())
        token = session.get("session_token") or ""
        login = hashlib.sha256(f"{self.id} {token}".encode()).hexdigest()[:16]
        age = session.get(AGE)
        if not age or age["login"] != login:
            return None, session_age.start(login, now)
        limits = self._get_support_company()._get_support_security()
        reason = session_age.ended(age, now, limits["idle"], limits["absolute"])
        if reason or session_age.is_noted(age, now):
            return reason, None
        return None, {**age, "seen": now}

    # ---------------------------------------------------
    # Customer administrators
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        partners_sudo = users.sudo().partner_id
        partners_sudo.filtered("is_customer_administrator")._sync_administrator_group()
        return users

    def write(self, vals):
        if "company_id" in vals and not self.env.su and self.env.user.share:
            # Odoo lets everybody choose; the gate asks by the rules of this company
            raise AccessError(self.env._("Only our team can change your company."))
        self._check_own_picture(vals)
        result = super().write(vals)
        if "partner_id" in vals:
            # the record rules remember the contact of a user
            self.env.registry.clear_cache()
        if "partner_id" in vals or "group_ids" in vals:
            self.sudo().partner_id._sync_administrator_group()
        return result

    @api.model
    def _check_own_picture(self, vals):
        """Refuse a customer's picture that takes long to decode: Odoo does it at once.

        :raise ValidationError:
        """
        picture = vals.get("image_1920")
        if not picture or self.env.su or not self.env.user.share:
            return
        content = base64.b64decode(picture)
        if not pictures.is_harmless(content, pictures.guess_kind(content)):
            raise ValidationError(
                self.env._(
                    "This picture is damaged or too large. Please choose another one."
                )
            )
