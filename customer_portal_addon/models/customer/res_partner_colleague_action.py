from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.form import form_values
from ...tools.text.names import MAX_NAME_LENGTH, person_name

CHANGES = {
    "switch_off": {"support_switched_off": True},
    "switch_on": {"support_switched_off": False},
    "appoint": {"is_customer_administrator": True},
    "dismiss": {"is_customer_administrator": False},
}


class ResPartner(models.Model):
    """What customer administrators do with their colleagues.

    Portal users have no rights on contacts: what is changed here is changed with all
    rights, after the checks of ``support.colleague.mixin``.
    """

    _inherit = "res.partner"

    # How often an administrator may do something within an hour
    _colleague_hourly_limits = {"invite": 20, "change": 60}

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
            name = self._parse_person_name(values.get("name"))
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
    def _parse_person_name(self, value):
        """Return the name that was typed.

        :raise ValidationError: it is none
        """
        name = form_values.clean_text(value)
        if not name:
            raise ValidationError(self.env._("Please enter a name."))
        if len(name) > MAX_NAME_LENGTH:
            raise ValidationError(
                self.env._(
                    "Please use at most %(limit)s characters.", limit=MAX_NAME_LENGTH
                )
            )
        if not person_name(name):
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
        people_sudo = self.sudo().with_context(
            mail_create_nosubscribe=True, support_colleague=True
        )
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
                name = self._parse_person_name(values.get("name"))
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
            records_sudo = self.env["support.access.mail"].sudo()
            domain = [("invited_by_id", "=", me.id), ("asked_at", ">", since)]
        else:
            records_sudo = self.env["mail.message"].sudo()
            domain = [
                ("model", "=", "res.partner"),
                ("author_id", "=", me.id),
                ("date", ">", since),
                ("message_type", "=", "comment"),
            ]
        records_sudo = records_sudo.with_context(active_test=False)
        who = f"colleague {what} {me.id}"
        if self.env["support.limit"]._is_reached(records_sudo, domain, limit, who):
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
            administrator_name=self.env.user.partner_id._get_name_for_mails(),
            support_contact=company_sudo._get_support_contact(),
        ).send_mail(
            self.id,
            email_values={"headers": repr({"Auto-Submitted": "auto-generated"})},
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _get_portal_button(self):
        """Return address and title of the button in mails about a contact.

        A contact is of no website: it leads to that of the current company.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.env.company.sudo().get_base_url()}/support",
            "title": self.env._("Open service portal"),
        }
