import hashlib
from datetime import timedelta
from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from ...tools.form import form_values
from ..form.ir_attachment import KEPT_AS_SENT

MAX_REPLY_LENGTH = 50000


class HelpdeskTicket(models.Model):
    """What customers read and write on a ticket: messages, files, the status."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _get_shown_domain(self):
        """Return the domain of what customers read of messages: personal and public."""
        return Domain(
            [
                ("model", "=", self._name),
                ("message_type", "in", ("comment", "email")),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ]
        )

    @api.model
    def _get_shown_search(self):
        """Return the domain of the messages that the current user may find.

        Visitors have no right to tickets; asking for theirs would be an error.
        """
        if not self.has_access("read"):
            return Domain.FALSE
        return self._get_shown_domain() & Domain("res_id", "in", self._search([]))

    def _get_conversation_domain(self):
        """Return the domain of the personal, public messages of these tickets."""
        return self._get_shown_domain() & Domain("res_id", "in", self.ids)

    def _get_opening_mail(self):
        """Return the mail that opened the ticket, empty when a form or staff did.

        It is the ticket's description and not told twice.
        """
        self.ensure_one()
        first = self.env["mail.message"].search(
            self._get_conversation_domain(), order="date, id", limit=1
        )
        return first.filtered(
            lambda mail: mail.message_type == "email" and mail.body == self.description
        )

    def _get_conversation(self):
        """Return the personal messages that customers see, the oldest first.

        :rtype: mail.message
        """
        self.ensure_one()
        messages = self.env["mail.message"].search(
            self._get_conversation_domain(), order="date, id"
        )
        return messages - self._get_opening_mail()

    def _get_last_message(self):
        """Return the latest of the personal messages, empty if there is none."""
        self.ensure_one()
        return self.env["mail.message"].search(
            self._get_conversation_domain(), order="id desc", limit=1
        )

    def _get_customer_files(self):
        """Return the files that customers may see of these tickets.

        :rtype: ir.attachment
        """
        messages = self.env["mail.message"].search(self._get_conversation_domain())
        return messages.attachment_ids | self.answer_ids.attachment_ids

    def _get_original_files(self):
        """Return the files that came with the original message."""
        self.ensure_one()
        files = self.answer_ids.attachment_ids | self._get_opening_mail().attachment_ids
        return files.sorted("id")

    def _get_original_values(self):
        """Return the description as the page prints it: body, and what it quotes."""
        self.ensure_one()
        body, quote = self._split_quotes(self.description)
        return {"body": body, "quote": quote}

    def _get_priority_label(self):
        """Return how urgent the ticket is, empty if it is like most."""
        self.ensure_one()
        labels = dict(self.type_id._get_priority_options())
        return "" if self.priority == "1" else labels.get(self.priority, "")

    def _get_conversation_values(self):
        """Return what the ticket page prints below the description, the oldest first.

        :return: of each message id, author, is_staff, date, body, quote and files; of
            each change of the status date, status, label and author (when a customer)
        :rtype: list[dict]
        """
        self.ensure_one()
        entries = [self._get_message_values(msg) for msg in self._get_conversation()]
        history = self._get_status_history()
        return sorted(entries + history, key=lambda entry: entry["date"])

    def _get_message_values(self, message):
        own, quote = self._split_quotes(message.body)
        return {
            "id": message.id,
            "author": message.author_id.name or message.email_from,
            "is_staff": message.author_id and not message.author_id.partner_share,
            "date": message.date,
            "body": own,
            "quote": quote,
            "files": message.attachment_ids.sorted("id"),
        }

    def _get_status_history(self):
        """Return the changes of the status, the oldest first.

        They are read from what Odoo tracks. One stage may follow another within a
        status; stages that are gone are left out.

        :return: date, status, label and author (empty: our team) of each
        :rtype: list[dict]
        """
        self.ensure_one()
        field = self.env["ir.model.fields"]._get(self._name, "stage_id")
        tracked_sudo = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id", "=", field.id),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
                ],
                order="id",
            )
        )
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        roles = {stage.id: stage.portal_role for stage in stages.search([])}
        labels = stages._get_status_labels()
        history, before = [], None
        for change_sudo in tracked_sudo:
            before = before or roles.get(change_sudo.old_value_integer)
            status = roles.get(change_sudo.new_value_integer)
            if status and status != before:
                author = change_sudo.mail_message_id.author_id
                history.append(
                    {
                        "date": change_sudo.mail_message_id.date,
                        "status": status,
                        "label": labels[status],
                        "author": author.partner_share and author.name,
                    }
                )
                before = status
        return history

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    def _creation_subtype(self):
        """Know the subtype without asking the database each time if it is there."""
        xmlid = "helpdesk_mgmt.hlp_tck_created"
        subtype_id = self.env["ir.model.data"].sudo()._xmlid_to_res_id(xmlid)
        return self.env["mail.message.subtype"].browse(subtype_id or ())

    def _post_as(self, partner, text, **kwargs):
        """Post a personal, public message of somebody.

        :param res.partner partner: the author
        :param str text: plain
        """
        self.ensure_one()
        ticket = self.with_context(mail_post_autofollow_author_skip=True)
        return ticket.with_context(**KEPT_AS_SENT).message_post(
            body=plaintext2html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=partner.id,
            **kwargs,
        )

    def _note_for_staff(self, text):
        """Leave an internal note of the current user, and notify who is in charge."""
        self.ensure_one()
        self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=plaintext2html(text),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
            partner_ids=self.user_id.partner_id.ids,
        )

    def _post_customer_reply(self, values, files):
        """Post a customer's answer, once, unless there is news that matters for it.

        :param dict values: name of an input -> list of posted strings (``body``, and
            the page's mark as ``seen``)
        :param list files: of (name, content as bytes)
        :return: what is wrong by name of the input, empty when posted
        :rtype: dict
        """
        self.ensure_one()
        body = form_values.clean_text((values.get("body") or [""])[0], multiline=True)
        if self._is_sent_again(body, files):
            return {}
        errors = self._get_news_error(values, ("message", "stage"))
        if len(body) > MAX_REPLY_LENGTH:
            errors["body"] = self.env._(
                "Please use at most %(limit)s characters.", limit=MAX_REPLY_LENGTH
            )
        try:
            self._check_customer_may_post()
        except UserError as error:
            errors["body"] = error.args[0]
        attachments = self._parse_reply_files(files, errors)
        if not body and not attachments and not errors:
            errors["body"] = self.env._("Please write a message.")
        if errors:
            ticket_type = self.sudo().type_id
            errors["files_again"] = ticket_type._get_files_again_message(files)
        else:
            self._post_checked_reply(body, attachments)
        return errors

    def _parse_reply_files(self, files, errors):
        """Return the files of an answer; add what is wrong with them."""
        try:
            return self.sudo().type_id._parse_files(files, look=not errors)
        except UserError as error:
            errors["files"] = error.args[0]
            return []

    def _is_sent_again(self, body, files):
        """Tell whether the last message is this one: somebody has clicked twice."""
        last_sudo = self.sudo()._get_last_message()
        since = fields.Datetime.now() - timedelta(minutes=2)
        return bool(
            last_sudo.author_id == self.env.user.partner_id
            and last_sudo.date > since
            and last_sudo.body == plaintext2html(body)
            and len(last_sudo.attachment_ids) == len([f for f in files if f[0]])
        )

    def _post_checked_reply(self, body, attachments):
        """Post an answer that was checked, as the current user.

        The access to the ticket is checked here again: nobody posts without.
        """
        self.check_access("read")
        files = [(file["name"], file["raw"]) for file in attachments]
        self.sudo()._post_as(self.env.user.partner_id, body, attachments=files)

    # ---------------------------------------------------
    # Two at a time
    # ---------------------------------------------------

    def _get_seen_mark(self):
        """Return a mark of what a page shows, which its forms send back.

        :return: id of the last message, id of the stage, and a digest of the details
        :rtype: str
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        details = [ticket_sudo.name, ticket_sudo.priority]
        details += [ticket_sudo.phone_availability or ""]
        details += [
            f"{answer.field_id.id} {answer.value}" for answer in ticket_sudo.answer_ids
        ]
        digest = hashlib.sha256("\n".join(details).encode()).hexdigest()[:16]
        last = ticket_sudo._get_last_message()
        return f"{last.id or 0}.{ticket_sudo.stage_id.id}.{digest}"

    def _get_news(self, values, parts=("message", "stage")):
        """Return what happened since the page was made that a form was sent from.

        :param dict values: as posted, with the page's mark as ``seen``
        :param parts: of the ticket that matter: message, stage and details
        :return: in the words of the reader, empty if nothing happened
        :rtype: str
        """
        self.ensure_one()
        seen = (values.get("seen") or [""])[0].split(".")
        if len(seen) != 3:
            return ""
        now = self._get_seen_mark().split(".")
        names = ("message", "stage", "details")
        marks = zip(names, seen, now, strict=True)
        changed = [part for part, old, new in marks if part in parts and old != new]
        return "\n".join(self._get_news_of(part) for part in changed)

    def _get_news_of(self, part):
        _ = self.env._
        ticket_sudo = self.sudo()
        if part == "stage":
            status = ticket_sudo._get_status_label()
            return _("In the meantime the status became “%(status)s”.", status=status)
        if part == "details":
            return _("In the meantime somebody else has changed the details.")
        message_sudo = ticket_sudo._get_last_message()
        return _(
            "In the meantime %(author)s has written: “%(text)s”",
            author=message_sudo.author_id.name or message_sudo.email_from or "",
            text=shorten(html2plaintext(message_sudo.body), 300, placeholder="…"),
        )

    def _get_news_error(self, values, parts):
        """Return the news as the error of a form, empty if there are none."""
        news = self._get_news(values, parts)
        return {"form": news, "is_news": True} if news else {}
