from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html_sanitize

from ...tools.mail.mail_headers import ticket_numbers
from ...tools.mail.mail_quotes import split_quotes

# Values of a route that are no fields: they tell message_new about the mail
REFERRED = "support_referred_ticket"
ANSWERS_MACHINE = "support_answers_confirmation"


class HelpdeskTicket(models.Model):
    """Which mails are about tickets, and whether they answer one or are new ones."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Which ticket a mail is about
    # ---------------------------------------------------

    @api.model
    def _concerns_tickets(self, mail, model):
        """Tell whether a mail is about tickets, or comes to where they are filed.

        :param IncomingMail mail:
        :param str model: where mails without a known recipient go, or None
        """
        models_of_aliases = self._get_aliases(mail.recipients).alias_model_id
        if models_of_aliases:
            model_id = self.env["ir.model"]._get_id(self._name)
            return model_id in models_of_aliases.ids
        return model == self._name or bool(self._find_referred_message(mail))

    @api.model
    def _get_aliases(self, addresses):
        """Return the aliases that mails to these addresses come to.

        :rtype: mail.alias
        """
        if not addresses:
            return self.env["mail.alias"]
        local_parts = [address.partition("@")[0] for address in addresses]
        aliases_sudo = self.env["mail.alias"].sudo()
        return aliases_sudo.search_fetch(
            Domain("alias_full_name", "in", addresses)
            | (
                Domain("alias_name", "in", local_parts)
                & Domain("alias_incoming_local", "=", True)
            )
        )

    @api.model
    def _find_referred_message(self, mail):
        """Return the latest message of those that a mail answers, if of a ticket.

        :rtype: mail.message
        """
        messages_sudo = self.env["mail.message"].sudo()
        references = mail.get_answered_ids()
        if references:
            messages_sudo = messages_sudo.search(
                [("message_id", "in", references)], order="id desc", limit=1
            )
        return messages_sudo.filtered(lambda m: m.model == self._name and m.res_id)

    @api.model
    def _find_referred_ticket(self, mail):
        """Return the ticket that a mail is about, and the message that it answers.

        Without a usable reference the number in its subject tells.

        :rtype: tuple[helpdesk.ticket, mail.message]
        """
        tickets_sudo = self.sudo().with_context(active_test=False)
        message_sudo = self._find_referred_message(mail)
        ticket_sudo = tickets_sudo.browse(message_sudo.res_id or ()).exists()
        if ticket_sudo:
            return ticket_sudo, message_sudo
        nothing = message_sudo.browse()
        numbers = ticket_numbers(mail.text_of("Subject"))
        if not numbers:
            return ticket_sudo, nothing
        # companies may count alike
        found_sudo = tickets_sudo.search([("number", "in", numbers)], limit=10)
        answerable = found_sudo.filtered(
            lambda ticket: ticket._find_answering_person(mail.sender)
        )
        return (answerable or found_sudo)[:1], nothing

    # ---------------------------------------------------
    # What of a mail is new
    # ---------------------------------------------------

    @api.model
    def _split_quotes(self, body):
        """Split a mail into what was written, and the quotes and signature below it.

        :param body: HTML
        :return: the new part and the quoted one, empty when nothing is folded
        :rtype: tuple[markupsafe.Markup, markupsafe.Markup]
        """
        whole = html_sanitize(body or "", sanitize_attributes=False)
        parts = split_quotes(str(whole))
        if parts is None:
            return whole, whole[:0]
        own, quoted = (html_sanitize(part, sanitize_attributes=False) for part in parts)
        return own, quoted

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
    # The decision
    # ---------------------------------------------------

    @api.model
    def _decide_on_reply(self, mail, msg):
        """Decide whether a mail is an answer to a ticket, or a ticket of its own.

        :param IncomingMail mail:
        :param dict msg: the mail as Odoo has parsed it
        :return: None when it refers to no ticket. Else the ``ticket`` that it answers,
            empty for a new one; values for its ``message``; ``defaults`` of a new
            ticket that comes by no alias, and ``values`` of any new one
        :rtype: dict or None
        """
        ticket_sudo, parent_sudo = self._find_referred_ticket(mail)
        if not ticket_sudo:
            return None
        is_forged = mail.verdict == "fail"
        person = ticket_sudo._find_answering_person(mail.sender)
        if not is_forged and mail.is_automatic and (person or parent_sudo):
            note = {"is_internal": True, "author_id": person.id}
            return ticket_sudo._as_answer(note)
        if is_forged or not person:
            confirms = not parent_sudo or parent_sudo.message_type == "email_outgoing"
            values = {REFERRED: ticket_sudo.id, ANSWERS_MACHINE: confirms}
            return ticket_sudo._as_new(values)
        original_sudo = ticket_sudo._get_original()
        if original_sudo._find_answering_person(mail.sender):
            ticket_sudo = original_sudo
        if not ticket_sudo._may_go_on_by_mail(person):
            return ticket_sudo._as_new({"previous_ticket_id": ticket_sudo.id})
        return ticket_sudo._as_answer(
            {
                "author_id": person.id,
                **ticket_sudo._get_parent_values(parent_sudo, person),
            }
        )

    def _as_answer(self, message):
        return {"ticket": self, "message": message, "values": {}, "defaults": {}}

    def _as_new(self, values):
        """Return the decision for a ticket of its own, in the same team."""
        self.ensure_one()
        defaults = {"team_id": self.team_id.id, "company_id": self.company_id.id}
        return {
            "ticket": self.browse(),
            "message": {},
            "values": values,
            "defaults": defaults,
        }

    def _get_original(self):
        """Return the ticket that this one is a duplicate of, or itself."""
        self.ensure_one()
        seen = original = self
        while original.duplicate_id and original.duplicate_id not in seen:
            original = original.duplicate_id
            seen |= original
        return original

    def _get_parent_values(self, parent, person):
        """Return what an answer takes over from the message that it answers.

        Odoo sends the answer to the author of that one, whether or not he still takes
        part. Answers to notes are notes; but customers also answer the mails of a
        stage, which are notes by their kind only.

        Whoever knows the address of an agent can guess the number of a ticket: what
        staff write without answering a message goes to nobody outside, unless our
        mail server has confirmed who it is.
        """
        self.ensure_one()
        parent_sudo = parent.sudo()
        author_sudo = parent_sudo.author_id
        is_staff = not person.sudo().partner_share
        if not parent_sudo:
            return {"is_internal": is_staff and self._get_trust() != "pass"}
        is_note = parent_sudo.subtype_id.internal or parent_sudo.is_internal
        is_written = parent_sudo.message_type == "comment"
        values = {"is_internal": bool(is_note and (is_staff or is_written))}
        if (
            not author_sudo.partner_share
            or author_sudo <= self._get_people_taking_part()
        ):
            values["parent_id"] = parent_sudo.id
        return values

    @api.model
    def _get_safe_routes(self, mail, routes, values, msg):
        """Return the routes with values for new tickets; nobody acts by a forged name.

        Without their aliases: when something fails, Odoo would tell the sender so and
        mark the alias, in a transaction of its own. But the mail is set aside.

        Nor do they lead to tickets that we have not decided about.

        :param list routes: as of ``message_route``
        :param dict values: for new tickets
        :param dict msg: the mail as Odoo has parsed it
        """
        safe = []
        for model, thread_id, defaults, user_id, alias in routes or []:
            if model == self._name:
                if mail.verdict == "fail":
                    user_id = self.env.uid
                if thread_id != alias.alias_force_thread_id if alias else thread_id:
                    thread_id = 0
                    msg.pop("is_internal", None)
                if not thread_id:
                    defaults = {**(defaults or {}), **values}
                alias = None
            safe.append((model, thread_id, defaults, user_id, alias))
        return safe

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Recognise senders of many tickets, from the index.

        Without Odoo's domain, whose ``ilike`` reads the whole table.
        """
        return [("partner_email_normalized", "=", email_from_normalized)]

    # ---------------------------------------------------
    # How much
    # ---------------------------------------------------

    @api.model
    def _is_repeated(self, address, subject, limit):
        """Tell whether a sender has filed the same within an hour, or too much.

        To be asked before the ticket is created.
        """
        # the database's clock, by which tickets are created
        since = self.env.cr.now() - timedelta(hours=1)
        tickets_sudo = self.sudo().with_context(active_test=False)
        recent_sudo = tickets_sudo.search_fetch(
            [("partner_email_normalized", "=", address), ("create_date", ">", since)],
            ["name"],
            limit=limit,
        )
        return len(recent_sudo) >= limit or subject in recent_sudo.mapped("name")
