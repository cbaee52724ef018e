from collections import defaultdict
from datetime import UTC
from zoneinfo import ZoneInfo

from babel.dates import parse_pattern

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, get_lang, lazy, posix_to_ldml
from odoo.tools.misc import format_date

from ...tools.api import api_description
from ...tools.web.list_column import Column


class HelpdeskTicket(models.Model):
    """What the lists tell of each ticket: on the page, in the file and to programs."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # The columns
    # ---------------------------------------------------

    def _get_list_columns(self):
        """Return what is told of these tickets, in the order of files and programs.

        Another addon adds its column here, by ``super()``, and has it wherever the
        column says: on the page, in the choice of orders, in the export, in the status
        that programs read and in the description of that.

        What a column needs of many tickets it may look up here for all of them: of
        none where only the columns themselves are asked for.

        :rtype: list[Column]
        """
        _ = self.env._
        states = lazy(self._get_states)  # unless somebody shows them
        return [
            Column("number", _("Number"), "number", place="about"),
            Column(
                "name",
                _("Subject"),
                "name",
                place="title",
                sortby="name",
                order="name, id DESC",
            ),
            Column(
                "type",
                _("Type"),
                lambda ticket: ticket.type_id.name or "",
                reads=("type_id",),
                place="about",
            ),
            Column(
                "state",
                _("Status"),
                lambda ticket: states[ticket.id],
                kind="status",
                reads=("portal_role", "stage_id"),
                place="state",
            ),
            Column(
                "urgent",
                _("Urgent"),
                lambda ticket: ticket.priority == "3",
                kind="flag",
                reads=("priority",),
                place="state",
            ),
            # programs read the status without its stage
            Column(
                "status",
                "",
                "portal_role",
                place="",
                is_exported=False,
                schema=api_description.ROLE,
            ),
            Column(
                "status_label",
                "",
                lambda ticket: ticket._get_status_label(),
                place="",
                is_exported=False,
                schema=api_description.ROLE_LABEL,
            ),
            Column(
                "created_at",
                _("Created"),
                "create_date",
                kind="day",
                sequence=20,
                schema=api_description.MOMENT,
                sortby="date",
                order="create_date DESC, id DESC",
                order_label=_("Date of creation"),
            ),
            Column(
                "status_since",
                "",
                "status_since",
                kind="moment",
                place="",
                is_exported=False,
                schema=api_description.MOMENT,
            ),
            Column(
                "last_activity_at",
                _("Last activity"),
                "last_activity_at",
                kind="moment",
                sequence=10,
                schema=api_description.MOMENT,
                sortby="activity",
                order="last_activity_at DESC, id DESC",
            ),
            Column(
                "contact",
                _("Contact"),
                lambda ticket: ticket.partner_id.name or ticket.partner_name or "",
                reads=("partner_id.name", "partner_name"),
                place="people",
                of_company=True,
            ),
            Column(
                "filed_by",
                _("Filed by"),
                lambda ticket: (
                    ticket.filed_by_id.name if ticket._is_filed_for_other() else ""
                ),
                reads=("filed_by_id.name", "partner_id"),
                place="people",
                of_company=True,
            ),
        ]

    def _get_page_columns(self, of_company):
        columns = [
            column
            for column in self._get_list_columns()
            if column.place and (of_company or not column.of_company)
        ]
        return sorted(columns, key=lambda column: column.sequence)

    def _get_file_columns(self, of_company):
        return [
            column
            for column in self._get_list_columns()
            if column.is_exported and (of_company or not column.of_company)
        ]

    def _get_api_columns(self):
        return [
            column
            for column in self._get_list_columns()
            if column.schema and not column.of_company
        ]

    @api.model
    def _get_list_orders(self, of_company):
        """Return how a list can be sorted, by the names in the address.

        :rtype: dict[str, Column]
        """
        columns = self._get_page_columns(of_company)
        return {column.sortby: column for column in columns if column.sortby}

    # ---------------------------------------------------
    # Their values
    # ---------------------------------------------------

    def _read_columns(self, columns, writers):
        """Return what the columns tell of these tickets, in their order.

        The current user may read them, as a search has found them. Names beside them,
        of a type that is no longer on offer or of a former colleague, are shown
        whatever the rules of those say.

        :param list columns: of these tickets with all rights
        :param dict writers: kind of value -> function that makes it what is shown
        :return: per ticket the values in the order of the columns
        :rtype: list[list]
        """
        tickets_sudo = self.sudo()
        tickets_sudo._fetch_paths({p for c in columns for p in c.get_paths()})
        wanted = [(column.get_value, writers.get(column.kind)) for column in columns]
        return [
            [write(read(ticket)) if write else read(ticket) for read, write in wanted]
            for ticket in tickets_sudo
        ]

    def _fetch_paths(self, paths):
        """Fetch fields, and for ``partner_id.name`` the names as well.

        Nothing else of them: descriptions are long, and partners have many fields.
        """
        self.fetch({path.partition(".")[0] for path in paths})
        found = defaultdict(list)
        for path in sorted(paths):
            name, _dot, beyond = path.partition(".")
            if beyond:
                found[self[name]._name, beyond].append(self[name])
        for (model, name), records in found.items():
            self.env[model].union(*records).fetch([name])

    @api.model
    def _get_page_writers(self):
        lang, timezone = get_lang(self.env), self._get_list_timezone()
        full = f"{lang.date_format} {lang.time_format}"
        return {
            "day": self._get_moment_writer(lang.date_format, timezone),
            "moment": self._get_moment_writer(full, timezone),
            "flag": self._write_flag,
        }

    @api.model
    def _get_file_writers(self):
        return {
            "day": self._format_moment,
            "moment": self._format_moment,
            "flag": self._write_flag,
            "status": lambda state: " · ".join(
                filter(None, [state["label"], state["stage"]])
            ),
        }

    @api.model
    def _write_flag(self, is_set):
        return self.env._("Yes") if is_set else ""

    @api.model
    def _get_moment_writer(self, strftime, timezone):
        """Return a function that writes points in time as the reader's language does.

        Odoo's widget looks up language, zone and pattern for each of a page's dates.

        :param str strftime: as languages keep their formats; without seconds
        :param str timezone: the reader's
        :return: naive UTC datetime or False -> text
        """
        locale = babel_locale_parse(get_lang(self.env).code)
        pattern = parse_pattern(posix_to_ldml(strftime, locale).replace(":ss", ""))
        zone = ZoneInfo(timezone or "UTC")

        def write(moment):
            if not moment:
                return ""
            return pattern.apply(moment.replace(tzinfo=UTC).astimezone(zone), locale)

        return write

    @api.model
    def _format_moment(self, moment):
        """Return date and time for a cell of a spreadsheet, in the reader's zone."""
        if not moment:
            return ""
        reader = self.with_context(tz=self._get_list_timezone())
        local = fields.Datetime.context_timestamp(reader, moment)
        return f"{format_date(self.env, local.date())} {local:%H:%M}"

    def _get_states(self):
        """Return how the status of these tickets is shown.

        The stage's name is added where several stages have the same status, and it
        says something else.

        :return: by id of the ticket: role, label and stage
        :rtype: dict[int, dict]
        """
        stages_sudo = self.env["helpdesk.ticket.stage"].sudo()
        labels = stages_sudo._get_status_labels()
        roles = stages_sudo.search([]).mapped("portal_role")
        states = {}
        for ticket in self:
            role, stage = ticket.portal_role, ticket.stage_id.name
            label = labels.get(role, "")
            is_told = roles.count(role) > 1 and stage != label
            states[ticket.id] = {
                "role": role,
                "label": label,
                "stage": stage if is_told else "",
            }
        return states
