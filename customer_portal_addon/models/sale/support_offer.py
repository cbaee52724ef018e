import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# What an offer is about -> its kind, and the setting that says how it looks
KINDS = {"support.credit.account": "credit", "support.contract": "contract"}
TEMPLATES = {
    "credit": "support_credit_offer_template_id",
    "contract": "support_contract_offer_template_id",
}
NOT_AGAIN = """
    NOT EXISTS (
        SELECT FROM sale_order offer
         WHERE offer.partner_id = source.partner_id
           AND offer.company_id = source.company_id
           AND offer.is_support_offer AND offer.support_offer_kind = %(kind)s
           AND (offer.support_offer_date > %(pause_start)s
                OR offer.state IN ('draft', 'sent')
                   AND offer.validity_date >= %(today)s))
"""
DUE_CREDIT = f"""
    SELECT source.id FROM support_credit_account source
     WHERE source.company_id = %(company)s AND source.id > %(last_id)s
       AND source.balance <= %(threshold)s
       AND EXISTS (SELECT FROM support_credit_entry entry
                    WHERE entry.account_id = source.id
                      AND entry.reason IN ('purchase', 'grant', 'usage'))
       AND {NOT_AGAIN}
     ORDER BY source.id LIMIT %(limit)s
"""
DUE_CONTRACT = f"""
    SELECT source.id FROM support_contract source
     WHERE source.company_id = %(company)s AND source.id > %(last_id)s
       AND source.state = 'confirmed' AND source.active
       AND source.date_end BETWEEN %(today)s AND %(end)s
       AND NOT EXISTS (
           SELECT FROM support_contract later
            WHERE later.partner_id = source.partner_id
              AND later.company_id = source.company_id
              AND later.state = 'confirmed' AND later.active
              AND (later.date_end IS NULL OR later.date_end > source.date_end))
       AND {NOT_AGAIN}
     ORDER BY source.id LIMIT %(limit)s
"""


class SupportOffer(models.AbstractModel):
    """Who gets an offer at a special price, and when."""

    _name = "support.offer"
    _description = "Decision about Support Offers"

    # ---------------------------------------------------
    # By itself
    # ---------------------------------------------------

    @api.model
    def _cron_send_offers(self, batch_size=100):
        """Send the offers that are due, one after the other; go on when stopped."""
        for company in self.env["res.company"].sudo().search([]):
            for source_model, kind in KINDS.items():
                if company[TEMPLATES[kind]] and not self._send_due(
                    source_model, company, batch_size
                ):
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _send_due(self, source_model, company, batch_size):
        """Send what is due in one company; return whether there is time for more."""
        commit_progress = self.env["ir.cron"]._commit_progress
        sources_sudo = self.env[source_model].sudo().with_company(company)
        last_id = 0
        while ids := self._find_due(KINDS[source_model], company, last_id, batch_size):
            last_id = ids[-1]
            batch_sudo = sources_sudo.browse(ids)
            entitled = self._get_entitled(batch_sudo.partner_id, company)
            for source_sudo in batch_sudo:
                if source_sudo.partner_id in entitled:
                    self._try_to_send(source_sudo)
                    if not commit_progress(1, remaining=1):  # at least
                        return False
            if not commit_progress(remaining=1):
                return False
        return True

    @api.model
    def _find_due(self, kind, company, last_id, limit):
        """Return the ids of accounts or contracts about which an offer is due."""
        today = company._get_support_today()
        self.env.flush_all()
        query = SQL(
            DUE_CREDIT if kind == "credit" else DUE_CONTRACT,
            kind=kind,
            company=company.id,
            last_id=last_id,
            threshold=company.support_offer_threshold,
            today=today,
            end=today + timedelta(days=company.support_contract_offer_days),
            pause_start=today - timedelta(days=company.support_offer_pause_days),
            limit=limit,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _get_entitled(self, customers, company):
        """Return the customers who may use support today."""
        decisions = self.env["support.gate"]._decide_many(
            customers, company, list_required=False
        )
        return customers.filtered(lambda customer: decisions[customer.id].allowed)

    @api.model
    def _try_to_send(self, source):
        """Send one offer; whatever fails, the others are not to wait for it."""
        try:
            with self.env.cr.savepoint():
                company, today = (
                    source.company_id,
                    source.company_id._get_support_today(),
                )
                self._lock(source.partner_id)
                since = today - timedelta(days=company.support_offer_pause_days)
                if self._find_open(source) or self._find_since(source, since):
                    return
                reader = self._find_reader(source.partner_id)
                if reader:
                    self._send(source, reader)
                else:
                    self._ask_for_address(source)
        except OperationalError:
            raise  # the cron tries once more
        except Exception:
            _logger.exception("No offer about %s", source)

    # ---------------------------------------------------
    # Parts, for offers by hand as well
    # ---------------------------------------------------

    @api.model
    def _lock(self, customer):
        """Have whoever does the same for this customer now fail, and try again."""
        query = "UPDATE res_partner SET write_date = write_date WHERE id = %s"
        self.env.cr.execute(SQL(query, customer.id))

    @api.model
    def _get_offers_domain(self, source):
        """Return the domain of the offers about an account or a contract's customer."""
        return [
            ("is_support_offer", "=", True),
            ("support_offer_kind", "=", KINDS[source._name]),
            ("partner_id", "=", source.partner_id.id),
            ("company_id", "=", source.company_id.id),
        ]

    @api.model
    def _find_open(self, source):
        """Return the offers about ``source`` that the customer can still accept."""
        return self.env["sale.order"].search(
            [
                *self._get_offers_domain(source),
                ("state", "in", ("draft", "sent")),
                ("validity_date", ">=", source.company_id._get_support_today()),
            ]
        )

    @api.model
    def _find_since(self, source, day):
        """Return the offers about ``source`` that were sent after a day."""
        domain = [*self._get_offers_domain(source), ("support_offer_date", ">", day)]
        return self.env["sale.order"].search(domain)

    @api.model
    def _find_reader(self, customer):
        """Return whom offers for a customer go to, empty without any address.

        The chosen contact, else the invoice address, else the company itself.
        """
        contacts = self.env["res.partner"]
        invoice_id = customer.address_get(["invoice"])["invoice"]
        choices = customer.support_offer_contact_id | contacts.browse(invoice_id)
        return (choices | customer).filtered(
            lambda reader: (
                reader.active
                and reader.email_normalized
                and reader.commercial_partner_id == customer
            )
        )[:1]

    @api.model
    def _send(self, source, reader):
        """Make the quotation and mail it.

        :rtype: sale.order
        """
        company = source.company_id
        order_sudo = self.env["sale.order"].sudo().with_company(company)
        order_sudo = order_sudo._create_support_offer(
            {
                "partner_id": source.partner_id.id,
                "company_id": company.id,
                "support_offer_kind": KINDS[source._name],
                "support_offer_contact_id": reader.id,
                "support_contract_id": source._name == "support.contract" and source.id,
            },
            company[TEMPLATES[KINDS[source._name]]],
        )
        order_sudo._mail_support_offer(source)
        return order_sudo

    @api.model
    def _ask_for_address(self, source):
        """Have somebody of the team find out where offers go; ask once."""
        summary = self.env._("No address for offers")
        if summary in source.activity_ids.mapped("summary"):
            return
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        people = (source.partner_id.user_id | managers).filtered(
            lambda user: (
                user.active and not user.share and source.company_id in user.company_ids
            )
        )
        source.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=people[:1].id or self.env.uid,
            summary=summary,
            note=self.env._(
                "An offer is due. Please give the customer a contact for offers or an "
                "e-mail address."
            ),
        )
