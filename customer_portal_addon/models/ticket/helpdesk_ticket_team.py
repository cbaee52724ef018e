from odoo import api, models

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
    _name = "helpdesk.ticket.team"
    # Portal users may read teams. Who follows a team follows all of its new tickets,
    # and sees them.
    _inherit = ["support.staff.thread.mixin", "helpdesk.ticket.team"]

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        self.env.registry.clear_cache()  # types are remembered by who works on them
        return teams

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation == "read" and field.name in PORTAL_READABLE_FIELDS:
            return True
        return self.env.su or not self.env.user._is_outsider()
