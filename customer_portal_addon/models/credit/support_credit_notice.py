import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Command

from ...tools.credit import thresholds
from ..base.mail_template import MAIL_LAYOUT

_logger = logging.getLogger(__name__)


class SupportCreditNotice(models.Model):
    """That a customer's credit has fallen to a threshold, and who was told."""

    _name = "support.credit.notice"
    _description = "Low Credit Notice"
    _order = "date desc, id desc"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "support.credit.account",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="account_id.company_id")
    threshold = fields.Integer(
        string="Fell to",
        readonly=True,
        help="The threshold in minutes; the lowest, if it fell past more than one.",
    )
    balance = fields.Integer(
        string="Balance (minutes)", readonly=True, help="When the mails were written."
    )
    date = fields.Datetime(
        string="On", required=True, readonly=True, default=fields.Datetime.now
    )
    reader_ids = fields.Many2many("res.partner", string="Who got a mail", readonly=True)

    # ---------------------------------------------------
    # Who is told when
    # ---------------------------------------------------

    @api.model
    def _cron_notify(self, batch_size=100):
        """Tell about the accounts that have fallen to a threshold, in batches."""
        commit_progress = self.env["ir.cron"]._commit_progress
        watches_sudo = self.env["support.credit.watch"].sudo()
        last_id = 0
        while changed := watches_sudo._find_changed(last_id, batch_size):
            last_id = changed[-1][0]
            for account_id, before, now in changed:
                self._try_to_look_at(account_id, before, now)
            if not commit_progress(len(changed), remaining=1):  # at least
                return
        commit_progress(remaining=0)

    @api.model
    def _try_to_look_at(self, account_id, before, now):
        """Look at one account; whatever fails, the others are not to wait for it."""
        account_sudo = self.env["support.credit.account"].sudo().browse(account_id)
        try:
            with self.env.cr.savepoint():
                self.env["support.credit.watch"].sudo()._remember(account_id, now)
                text = account_sudo.company_id.support_credit_thresholds
                limits = thresholds.crossed(thresholds.parse(text), before, now)
                if limits:
                    self._tell(account_sudo, min(limits), now)
        except OperationalError:
            raise  # the cron tries once more
        except Exception:
            _logger.exception("No notice about account %s", account_id)

    @api.model
    def _tell(self, account, threshold, balance):
        """Mail that an account has fallen to a threshold, and note it."""
        readers = self._find_administrators(account)
        manager = account.partner_id.user_id
        if not manager.active or manager.share or not manager.email_normalized:
            manager = manager.browse()
        notice_sudo = self.sudo().create(
            {
                "account_id": account.id,
                "threshold": threshold,
                "balance": balance,
                "reader_ids": [Command.set((readers | manager.partner_id).ids)],
            }
        )
        for reader in readers:
            notice_sudo._mail(reader, "mail_template_low_credit")
        if manager:
            notice_sudo._mail(
                manager.partner_id, "mail_template_low_credit_staff", is_for_staff=True
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _find_administrators(self, account):
        """Return the customer's administrators who may use support today.

        :rtype: res.partner
        """
        people_sudo = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", account.partner_id.id),
                    ("is_customer_administrator", "=", True),
                    ("email_normalized", "!=", False),
                ]
            )
        )
        gate = self.env["support.gate"]
        decisions = gate._decide_many(people_sudo, account.company_id)
        return people_sudo.filtered(lambda person: decisions[person.id].allowed)

    # ---------------------------------------------------
    # Mails
    # ---------------------------------------------------

    def _mail(self, reader, template_name, is_for_staff=False):
        """Queue the mail for one reader, in the reader's language."""
        self.ensure_one()
        template = self.env.ref(f"customer_portal_addon.{template_name}")
        company = self.company_id
        lang = reader.lang or company.partner_id.lang or self.env.lang
        account = self.account_id.with_context(lang=lang)
        context = {
            "reader_lang": lang,
            "reader_name": reader.name,
            "balance_text": account._format_minutes(self.balance),
            "is_for_staff": is_for_staff,
            "told": ", ".join((self.reader_ids - reader).mapped("name")),
        }
        if not is_for_staff:
            context["primary_url"] = f"{self.get_base_url()}/support/packages"
            context["primary_title"] = account.env._("See support packages")
        template.with_context(**context).send_mail(
            self.id,
            email_layout_xmlid=MAIL_LAYOUT,
            email_values={
                "recipient_ids": [Command.set(reader.ids)],
                "email_to": False,
                "email_cc": False,
                "headers": repr({"Auto-Submitted": "auto-generated"}),
            },
        )

    def _get_portal_button(self):
        """Return address and title of the button: of the portal, or the account.

        :rtype: dict
        """
        self.ensure_one()
        base, action = self.get_base_url(), "support_credit_account_action"
        if self.env.context.get("is_for_staff"):
            action = f"action-customer_portal_addon.{action}"
            return {
                "url": f"{base}/odoo/{action}/{self.account_id.id}",
                "title": self.env._("Open account"),
            }
        return {"url": f"{base}/support", "title": self.env._("Open service portal")}
