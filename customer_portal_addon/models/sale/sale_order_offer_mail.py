from odoo import models
from odoo.fields import Command
from odoo.tools import format_amount, format_date, plaintext2html

from ..base.mail_template import MAIL_LAYOUT


class SaleOrder(models.Model):
    """The mail with an offer."""

    _inherit = "sale.order"

    def _get_lang(self):
        """Write offers in the language of whoever reads them."""
        return self.support_offer_contact_id.lang or super()._get_lang()

    def _mail_support_offer(self, source):
        """Queue the mail with the offer, and note it.

        :param source: the account or the contract that it is about
        """
        self.ensure_one()
        template = self.env.ref("customer_portal_addon.mail_template_support_offer")
        reader = self.support_offer_contact_id
        context = self._prepare_offer_mail_context(source)
        mail_id = template.with_context(**context).send_mail(
            self.id,
            email_layout_xmlid=MAIL_LAYOUT,
            email_values={
                "recipient_ids": [Command.set(reader.ids)],
                "email_to": False,
                "email_cc": False,
                "headers": repr({"Auto-Submitted": "auto-generated"}),
                "is_notification": True,  # keeps the note when the mail is sent
            },
        )
        mail = self.env["mail.mail"].browse(mail_id)
        note = f"{mail.subject} → {reader.email_formatted}"
        mail.mail_message_id.body = plaintext2html(note)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _prepare_offer_mail_context(self, source):
        """Return what the mail says, in its reader's language.

        :rtype: dict
        """
        lang = self._get_lang()
        env = self.with_context(lang=lang).env
        accounts = env["support.credit.account"]
        is_contract = self.support_offer_kind == "contract"
        end = source.date_end if is_contract else None
        return {
            "reader_lang": lang,
            "primary_url": f"{self.get_base_url()}{self.get_portal_url()}",
            "primary_title": env._("View the offer"),
            "offer_balance": not is_contract
            and accounts._format_minutes(source.balance),
            "is_used_up": not is_contract and source.balance <= 0,
            "contract_end": end and format_date(env, end, date_format="long"),
            "offer_end": format_date(env, self.validity_date, date_format="long"),
            "offer_total": format_amount(
                env, self.amount_total, self.currency_id, lang_code=lang
            ),
            "offer_lines": [
                {
                    "name": line.with_context(lang=lang).product_id.name or line.name,
                    "quantity": f"{line.product_uom_qty:g}",
                    "price": format_amount(
                        env, line.price_total, self.currency_id, lang_code=lang
                    ),
                }
                for line in self.order_line
                if not line.display_type and line.product_uom_qty
            ],
        }

    def _get_portal_button(self):
        """Return address and title of the button that leads into the portal.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.get_base_url()}/support",
            "title": self.env._("Open service portal"),
        }
