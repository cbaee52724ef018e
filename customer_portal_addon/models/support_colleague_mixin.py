from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools import form_values

NAME_MAX_LENGTH = 100
CHANGES = {
    "switch_off": {"support_switched_off": True},
    "switch_on": {"support_switched_off": False},
    "appoint": {"is_customer_administrator": True},
    "dismiss": {"is_customer_administrator": False},
}


class SupportColleagueMixin(models.AbstractModel):
    """What customer administrators do with the people of their company.

    Everything starts from the current user's own company; what was posted only chooses
    among its people. Portal users have no rights on contacts: what is changed here is
    changed with all rights, after these checks.
    """

    _name = "support.colleague.mixin"
    _description = "Colleagues of Customer Administrators"

    # How often an administrator may do something within an hour
    _colleague_hourly_limits = {"invite": 20, "change": 60}

    # ---------------------------------------------------
    # Who manages whom
    # ---------------------------------------------------

    @api.model
    def _manages_colleagues(self):
        """Tell whether the current user is a customer administrator with a company.

        :rtype: bool
        """
        user = self.env.user
        if not user.share or not user.has_group(
            "customer_portal_addon.group_customer_administrator"
        ):
            return False
        contact_sudo = user.sudo().partner_id
        customer_sudo = contact_sudo.commercial_partner_id
        return (
            contact_sudo.is_customer_administrator
            and customer_sudo.is_company
            and customer_sudo != contact_sudo
            and self.env["ir.http"]._get_support_decision().allowed
        )

    @api.model
    def _get_colleagues_domain(self):
        """Return the domain of the people of the current user's company.

        :raise AccessError: for everybody but customer administrators
        """
        if not self._manages_colleagues():
            raise AccessError(
                self.env._("Only customer administrators manage their colleagues.")
            )
        customer_sudo = self.env.user.sudo().partner_id.commercial_partner_id
        return Domain(
            [
                ("commercial_partner_id", "=", customer_sudo.id),
                ("is_company", "=", False),
                ("type", "=", "contact"),
                ("partner_share", "=", True),  # never one of our staff
            ]
        )

    @api.model
    def _get_colleague_search_domain(self, search):
        """Return the domain of the colleagues whose name or address has ``search``."""
        domain = self._get_colleagues_domain()
        if search:
            domain &= Domain("name", "ilike", search) | Domain("email", "ilike", search)
        return domain

    @api.model
    def _get_colleagues(self, search="", offset=0, limit=None):
        """Return the people of the current user's company, with all rights on them.

        :param str search: part of a name or an address
        :raise AccessError: for everybody but customer administrators
        """
        domain = self._get_colleague_search_domain(search)
        return self.sudo().search(domain, offset=offset, limit=limit, order="name, id")

    @api.model
    def _count_colleagues(self, search=""):
        """Return how many colleagues there are, the current user included."""
        return self.sudo().search_count(self._get_colleague_search_domain(search))

    @api.model
    def _find_colleague(self, colleague_id):
        """Return the colleague with a posted id, with all rights; else nobody.

        :param int colleague_id:
        :raise AccessError: for everybody but customer administrators
        """
        domain = self._get_colleagues_domain() & Domain("id", "=", colleague_id)
        return self.sudo().search(domain)

    # ---------------------------------------------------
    # For whom they file tickets
    # ---------------------------------------------------

    @api.model
    def _get_file_for_domain(self):
        """Return the domain of the colleagues for whom tickets can be filed.

        Mails about tickets only go to addresses that are known to be right.
        """
        return self._get_colleagues_domain() & Domain(
            [
                ("support_unconfirmed", "=", False),
                ("support_switched_off", "=", False),
                ("email_normalized", "!=", False),
            ]
        )

    @api.model
    def _get_colleagues_to_file_for(self, limit):
        """Return the first colleagues for whom the current user can file tickets."""
        others = Domain("id", "!=", self.env.user.partner_id.id)
        domain = self._get_file_for_domain() & others
        return self.sudo().search(domain, limit=limit, order="name, id")

    @api.model
    def _find_colleague_to_file_for(self, posted):
        """Return whom a posted id or address names, with all rights; else nobody."""
        wanted = Domain("email_normalized", "=", email_normalize(posted) or posted)
        if posted.isdecimal():
            wanted = Domain("id", "=", int(posted[:20]))
        return self.sudo().search(self._get_file_for_domain() & wanted, limit=1)

    # ---------------------------------------------------
    # What the page shows
    # ---------------------------------------------------

    def _get_colleague_values(self):
        """Return what the page prints of these colleagues, whatever their number.

        The list tells about addresses that nobody has confirmed what the administrator
        has done with them, and nothing else: not whether we know them.

        :return: id, name, email, support_code, is_administrator, is_me, state,
            state_label, invited_at and actions of each
        :rtype: list[dict]
        """
        decisions = self.env["support.gate"]._decide_many(self, self.env.company)
        invitations = self.env["support.access.mail"].with_context(active_test=False)
        invited = dict(
            invitations._read_group(
                [("partner_id", "in", self.ids), ("kind", "=", "invitation")],
                ["partner_id"],
                ["asked_at:max"],
            )
        )
        rows = []
        for colleague in self:
            state, label = colleague._get_colleague_state(
                decisions[colleague.id], colleague in invited
            )
            rows.append(
                {
                    "id": colleague.id,
                    "name": colleague.name or colleague.email,
                    "email": colleague.email,
                    "support_code": colleague.support_code,
                    "is_administrator": colleague.is_customer_administrator,
                    "is_me": colleague == self.env.user.partner_id,
                    "state": state,
                    "state_label": label,
                    "invited_at": state == "invited" and invited[colleague],
                    "actions": colleague._get_colleague_actions(),
                }
            )
        return rows

    def _get_colleague_state(self, decision, is_invited):
        """Return a key and the words for whether this colleague gets in.

        :param Decision decision: of the gate, about the colleague
        :rtype: tuple(str, str)
        """
        _ = self.env._
        logins = self.with_context(active_test=False).user_ids
        if self.support_switched_off:
            return "switched_off", _("Switched off")
        if logins and not any(logins.mapped("active")):
            return "locked", _("Login locked by our team")
        if logins and not decision.allowed:
            return "refused", self.env["support.gate"]._get_reason_names()[
                decision.reason
            ]
        if logins:
            return "allowed", _("May log in")
        if is_invited:
            return "invited", _("Invited")
        return "no_login", _("No login yet")

    def _get_colleague_actions(self):
        """Return what the current user may do with this colleague.

        Nobody shuts themselves out, so that there is always an administrator left. By
        the company's setting other administrators are the business of our team.

        :rtype: list[str]
        """
        self.ensure_one()
        actions = []
        if self == self.env.user.partner_id:
            return actions
        is_off = self.support_switched_off
        is_administrator = self.is_customer_administrator
        has_login = bool(self.with_context(active_test=False).user_ids)
        may_appoint = self.env.company.sudo().support_appoint_administrators
        if not has_login and not is_off and self.email_normalized:
            actions.append("invite")
        if is_administrator and not may_appoint:
            return actions
        actions.append("rename")
        if may_appoint and is_administrator:
            actions.append("dismiss")
        elif may_appoint and not is_off and not self.support_unconfirmed:
            actions.append("appoint")
        actions.append("switch_on" if is_off else "switch_off")
        return actions

    # ---------------------------------------------------
    # Inviting
    # ---------------------------------------------------

    @api.model
    def _invite_colleague(self, values):
        """Invite somebody into the current user's company.

        The answer is the same for every address that is none of a colleague: whether
        we know it decides the cron that sends the mail.

        :param dict values: posted ``name`` and ``email``
        :return: what is wrong by name of the input, empty when invited
        :rtype: dict
        :raise AccessError: for everybody but customer administrators
        """
        domain = self._get_colleagues_domain()
        errors = {}
        email = email_normalize(form_values.clean_text(values.get("email"))) or ""
        if not email or len(email) > 254:
            errors["email"] = self.env._("Please enter an e-mail address.")
        try:
            name = self._parse_colleague_name(values.get("name"))
        except ValidationError as error:
            errors["name"] = error.args[0]
        if errors:
            return errors
        same_address = Domain("email_normalized", "=", email)
        known_sudo = self.sudo().search(domain & same_address, order="id")
        for colleague_sudo in known_sudo:
            if "invite" not in colleague_sudo._get_colleague_actions():
                return {"email": colleague_sudo._get_reason_not_to_invite()}
        try:
            self._check_colleague_limit("invite")
        except UserError as error:
            return {"form": error.args[0]}
        colleague_sudo = known_sudo[:1] or self._create_colleague(name, email)
        colleague_sudo._send_colleague_invitation()
        return {}

    @api.model
    def _parse_colleague_name(self, value):
        """Return the name that was typed.

        :raise ValidationError: it is none
        """
        name = form_values.clean_text(value)
        if not name:
            raise ValidationError(self.env._("Please enter a name."))
        if len(name) > NAME_MAX_LENGTH:
            raise ValidationError(
                self.env._(
                    "Please use at most %(limit)s characters.", limit=NAME_MAX_LENGTH
                )
            )
        if not form_values.is_name(name):
            raise ValidationError(
                self.env._("Please enter a name only, without links or special signs.")
            )
        return name

    def _get_reason_not_to_invite(self):
        _ = self.env._
        if self.support_switched_off:
            return _("The access of %s is switched off.", self.name)
        if self.user_ids:
            return _("%s has a login already.", self.name)
        return _("%s can't be invited. Please contact us.", self.name)

    @api.model
    def _create_colleague(self, name, email):
        """Create a contact whose address nobody has confirmed."""
        customer_sudo = self.env.user.sudo().partner_id.commercial_partner_id
        people_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        return people_sudo.create(
            {
                "name": name,
                "email": email,
                "type": "contact",
                "parent_id": customer_sudo.id,
                "company_id": customer_sudo.company_id.id,
                "lang": self.env.lang or self.env.user.lang,
                "support_unconfirmed": True,
            }
        )

    def _send_colleague_invitation(self):
        """Have this colleague invited, also once more, and note who wanted it."""
        self.ensure_one()
        mails = self.env["support.access.mail"]
        waiting = [("partner_id", "=", self.id), ("state", "=", "pending")]
        if mails.search_count([*waiting, ("kind", "=", "invitation")], limit=1):
            return  # it is on its way
        mails._note(
            "invitation",
            self.email_normalized,
            partner_id=self.id,
            company_id=self.env.company.id,
            invited_by_id=self.env.user.partner_id.id,
        )
        self._note_colleague_action("invite")

    # ---------------------------------------------------
    # Changing
    # ---------------------------------------------------

    @api.model
    def _act_on_colleague(self, colleague_id, action, values):
        """Do something with a colleague, on behalf of the current user.

        :param int colleague_id: as posted
        :param str action: as posted; see :meth:`_get_colleague_actions`
        :param dict values: what was posted; of it only ``name`` counts, to rename
        :return: what is wrong by name of the input, empty when done; None when there
            is no such colleague
        :rtype: dict | None
        :raise AccessError: for everybody but customer administrators
        """
        colleague_sudo = self._find_colleague(colleague_id)
        if not colleague_sudo:
            return None
        if action not in colleague_sudo._get_colleague_actions():
            return {"form": self.env._("This can't be done (any more).")}
        try:
            if action == "rename":
                name = self._parse_colleague_name(values.get("name"))
            self._check_colleague_limit("invite" if action == "invite" else "change")
        except ValidationError as error:
            return {"name": error.args[0]}
        except UserError as error:
            return {"form": error.args[0]}
        if action == "invite":
            colleague_sudo._send_colleague_invitation()
        elif action == "rename":
            colleague_sudo._change_colleague(action, {"name": name})
        else:
            colleague_sudo._change_colleague(action, CHANGES[action])
        return {}

    def _change_colleague(self, action, vals):
        """Change a colleague, note who did it and tell the person.

        Called after all checks, with all rights.
        """
        self.ensure_one()
        former_name = self.name
        if vals.get("name") == former_name:
            return
        self.write(vals)
        self._note_colleague_action(action, former_name)
        self._tell_colleague(action)

    @api.model
    def _check_colleague_limit(self, what):
        """Refuse what an administrator does too often.

        :param str what: ``invite`` or ``change``
        :raise UserError:
        """
        since = fields.Datetime.now() - timedelta(hours=1)
        me = self.env.user.partner_id
        limit = self._colleague_hourly_limits[what]
        if what == "invite":
            mails_sudo = self.env["support.access.mail"].sudo()
            count = mails_sudo.with_context(active_test=False).search_count(
                [("invited_by_id", "=", me.id), ("asked_at", ">", since)],
                limit=limit,
            )
        else:
            messages_sudo = self.env["mail.message"].sudo()
            count = messages_sudo.search_count(
                [
                    ("model", "=", "res.partner"),
                    ("author_id", "=", me.id),
                    ("date", ">", since),
                    ("message_type", "=", "comment"),
                ],
                limit=limit,
            )
        if count >= limit:
            raise UserError(
                self.env._(
                    "That is a lot for one hour. Please wait a little, or call us."
                )
            )

    # ---------------------------------------------------
    # Who learns of it
    # ---------------------------------------------------

    def _note_colleague_action(self, action, former_name=None):
        """Note in the contact's chatter, in our language, who did what."""
        me = self.env.user.partner_id
        lang = self.env.company.sudo().partner_id.lang or self.env.lang
        _ = self.with_context(lang=lang).env._
        names = {"who": me.name, "name": self.name, "former": former_name}
        texts = {
            "invite": _("%(who)s invites %(name)s to the support portal.", **names),
            "rename": _("%(who)s has corrected the name “%(former)s”.", **names),
            "switch_off": _("%(who)s has switched the support access off.", **names),
            "switch_on": _("%(who)s has switched the support access on.", **names),
            "appoint": _("%(who)s has made %(name)s an administrator.", **names),
            "dismiss": _("%(who)s has dismissed %(name)s as administrator.", **names),
        }
        self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=texts[action],
            author_id=me.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _tell_colleague(self, action):
        """Mail the person what was changed, by whom, and whom to ask.

        Nothing goes to an address that nobody has confirmed.
        """
        self.ensure_one()
        template = self.env.ref(
            "customer_portal_addon.mail_template_colleague_changed",
            raise_if_not_found=False,
        )
        if not template or self.support_unconfirmed or not self.email_normalized:
            return
        company_sudo = self.env.company.sudo().with_context(lang=self.lang)
        template.sudo().with_context(
            colleague_action=action,
            administrator_name=self.env.user.partner_id.name,
            support_contact=company_sudo._get_support_contact(),
        ).send_mail(
            self.id,
            email_values={"headers": repr({"Auto-Submitted": "auto-generated"})},
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _get_portal_button(self):
        """Return address and title of the button in mails about a contact.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.get_base_url()}/support",
            "title": self.env._("Open service portal"),
        }
