from datetime import UTC
from zoneinfo import ZoneInfo

from babel.dates import parse_pattern

from odoo import api, models
from odoo.tools import babel_locale_parse, get_lang, posix_to_ldml

# What rows need: not the descriptions, which are long
ROW_FIELDS = (
    "create_date",
    "filed_by_id",
    "last_activity_at",
    "name",
    "number",
    "partner_id",
    "partner_name",
    "portal_role",
    "priority",
    "stage_id",
    "type_id",
)


class HelpdeskTicket(models.Model):
    """What the lists in the portal show of each ticket."""

    _inherit = "helpdesk.ticket"

    def _get_row_values(self):
        """Return what the lists show of these tickets, in their order.

        The current user may read them, as a search has found them. Names beside them,
        of a type that is no longer on offer or of a former colleague, are shown
        whatever the rules of those say.

        :rtype: list[dict]
        """
        tickets_sudo = self.sudo()
        tickets_sudo.fetch(ROW_FIELDS)
        (tickets_sudo.partner_id | tickets_sudo.filed_by_id).fetch(["name"])
        states = tickets_sudo._get_states()
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "name": ticket.name,
                "type": ticket.type_id.name or "",
                "state": states[ticket.id],
                "is_urgent": ticket.priority == "3",
                "created_at": ticket.create_date,
                "last_activity_at": ticket.last_activity_at,
                "contact": ticket.partner_id.name or ticket.partner_name or "",
                "filed_by": ticket.filed_by_id.name
                if ticket._is_filed_for_other()
                else "",
            }
            for ticket in tickets_sudo
        ]

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
