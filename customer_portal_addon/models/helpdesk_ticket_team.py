from odoo import models
from odoo.exceptions import AccessError

# What portal users may read of the teams on offer: not who works there, nor the
# address that takes mails and what it does with them
PORTAL_READABLE_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "active",
        "category_ids",
        "company_id",
        "complete_name",
        "name",
        "parent_id",
        "sequence",
        "show_in_portal",
        "type_ids",
    }
)


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if self.env.su or not self.env.user.share:
            return True
        return operation == "read" and field.name in PORTAL_READABLE_FIELDS

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
