import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize

from .support_access_mail import HOUR, TOKEN_ANSWERS

_logger = logging.getLogger(__name__)


class SupportAccessMail(models.Model):
    """How access mails are sent, how many, and what they say."""

    _inherit = "support.access.mail"

    # How many mails go out within an hour
    _limit_per_address = 3
    _limit_per_source = 20
    _limit_invitations = 60

    # ---------------------------------------------------
    # Sending
    # ---------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send what was asked for, one after the other; go on later when stopped."""
        cron = self.env["ir.cron"]
        is_pending = fields.Domain("state", "=", "pending")
        is_invitation = fields.Domain("kind", "=", "invitation")
        pending = self.search(is_pending & ~is_invitation, order="id", limit=500)
        left = self._count_invitations_left()
        # those who wait for a password come before those who did not ask
        invitations = self.search(
            is_pending & is_invitation, order="id", limit=left + 1
        )
        if len(invitations) > left:  # nothing is lost, but spread over the hours
            cron_record = self.env.ref("customer_portal_addon.ir_cron_access_mail")
            cron_record._trigger(fields.Datetime.now() + HOUR)
        pending += invitations[:left]
        cron._commit_progress(remaining=len(pending))
        for mail in pending:
            try:
                with self.env.cr.savepoint():
                    mail._send()
            except OperationalError:
                raise  # the cron tries once more
            except Exception:
                _logger.exception("Access mail %s failed", mail.id)
                mail.state = "failed"
            if not cron._commit_progress(1):
                return

    def _count_invitations_left(self):
        since = fields.Datetime.now() - HOUR
        sent = self.search_count(
            [("kind", "=", "invitation"), ("sent_at", ">", since)],
        )
        return max(0, self._limit_invitations - sent)

    def _send(self):
        """Answer one wish within the limits."""
        self.ensure_one()
        if self._is_limit_reached():
            self.state = "limited"
            return
        finders = {
            "registration": self._find_registration_answer,
            "invitation": self._find_invitation_answer,
            "reset": self._find_reset_answer,
        }
        self._send_answer(*finders[self.kind]())

    def _is_limit_reached(self):
        """Tell whether enough such mails went to this address, or for this source.

        Each kind counts for itself: whoever has somebody's address registered three
        times must not keep that person from a new password.
        """
        since = fields.Datetime.now() - HOUR
        mails = self.with_context(active_test=False)
        sent = fields.Domain("sent_at", ">", since) & fields.Domain("id", "!=", self.id)
        by_address = fields.Domain("email", "=", self.email)
        by_address &= fields.Domain("kind", "=", self.kind)
        if mails.search_count(sent & by_address) >= self._limit_per_address:
            return True
        by_source = fields.Domain("source_key", "=", self.source_key)
        return bool(
            self.source_key
            and mails.search_count(sent & by_source) >= self._limit_per_source
        )

    def _send_answer(self, answer, contact):
        """Mail the answer to the address, if there is one.

        :param str answer: a key of the field, False: nothing is sent
        :param res.partner contact: whom it is about; may be empty
        """
        address = self.email
        if answer in TOKEN_ANSWERS:
            # whatever was typed: a token only ever goes to the contact's own address
            address = contact.email_normalized
        vals = {"partner_id": contact.id, "answer": answer}
        if contact.lang and self.kind != "registration":  # that was read in its own
            vals["lang"] = contact.lang
        if not answer or not email_normalize(address):
            self.write({**vals, "answer": False, "state": "withheld"})
            return
        if answer in TOKEN_ANSWERS:
            contact.signup_prepare("reset" if answer == "reset" else "signup")
        self.write({**vals, "state": "sent", "sent_at": fields.Datetime.now()})
        template = self.env.ref(f"customer_portal_addon.mail_template_access_{answer}")
        # no record's message and nobody's: staff must not read the token in it
        template.with_user(SUPERUSER_ID).send_mail(
            self.id,
            email_values={
                "email_to": address,
                "headers": repr({"Auto-Submitted": "auto-generated"}),
                "model": False,
                "res_id": False,
            },
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # ---------------------------------------------------
    # What the mails say
    # ---------------------------------------------------

    def _get_greeting_name(self):
        """Return the name to greet with: never one that a stranger typed.

        Whoever writes to us in another's name must not have us send his words to them.
        """
        self.ensure_one()
        contact = self.partner_id
        is_ours = contact.parent_id and not contact.support_unconfirmed
        return contact.name if contact.user_ids or is_ours else ""

    def _has_login(self):
        """Tell whether somebody can log in with this address."""
        return bool(self._find_users())

    def _get_portal_button(self):
        """Return address and title of the button in the mail.

        :rtype: dict
        """
        self.ensure_one()
        _ = self.env._
        token = ""
        if self.answer in TOKEN_ANSWERS:
            token = self.partner_id._generate_signup_token(mail=self)
        titles = {
            "activation": _("Activate login"),
            "invitation": _("Set password"),
            "reset": _("Set new password"),
            "known": _("Log in"),
            "refused": _("Why can't I log in?"),
            "ambiguous": _("Open service portal"),
        }
        paths = {
            # behind a #, which browsers keep to themselves
            "activation": f"/support/activate#token={token}",
            "invitation": f"/support/activate#token={token}",
            "reset": f"/support/password#token={token}",
            "known": "/web/login?redirect=/support",
            "refused": "/support/refused",
            "ambiguous": "/support",
        }
        url = f"{self.get_base_url()}{paths[self.answer]}"
        return {"url": url, "title": titles[self.answer]}

    def _get_refusal_message(self):
        """Return the sentence of the gate and whom to contact."""
        return self.env["support.gate"]._get_refusal_message(self.company_id)
