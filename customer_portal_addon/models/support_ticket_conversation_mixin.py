from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools import form_values

MAX_REPLY_LENGTH = 50000


class SupportTicketConversationMixin(models.AbstractModel):
    """What customers read on a ticket, and what they may do there."""

    _name = "support.ticket.conversation.mixin"
    _description = "Conversation on Tickets in the Portal"

    # How often a contact may do something within an hour
    _portal_hourly_limits = {"ticket": 30, "message": 60}

    # ---------------------------------------------------
    # What they see
    # ---------------------------------------------------

    def _get_conversation_domain(self):
        """Return the domain of the personal, public messages of these tickets."""
        return Domain(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "in", ("comment", "email")),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ]
        )

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

    def _get_conversation_values(self):
        """Return the conversation as the ticket page prints it, the oldest first.

        :return: id, author, is_staff, date, body and files of each message
        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            {
                "id": message.id,
                "author": message.author_id.name or message.email_from,
                "is_staff": message.author_id and not message.author_id.partner_share,
                "date": message.date,
                "body": message.body,
                "files": message.attachment_ids.sorted("id"),
            }
            for message in self._get_conversation()
        ]

    def _get_participant_names(self):
        """Return the names of the people outside the staff who take part.

        Customers read the names of their own people only. Whomever else they have put
        in copy they see by the address that they typed: our contacts' names tell who
        has it.

        :rtype: list[str]
        """
        self.ensure_one()
        people = self.partner_id | self.message_partner_ids.filtered("partner_share")
        if not self.env.user.share:
            return people.mapped("name")
        own = people.filtered(self._is_known_reader)
        names = [
            person.name if person in own else person.email_normalized
            for person in people
        ]
        return list(filter(None, names))

    # ---------------------------------------------------
    # What they do
    # ---------------------------------------------------

    def _check_customer_may_post(self, message_type="comment"):
        """Refuse messages of portal users to closed tickets, and too many of them.

        Mails don't pass here as portal users: the gateway posts as itself. Nor does
        what Odoo itself says about a change, such as the mail of a stage.

        :raise UserError:
        """
        if not self.env.user.share or message_type != "comment":
            return
        if any(ticket.closed for ticket in self.sudo()):
            raise UserError(
                self.env._(
                    "This ticket is closed and takes no more messages here. Answer one "
                    "of our e-mails about it, or file a new ticket."
                )
            )
        self._check_hourly_limit("message")

    def _check_not_remote(self):
        """Refuse what portal users call over RPC instead of through our pages.

        Over RPC they could choose author, kind and recipients of a message.

        :raise AccessError:
        """
        if self.env.user.share and not self.env.su:
            raise AccessError(
                self.env._("Please use the pages of the portal to write messages.")
            )

    @api.model
    def _check_hourly_limit(self, what):
        """Refuse what a contact does too often; tickets for others count, too.

        :param str what: ``ticket`` or ``message``
        :raise UserError:
        """
        if not self.env.user.share:
            return
        since = fields.Datetime.now() - timedelta(hours=1)
        partner = self.env.user.partner_id
        limit = self._portal_hourly_limits[what]
        if what == "ticket":
            tickets_sudo = (
                self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
            )
            count = tickets_sudo.search_count(
                [("filed_by_id", "=", partner.id), ("create_date", ">", since)],
                limit=limit,
            )
        else:
            count = (
                self.env["mail.message"]
                .sudo()
                .search_count(
                    [
                        ("model", "=", "helpdesk.ticket"),
                        ("author_id", "=", partner.id),
                        ("date", ">", since),
                        ("message_type", "=", "comment"),
                    ],
                    limit=limit,
                )
            )
        if count >= limit:
            raise UserError(
                self.env._(
                    "That is a lot for one hour. Please wait a little before you send "
                    "more, or call us."
                )
            )

    def _post_customer_reply(self, values, files):
        """Post a customer's answer.

        :param dict values: name of an input -> list of posted strings (``body``)
        :param list files: of (name, content as bytes)
        :return: what is wrong by name of the input, empty when posted
        :rtype: dict
        """
        self.ensure_one()
        errors = {}
        body = form_values.clean_text((values.get("body") or [""])[0], multiline=True)
        try:
            attachments = self.sudo().type_id._parse_files(files)
        except UserError as error:
            attachments, errors["files"] = [], error.args[0]
        if not body and not attachments and not errors:
            errors["body"] = self.env._("Please write a message.")
        elif len(body) > MAX_REPLY_LENGTH:
            errors["body"] = self.env._(
                "Please use at most %(limit)s characters.", limit=MAX_REPLY_LENGTH
            )
        try:
            self._check_customer_may_post()
        except UserError as error:
            errors["body"] = error.args[0]
        if errors:
            ticket_type = self.sudo().type_id
            errors["files_again"] = ticket_type._get_files_again_message(files)
        else:
            self._post_checked_reply(body, attachments)
        return errors

    def _post_checked_reply(self, body, attachments):
        """Post an answer that was checked, as the current user.

        The access to the ticket is checked here again: nobody posts without.
        """
        self.check_access("read")
        ticket_sudo = self.sudo()
        ticket_sudo.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=plaintext2html(body),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
            attachments=[(file["name"], file["raw"]) for file in attachments],
        )

    def _get_portal_closing_stages(self):
        """Return the stages by which customers may close the ticket."""
        self.ensure_one()
        if self.closed:
            return self.env["helpdesk.ticket.stage"]
        ticket = self.with_company(self.company_id)
        return ticket.team_id._get_applicable_stages().filtered(
            lambda stage: stage.closed and stage.close_from_portal
        )

    def _close_from_portal(self, stage_id):
        """Move the ticket to a closing stage, on behalf of the current user.

        :param int stage_id: ignored unless it is one that customers may choose
        :return: whether the ticket was closed
        :rtype: bool
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        stage = ticket_sudo._get_portal_closing_stages().filtered(
            lambda stage: stage.id == stage_id
        )
        if stage:
            ticket_sudo.stage_id = stage
        return bool(stage)
