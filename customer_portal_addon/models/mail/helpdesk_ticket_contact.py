from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import email_normalize_all


class HelpdeskTicket(models.Model):
    """Whose ticket it is, by the mail address and by staff; and whose an address."""

    _inherit = "helpdesk.ticket"

    partner_email_normalized = fields.Char(
        string="Normalized email",
        compute="_compute_partner_email_normalized",
        store=True,
        groups="base.group_user",
    )
    partner_phone = fields.Char(
        string="Phone",
        groups="base.group_user",
        help="Where the customer calls from, or can be called. Helps to find the "
        "contact.",
    )
    customer_number = fields.Char(
        string="Customer number",
        groups="base.group_user",
        help="As the customer stated it. It helps to find the contact and grants no "
        "access.",
    )

    is_contact_removed = fields.Boolean(
        string="Contact taken away",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Staff took the contact off the ticket. It is not linked automatically "
        "again, unless another address is entered.",
    )

    @api.depends("partner_email")
    def _compute_partner_email_normalized(self):
        for ticket in self:
            ticket.partner_email_normalized = email_normalize(ticket.partner_email)

    @api.model
    def _note_contact_removed(self, vals):
        """Return the values of a write with whether it takes the contact away."""
        if vals.get("partner_id") or vals.get("partner_email"):
            return {**vals, "is_contact_removed": False}
        if "partner_id" in vals:
            return {**vals, "is_contact_removed": True}
        return vals

    # ---------------------------------------------------
    # Matching
    # ---------------------------------------------------

    @api.model
    def _find_contact_by_address(self, email, is_new=False):
        """Return the one contact whom an address belongs to, for a ticket.

        The company is that of the ticket, without one the current company.

        :param str email: any spelling of an address
        :param bool is_new: the ticket is being filed, see ``_choose_contact``
        :rtype: res.partner
        """
        address = email_normalize(email)
        people = self._get_people_by_address([address] if address else [])
        company = self.company_id or self.env.company
        return self._choose_contact(people.get(address), company, is_new)

    @api.model
    def _get_people_by_address(self, addresses):
        """Return all partners of each normalised address, the archived ones as well.

        :rtype: dict[str, res.partner]
        """
        people = {}
        if addresses:
            partners_sudo = self.env["res.partner"].sudo()
            for person in partners_sudo.with_context(active_test=False).search(
                [("email_normalized", "in", list(addresses))]
            ):
                address = person.email_normalized
                people[address] = people.get(address, partners_sudo) | person
        return people

    @api.model
    def _choose_contact(self, people, company, is_new):
        """Return the one of the people with an address who may be taken for it.

        None but a contact whose address is known to be its own: portal users write
        any address into the delivery addresses they create, customer administrators
        into the colleagues they name. Where several are left, staff decide.

        What lies there already is more than what is being written: such tickets go to
        nobody whom a portal user created, perhaps to get at them, and to no staff.
        What is filed on a website is of nobody with a login on another one.

        :param people: the partners with the address, or None
        :param res.company company: the ticket's
        :param bool is_new: the ticket is being filed
        :rtype: res.partner
        """
        nobody = self.env["res.partner"]
        websites = self.env["website"]
        website = websites.get_current_website(fallback=False) if is_new else websites
        contact_sudo = (
            (people or nobody)
            .sudo()
            .filtered(
                lambda person: (
                    person.active
                    and person.type == "contact"
                    and not person.support_unconfirmed
                    and person != company.partner_id
                    and person.company_id in (company, company.browse())
                    and person.website_id.company_id in (company, company.browse())
                )
            )
        )
        if website:
            here_sudo = contact_sudo.filtered(lambda p: p.website_id == website)
            anywhere_sudo = contact_sudo.filtered(lambda p: not p.website_id)
            contact_sudo = here_sudo or anywhere_sudo
        if len(contact_sudo) != 1:
            return nobody
        if not is_new and (
            contact_sudo.create_uid.share or not contact_sudo.partner_share
        ):
            return nobody
        return nobody.browse(contact_sudo.id)

    def _link_contacts_by_address(self, is_new=False):
        """Link those of the tickets without contact whose address tells the contact.

        :param bool is_new: the tickets are being filed, see ``_choose_contact``
        """
        waiting_sudo = self.sudo().filtered(
            lambda ticket: (
                not ticket.partner_id
                and not ticket.is_contact_removed
                and ticket.partner_email_normalized
            )
        )
        people = self._get_people_by_address(
            set(waiting_sudo.mapped("partner_email_normalized"))
        )
        found = defaultdict(self.browse)
        for ticket in waiting_sudo:
            contact = self._choose_contact(
                people.get(ticket.partner_email_normalized), ticket.company_id, is_new
            )
            found[contact] |= ticket
        found.pop(self.env["res.partner"], None)
        for contact, tickets in found.items():
            note = self.env._(
                "Linked to %(contact)s automatically, by the e-mail address.",
                contact=contact.sudo().display_name,
            )
            robot = self.env.ref("base.partner_root")
            tickets._link_contact(contact, note, author=robot)

    def _link_contact(self, contact, note, author=None):
        """Make somebody the contact of the tickets, and note it in the chatter.

        :param res.partner contact:
        :param str note: what to note, as plain text
        :param res.partner author: of the note; without, the current user
        """
        contact_sudo = contact.sudo()
        for empty_name, tickets in self.grouped(lambda t: not t.partner_name).items():
            vals = {"partner_id": contact.id}
            if empty_name:
                vals["partner_name"] = contact_sudo.name
            tickets.write(vals)
        without_email = self.filtered(lambda ticket: not ticket.partner_email)
        if without_email and contact_sudo.email:
            without_email.partner_email = contact_sudo.email
        self._message_log_batch(
            bodies=dict.fromkeys(self.ids, note),
            author_id=author.id if author else None,
        )

    def _get_present_contact(self):
        """Return the contact, unless they work for another customer by now.

        They don't see the ticket any more, and are not to hear of it either.
        """
        self.ensure_one()
        contact = self.partner_id
        customer = contact.sudo().commercial_partner_id
        return contact if customer == self.commercial_partner_id else contact.browse()

    @api.model
    def _cron_link_contacts(self, batch_size=200):
        """Link the tickets from before their contact was known, in batches."""
        tickets = self.with_context(active_test=False)
        known = self.env["res.partner"]._search(
            [("email_normalized", "!=", False), ("type", "=", "contact")]
        )
        domain = Domain(
            [
                ("partner_id", "=", False),
                ("is_contact_removed", "=", False),
                (
                    "partner_email_normalized",
                    "in",
                    known.subselect("email_normalized"),
                ),
            ]
        )
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=tickets.search_count(domain))
        last_id = 0
        while batch := tickets.search(
            domain & Domain("id", ">", last_id), order="id", limit=batch_size
        ):
            last_id = batch[-1].id  # what staff have to decide stays behind
            batch._link_contacts_by_address()
            if not commit_progress(len(batch)):
                break

    # ---------------------------------------------------
    # Addresses of people, and our own
    # ---------------------------------------------------

    @api.model
    def _get_addresses_of(self, person):
        """Return all addresses by which we know somebody.

        :rtype: set[str]
        """
        person_sudo = person.sudo()
        return {
            person_sudo.email_normalized,
            *email_normalize_all(person_sudo.email or ""),
            *map(email_normalize, person_sudo.user_ids.mapped("login")),
        } - {False, ""}

    @api.model
    def _find_staff(self, address):
        """Return the internal user with an address, as a contact.

        :rtype: res.partner
        """
        if not address:
            return self.env["res.partner"]
        users_sudo = self.env["res.users"].sudo()
        found_sudo = users_sudo.search(
            Domain("share", "=", False)
            & (
                Domain("login", "=", address)
                | Domain("partner_id.email_normalized", "=", address)
            ),
            limit=1,
        )
        return found_sudo.partner_id

    @api.model
    def _is_own_mail(self, address):
        """Tell whether an address is ours, so that our own mail has come back.

        Not when somebody of the staff uses it: small vendors have one for all.
        """
        return bool(
            self._filter_own_addresses([address]) and not self._find_staff(address)
        )

    @api.model
    def _filter_own_addresses(self, addresses):
        """Return those of the addresses that are aliases, or of a company.

        :rtype: set[str]
        """
        addresses = set(filter(None, addresses))
        mail = self._get_incoming_mail()
        if not mail:
            return self._find_own_addresses(addresses)
        if not addresses <= mail.checked_addresses:
            # all of the mail's at once: they will be asked for, too
            new = {*addresses, *mail.recipients} - mail.checked_addresses
            mail.own_addresses |= self._find_own_addresses(new)
            mail.checked_addresses |= new
        return addresses & mail.own_addresses

    @api.model
    def _find_own_addresses(self, addresses):
        addresses = list(addresses)
        domains_sudo = self.env["mail.alias.domain"].sudo()
        own = set(domains_sudo._find_aliases(addresses))
        companies_sudo = (
            self.env["res.company"]
            .sudo()
            .search([("partner_id.email_normalized", "in", addresses)])
        )
        return own | set(companies_sudo.partner_id.mapped("email_normalized"))

    # ---------------------------------------------------
    # Mail gateway
    # ---------------------------------------------------

    def _partner_find_from_emails(self, records_emails, filter_found=None, **kwargs):
        """Let nobody take part whose address somebody else wrote down.

        Unless they do already, or belong to the ticket's customer.
        """
        known_sudo = self.sudo().partner_id | self.sudo().message_partner_ids

        def is_person(partner):
            partner_sudo = partner.sudo()
            if filter_found and not filter_found(partner):
                return False
            return partner_sudo in known_sudo or (
                partner_sudo.type == "contact"
                and (
                    not partner_sudo.support_unconfirmed
                    or partner_sudo.commercial_partner_id
                    in self.sudo().commercial_partner_id
                )
            )

        return super()._partner_find_from_emails(
            records_emails, filter_found=is_person, **kwargs
        )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_link_contact(self):
        """Open the suggestions whose ticket this may be."""
        self.ensure_one()
        return self.env["support.ticket.link.wizard"]._open_for(self)
