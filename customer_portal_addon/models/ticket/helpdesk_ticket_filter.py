from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.web import list_filters

OPEN_ROLES = ("new", "waiting_on_us", "waiting_on_customer", "solved")
# The tabs, the most urgent for the reader first
TABS = ("waiting_on_customer", "waiting_on_us", "new", "solved", "closed")
# What an address doesn't have to say
DEFAULTS = {
    "status": "open",
    "type": 0,
    "contact": 0,
    "contact_name": "",
    "since": None,
    "until": None,
    "search": "",
    "sortby": "activity",
}
MAX_CONTACTS = 200
# So many own tickets are not looked at one by one
MANY = 500


class HelpdeskTicket(models.Model):
    """Which tickets the lists in the portal show: whose, and how narrowed."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Whose tickets
    # ---------------------------------------------------

    @api.model
    def _get_own_domain(self):
        """Return the domain of the current user's own tickets."""
        return Domain("partner_id", "=", self.env.user.partner_id.id) | Domain(
            "is_participant", "=", True
        )

    @api.model
    def _get_company_domain(self):
        """Return the domain of the tickets of the current user's company.

        :raise AccessError: for everybody but its administrators
        """
        if not self.env["res.partner"]._manages_colleagues():
            raise AccessError(
                self.env._("Only customer administrators see the company's tickets.")
            )
        return Domain("commercial_partner_id", "=", self._get_own_customer().id)

    @api.model
    def _get_own_customer(self):
        return self.env.user.sudo().partner_id.commercial_partner_id

    @api.model
    def _get_open_domain(self):
        """Return the domain of the open tickets, in the words of their index."""
        return Domain("portal_role", "in", [*OPEN_ROLES, False])

    @api.model
    def _count_own_open(self):
        """Return how many open tickets the current user has."""
        return self.search_count(self._get_own_domain() & self._get_open_domain())

    @api.model
    def _count_company_open(self):
        """Return how many open tickets the current user's company has."""
        return self.search_count(self._get_company_domain() & self._get_open_domain())

    # ---------------------------------------------------
    # What was asked for
    # ---------------------------------------------------

    @api.model
    def _get_list_choice(self, params, orders, contacts=()):
        """Return what an address asks for; what is unknown or made up is left out.

        :param dict params: name -> text, as in the address
        :param dict orders: as of ``_get_list_orders``
        :param contacts: as of ``_get_list_contacts``; empty for the own tickets
        :rtype: dict
        """
        choice = dict(DEFAULTS)
        choice["status"] = self._get_status_choice(params)
        if params.get("sortby") in orders:
            choice["sortby"] = params["sortby"]
        for name in ("since", "until"):
            choice[name] = list_filters.parse_day(params.get(name))
        choice["search"] = list_filters.parse_search(params.get("search"))
        type_id = list_filters.parse_number(params.get("type"))
        if type_id in self.env["helpdesk.ticket.type"].search([]).ids:
            choice["type"] = type_id
        if contacts is None:
            name = list_filters.parse_search(params.get("contact_name"))
            choice["contact_name"] = name
        else:
            contact_id = list_filters.parse_number(params.get("contact"))
            choice["contact"] = contact_id if contact_id in dict(contacts) else 0
        return choice

    @api.model
    def _get_status_choice(self, params):
        """Return what is asked for: a group of statuses, a status or a stage.

        Old links name it ``filterby``.
        """
        status = params.get("status") or params.get("filterby") or ""
        if status in (*TABS, "open", "all"):
            return status
        stage_id = list_filters.parse_number(status.removeprefix("stage-"))
        known = self.env["helpdesk.ticket.stage"].search([("id", "=", stage_id)])
        return f"stage-{stage_id}" if known and status.startswith("stage-") else "open"

    @api.model
    def _get_list_contacts(self):
        """Return id and name of the contacts of the company's tickets.

        One jump in the index per contact, however many tickets they have.

        :return: None when they are too many to choose from
        :rtype: list[tuple[int, str]]
        """
        customer = self._get_own_customer()
        query = SQL(
            """
            WITH RECURSIVE contact(id) AS (
                SELECT MIN(partner_id)
                  FROM helpdesk_ticket
                 WHERE commercial_partner_id = %(customer)s AND active IS TRUE
                 UNION ALL
                SELECT (SELECT MIN(partner_id)
                          FROM helpdesk_ticket
                         WHERE commercial_partner_id = %(customer)s AND active IS TRUE
                           AND partner_id > contact.id)
                  FROM contact
                 WHERE contact.id IS NOT NULL)
            SELECT id FROM contact WHERE id IS NOT NULL LIMIT %(limit)s
            """,
            customer=customer.id,
            limit=MAX_CONTACTS + 1,
        )
        self.flush_model(["active", "commercial_partner_id", "partner_id"])
        contact_ids = [contact_id for (contact_id,) in self.env.execute_query(query)]
        if len(contact_ids) > MAX_CONTACTS:
            return None
        contacts_sudo = self.env["res.partner"].sudo().browse(contact_ids)
        contacts_sudo.fetch(["name"])
        options = [(contact.id, contact.name or "") for contact in contacts_sudo]
        return sorted(options, key=lambda option: option[1].lower())

    @api.model
    def _get_list_timezone(self):
        """Return the time zone in which the reader's days begin."""
        user = self.env.user
        company_sudo = self.env.company.sudo()
        return self.env.context.get("tz") or user.tz or company_sudo.partner_id.tz

    @api.model
    def _get_list_domain(self, choice, of_company):
        """Return the domain of a list without its status.

        :return: the domain, that of the words it is searched for, and whether these
            are too common to count exactly
        :rtype: tuple[Domain, Domain, bool]
        """
        domain = self._get_company_domain() if of_company else self._get_own_domain()
        having_words, is_large = self._get_search_domain(
            choice["search"], domain, of_company
        )
        timezone = self._get_list_timezone()
        if choice["since"]:
            start = list_filters.day_start(choice["since"], timezone)
            domain &= Domain("create_date", ">=", start)
        if choice["until"]:
            next_day = fields.Date.add(choice["until"], days=1)
            end = list_filters.day_start(next_day, timezone)
            domain &= Domain("create_date", "<", end)
        if choice["type"]:
            domain &= Domain("type_id", "=", choice["type"])
        if choice["contact"]:
            domain &= Domain("partner_id", "=", choice["contact"])
        if choice["contact_name"]:
            contacts_sudo = self.env["res.partner"].sudo()
            customer_id = self._get_own_customer().id
            colleagues = Domain("commercial_partner_id", "=", customer_id)
            named = colleagues & Domain("name", "ilike", choice["contact_name"])
            domain &= Domain("partner_id", "in", contacts_sudo._search(named))
        return domain, having_words, is_large

    @api.model
    def _get_search_domain(self, search, domain, of_company):
        """Return the domain of the words that are searched in a list.

        Who has many tickets: they are found as the company's are, but for the few of
        other companies, of which each is looked at.

        :param Domain domain: the tickets of the list
        :return: the domain, and whether they are too common to count exactly
        :rtype: tuple[Domain, bool]
        """
        texts = self.env["support.ticket.text"]
        if not search or not (
            of_company or self.search_count(domain, limit=MANY) == MANY
        ):
            return texts._get_tickets_domain(search)
        customer = self._get_own_customer()
        found, is_large = texts._get_tickets_domain(search, customer)
        if not of_company and not is_large:
            elsewhere = Domain("is_participant", "=", True) & Domain(
                "commercial_partner_id", "!=", customer.id
            )
            found |= elsewhere & texts._get_tickets_domain(search)[0]
        return found, is_large

    @api.model
    def _get_status_domain(self, status):
        if status == "all":
            return Domain.TRUE
        if status == "open":
            return self._get_open_domain()
        if status in TABS:
            return Domain("portal_role", "=", status)
        return Domain("stage_id", "=", list_filters.parse_number(status[6:]))
