from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import html2plaintext, parse_contact_from_email, plaintext2html

from ...tools.text.names import person_name
from .helpdesk_ticket_mail_reply import ANSWERS_MACHINE, REFERRED

# A person rarely files more within an hour, an answering machine in a loop does
MAX_CONFIRMATIONS = 5


class HelpdeskTicket(models.Model):
    """Mails that arrive: whose ticket they belong to, and what becomes of them."""

    _inherit = "helpdesk.ticket"

    # How many senders whom nobody knew are answered within an hour
    _max_new_senders = 60

    previous_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Continues ticket",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
        help="The closed ticket that a later mail answered.",
    )

    # ---------------------------------------------------
    # New tickets
    # ---------------------------------------------------

    @api.model
    def message_new(self, msg, custom_values=None):
        """Open a ticket for the one contact whom the sender's address belongs to.

        Odoo takes any of several for the author, and OCA lets them follow the ticket.
        An unknown sender becomes a contact, unless a machine wrote, or the mail is
        not from whom it says.
        """
        values = dict(custom_values or {})
        referred_sudo = self.sudo().browse(values.pop(REFERRED, None) or ())
        answers_machine = values.pop(ANSWERS_MACHINE, False)
        team = self.env["helpdesk.ticket.team"].browse(values.get("team_id"))
        company = team.company_id or self.env["res.company"].browse(
            values.get("company_id")
        )
        sender = self.with_company(company or self.env.company)
        trust = sender._get_trust()
        agent, original = sender._read_forward(msg, trust)
        name, address = parse_contact_from_email(msg.get("email_from") or "")
        contact, is_new = sender._get_sender_contact(name, address, trust)
        values.setdefault("partner_name", contact.name or person_name(name))
        values.setdefault("user_id", False)  # OCA assigns it to whoever writes
        channel_id = (
            self.env["ir.model.data"]
            .sudo()
            ._xmlid_to_res_id("helpdesk_mgmt.helpdesk_ticket_channel_email")
        )
        values.setdefault("channel_id", channel_id)
        if trust == "fail":
            values["is_contact_removed"] = True  # nobody is linked later, either
        msg["author_id"] = contact.id
        subject = values.get("name") or msg.get("subject")
        is_repeated = sender._is_repeated(address, subject, MAX_CONFIRMATIONS)
        ticket = super().message_new({**msg, "to": "", "cc": ""}, custom_values=values)
        ticket._note_circumstances(trust, referred_sudo, agent and original)
        ticket.message_subscribe((contact | agent).ids)
        ticket._add_people_in_copy(msg, agent or contact)
        if not (is_repeated or answers_machine or trust == "fail"):
            ticket._confirm_mail(is_new, trust)
        return ticket

    @api.model
    def _get_sender_contact(self, name, address, trust):
        """Return the contact of a sender, and whether it was created just now.

        :rtype: tuple[res.partner, bool]
        """
        if trust == "fail":
            return self.env["res.partner"], False
        contact = self._find_contact_by_address(address, is_new=True)
        if contact or not self._may_become_contact(address):
            return contact, False
        return self._create_contact(name, address), True

    @api.model
    def _may_become_contact(self, address):
        """Tell whether the sender of a mail is somebody new.

        Not when any contact has the address already, archived or not confirmed: staff
        decide. Delivery addresses don't count, in which customers write any address.
        Nor are our own addresses, whose mails come back, those of somebody.
        """
        people = self._get_people_by_address([address] if address else [])
        known_sudo = people.get(address, self.env["res.partner"])
        return bool(
            address
            and not self._is_done_by_machine()
            and "contact" not in known_sudo.mapped("type")
            and not self._filter_own_addresses([address])
        )

    @api.model
    def _create_contact(self, name, address):
        """Create the contact of an unknown sender; nobody guesses the customer.

        :param str name: as the sender wrote it
        :param str address: normalised
        :rtype: res.partner
        """
        # Nobody chose to create the contact: the mail came
        contact_sudo = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": person_name(name) or address,
                    "email": address,
                    "lang": self.env.company.partner_id.lang,
                }
            )
        )
        return self.env["res.partner"].browse(contact_sudo.id)

    def _confirm_mail(self, is_new, trust):
        """Have the mail confirmed; whoever may be a stranger gets none of his words.

        :param bool is_new: the contact was created by the mail
        :param str trust: as of :meth:`_get_trust`
        """
        self.ensure_one()
        is_automatic = self._is_done_by_machine()
        if is_automatic or not self.partner_id.partner_share:
            return
        if is_new and self._has_many_new_senders():
            return
        customer = self.commercial_partner_id
        is_alone = customer == self.partner_id and not customer.is_company
        unverified = is_new or (trust != "pass" and is_alone)
        self.sudo().pending_confirmation = "unverified" if unverified else "known"
        self._trigger_confirmations()

    @api.model
    def _has_many_new_senders(self):
        """Tell whether mails come from ever new senders: most likely made-up ones.

        The latest tickets are enough to see it, whatever their number.
        """
        since = self.env.cr.now() - timedelta(hours=1)
        limit = self._max_new_senders
        tickets_sudo = self.sudo().with_context(active_test=False)
        # those filed without a login have no contact yet when it is their turn
        domain = [("pending_confirmation", "!=", "stranger")]
        latest_sudo = tickets_sudo.search(domain, order="id desc", limit=3 * limit)
        strangers_sudo = latest_sudo.filtered(
            lambda ticket: ticket.partner_id and ticket.partner_id.create_date > since
        )
        return len(strangers_sudo) > limit

    def _note_circumstances(self, trust, referred, original):
        """Tell staff what is special about the mail that opened the ticket.

        :param str trust: as of :meth:`_get_trust`
        :param helpdesk.ticket referred: whose messages or number the sender knows
        :param original: what an agent has forwarded, as it came
        """
        self.ensure_one()
        _ = self.env._
        notes = []
        if trust == "fail":
            notes.append(
                _(
                    "The sender of this mail may be forged, or can't be told. Nobody "
                    "was made the contact, and nobody was answered."
                )
            )
        if referred:
            notes.append(
                _(
                    "The sender refers to ticket %(ticket)s but takes no part in it.",
                    ticket=referred._get_html_link(title=referred.number),
                )
            )
        previous_sudo = self.sudo().previous_ticket_id
        if previous_sudo:
            link = previous_sudo._get_html_link(title=previous_sudo.number)
            notes.append(_("Continues the closed ticket %(ticket)s.", ticket=link))
            link = self._get_html_link(title=self.number)
            note = _("A late answer opened the new ticket %(ticket)s.", ticket=link)
            previous_sudo._message_log(body=note)
        if original:
            notes.append(original)
        for note in notes:
            self._message_log(body=note)

    # ---------------------------------------------------
    # Whom to believe
    # ---------------------------------------------------

    @api.model
    def _get_trust(self):
        """Return whether the mail being processed is from whom it says.

        :return: ``pass``, ``fail`` or ``unknown``
        """
        mail = self._get_incoming_mail()
        if not mail:
            return "unknown"
        company = self.company_id[:1] or self.env.company
        server = (company.sudo().support_mail_server or "").strip().lower()
        return mail.get_trust(server)

    # ---------------------------------------------------
    # What arrives with them
    # ---------------------------------------------------

    def _show_pictures_of_opening(self, message):
        """Show the pictures of the opening mail in the description as well."""
        is_opening = message.subtype_id == self._creation_subtype()
        is_mail = message.message_type == "email"
        if is_opening and is_mail and message.attachment_ids:
            if "cid:" in (self.description or ""):
                self.sudo().description = message.body

    @api.model
    def _note_bounce(self, msg):
        """Note on the ticket what a mail server reports: mostly that it failed.

        :param dict msg: the report
        :return: whether it is about a ticket
        :rtype: bool
        """
        message_sudo = msg.get("bounced_message") or self.env["mail.message"]
        if not message_sudo and msg.get("parent_id"):
            message_sudo = message_sudo.browse(msg["parent_id"])
        message_sudo = message_sudo.sudo().filtered(lambda m: m.model == self._name)
        ticket_sudo = self.sudo().browse(message_sudo.res_id or ()).exists()
        if not ticket_sudo:
            return False
        text = html2plaintext(msg.get("body") or "").strip()[:2000]
        note = self.env._(
            "Report about a mail to %(address)s:\n%(text)s",
            address=msg.get("bounced_email") or self.env._("an unknown address"),
            text=text,
        )
        ticket_sudo._message_log(body=plaintext2html(note))
        return True
