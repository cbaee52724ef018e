import hashlib
from textwrap import shorten

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html

from ...tools.form import form_values

MAX_REASON_LENGTH = 5000


class HelpdeskTicket(models.Model):
    """What customers may do with a ticket besides answering, and who may."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Who may do what
    # ---------------------------------------------------

    def _get_portal_actions(self):
        """Return what the current user may do with the ticket in its present state.

        People whom the customer has put in copy answer and leave; the rest is the
        business of the customer's own people, and of the staff who may change tickets.

        :rtype: set[str]
        """
        self.ensure_one()
        self.check_access("read")
        ticket_sudo = self.sudo()
        partner = self.env.user.partner_id
        if self.env.user.share:
            is_owner = ticket_sudo._is_of_customer(partner)
        else:
            is_owner = self.has_access("write")
        actions = set()
        if not ticket_sudo.closed:
            actions.add("reply")
            if is_owner:
                actions |= {"participants", "edit"}
                if ticket_sudo._get_portal_closing_stages():
                    actions.add("close")
        elif is_owner and ticket_sudo._can_be_reopened():
            actions.add("reopen")
        if partner in ticket_sudo.message_partner_ids - ticket_sudo.partner_id:
            actions.add("leave")
        return actions

    def _is_of_customer(self, partner):
        """Tell whether somebody works for the customer of the ticket."""
        self.ensure_one()
        return partner.commercial_partner_id == self.commercial_partner_id

    def _act_from_portal(self, action, values):
        """Do what the current user has chosen on the page of an action.

        :param str action: participants, edit, close, reopen or leave
        :param dict values: name of an input -> list of posted strings
        :return: what is wrong by name of the input (``form``: with all of it, ``news``:
            what others did in the meantime); empty when it is done
        :rtype: dict
        """
        self.ensure_one()
        acts = {
            "close": self._act_close,
            "edit": self._act_edit,
            "leave": self._act_leave,
            "participants": self._act_participants,
            "reopen": self._act_reopen,
        }
        if action not in self._get_portal_actions() & set(acts):
            return {"form": self._get_news(values) or self._get_refusal(action)}
        try:
            self._check_hourly_limit("change")
        except UserError as error:
            return {"form": error.args[0]}
        return acts[action](values)

    def _get_refusal(self, action):
        """Return why an action that was asked for is not possible, and what is."""
        _ = self.env._
        if action == "reopen" and self.sudo().closed:
            return _("This ticket was closed too long ago. Please file a new one.")
        if action == "reopen":
            return _("This ticket is open.")
        if self.sudo().closed:
            return _("This ticket is closed.")
        return _("You can't do that with this ticket. Please answer it instead.")

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

    # ---------------------------------------------------
    # Close and reopen
    # ---------------------------------------------------

    def _act_close(self, values):
        errors = self._get_news_error(values, ("message", "stage"))
        reason = self._parse_reason(values, errors)
        if errors:
            return errors
        ticket_sudo = self.sudo()
        stages_sudo = ticket_sudo._get_portal_closing_stages()
        posted = (values.get("stage_id") or [""])[0]
        stage_sudo = stages_sudo.filtered(lambda stage: str(stage.id) == posted)
        if posted and not stage_sudo:
            return {"form": self._get_refusal("close")}
        stage_sudo = stage_sudo or stages_sudo[:1]
        is_done = ticket_sudo._close(self.env.user.partner_id, reason, stage_sudo)
        return {} if is_done else {"form": self._get_refusal("close")}

    def _act_reopen(self, values):
        errors = self._get_news_error(values, ("message", "stage"))
        reason = self._parse_reason(values, errors)
        if not reason and not errors:
            errors["reason"] = self.env._("Please say what is still missing.")
        if not errors and not self.sudo()._reopen(self.env.user.partner_id, reason):
            errors["form"] = self._get_refusal("reopen")
        return errors

    def _parse_reason(self, values, errors):
        """Return what was said about closing or reopening; add what is wrong."""
        reason = form_values.clean_text(
            (values.get("reason") or [""])[0], multiline=True
        )
        if len(reason) > MAX_REASON_LENGTH:
            errors["reason"] = self.env._(
                "Please use at most %(limit)s characters.", limit=MAX_REASON_LENGTH
            )
        return reason

    def _note_for_staff(self, text):
        """Leave an internal note of the current user, and notify who is in charge."""
        self.ensure_one()
        self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=plaintext2html(text),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
            partner_ids=self.user_id.partner_id.ids,
        )
