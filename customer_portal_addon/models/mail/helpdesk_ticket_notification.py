from odoo import models
from odoo.fields import Domain
from odoo.tools import email_split

from ...tools.mail import mail_subjects
from ..base.mail_template import MAIL_LAYOUT

# How many messages before it a mail names, besides the one that began the thread
NAMED_ANCESTORS = 3


class HelpdeskTicket(models.Model):
    """How the messages of a ticket look in the mailboxes of customers."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Recipients and layout
    # ---------------------------------------------------

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Have the contact read what all participants read, also without following.

        Who writes a mail, or calls, does not follow; Odoo only proposes the contact to
        the agent, and other participants would answer past them. On the other hand
        Odoo sends an answer by mail to whoever is answered, even if they were removed.
        """
        msg_vals = dict(msg_vals or {})
        contact = self._get_present_contact() if self else self.env["res.partner"]
        if contact.email_normalized and self._is_for_everybody(message):
            recipients = msg_vals.get("partner_ids", message.sudo().partner_ids.ids)
            msg_vals["partner_ids"] = [*{*recipients, contact.id}]
        found = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self or message.sudo().message_type != "email":
            return found
        return [
            person
            for person in found
            if person["is_follower"]
            or not person["share"]
            or person["id"] == contact.id
        ]

    def _is_for_everybody(self, message):
        """Tell whether a message is one of the conversation, but not its first one."""
        message_sudo = message.sudo()
        subtype = message_sudo.subtype_id
        return (
            message_sudo.message_type in ("comment", "email")
            and not message_sudo.is_internal
            and not subtype.internal
            and subtype != self._creation_subtype()
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead customers to the portal, without a token, and in our layout."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        for name, _is_member, data in groups:
            if name != "user":
                data["active"] = True
                data["has_button_access"] = True
                data["button_access"] = self._get_portal_button()
        return groups

    def _notify_by_email_render_layout(self, message, recipients_group, **kwargs):
        if recipients_group.get("notification_group_name") != "user":
            msg_vals = {
                **(kwargs.get("msg_vals") or {}),
                "email_layout_xmlid": MAIL_LAYOUT,
            }
            kwargs["msg_vals"] = msg_vals
        return super()._notify_by_email_render_layout(
            message, recipients_group, **kwargs
        )

    def _get_portal_button(self):
        """Return address and title of the button that leads into the portal.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.get_base_url()}/my/ticket/{self.id}",
            "title": self.env._("Open service portal"),
        }

    # ---------------------------------------------------
    # Header
    # ---------------------------------------------------

    def _notify_by_email_get_headers(self, headers=None):
        """Name the others who get a mail by their addresses, not as our contacts.

        Whoever puts an address in copy must not learn whose it is.
        """
        headers = super()._notify_by_email_get_headers(headers=headers)
        others = headers.get("X-Msg-To-Add")
        if others:
            headers["X-Msg-To-Add"] = ",".join(email_split(others))
        return headers

    def _message_compute_subject(self):
        """Answer the subject that the customer knows, with the number."""
        self.ensure_one()
        return mail_subjects.as_answer(self.name, self.number)

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        """Give every mail the number, and the thread that mail programs show."""
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
        if self:
            subject = values.get("subject") or message.subject
            numbered = mail_subjects.with_number(subject, self.number)
            if numbered != message.subject:
                values["subject"] = numbered
            values["references"] = self._get_references(message)
        return values

    def _get_references(self, message=None):
        """Return the ids of the mails that a mail about the ticket belongs to.

        The first one holds the thread together, also for somebody who joined late.
        Internal notes, which Odoo names as well, don't belong to it.

        :param mail.message message: what is being sent, if it exists already
        :rtype: str
        """
        self.ensure_one()
        messages_sudo = self.env["mail.message"].sudo()
        domain = self._get_outgoing_domain()
        if message:
            domain &= Domain("id", "<", message.id)
        # confirmations used to be written before the mail that they confirm
        opening = domain & Domain("subtype_id", "=", self._creation_subtype().id)
        root_sudo = messages_sudo.search(
            opening & Domain("message_type", "=", "email"), limit=1
        ) or messages_sudo.search(domain, order="id", limit=1)
        last_sudo = messages_sudo.search(
            domain & Domain("message_type", "!=", "email_outgoing"),
            order="id desc",
            limit=NAMED_ANCESTORS,
        )
        thread_sudo = root_sudo | last_sudo.sorted("id")
        ids = thread_sudo.mapped("message_id")
        if message:
            ids.append(message.sudo().message_id)
        return " ".join(ids)

    def _get_outgoing_domain(self):
        """Return the domain of the messages that customers have in their mailboxes."""
        return Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_id", "!=", False),
                ("is_internal", "=", False),
                (
                    "message_type",
                    "in",
                    ("comment", "auto_comment", "email", "email_outgoing"),
                ),
            ]
        ) & (
            Domain("subtype_id", "=", False) | Domain("subtype_id.internal", "=", False)
        )

    # ---------------------------------------------------
    # Mails of stages
    # ---------------------------------------------------

    def _track_template(self, tracking):
        """Leave the mails of the stages to us: OCA's go to the contact only."""
        templates = super()._track_template(tracking)
        templates.pop("stage_id", None)
        for _template, options in templates.values():
            options["email_layout_xmlid"] = MAIL_LAYOUT
        return templates

    def _message_track_post_template(self, changes):
        result = super()._message_track_post_template(changes)
        if "stage_id" in (changes or ()):
            for ticket in self:
                ticket._mail_stage()
        return result

    def _mail_stage(self):
        """Send the mail of the stage that the ticket has come into, if it has one.

        It answers no machine, and nobody who may not be who the mail says.
        """
        self.ensure_one()
        if self._is_done_by_machine() or self._get_trust() == "fail":
            return
        template = self.stage_id.mail_template_id
        if template:
            neutral = self.env.ref(
                "customer_portal_addon.mail_template_ticket_neutral",
                raise_if_not_found=False,
            )
            self._mail_readers(template, neutral_template=neutral)
