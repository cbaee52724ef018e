import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, email_normalize
from odoo.tools.sql import escape_psql

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

MAX_SUGGESTIONS = 10


class SupportTicketLinkWizard(models.TransientModel):
    """Whose ticket is it? Staff choose a suggested, another or a new contact."""

    _name = "support.ticket.link.wizard"
    _inherit = ["support.posted.link.mixin"]
    _description = "Link a Ticket to Its Contact"
    _posted_links = {"ticket_id": "write", "partner_id": "read", "customer_id": "read"}

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id")
    suggestion_ids = fields.One2many("support.ticket.link.suggestion", "wizard_id")
    hint = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", check_company=True, ondelete="cascade"
    )
    new_name = fields.Char(string="Name")
    new_email = fields.Char(string="Email")
    new_phone = fields.Char(string="Phone")
    customer_id = fields.Many2one(
        "res.partner",
        domain="[('is_company', '=', True)]",
        check_company=True,
        ondelete="cascade",
        help="The company that the new contact works for. Empty for a single person.",
    )

    # ---------------------------------------------------
    # Opening
    # ---------------------------------------------------

    @api.model
    def _open_for(self, ticket):
        """Return the action that shows the suggestions for a ticket."""
        ticket.check_access("write")
        customer = self._find_customer(ticket)
        suggestions = self._find_suggestions(ticket, customer)
        wizard = self.create(
            {
                "ticket_id": ticket.id,
                "hint": self._get_hint(ticket, suggestions),
                "new_name": ticket.partner_name,
                "new_email": ticket.partner_email_normalized or ticket.partner_email,
                "new_phone": ticket.partner_phone,
                "customer_id": customer.id,
                "suggestion_ids": [
                    Command.create(
                        {
                            "partner_id": partner.id,
                            "score": score,
                            "reasons": ", ".join(reasons),
                        }
                    )
                    for partner, score, reasons in suggestions
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link to contact"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_hint(self, ticket, suggestions):
        """Return what to mind before one of the suggestions is chosen, or False."""
        address = ticket.partner_email_normalized
        owners = [
            partner
            for partner, _score, _reasons in suggestions
            if address and partner.email_normalized == address
        ]
        if len(owners) > 1:
            return self.env._(
                "The address %(address)s belongs to several contacts. Please make sure "
                "who wrote: the contact will read the ticket.",
                address=address,
            )
        return False

    # ---------------------------------------------------
    # Suggestions
    # ---------------------------------------------------

    @api.model
    def _get_contact_domain(self, ticket):
        """Return the domain of the people who may be the contact of a ticket."""
        return Domain(
            [
                ("type", "=", "contact"),
                ("partner_share", "=", True),
                ("company_id", "in", [False, ticket.company_id.id]),
            ]
        )

    @api.model
    def _find_suggestions(self, ticket, customer):
        """Return who may be the contact of a ticket, the most probable first.

        :param res.partner customer: whose number or mail domain the ticket carries
        :return: of (contact, score, reasons)
        :rtype: list[tuple]
        """
        found = {}
        for score, reason, domain in self._get_clues(ticket):
            partners = self.env["res.partner"].search(
                self._get_contact_domain(ticket) & domain, limit=2 * MAX_SUGGESTIONS
            )
            for partner in partners:
                points, reasons = found.get(partner, (0, []))
                found[partner] = (points + score, [*reasons, reason])
        for partner, (points, reasons) in found.items():
            if customer and partner.commercial_partner_id == customer:
                reasons.append(
                    self.env._("belongs to %(customer)s", customer=customer.name)
                )
                found[partner] = (points + 5, reasons)
            if partner.support_unconfirmed:
                reasons.append(self.env._("address not confirmed"))
        ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0].id))
        return [(partner, *rest) for partner, rest in ranked[:MAX_SUGGESTIONS]]

    @api.model
    def _get_clues(self, ticket):
        """Yield what a contact can be recognised by: score, reason and domain."""
        if ticket.partner_email_normalized:
            yield (
                100,
                self.env._("same address"),
                Domain("email_normalized", "=", ticket.partner_email_normalized),
            )
        phone = re.sub(r"\D", "", ticket.partner_phone or "")[-8:]
        if len(phone) >= 5:
            callers = self._find_ids_by_phone(phone)
            yield 60, self.env._("same phone number"), Domain("id", "in", callers)
        number = (ticket.customer_number or "").strip()
        if number:
            customers = Domain("commercial_partner_id.ref", "=", number)
            yield 40, self.env._("customer number"), customers
        name = (ticket.partner_name or "").strip()
        words = [word for word in re.findall(r"[^\W_]+", name) if len(word) > 2]
        if words:
            same = Domain("name", "=ilike", escape_psql(name))
            yield 30, self.env._("same name"), same
            alike = Domain.AND(Domain("name", "ilike", word) for word in words)
            yield 10, self.env._("similar name"), alike & ~same

    @api.model
    def _find_ids_by_phone(self, digits):
        """Return ids of contacts by the last digits of their phone number.

        :param str digits: at most eight
        :rtype: list[int]
        """
        self.env["res.partner"].flush_model(["active", "phone"])
        rows = self.env.execute_query(
            SQL(
                r"SELECT id FROM res_partner WHERE active AND phone IS NOT NULL"
                r" AND right(regexp_replace(phone, '\D', '', 'g'), 8) = %s"
                r" ORDER BY id LIMIT %s",
                digits,
                2 * MAX_SUGGESTIONS,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _find_customer(self, ticket):
        """Return the one customer whose number or mail domain the ticket carries.

        Mail domains of providers, where anybody gets an address, tell nothing. Nor do
        the addresses that customers wrote down: of their colleagues, for deliveries.

        :rtype: res.partner
        """
        partners = self.env["res.partner"]
        companies = Domain("company_id", "in", [False, ticket.company_id.id])
        number = (ticket.customer_number or "").strip()
        if number:
            found = partners.search(companies & Domain("ref", "=", number), limit=20)
            if len(found.commercial_partner_id) == 1:
                return found.commercial_partner_id
        mail_domain = mail_prepare_for_domain_search(ticket.partner_email_normalized)
        if mail_domain and mail_domain.startswith("@"):
            known = Domain(
                [
                    ("email_normalized", "=like", f"%{escape_psql(mail_domain)}"),
                    ("partner_share", "=", True),
                    ("type", "=", "contact"),
                    ("support_unconfirmed", "=", False),
                    ("create_uid.share", "=", False),
                ]
            )
            found = partners.search(
                companies & known, limit=20
            ).commercial_partner_id.filtered("is_company")
            if len(found) == 1:
                return found
        return partners

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_link(self):
        """Link the ticket to the contact that was chosen by hand."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Please choose a contact."))
        return self._link(self.partner_id)

    def action_create(self):
        """Create a contact from what the ticket tells, and link the ticket to it."""
        self.ensure_one()
        if not (self.new_name or "").strip():
            raise UserError(self.env._("Please enter the name of the new contact."))
        self.ticket_id.check_access("write")
        self.customer_id.check_access("read")
        # Agents needn't be allowed to edit contacts: the gateway creates them as well
        contact_sudo = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": self.new_name.strip(),
                    "email": email_normalize(self.new_email) or self.new_email,
                    "phone": self.new_phone,
                    "parent_id": self.customer_id.id,
                    "company_id": self.customer_id.company_id.id,
                }
            )
        )
        return self._link(self.env["res.partner"].browse(contact_sudo.id))

    def _link(self, contact):
        contact.check_access("read")
        if self.ticket_id.partner_id != contact:
            note = self.env._(
                "Linked to %(contact)s.", contact=contact.sudo().display_name
            )
            self.ticket_id._link_contact(contact, note)
        return {"type": "ir.actions.act_window_close"}
