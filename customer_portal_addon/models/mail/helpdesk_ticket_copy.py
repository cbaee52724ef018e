from odoo import models
from odoo.tools import email_normalize, email_split


class HelpdeskTicket(models.Model):
    """Who joins a ticket because somebody put them in copy."""

    _inherit = "helpdesk.ticket"

    def message_update(self, msg, update_vals=None):
        """Let only those into the ticket whom the sender may bring along."""
        result = super().message_update({**msg, "to": "", "cc": ""}, update_vals)
        author = self.env["res.partner"].browse(msg.get("author_id") or ())
        for ticket in self:
            ticket._add_people_in_copy(msg, author)
        return result

    def _add_people_in_copy(self, msg, author):
        """Let people in copy take part, as far as the sender may bring them along.

        Staff decide about the others, whom Odoo suggests to them.

        :param dict msg: the mail
        :param res.partner author: who wrote it, empty when nobody known did
        """
        self.ensure_one()
        trust = self._get_trust()
        if trust == "fail" or self._is_done_by_machine():
            return
        taking_part = self.sudo()._get_present_contact()
        taking_part |= self.sudo().message_partner_ids
        addresses = email_split(f"{msg.get('to') or ''},{msg.get('cc') or ''}")
        addresses = list(dict.fromkeys(filter(None, map(email_normalize, addresses))))
        known = {email_normalize(msg.get("email_from") or "")}
        known |= self._filter_own_addresses(addresses)
        for person in taking_part:
            known |= self._get_addresses_of(person)
        left = [address for address in addresses if address not in known]
        author_sudo = author.sudo()
        is_staff = author_sudo and not author_sudo.partner_share
        may_bring = is_staff or author_sudo & taking_part
        # anybody can write in the name of staff, but who knows our message's id?
        may_be_foreign = trust == "pass" or (is_staff and bool(msg.get("parent_id")))
        for address in left if may_bring else []:
            person = self._find_person_in_copy(address, may_be_foreign)
            if person and (not person.partner_share or self._get_free_places()):
                self.message_subscribe(person.ids)
                left = [other for other in left if other != address]
        self._suggest_to_staff(left)

    def _find_person_in_copy(self, address, may_be_foreign):
        """Return who is behind an address in copy, if that one may take part.

        :param bool may_be_foreign: people outside the customer may, too
        :rtype: res.partner
        """
        self.ensure_one()
        customer_sudo = self.sudo().commercial_partner_id
        nobody = self.env["res.partner"]
        people_sudo = self._get_people_by_address([address]).get(address, nobody)
        own_sudo = people_sudo.filtered(
            lambda person: (
                person.active
                and person.type == "contact"
                and person.commercial_partner_id == customer_sudo
            )
        )
        person_sudo = own_sudo[:1] or self._choose_contact(
            people_sudo, self.company_id, True
        )
        if person_sudo and not person_sudo.sudo().partner_share:
            return person_sudo
        if not own_sudo and not may_be_foreign:
            return nobody
        if not person_sudo and self._may_become_contact(address):
            if self._get_free_places():
                return self._create_contact("", address)
        return person_sudo

    def _suggest_to_staff(self, addresses):
        """Remember addresses in copy, so that the composer suggests them."""
        self.ensure_one()
        known = email_split(self.email_cc or "")
        new = [address for address in addresses if address not in known]
        if new:
            self.email_cc = ", ".join([*known, *new])
