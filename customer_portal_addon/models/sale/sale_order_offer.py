from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_amount, format_date, plaintext2html

from ..base.mail_template import MAIL_LAYOUT

OPEN = ("draft", "sent")


class SaleOrder(models.Model):
    """Offers at a special price, which die after some days."""

    _inherit = "sale.order"

    is_support_offer = fields.Boolean(
        string="Support offer",
        copy=False,
        readonly=True,
        help="Sent by itself, at a special price; can't be ordered after its last day.",
    )
    support_offer_kind = fields.Selection(
        [("credit", "Credit runs out"), ("contract", "Contract ends")],
        string="Occasion",
        copy=False,
        readonly=True,
    )
    support_offer_date = fields.Date(string="Offered on", copy=False, readonly=True)
    support_offer_contact_id = fields.Many2one(
        "res.partner",
        string="Offered to",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="Who got the offer by mail.",
    )
    support_contract_id = fields.Many2one(
        "support.contract",
        string="Contract that ends",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What the offer is about; accepting it extends this contract.",
    )
    support_offer_state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        string="State of the offer",
        compute="_compute_support_offer_state",
        search="_search_support_offer_state",
    )

    # ---------------------------------------------------
    # Until when
    # ---------------------------------------------------

    def _compute_is_expired(self):
        """Let offers live until the end of their last day where the company is."""
        result = super()._compute_is_expired()
        for order in self:
            if order.is_support_offer and order.validity_date:
                today = order.company_id._get_support_today()
                is_over = order.validity_date < today
                order.is_expired = order.state in OPEN and is_over
        return result

    def _compute_support_offer_state(self):
        states = {"sale": "accepted", "cancel": "cancelled"}
        for order in self:
            state = "expired" if order.is_expired else states.get(order.state, "open")
            order.support_offer_state = order.is_support_offer and state

    def _search_support_offer_state(self, operator, values):
        if operator != "in":
            return NotImplemented
        is_open = Domain("state", "in", OPEN)
        expired = self._get_expired_offers_domain()
        wanted = {
            "open": is_open & ~expired,
            "accepted": Domain("state", "=", "sale"),
            "expired": expired,
            "cancelled": Domain("state", "=", "cancel"),
        }
        found = Domain.OR(wanted[value] for value in values if value in wanted)
        return found & Domain("is_support_offer", "=", True)

    def _get_offer_state_label(self):
        """Return the offer's state as people read it."""
        selection = self._fields["support_offer_state"]._description_selection(self.env)
        return dict(selection)[self.support_offer_state]

    @api.model
    def _get_expired_offers_domain(self):
        """Return the domain of the offers whose last day is over.

        :rtype: Domain
        """
        companies_sudo = self.env["res.company"].sudo().search([])
        is_over = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("validity_date", "<", company._get_support_today())
            for company in companies_sudo
        )
        is_offer = Domain("is_support_offer", "=", True)
        return is_offer & Domain("state", "in", OPEN) & is_over

    @api.model
    def _get_listed_quotations_domain(self):
        """Return the domain of the quotations that the portal's lists show.

        :rtype: list
        """
        return list(~self._get_expired_offers_domain())

    def _is_support_offer_over(self):
        """Tell whether it is an offer that nobody can accept any more."""
        self.ensure_one()
        is_over = self.is_expired or self.state == "cancel"
        return self.is_support_offer and is_over

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self._is_support_offer_over()

    def _get_ended_offer_values(self):
        """Return what the page of an offer that is over tells about it.

        :rtype: dict
        """
        self.ensure_one()
        day = self.validity_date
        return {
            "offer_name": self.name,
            "offer_end": self.is_expired
            and format_date(self.env, day, date_format="long"),
        }

    # ---------------------------------------------------
    # Making
    # ---------------------------------------------------

    @api.model
    def _create_support_offer(self, vals, template):
        """Make the quotation of an offer.

        :param dict vals: whom it is for and why
        :param sale.order.template template: what is offered
        :rtype: sale.order
        """
        company = self.env["res.company"].browse(vals["company_id"])
        reader = self.env["res.partner"].browse(vals["support_offer_contact_id"])
        today = company._get_support_today()
        context = {"mail_auto_subscribe_no_notify": True}
        if reader.lang:
            context["lang"] = reader.lang
        template = template.with_context(**context)
        if company.support_offer_pricelist_id:
            vals = {**vals, "pricelist_id": company.support_offer_pricelist_id.id}
        order = self.with_context(**context).create(
            {
                **vals,
                "is_support_offer": True,
                "support_offer_date": today,
                "sale_order_template_id": template.id,
                "validity_date": today + timedelta(company.support_offer_valid_days),
                "order_line": [
                    Command.create(line._prepare_order_line_values())
                    for line in template.sale_order_template_line_ids
                ],
            }
        )
        if not (order.require_signature or order.require_payment):
            order.require_signature = True  # else nobody could accept it
        order.action_quotation_sent()
        return order

    # ---------------------------------------------------
    # Contracts
    # ---------------------------------------------------

    def _action_confirm(self):
        result = super()._action_confirm()
        contracts = self.env["support.contract"]
        for line in self.order_line:
            contracts._extend_for(line)
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.env["support.contract"]._cancel_for(self.order_line)
        return result

    # ---------------------------------------------------
    # The mail
    # ---------------------------------------------------

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
