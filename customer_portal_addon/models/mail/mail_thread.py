import logging
from xmlrpc.client import Binary

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import email_normalize, plaintext2html
from odoo.tools.mail import email_normalize_all, unfold_references

from ...exceptions import LeadsToTicket
from ...tools.mail.incoming_mail import IncomingMail
from ...tools.mail.mail_headers import is_plausible_date
from ...tools.mail.mail_text import limit_mail, storable
from ..form.ir_attachment import KEPT_AS_SENT

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """The gateway, for mails about tickets; all others pass as if it were Odoo's.

    The mail travels along in the context, as ``support_mail``: Odoo's gateway lies
    between those who look at it, and hands on nothing else. What is found out about it
    on the way is noted in its attributes.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Lose no mail about a ticket: what cannot be processed is set aside."""
        # Odoo lets them call this: they would write in the name of anybody
        self._refuse_customers()
        raw = message.data if isinstance(message, Binary) else message
        raw = raw.encode() if isinstance(raw, str) else bytes(raw)
        mail = IncomingMail(raw)
        options = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        tickets = self.env["helpdesk.ticket"]
        if not tickets._concerns_tickets(mail, model):
            mail.is_elsewhere = True
            elsewhere = super(MailThread, self.with_context(support_mail=mail))
            try:
                return elsewhere.message_process(model, mail.limited, **options)
            except LeadsToTicket:
                _logger.info("About a ticket after all: mail %s", mail.message_id)
                mail.is_elsewhere = False
        context = {**KEPT_AS_SENT, "support_mail": mail}
        gateway = super(MailThread, self.with_context(**context))
        try:
            with self.env.cr.savepoint():
                result = gateway.message_process(model, mail.without_nul(), **options)
        except OperationalError:
            raise  # the transaction is tried again
        except Exception as error:
            _logger.info("Set aside: mail %s", mail.message_id, exc_info=True)
            mail.put_aside = [("broken", f"{type(error).__name__}: {error}")]
            result = False
        self.env["support.mail.aside"]._keep(mail, tickets.browse(result or ()))
        return result

    @api.model
    def _get_incoming_mail(self):
        """Return the mail that is being processed, if it is about tickets.

        Only our object counts, which no remote caller can send.

        :rtype: IncomingMail | None
        """
        mail = self.env.context.get("support_mail")
        is_ours = isinstance(mail, IncomingMail) and not mail.is_elsewhere
        return mail if is_ours else None

    @api.model
    def _is_done_by_machine(self):
        """Tell whether a mail is the cause that no person wrote, about whatever."""
        mail = self.env.context.get("support_mail")
        return isinstance(mail, IncomingMail) and mail.is_automatic

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    @api.model
    def message_parse(self, message, save_original=False):
        """Read what can be read of a mail about tickets, and limit its size."""
        mail = self._get_incoming_mail()
        if not mail:
            return super().message_parse(message, save_original=save_original)
        cut, missing = self._limit_mail(mail, message)
        values = super().message_parse(message, save_original=save_original)
        for key, value in values.items():
            if isinstance(value, str):
                values[key] = type(value)(storable(value))
        values["attachments"] += [
            self._Attachment(name, content, {}) for name, content in cut
        ]
        hints = []
        if cut:
            hints.append(
                self.env._("The text is too long. You find all of it in the file.")
            )
        if missing:
            hints.append(
                self.env._("Not all of the files could be taken. Ask us for them.")
            )
        for hint in hints:
            values["body"] += plaintext2html(hint)
        self._check_sender(mail, values)
        # whatever Odoo takes for a reference, so that it finds no other ticket than we
        mail.add_found(
            [*unfold_references(values["references"]), values["in_reply_to"]],
            email_normalize_all(values["recipients"]),
        )
        self._check_date(values)
        values["message_id"] = self._get_free_message_id(values)
        return values

    def _limit_mail(self, mail, message):
        """Take out of a mail what is too much, in place, and note what was.

        :return: the texts that were cut, in full, and whether files are missing
        :rtype: tuple[list, bool]
        """
        cut, shed, broken = limit_mail(message)
        if broken:
            detail = self.env._("Unreadable parts: %(count)s.", count=broken)
            mail.set_aside("broken", detail)
        if shed:
            detail = self.env._("Files left out: %(count)s.", count=shed)
            mail.set_aside("too_large", detail)
        return cut, bool(shed or broken)

    @api.model
    def _check_sender(self, mail, values):
        """Believe nobody whom Odoo takes for somebody else than mail programs do."""
        if email_normalize(values["email_from"]) != email_normalize(mail.sender):
            mail.verdict = "fail"

    @api.model
    def _check_date(self, values):
        """Forget made-up dates: conversations and lists are sorted by them."""
        date = fields.Datetime.to_datetime(values.get("date"))
        if date and not is_plausible_date(date, fields.Datetime.now()):
            del values["date"]

    @api.model
    def _get_free_message_id(self, values):
        """Return the mail's id, another one when a different mail has it already.

        Odoo drops what it takes for the same mail once more: whoever guesses an id
        would keep somebody else's mail away from us.
        """
        message_id = values["message_id"]
        known_sudo = (
            self.env["mail.message"]
            .sudo()
            .search([("message_id", "=", message_id)], limit=1)
        )
        if not known_sudo:
            return message_id
        is_same = email_normalize(known_sudo.email_from) == email_normalize(
            values["email_from"]
        ) and (known_sudo.subject or "") == (values.get("subject") or "")
        if is_same or known_sudo.message_type != "email":
            return message_id
        return self.env["mail.message"]._get_message_id({})

    # ---------------------------------------------------
    # Routing
    # ---------------------------------------------------

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Let only those answer a ticket who take part in it.

        Odoo isn't asked where it would find a route that we have decided against: for
        our own mails, and for answers that come by no other alias.
        """
        mail = self._get_incoming_mail()
        tickets = self.env["helpdesk.ticket"]
        if not mail or thread_id or message_dict.get("is_bounce"):
            routes = super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
            found = self.env.context.get("support_mail")
            is_elsewhere = isinstance(found, IncomingMail) and found.is_elsewhere
            leads_here = any(route[0] == tickets._name for route in routes or ())
            if is_elsewhere and leads_here:
                raise LeadsToTicket()
            return routes
        if tickets._is_own_mail(mail.sender):
            mail.set_aside("own", "")
            return []
        decision = tickets._decide_on_reply(mail, message_dict)
        if decision is None:
            routes = super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
            return tickets._get_safe_routes(mail, routes, {}, message_dict)
        for key in ("parent_id", "is_internal"):
            message_dict.pop(key, None)
        message_dict.update(references="", in_reply_to="")
        aliases = tickets._get_aliases(mail.recipients)
        others = aliases.filtered(lambda a: a.alias_model_id.model != tickets._name)
        routes = []
        if others or (aliases and not decision["ticket"]):
            routes = super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        elif not decision["ticket"]:
            defaults = {**decision["defaults"], **(custom_values or {})}
            routes = [(tickets._name, 0, defaults, self.env.uid, None)]
        if decision["ticket"]:
            routes = [route for route in routes if route[0] != tickets._name]
            message_dict.update(decision["message"])
            user = self._mail_find_user_for_gateway(message_dict["email_from"])
            user_id = user.id or self.env.uid
            reply = (tickets._name, decision["ticket"].id, None, user_id, None)
            return [*routes, reply]
        return tickets._get_safe_routes(mail, routes, decision["values"], message_dict)

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Set aside what Odoo would drop, and answer none of it.

        Its answers would be answered: that makes the loop.
        """
        mail = self._get_incoming_mail()
        if not mail:
            return super()._detect_loop_sender(message, message_dict, routes)
        mail.is_silent = True
        try:
            is_loop = super()._detect_loop_sender(message, message_dict, routes)
        finally:
            mail.is_silent = False
        if is_loop:
            mail.set_aside("loop", "")
        return is_loop

    @api.model
    def _detect_loop_headers(self, msg_dict):
        is_loop = super()._detect_loop_headers(msg_dict)
        mail = self._get_incoming_mail()
        if is_loop and mail:
            mail.set_aside("loop", "")
        return is_loop

    def _routing_create_bounce_email(self, email_from, body_html, message, **values):
        """Answer no machine, and nobody who may not be who the mail says.

        Odoo's method does nothing else than send the answer.
        """
        mail = self._get_incoming_mail()
        if mail and not mail.may_be_answered():
            return None
        return super()._routing_create_bounce_email(
            email_from, body_html, message, **values
        )

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Tell staff on the ticket that a mail about it did not arrive.

        Receipts come this way, too.
        """
        result = super()._routing_handle_bounce(email_message, message_dict)
        mail = self._get_incoming_mail()
        tickets = self.env["helpdesk.ticket"]
        if not tickets._note_bounce(message_dict) and mail:
            mail.set_aside("bounce", "")
        return result

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Note what leads nowhere, and where the tickets stand that it leads to."""
        mail = self._get_incoming_mail()
        if mail:
            tickets_sudo = self.env["helpdesk.ticket"].sudo()
            ids = [each[1] for each in routes or () if each[0] == tickets_sudo._name]
            tickets_sudo = tickets_sudo.browse(filter(None, ids)).exists()
            mail.stages = {ticket.id: ticket.stage_id.id for ticket in tickets_sudo}
        is_bounce = message_dict.get("is_bounce")
        if mail and not routes and not is_bounce and not mail.put_aside:
            mail.set_aside("unroutable", "")
        return super()._message_route_process(message, message_dict, routes)
