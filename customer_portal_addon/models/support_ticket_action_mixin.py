from odoo import models

MAX_PARTICIPANTS = 10


class SupportTicketActionMixin(models.AbstractModel):
    """What customers may do with a ticket besides answering, and who may."""

    _name = "support.ticket.action.mixin"
    _description = "Actions on Tickets in the Portal"

    def _get_free_places(self):
        """Return how many people from outside the staff may still join the ticket.

        :rtype: int
        """
        self.ensure_one()
        people = self.partner_id | self.message_partner_ids.filtered("partner_share")
        return max(0, MAX_PARTICIPANTS - len(people))
