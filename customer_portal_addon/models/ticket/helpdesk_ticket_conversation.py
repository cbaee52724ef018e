from odoo import api, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """What customers read on a ticket: messages, files and changes of the status."""

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
