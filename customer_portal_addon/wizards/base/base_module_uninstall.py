import io
import zipfile

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import split_every

from ...tools.text import csv_file

ADDON = "customer_portal_addon"
LIST = f"{ADDON}.mailing_list_support"
BATCH = 1000
# What goes and may be wanted later -> the model, which records, and the columns
TABLES = {
    "customers": (
        "res.partner",
        ["|", "|", "|"]
        + [("support_code", "!=", False), ("support_enabled", "=", True)]
        + [("is_customer_administrator", "=", True)]
        + [("support_switched_off", "=", True)],
        ("name", "email", "commercial_partner_id", "support_code", "support_enabled")
        + ("is_customer_administrator", "support_switched_off"),
    ),
    "contracts": (
        "support.contract",
        [],
        ("name", "partner_id", "company_id", "level_id", "date_start", "date_end")
        + ("state", "notes"),
    ),
    "balances": (
        "support.credit.account",
        [],
        ("partner_id", "company_id", "balance"),
    ),
    "entries": (
        "support.credit.entry",
        [],
        ("account_id", "date", "reason", "minutes", "balance_after", "expires_on")
        + ("note", "order_line_id", "time_entry_id"),
    ),
    "prepaid": (
        "support.credit.position",
        [],
        ("account_id", "date", "minutes", "expires_on"),
    ),
    "efforts": (
        "support.time.entry",
        [],
        ("ticket_id/number", "user_id", "date", "name", "internal_note", "state")
        + ("worked_minutes", "charged_minutes", "is_free", "override_reason"),
    ),
    "answers": (
        "support.form.answer",
        [],
        ("ticket_id/number", "label", "value"),
    ),
    "tickets": (
        "helpdesk.ticket",
        [],
        ("number", "name", "type_id", "portal_role", "claimed_name")
        + ("claimed_company", "customer_number", "partner_phone"),
    ),
    "consents": (
        "support.consent",
        [],
        ("email", "partner_id", "company_id", "purpose", "version", "wording", "lang")
        + ("source", "given_at", "confirmed_at"),
    ),
    "list": (
        "mailing.subscription",
        [],  # see _find_what_goes
        ("contact_id/email", "contact_id/name", "opt_out"),
    ),
    "articles": (
        "support.article",
        [],
        ("name", "category_id", "visibility", "is_published", "website_id", "body"),
    ),
}


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    is_support_leaving = fields.Boolean(compute="_compute_is_support_leaving")

    @api.depends("module_ids")
    def _compute_is_support_leaving(self):
        for wizard in self:
            names = wizard._get_modules().mapped("name")
            wizard.is_support_leaving = ADDON in names

    def action_export_support(self):
        """Download what goes for good as tables, in one archive.

        :raise AccessError: for whoever may not uninstall
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        self.ensure_one()
        # goes with the wizard, which Odoo forgets after a while
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"support-{fields.Date.context_today(self)}.zip",
                "raw": self._make_support_archive(),
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _make_support_archive(self):
        """Return the tables of all companies.

        :return: a ZIP file
        :rtype: bytes
        """
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
            for name in TABLES:
                files.writestr(f"{name}.csv", self._make_support_table(name))
        return archive.getvalue()

    def _make_support_table(self, name):
        """Return one table, as Odoo's own export fills it.

        :param str name: a key of :data:`TABLES`
        :return: a CSV file
        :rtype: bytes
        """
        columns = TABLES[name][2]
        records_sudo = self._find_what_goes(name)
        rows = [columns]
        for ids in split_every(BATCH, records_sudo.ids):
            rows += records_sudo.browse(ids).export_data(list(columns))["datas"]
            self.env.invalidate_all()
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        return csv_file.make(rows, lang.decimal_point == ",")

    def _find_what_goes(self, name):
        model, domain, _columns = TABLES[name]
        if name == "list":  # others that companies have chosen stay
            our_list = self.env.ref(LIST, raise_if_not_found=False)
            domain = [("list_id", "=", our_list and our_list.id)]
        return self.env[model].sudo().with_context(active_test=False).search(domain)
