from odoo import models
from odoo.exceptions import AccessError


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Let nobody but staff follow a team.

        Who follows a team follows all of its new tickets, and sees them. Portal users
        may read teams, hence Odoo lets them follow teams.
        """
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids or ())
        staff_sudo = partners_sudo.filtered(lambda partner: not partner.partner_share)
        if not staff_sudo:
            return True
        return super()._message_subscribe(
            staff_sudo.ids, subtype_ids, customer_ids=customer_ids
        )

    def message_post(self, **kwargs):
        """Refuse what portal users post over RPC: it would be sent in our name."""
        if self.env.user.share and not self.env.su:
            raise AccessError(
                self.env._("Please use the pages of the portal to write messages.")
            )
        return super().message_post(**kwargs)
