from math import ceil

from odoo import api, models
from odoo.tools import SQL

from ...tools.text import csv_file
from ...tools.web import list_filters
from .helpdesk_ticket_filter import DEFAULTS, OPEN_ROLES, TABS

# How far lists are counted, and leafed through
MAX_COUNTED = 1000
MAX_SCANNED = 90  # where each ticket's text is looked at
MAX_EXPORTED = 10000
EXPORT_BATCH = 1000
PLACES = ("title", "about", "people", "state", "facts")


class HelpdeskTicket(models.Model):
    """The lists of tickets in the portal: their pages, counts and export."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # The page
    # ---------------------------------------------------

    @api.model
    def _get_list_values(self, params, of_company=False, page=1, limit=30):
        """Return one page of a list, and what to choose from, as the page prints it.

        :param dict params: name -> text, as in the address
        :param bool of_company: the company's tickets instead of the own ones
        :param page: anything; the nearest page that there is counts
        :rtype: dict
        """
        contacts = self._get_list_contacts() if of_company else []
        orders = self._get_list_orders(of_company)
        choice = self._get_list_choice(params, orders, contacts)
        domain, having_words, is_large = self._get_list_domain(choice, of_company)
        wanted = domain & self._get_status_domain(choice["status"])
        order = orders[choice["sortby"]].order
        counts = first_ids = None
        if is_large:
            most = MAX_SCANNED
            # one search for all that can be leafed through: its rows are what is dear
            first_ids = self.env["support.ticket.text"]._find_first(
                self._search(wanted, order=order), choice["search"], most + 1
            )
            total = len(first_ids)
        else:
            most = MAX_COUNTED
            wanted &= having_words
            are_many = of_company and not choice["search"]
            counts = self._count_by_stage(domain & having_words, are_many)
            total = self._sum_counts(counts, choice["status"])
        pages = ceil(min(total, most) / limit) or 1
        page = min(list_filters.parse_number(page) or 1, pages)
        start = (page - 1) * limit
        if is_large:
            found = self.browse(first_ids[start : start + limit])
        else:
            found = self.search_fetch(
                wanted, ["id"], order=order, limit=limit, offset=start
            )
        return {
            "choice": choice,
            "query": self._get_list_query(choice),
            "tabs": self._get_list_tabs(choice["status"], counts),
            "stages": self._get_list_stages(choice["status"], counts),
            "rows": found._get_list_rows(of_company),
            "total": min(total, most),
            "is_more": total > most,
            "is_empty": counts == {},
            "page": page,
            "orders": orders,
            "types": self.env["helpdesk.ticket.type"].search_fetch([], ["name"]),
            "contacts": contacts,
        }

    def _get_list_rows(self, of_company):
        """Return the rows of the page: what each place of one shows.

        :rtype: list[dict]
        """
        columns = self.sudo()._get_page_columns(of_company)
        rows = self._read_columns(columns, self._get_page_writers())
        return [
            {"id": ticket_id, **self._get_places(columns, values)}
            for ticket_id, values in zip(self.ids, rows, strict=True)
        ]

    @api.model
    def _get_places(self, columns, values):
        """Return the cells of a row by their places, the short ones as one text."""
        places = {place: [] for place in PLACES}
        for column, value in zip(columns, values, strict=True):
            cell = {"column": column, "value": value}
            places[column.place].append(cell)
        about = [cell["value"] for cell in places["about"] if cell["value"]]
        return {**places, "about": " · ".join(about)}

    @api.model
    def _get_list_query(self, choice):
        """Return what the address of a list has to say, as text."""
        return {
            name: str(value)
            for name, value in choice.items()
            if value != DEFAULTS[name]
        }

    # ---------------------------------------------------
    # Counts
    # ---------------------------------------------------

    @api.model
    def _count_by_stage(self, domain, are_many):
        """Return the number of tickets by stage; of many, up to a limit of each.

        :rtype: dict[helpdesk.ticket.stage, int]
        """
        stages_sudo = self.env["helpdesk.ticket.stage"].sudo()
        stages_sudo = stages_sudo.with_context(active_test=False).search([])
        stages = (*stages_sudo, stages_sudo.browse())
        if are_many:
            counts = self._count_each_stage(domain, stages)
        else:
            grouped = self._read_group(domain, ["stage_id"], ["__count"])
            counts = {stage.id: count for stage, count in grouped}
        found = {stage: counts.get(stage.id) for stage in stages}
        return {stage: count for stage, count in found.items() if count}

    @api.model
    def _count_each_stage(self, domain, stages):
        """Return the number of tickets of each stage, up to a limit.

        One query that reads a part of the index per stage, however many tickets a
        customer has.

        :rtype: dict[int, int]
        """
        query = self._search(domain)
        where = query.where_clause or SQL("TRUE")
        column = SQL.identifier(self._table, "stage_id")
        # each by its number: PostgreSQL then knows which stages are rare
        parts = [
            SQL(
                "SELECT %s, (SELECT COUNT(*) FROM"
                " (SELECT FROM %s WHERE %s AND %s LIMIT %s) found)",
                stage.id or None,
                query.from_clause,
                where,
                SQL("%s = %s", column, stage.id)
                if stage
                else SQL("%s IS NULL", column),
                MAX_COUNTED + 1,
            )
            for stage in stages
        ]
        counts = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return {stage_id or False: count for stage_id, count in counts}

    @api.model
    def _sum_counts(self, counts, status):
        """Return how many tickets of a status there are.

        :param dict counts: by stage; of no stage is open
        :param str status: as in the address
        """
        roles = {"open": (*OPEN_ROLES, False), "all": (*TABS, False)}
        if status.startswith("stage-"):
            return sum(n for s, n in counts.items() if status == f"stage-{s.id}")
        wanted = roles.get(status, (status,))
        return sum(n for stage, n in counts.items() if stage.portal_role in wanted)

    @api.model
    def _get_list_tabs(self, status, counts):
        """Return the statuses to choose from; those without tickets are left out.

        :param dict counts: by stage; None: too expensive to count
        :return: key, label, count (as text) and is_chosen of each
        :rtype: list[dict]
        """
        _ = self.env._
        labels = self.env["helpdesk.ticket.stage"]._get_status_labels()
        role = self._get_role_of_status(status)
        tabs = [
            {
                "key": key,
                "label": label,
                "count": None
                if counts is None
                else self._format_count(self._sum_counts(counts, key)),
                "is_chosen": key == role,
            }
            for key, label in {
                "open": _("Open"),
                **{name: labels[name] for name in TABS},
                "all": _("All"),
            }.items()
        ]
        always = ("open", "closed", "all")
        return [
            tab
            for tab in tabs
            if tab["key"] in always or tab["is_chosen"] or tab["count"] != "0"
        ]

    @api.model
    def _format_count(self, count):
        return str(count) if count <= MAX_COUNTED else f"{MAX_COUNTED}+"

    @api.model
    def _get_role_of_status(self, status):
        """Return the status whose tab is the chosen one: a stage's is its own."""
        if not status.startswith("stage-"):
            return status
        stage_id = list_filters.parse_number(status.removeprefix("stage-"))
        return self.env["helpdesk.ticket.stage"].sudo().browse(stage_id).portal_role

    @api.model
    def _get_list_stages(self, status, counts):
        """Return the stages of the chosen status, when several have tickets."""
        role = self._get_role_of_status(status)
        stages = [
            {
                "key": f"stage-{stage.id}",
                "label": stage.name,
                "count": self._format_count(count),
                "is_chosen": status == f"stage-{stage.id}",
            }
            for stage, count in (counts or {}).items()
            if stage.portal_role == role
        ]
        return stages if len(stages) > 1 else []

    # ---------------------------------------------------
    # Export
    # ---------------------------------------------------

    @api.model
    def _export_list(self, params, of_company=False):
        """Return a list as a CSV file: all of its pages, up to a limit.

        :param dict params: name -> text, as in the address
        :rtype: bytes
        """
        contacts = self._get_list_contacts() if of_company else []
        orders = self._get_list_orders(of_company)
        choice = self._get_list_choice(params, orders, contacts)
        domain, having_words, _is_large = self._get_list_domain(choice, of_company)
        found = self.search(
            domain & having_words & self._get_status_domain(choice["status"]),
            order=orders[choice["sortby"]].order,
            limit=MAX_EXPORTED + 1,
        )
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        return csv_file.make(
            self._get_export_rows(found, of_company), lang.decimal_point == ","
        )

    @api.model
    def _get_export_rows(self, tickets, of_company):
        """Yield the rows of the file, its header first, in the reader's language."""
        yield [column.label for column in self._get_file_columns(of_company)]
        writers = self._get_file_writers()
        for start in range(0, len(tickets[:MAX_EXPORTED]), EXPORT_BATCH):
            batch = tickets[start : min(start + EXPORT_BATCH, MAX_EXPORTED)]
            columns = batch.sudo()._get_file_columns(of_company)
            yield from batch._read_columns(columns, writers)
            self.env.invalidate_all(flush=False)
        if len(tickets) > MAX_EXPORTED:
            yield [self.env._("Only the first %(count)s tickets.", count=MAX_EXPORTED)]
