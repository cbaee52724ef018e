from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...tools.form import form_values
from ..form.ir_attachment import KEPT_AS_SENT

MAX_REPLY_LENGTH = 50000


class HelpdeskTicket(models.Model):
    """How customers answer in the portal, how much, and when not."""

    _inherit = "helpdesk.ticket"

    # How often a contact may do something within an hour
    _portal_hourly_limits = {"ticket": 30, "message": 60, "change": 30}

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

    @api.model
    def _check_hourly_limit(self, what):
        """Refuse what a contact does too often; tickets for others count, too.

        :param str what: ``ticket``, ``message`` or ``change``
        :raise UserError:
        """
        if not self.env.user.share:
            return
        since = fields.Datetime.now() - timedelta(hours=1)
        me = self.env.user.partner_id.id
        limit = self._portal_hourly_limits[what]
        if what == "ticket":
            records_sudo = self.env["helpdesk.ticket"].sudo()
            domain = [("filed_by_id", "=", me), ("create_date", ">", since)]
        else:
            records_sudo = self.env["mail.message"].sudo()
            kind = "comment" if what == "message" else "notification"
            domain = [
                ("model", "=", "helpdesk.ticket"),
                ("author_id", "=", me),
                ("date", ">", since),
                ("message_type", "=", kind),
            ]
        records_sudo = records_sudo.with_context(active_test=False)
        who = f"{what} {me}"
        if self.env["support.limit"]._is_reached(records_sudo, domain, limit, who):
            raise UserError(
                self.env._(
                    "That is a lot for one hour. Please wait a little before you send "
                    "more, or call us."
                )
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

    def _get_portal_closing_stages(self):
        """Return the stages by which customers may close the ticket."""
        self.ensure_one()
        if self.closed:
            return self.env["helpdesk.ticket.stage"]
        ticket = self.with_company(self.company_id)
        return ticket.team_id._get_applicable_stages().filtered(
            lambda stage: stage.closed and stage.close_from_portal
        )
