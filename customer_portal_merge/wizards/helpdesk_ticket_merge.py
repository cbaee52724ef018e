from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicketMerge(models.TransientModel):
    """Merge what a ticket has with us, too.

    OCA moves messages, files, followers and activities.
    """

    _inherit = "helpdesk.ticket.merge"

    def merge_tickets(self):
        """Merge tickets of one customer; what was charged for them stays charged."""
        self.ensure_one()
        tickets = self.ticket_ids
        self._check_mergeable(tickets | self.dst_ticket_id)
        done_sudo = tickets.sudo().time_entry_ids.filtered(lambda e: e.state == "done")
        charged = {entry_sudo: entry_sudo.payable_minutes for entry_sudo in done_sudo}
        # nobody is asked for anything: the status stays what staff have chosen
        wizard = self.with_context(
            support_status_kept=True, default_company_id=tickets.company_id.id
        )
        result = super(HelpdeskTicketMerge, wizard).merge_tickets()
        merged = tickets - self.dst_ticket_id
        self._move_customer(tickets)
        self._move_efforts(merged, charged)
        # staff are allowed to merge them, whatever they see of answers
        answers_sudo = self.env["support.form.answer"].sudo()
        answers_sudo.search(
            [("ticket_id", "in", merged.ids)]
        ).ticket_id = self.dst_ticket_id
        merged.duplicate_id = self.dst_ticket_id
        return result

    def _check_mergeable(self, tickets):
        """Refuse what would show a customer another one's messages, or move minutes.

        :raise UserError:
        """
        if len(tickets.commercial_partner_id) > 1 or len(tickets.company_id) > 1:
            raise UserError(
                self.env._("Only tickets of one customer can be merged into one.")
            )
        done_sudo = tickets.sudo().filtered(
            lambda ticket: "done" in ticket.time_entry_ids.mapped("state")
        )
        target_sudo = self.dst_ticket_id.sudo() or done_sudo[:1]
        if self.create_new_ticket:
            target_sudo = done_sudo[:1]
        if set((done_sudo | target_sudo).mapped("charging")) - {target_sudo.charging}:
            raise UserError(
                self.env._(
                    "Efforts of one of the tickets are charged, those of another are "
                    "not. Please decide first who pays for them."
                )
            )

    def _move_customer(self, tickets):
        """Have a new ticket belong to the customer, and be as new as its messages."""
        ticket = self.dst_ticket_id
        if not ticket.partner_id:
            ticket.partner_id = tickets.partner_id[:1]
        others = (tickets - ticket).partner_id - ticket.partner_id
        ticket.message_subscribe(others.ids)
        moments = [each for each in tickets.mapped("last_activity_at") if each]
        ticket_sudo = ticket.sudo()
        ticket_sudo.last_activity_at = max(
            [*moments, ticket_sudo.last_activity_at or ticket.create_date]
        )

    def _move_efforts(self, merged, charged):
        """Move the efforts; what one has cost stands, whatever the new ticket's type.

        :param dict charged: minutes of those that are done, before
        """
        target_sudo = self.dst_ticket_id.sudo()
        if self.create_new_ticket and charged:
            target_sudo.charging = next(iter(charged)).ticket_id.charging
        for entry_sudo in merged.sudo().time_entry_ids:
            source_sudo = entry_sudo.ticket_id
            minutes = charged.get(entry_sudo)
            values = {"ticket_id": target_sudo.id}
            is_same = self._get_rules(source_sudo) == self._get_rules(target_sudo)
            if minutes and not is_same and not entry_sudo.is_overridden:
                reason = self.env._("as on %(number)s", number=source_sudo.number)
                values |= {
                    "is_overridden": True,
                    "override_minutes": minutes,
                    "override_reason": reason,
                }
            entry_sudo.write(values)

    def _get_rules(self, ticket):
        company = ticket.company_id or self.env.company
        return company._get_charging_rules(ticket)
