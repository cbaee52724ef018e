import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.text import support_code

STAFF = "helpdesk_mgmt.group_helpdesk_user_own"
ALL_TICKETS = "helpdesk_mgmt.group_helpdesk_user"
# Shorter ones are parts of too many numbers; longer ones differ in the country code
MIN_DIGITS, MAX_DIGITS = 5, 8
MAX_CALLERS = 50


class ResPartner(models.Model):
    """What support staff do for contacts, who may see them but not change them."""

    _inherit = "res.partner"

    # How many access mails one of the staff sends within an hour
    _limit_mails_of_staff = 30

    support_is_invited = fields.Boolean(
        string="Has been invited",
        compute="_compute_support_is_invited",
        compute_sudo=True,
        groups=STAFF,
    )

    @api.depends("support_access_mail_ids")
    def _compute_support_is_invited(self):
        for partner in self:
            partner.support_is_invited = bool(partner.support_access_mail_ids)

    # ---------------------------------------------------
    # Who may
    # ---------------------------------------------------

    def _check_support_staff(self):
        """Let support staff act for the contacts whose tickets they see.

        :raise AccessError:
        """
        self.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group(ALL_TICKETS):
            return
        if not user.has_group(STAFF):
            raise AccessError(self.env._("Only support staff can do this."))
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        for partner in self:
            # by the rules of whoever asks
            if not tickets.search_count([("partner_id", "=", partner.id)], limit=1):
                raise AccessError(
                    self.env._("You can do this for contacts of your tickets only.")
                )

    def _check_is_customer(self):
        """Keep mails with a way to a password from our own people.

        Whoever reads the mail of an administrator, or can have it sent elsewhere, must
        not come to that login through the helpdesk.

        :raise UserError:
        """
        users_sudo = self.sudo().with_context(active_test=False).user_ids
        if not self.partner_share or users_sudo.filtered(lambda user: not user.share):
            raise UserError(
                self.env._(
                    "These mails are for customers. The logins of colleagues are in "
                    "the settings of users."
                )
            )

    def _check_mail_limit(self, mail):
        """Keep somebody from flooding a contact, or all of them.

        :param support.access.mail mail: about to be sent, with all rights
        :raise UserError:
        """
        mails_sudo = mail.with_context(active_test=False)
        since = fields.Datetime.now() - timedelta(hours=1)
        user = self.env.user
        own = [("create_uid", "=", user.id), ("sent_at", ">", since)]
        is_reached = mail._is_limit_reached() or self.env["support.limit"]._is_reached(
            mails_sudo.browse(), own, self._limit_mails_of_staff, f"staff {user.id}"
        )
        if is_reached:
            raise UserError(
                self.env._("Too many mails within an hour. Please try again later.")
            )

    # ---------------------------------------------------
    # Invitation and password
    # ---------------------------------------------------

    def action_send_support_invitation(self):
        """Send the invitation, also once more."""
        self.ensure_one()
        self._check_support_staff()
        return self.sudo()._send_access_mail("invitation")

    def action_send_password_mail(self):
        """Send the way to a new password."""
        self.ensure_one()
        self._check_support_staff()
        return self.sudo()._send_access_mail("reset")

    def _send_access_mail(self, kind):
        """Send a mail on behalf of staff, at once, and tell them.

        :param str kind: ``invitation`` or ``reset``
        :return: a notification for the web client
        :raise UserError: when it can't be sent
        """
        self._check_is_customer()
        if not self.email_normalized:
            raise UserError(
                self.env._("%s has no valid e-mail address.", self.display_name)
            )
        mail = self.env["support.access.mail"].create(
            {
                "kind": kind,
                "email": self.email_normalized,
                "partner_id": self.id,
                "website_id": self.website_id.id,
            }
        )
        refusal = mail._get_reason_not_to_send()
        if refusal:
            raise UserError(refusal)
        self._check_mail_limit(mail)
        mail._send_answer(kind, self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Sent to %s.", self.email_normalized),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ---------------------------------------------------
    # Finding people
    # ---------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        readable = self._has_field_access(self._fields["support_code"], "read")
        if readable and operator in ("ilike", "=") and isinstance(value, str):
            code = support_code.normalize(value)
            if code:
                domain |= Domain("support_code", "=", code)
            if self.env.context.get("support_caller"):
                domain |= Domain("id", "in", self._find_ids_by_number(value))
        return domain

    @api.model
    def _find_ids_by_number(self, text):
        """Return ids of contacts whose phone number ends in the typed digits.

        :param str text: a number in any spelling; empty for anything else
        :rtype: list[int]
        """
        digits = re.sub(r"\D", "", text)[-MAX_DIGITS:].lstrip("0")
        if not re.fullmatch(r"[\d\s+()/.–-]+", text) or len(digits) < MIN_DIGITS:
            return []
        self.flush_model(["active", "phone"])
        rows = self.env.execute_query(
            SQL(
                r"SELECT id FROM res_partner WHERE active AND phone IS NOT NULL"
                r" AND regexp_replace(phone, '\D', '', 'g') LIKE %s"
                r" ORDER BY id LIMIT %s",
                f"%{digits}",
                MAX_CALLERS,
            )
        )
        return [row[0] for row in rows]
