from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.dates.coverage import Period, coverage, local_day


class Decision(NamedTuple):
    """What the gate says about a contact.

    ``reason`` is a key of :meth:`SupportGate._get_reason_labels`, None: allowed.
    ``until`` is the last day of the coverage, or the day that goes with the reason.
    """

    allowed: bool
    reason: str | None = None
    until: date | None = None


REASON_BY_COVERAGE = {
    "none": "no_contract",
    "expired": "contract_expired",
    "upcoming": "contract_not_started",
}


class SupportGate(models.AbstractModel):
    """The one decision: may this contact use support now, and if not, why.

    It reads and answers; callers refuse.
    """

    _name = "support.gate"
    _description = "Support Gate"

    @api.model
    def _get_allowed(self):
        """Return the decision about people who are not gated.

        :rtype: Decision
        """
        return Decision(True)

    @api.model
    def _decide(self, partner, company):
        """Decide about one contact, with one query.

        :param res.partner partner: one contact
        :param res.company company: whose support it is
        :rtype: Decision
        """
        return self._decide_many(partner, company)[partner.id]

    @api.model
    def _decide_many(self, partners, company, policy=None, list_required=None):
        """Decide about many contacts, with one query.

        :param res.partner partners: contacts
        :param res.company company: whose support it is
        :param str policy: decide as if this were the company's policy
        :param bool list_required: decide as if this were the company's setting
        :return: a :class:`Decision` per id of ``partners``
        :rtype: dict
        """
        decisions = dict.fromkeys(partners.ids, Decision(False, "archived"))
        query = self._get_query(partners, company, policy, list_required)
        for row in self.env.execute_query_dict(query):
            decisions[row["id"]] = self._decide_row(row)
        return decisions

    @api.model
    def _decide_row(self, row):
        """Decide from what the query found.

        :param dict row: a row of :meth:`_get_query`
        :rtype: Decision
        """
        if not row["active"]:
            return Decision(False, "archived")
        if row["switched_off"]:
            return Decision(False, "switched_off")
        until = None
        if row["policy"] == "contract":
            today = local_day(fields.Datetime.now(), row["timezone"])
            periods = [
                Period(date.fromisoformat(start), end and date.fromisoformat(end))
                for start, end in row["periods"] or ()
            ]
            status, until = coverage(periods, today)
            if status != "covered":
                return Decision(False, REASON_BY_COVERAGE[status], until)
            if not row["enabled"]:
                return Decision(False, "not_enabled")
        if row["subscription_missing"]:
            return Decision(False, "unsubscribed")
        return Decision(True, None, until)

    @api.model
    def _get_query(self, partners, company, policy=None, list_required=None):
        """Return the query for what a decision needs, a row per contact."""
        env = self.env
        env["res.partner"].flush_model(
            [
                "active",
                "commercial_partner_id",
                "email_normalized",
                "support_enabled",
                "support_switched_off",
                "tz",
            ]
        )
        env["res.company"].flush_model(
            ["support_policy", "support_list_required", "support_mailing_list_id"]
        )
        env["support.contract"].flush_model()
        env["mailing.subscription"].flush_model()
        env["mailing.contact"].flush_model(["email_normalized"])
        return SQL(
            """
            SELECT contact.id,
                   contact.active AND customer.active AS active,
                   contact.support_switched_off IS TRUE AS switched_off,
                   COALESCE(customer.support_enabled, FALSE) AS enabled,
                   COALESCE(%(policy)s, company.support_policy) AS policy,
                   COALESCE(%(list_required)s, company.support_list_required)
                       IS TRUE AND NOT COALESCE((
                       -- whoever has left has left, however often the address is there
                       SELECT BOOL_AND(subscription.opt_out IS NOT TRUE)
                         FROM mailing_contact subscriber
                         JOIN mailing_subscription subscription
                           ON subscription.contact_id = subscriber.id
                        WHERE subscriber.email_normalized = contact.email_normalized
                          AND subscription.list_id = company.support_mailing_list_id
                          AND subscription.is_kept_out IS NOT TRUE
                   ), FALSE) AS subscription_missing,
                   address.tz AS timezone,
                   (SELECT json_agg(json_build_array(date_start, date_end))
                      FROM support_contract contract
                     WHERE contract.partner_id = customer.id
                       AND contract.company_id = company.id
                       AND contract.state = 'confirmed'
                       AND contract.active
                   ) AS periods
              FROM res_partner contact
              JOIN res_partner customer
                ON customer.id = COALESCE(contact.commercial_partner_id, contact.id)
              JOIN res_company company ON company.id = %(company)s
              JOIN res_partner address ON address.id = company.partner_id
             WHERE contact.id = ANY(%(partners)s)
            """,
            company=company.id,
            partners=list(partners.ids),
            policy=policy,
            list_required=list_required,
        )

    # ---------------------------------------------------
    # Words
    # ---------------------------------------------------

    @api.model
    def _get_reason_names(self):
        """Return the reasons by their short names, for staff."""
        _ = self.env._
        return {
            "archived": _("Archived"),
            "switched_off": _("Switched off"),
            "no_contract": _("No contract"),
            "contract_expired": _("Contract expired"),
            "contract_not_started": _("Contract not begun"),
            "not_enabled": _("Not enabled"),
            "unsubscribed": _("Not on the notification list"),
        }

    @api.model
    def _get_reason_labels(self):
        """Return the reasons as sentences for the people concerned.

        In the order in which they are checked.
        """
        _ = self.env._
        return {
            "archived": _("Your access has been switched off."),
            "switched_off": _(
                "Your company's administrator has switched off your access."
            ),
            "no_contract": _("There is no support contract for your company."),
            "contract_expired": _("Your company's support contract has expired."),
            "contract_not_started": _(
                "Your company's support contract has not begun yet."
            ),
            "not_enabled": _("Your company is not enabled for the support portal."),
            "unsubscribed": _(
                "You are not subscribed to the support notification list."
            ),
        }

    @api.model
    def _get_possible_reasons(self, company):
        """Return the reasons that the company's settings allow for, as sentences.

        :rtype: list[str]
        """
        labels = self._get_reason_labels()
        if company.support_policy == "open":
            for reason in (*REASON_BY_COVERAGE.values(), "not_enabled"):
                del labels[reason]
        if not company.support_list_required:
            del labels["unsubscribed"]
        return list(labels.values())

    @api.model
    def _get_refusal_message(self, company):
        """Return what a refused person reads: the sentence and whom to contact."""
        return "{} {}".format(
            self.env._("Your e-mail address is not permitted to log in."),
            self.env._(
                "Please turn to your usual contact person or to %(contact)s.",
                contact=company._get_support_contact(),
            ),
        )
