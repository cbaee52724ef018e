from odoo import models


class HelpdeskTicketDuplicateWizard(models.TransientModel):
    _name = "helpdesk.ticket.duplicate.wizard"
    _inherit = ["support.posted.link.mixin", "helpdesk.ticket.duplicate.wizard"]
    _posted_links = {"ticket_id": "write", "duplicate_of_id": "write"}

    def action_confirm(self):
        """Tell those who take part where it goes on, and let them take part there.

        OCA only notes it for staff: customers would wait for an answer to a ticket
        that nobody works on any more.
        """
        result = super().action_confirm()
        for wizard in self:
            wizard._lead_participants()
        return result

    def _lead_participants(self):
        """Bring participants of the same customer to the ticket that goes on.

        Those of another customer must not learn that it exists.
        """
        ticket, target = self.ticket_id, self.duplicate_of_id
        customer = ticket.commercial_partner_id
        if not customer or customer != target.commercial_partner_id:
            return
        target.message_subscribe(ticket.message_partner_ids.ids)
        reader = self.with_context(lang=ticket.partner_id.lang)
        # nobody is asked for anything: the status stays what staff have chosen
        ticket.with_context(support_status_kept=True).message_post(
            body=reader.env._(
                "We have this request twice and go on with it in ticket %(number)s. "
                "You take part there as well.",
                number=target.number,
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
