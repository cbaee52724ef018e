from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.tools import SQL, split_every
from odoo.tools.translate import LazyGettext, LazyTranslate

from ...tools.dates.coverage import Coverage, Period, coverage
from ...tools.dates.local_days import local_day

_lt = LazyTranslate(__name__)

# Contacts that a search decides about at once
BATCH = 10_000


class Decision(NamedTuple):
    """What the gate says about a contact.

    ``reason`` is the key of a :class:`Reason`, None: allowed. ``until`` is the last day
    of the coverage, or the day that goes with the reason.
    """

    allowed: bool
    reason: str | None = None
    until: date | None = None


class Reason(NamedTuple):
    """One row of the gate's table: why a contact is refused.

    ``name`` is for staff, ``sentence`` for the person concerned. A reason is found by
    one of two things:

    * ``column``: an SQL expression, true of whom it refuses. It may name the tables
      ``contact``, ``customer`` (the contact's company), ``asked`` (see :class:`Asked`),
      and carries the fields to flush, if they are not among those of
      :meth:`SupportGate._get_query`
    * ``condition``: a function of the contact's row, which says whether it refuses;
      ``row["coverage"]`` is the customer's :class:`Coverage`. With a column as well,
      it finds the column's value below the key of the reason.

    ``is_asked`` is a function of the company: whether its settings ask for it at all,
    None: always. The answer is remembered until the company is written. ``is_dated``:
    the day of the coverage goes with the reason.
    """

    key: str
    name: str | LazyGettext
    sentence: str | LazyGettext
    column: SQL | None = None
    condition: Callable[[dict], bool] | None = None
    is_asked: Callable[[models.BaseModel], bool] | None = None
    is_dated: bool = False

    def refuses(self, row):
        """Tell whether it refuses a contact.

        :param dict row: of :meth:`SupportGate._get_query`
        """
        return self.condition(row) if self.condition else row[self.key]


class Asked(NamedTuple):
    """What a company's settings ask of whoever uses its support, or would ask."""

    company_id: int
    policy: str
    list_required: bool
    list_id: int | None
    timezone: str | None


def _asks_for_contract(company):
    return company.support_policy != "open"


class SupportGate(models.AbstractModel):
    """The one decision: may this contact use support now, and if not, why.

    It reads and answers; callers refuse.
    """

    _name = "support.gate"
    _description = "Support Gate"

    # ---------------------------------------------------
    # The table
    # ---------------------------------------------------

    @api.model
    def _get_reasons(self):
        """Return why somebody is refused, in the order in which it is checked.

        Everything that knows of reasons reads them here: decisions, what is said to
        customers and to staff, the state of a contact and the search for it. Another
        addon adds a :class:`Reason` to what ``super()`` returns, where in the order it
        belongs.

        :rtype: list[Reason]
        """
        return [
            Reason(
                "archived",
                _lt("Archived"),
                _lt("Your access has been switched off."),
                column=SQL("(contact.active AND customer.active) IS NOT TRUE"),
            ),
            Reason(
                "switched_off",
                _lt("Switched off"),
                _lt("Your company's administrator has switched off your access."),
                column=SQL("contact.support_switched_off IS TRUE"),
            ),
            Reason(
                "no_contract",
                _lt("No contract"),
                _lt("There is no support contract for your company."),
                condition=lambda row: row["coverage"].status == "none",
                is_asked=_asks_for_contract,
            ),
            Reason(
                "contract_expired",
                _lt("Contract expired"),
                _lt("Your company's support contract has expired."),
                condition=lambda row: row["coverage"].status == "expired",
                is_asked=_asks_for_contract,
                is_dated=True,
            ),
            Reason(
                "contract_not_started",
                _lt("Contract not begun"),
                _lt("Your company's support contract has not begun yet."),
                condition=lambda row: row["coverage"].status == "upcoming",
                is_asked=_asks_for_contract,
                is_dated=True,
            ),
            Reason(
                "not_enabled",
                _lt("Not enabled"),
                _lt("Your company is not enabled for the support portal."),
                column=SQL(
                    "asked.policy = 'contract' AND customer.support_enabled IS NOT TRUE"
                ),
                is_asked=_asks_for_contract,
            ),
            Reason(
                "unsubscribed",
                _lt("Not on the notification list"),
                _lt("You are not subscribed to the support notification list."),
                column=SQL(
                    """
                    asked.list_required IS TRUE AND (
                        SELECT is_on_list FROM (%s) AS entry
                         WHERE entry.email_normalized = contact.email_normalized
                           AND entry.list_id = asked.list_id
                    ) IS NOT TRUE
                    """,
                    self.env["mailing.subscription"]._get_entries_query(),
                ),
                is_asked=lambda company: company.support_list_required,
            ),
        ]

    @api.model
    def _get_reason_names(self):
        """Return the reasons by their short names, for staff.

        :rtype: dict[str, str]
        """
        return {each.key: self.env._(each.name) for each in self._get_reasons()}

    @api.model
    def _get_reason_labels(self):
        """Return the reasons as sentences for the people concerned.

        :rtype: dict[str, str]
        """
        return {each.key: self.env._(each.sentence) for each in self._get_reasons()}

    @api.model
    def _get_possible_reasons(self, company):
        """Return the reasons that the company's settings allow for, as sentences.

        :rtype: list[str]
        """
        return [
            self.env._(reason.sentence)
            for reason in self._get_reasons()
            if not reason.is_asked or reason.is_asked(company)
        ]

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

    # ---------------------------------------------------
    # Decisions
    # ---------------------------------------------------

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
    def _decide_user(self, user, company):
        """Decide about a user's contact, as :meth:`_decide` would.

        It reads no row of the user, which most requests don't need.

        :param res.users user: one user
        :param res.company company: whose support it is
        :rtype: Decision
        """
        user.flush_recordset(["partner_id"])
        reasons, asked = self._get_asked_reasons(company), company._get_support_asked()
        contacts = SQL("ARRAY(SELECT partner_id FROM res_users WHERE id = %s)", user.id)
        rows = self.env.execute_query_dict(self._get_query(reasons, contacts, asked))
        if not rows:
            return Decision(False, "archived")
        return self._decide_row(reasons, asked, rows[0])

    @api.model
    @tools.ormcache("company.id")
    def _get_asked_reasons(self, company):
        """Return those reasons that the company's settings ask for.

        :rtype: list[Reason]
        """
        company_sudo = company.sudo()
        return [
            reason
            for reason in self._get_reasons()
            if not reason.is_asked or reason.is_asked(company_sudo)
        ]

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
        reasons = self._get_reasons()
        asked = company._get_support_asked()
        if policy:
            asked = asked._replace(policy=policy)
        if list_required is not None:
            asked = asked._replace(list_required=list_required)
        query = self._get_query(reasons, SQL("%s", list(partners.ids)), asked)
        for row in self.env.execute_query_dict(query):
            decisions[row["id"]] = self._decide_row(reasons, asked, row)
        return decisions

    @api.model
    def _find_decided(self, company, keys, policy=None):
        """Return the contacts about whom the gate decides in one of some ways.

        It looks at every contact: coverage is no matter of SQL.

        :param res.company company: whose support it is
        :param keys: keys of reasons, None: allowed
        :param str policy: as for :meth:`_decide_many`
        :return: ids
        :rtype: list[int]
        """
        contacts = self.env["res.partner"].with_context(active_test=False)
        found = []
        for ids in split_every(BATCH, contacts.search([], order="id").ids):
            decisions = self._decide_many(contacts.browse(ids), company, policy)
            found += [id_ for id_, each in decisions.items() if each.reason in keys]
        return found

    @api.model
    def _decide_row(self, reasons, asked, row):
        """Decide from what the query found.

        :param list reasons: as of :meth:`_get_reasons`
        :param Asked asked:
        :param dict row: a row of :meth:`_get_query`
        :rtype: Decision
        """
        row["coverage"] = self._get_coverage(asked, row)
        for reason in reasons:
            if reason.refuses(row):
                until = row["coverage"].until if reason.is_dated else None
                return Decision(False, reason.key, until)
        return Decision(True, None, row["coverage"].until)

    @api.model
    def _get_coverage(self, asked, row):
        """Return whether contracts cover today; where none is needed, it is covered.

        :param Asked asked:
        :param dict row: a row of :meth:`_get_query`
        :rtype: Coverage
        """
        if asked.policy != "contract":
            return Coverage("covered")
        periods = [
            Period(date.fromisoformat(start), end and date.fromisoformat(end))
            for start, end in row["periods"] or ()
        ]
        return coverage(periods, local_day(fields.Datetime.now(), asked.timezone))

    @api.model
    def _get_query(self, reasons, contacts, asked):
        """Return the query for what a decision needs, a row per contact.

        :param SQL contacts: an array of their ids
        :param Asked asked:
        """
        env = self.env
        env["res.partner"].flush_model(
            [
                "active",
                "commercial_partner_id",
                "email_normalized",
                "support_enabled",
                "support_switched_off",
            ]
        )
        env["support.contract"].flush_model()
        columns = [
            SQL("%s AS %s", reason.column, SQL.identifier(reason.key))
            for reason in reasons
            if reason.column
        ]
        return SQL(
            """
            SELECT contact.id,
                   (SELECT json_agg(json_build_array(date_start, date_end))
                      FROM support_contract contract
                     WHERE contract.partner_id = customer.id
                       AND contract.company_id = asked.company_id
                       AND contract.state = 'confirmed'
                       AND contract.active
                   ) AS periods,
                   %(columns)s
              FROM res_partner contact
              JOIN res_partner customer
                ON customer.id = COALESCE(contact.commercial_partner_id, contact.id)
             CROSS JOIN (SELECT %(company_id)s AS company_id,
                                %(policy)s AS policy,
                                %(list_required)s AS list_required,
                                %(list_id)s::int AS list_id) AS asked
             WHERE contact.id = ANY(%(contacts)s)
            """,
            columns=SQL(", ").join(columns),
            contacts=contacts,
            company_id=asked.company_id,
            policy=asked.policy,
            list_required=asked.list_required,
            list_id=asked.list_id,
        )
