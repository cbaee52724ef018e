import hashlib
from urllib.parse import urlsplit

from odoo import api, models, tools
from odoo.tools import SQL, config

from ...tools.web import response_headers

SETTINGS = "/odoo/action-customer_portal_addon.customer_portal_settings_action"
GENERAL = "/odoo/action-base_setup.action_general_configuration"
PARAMETERS = "/odoo/action-base.ir_config_list_action"
MAIL_SERVERS = "/odoo/action-base.action_ir_mail_server_list"
USERS = "/odoo/action-base.action_res_users"
LOCAL = {"localhost", "127.0.0.1", "::1"}


class SupportSecurityCheck(models.AbstractModel):
    """What is unsafe now, and where to mend it: for the settings page."""

    _name = "support.security.check"
    _description = "Security Check"

    @api.model
    def _get_security_warnings(self, company):
        """Return what is unsafe in a company's portal now, the worst first.

        :param res.company company: one company
        :return: dicts with ``code``, ``text``, and ``url`` of the place, False where
            only the server's configuration file helps
        :rtype: list
        """
        company_sudo = company.sudo()
        texts = self._get_security_texts()
        found = {
            **self._check_passwords(),
            **self._check_server(),
            **self._check_addresses(),
            **self._check_mails(company_sudo),
            **self._check_company(company_sudo),
        }
        return [
            {"code": code, "text": text, "url": found[code]}
            for code, text in texts.items()
            if found.get(code) is not None
        ]

    @api.model
    def _get_security_texts(self):
        """Return what each warning says, by its code, the worst first."""
        _ = self.env._
        return {
            "passwords": _(
                "At least one login still has the password that it was made with: "
                "admin, or a login of the demo data. Everybody knows these."
            ),
            "database_manager": _(
                "The pages that list, copy and delete databases are open. Set list_db "
                "to False in Odoo's configuration file."
            ),
            "dev_mode": _(
                "Odoo runs in developer mode: errors show its source code. Start it "
                "without --dev."
            ),
            "proxy_mode": _(
                "Odoo is behind a proxy but does not know it: it takes all visitors "
                "for one and every connection for an open one. Set proxy_mode to True "
                "in Odoo's configuration file."
            ),
            "base_url": _(
                "Links in mails begin with http://. Passwords and tickets are sent so "
                "that others can read them. Change the parameter web.base.url."
            ),
            "mail_server": _(
                "No mail server confirms senders: whoever writes in the name of a "
                "customer is not recognised in all cases. Name the server that does."
            ),
            "smtp_open": _(
                "Mails leave through a server without encryption, with links that open "
                "tickets and set passwords."
            ),
            "policy": _(
                "The notification list is required, but everybody with an account may "
                "use the portal, with or without a support contract."
            ),
            "captcha": _(
                "People without a login may file tickets, and no captcha keeps "
                "programs out. Limits apply all the same."
            ),
            "csp": _(
                "Browsers don't enforce where the scripts of the portal come from."
            ),
            "session": _("Portal users stay logged in without an end."),
            "privacy": _(
                "People may register or file tickets without a login, and there is no "
                "link to a privacy policy."
            ),
            "contact": _("Whoever finds a weakness doesn't know whom to tell."),
        }

    # ---------------------------------------------------
    # Where each one is mended; None: nothing to mend
    # ---------------------------------------------------

    @api.model
    def _check_passwords(self):
        is_known = any(map(self._has_known_password, self._get_known_logins()))
        return {"passwords": USERS if is_known else None}

    @api.model
    def _check_server(self):
        return {
            "database_manager": False if config["list_db"] else None,
            "dev_mode": False if config["dev_mode"] else None,
        }

    @api.model
    def _check_addresses(self):
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        address = urlsplit(parameters_sudo.get_param("web.base.url") or "")
        is_secure = address.scheme == "https" or address.hostname in LOCAL
        is_proxied = (
            address.scheme == "https" or self.env["ir.http"]._is_support_proxied()
        )
        return {
            "base_url": None if is_secure else PARAMETERS,
            "proxy_mode": False if is_proxied and not config["proxy_mode"] else None,
        }

    @api.model
    def _check_mails(self, company_sudo):
        servers_sudo = self.env["ir.mail_server"].sudo()
        is_open = any(
            server_sudo.smtp_host not in LOCAL
            for server_sudo in servers_sudo.search([("smtp_encryption", "=", "none")])
        )
        place = f"{SETTINGS}#support_mail_server"
        return {
            "mail_server": None if company_sudo.support_mail_server else place,
            "smtp_open": MAIL_SERVERS if is_open else None,
        }

    @api.model
    def _check_company(self, company_sudo):
        is_public = company_sudo.support_filing == "everybody" and bool(
            self.env["helpdesk.ticket.type"]
            .sudo()
            .search_count([("is_public", "=", True)], limit=1)
        )
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        has_captcha = any(map(parameters_sudo.get_param, response_headers.CAPTCHAS))
        is_listed = company_sudo.support_list_required
        is_endless = not (
            company_sudo.support_session_idle_hours
            and company_sudo.support_session_days
        )
        unsafe = {
            "policy": is_listed and company_sudo.support_policy == "open",
            "captcha": is_public and not has_captcha,
            "csp": company_sudo.support_csp != "enforced",
            "session": is_endless,
            "privacy": (is_public or company_sudo.support_registration)
            and not company_sudo.support_privacy_url,
            "contact": not company_sudo.support_security_contact,
        }
        places = {
            "policy": f"{SETTINGS}#support_policy",
            "captcha": f"{GENERAL}#recaptcha",
            "csp": f"{SETTINGS}#support_csp",
            "session": f"{SETTINGS}#support_session",
            "privacy": f"{SETTINGS}#support_registration",
            "contact": f"{SETTINGS}#support_security_contact",
        }
        return {code: places[code] if unsafe[code] else None for code in unsafe}

    # ---------------------------------------------------
    # Passwords that everybody knows
    # ---------------------------------------------------

    @api.model
    def _get_known_logins(self):
        """Return the logins that begin with a password everybody knows.

        :return: rows with ``login`` and ``hash`` of active users
        :rtype: list
        """
        query = SQL(
            """
            SELECT users.login, users.password AS hash
              FROM res_users AS users
              JOIN ir_model_data AS data
                ON data.model = 'res.users' AND data.res_id = users.id
             WHERE users.active AND users.password IS NOT NULL
                   AND (data.module = 'customer_portal_addon'
                        OR data.module = 'base'
                           AND data.name IN ('user_admin', 'user_demo'))
             ORDER BY users.id
            """
        )
        return self.env.execute_query_dict(query)

    @api.model
    def _has_known_password(self, row):
        """Tell whether the password is the part of the login before its @.

        :param dict row: see :meth:`_get_known_logins`
        """
        secret = hashlib.sha256(f"{row['login']}\n{row['hash']}".encode()).hexdigest()
        return self._is_known_password(secret, row)

    @tools.ormcache("secret")
    def _is_known_password(self, secret, row):
        """Hash once for each password: that takes a while, as it should."""
        known = row["login"].partition("@")[0]
        return self.env["res.users"]._crypt_context().verify(known, row["hash"])
