from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge what support knows of contacts; Odoo does the rest by SQL.

        One of their support IDs stays. Tickets of a person without a company come
        along into that of the remaining contact, but no rights of an administrator,
        and no part in tickets of other customers.
        """
        accounts = self.env["support.credit.account"]
        accounts._prepare_merge(src_partners | dst_partner)
        former_sudo, contact_sudo = src_partners.sudo(), dst_partner.sudo()
        customer_sudo = contact_sudo.commercial_partner_id
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        ).search([("commercial_partner_id", "in", former_sudo.ids)])
        former_sudo.filtered(
            lambda partner: partner.commercial_partner_id != customer_sudo
        ).is_customer_administrator = False
        codes = former_sudo.filtered("support_code").mapped("support_code")
        former_sudo.support_code = False
        former_sudo.flush_recordset()  # two contacts never have the same
        if codes and not contact_sudo.support_code:
            contact_sudo.support_code = codes[0]
        self._leave_tickets_of_others(former_sudo, customer_sudo)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["helpdesk.ticket"]._forget_followed()
        is_part = contact_sudo != customer_sudo
        if is_part:
            accounts._hand_over(contact_sudo, customer_sudo)
        tickets_sudo.commercial_partner_id = customer_sudo
        if is_part:
            accounts._check_left_behind(contact_sudo)
        contact_sudo._sync_administrator_group()
        # the record rules remember the contact of a user
        self.env.registry.clear_cache()
        return result

    @api.model
    def _leave_tickets_of_others(self, former_sudo, customer_sudo):
        """Let contacts who change their customer follow no ticket of others any more.

        :param res.partner former_sudo: the contacts that go
        :param res.partner customer_sudo: of the contact that stays
        """
        changing_sudo = former_sudo.filtered(
            lambda partner: partner.commercial_partner_id != customer_sudo
        )
        tickets_sudo = (
            self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        )
        tickets_sudo.search(
            [
                ("message_partner_ids", "in", changing_sudo.ids),
                ("commercial_partner_id", "!=", False),
                ("commercial_partner_id", "not in", (former_sudo | customer_sudo).ids),
            ]
        ).message_unsubscribe(changing_sudo.ids)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Keep whether the address of the remaining contact is its own."""
        kept_sudo = (dst_partner if dst_partner.email else src_partners).sudo()
        unconfirmed = any(kept_sudo.mapped("support_unconfirmed"))
        result = super()._update_values(src_partners, dst_partner)
        contact_sudo = dst_partner.sudo()
        contact_sudo.support_unconfirmed = unconfirmed
        return result
