import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html

from ...tools.mail.incoming_mail import IncomingMail
from ...tools.mail.mail_text import salvage_text

KEPT_DAYS = 90


class SupportMailAside(models.Model):
    """A mail that did not become a ticket, or not all of it, as it came.

    None is lost: staff look at them and file a ticket if it takes one.
    """

    _name = "support.mail.aside"
    _description = "Mail Set Aside"
    _order = "received_at desc, id desc"
    _rec_name = "subject"

    subject = fields.Char(readonly=True)
    email_from = fields.Char(string="From", readonly=True)
    recipients = fields.Char(string="To", readonly=True)
    message_id = fields.Char(string="Message-Id", readonly=True)
    checksum = fields.Char(readonly=True, index=True, groups="base.group_system")
    received_at = fields.Datetime(
        string="Received", readonly=True, default=fields.Datetime.now
    )
    reason = fields.Selection(
        [
            ("broken", "Broken"),
            ("loop", "Too many of one sender"),
            ("own", "Our own mail"),
            ("bounce", "Report of a mail server"),
            ("too_large", "Too large"),
            ("unroutable", "Refused by the address"),
        ],
        required=True,
        readonly=True,
    )
    detail = fields.Text(readonly=True)
    mail_file = fields.Binary(string="Mail", attachment=True, readonly=True)
    mail_file_name = fields.Char(compute="_compute_mail_file_name")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )

    def _compute_mail_file_name(self):
        for aside in self:
            aside.mail_file_name = f"mail-{aside.id}.eml"

    @api.depends("subject", "email_from")
    def _compute_display_name(self):
        for aside in self:
            aside.display_name = (
                aside.subject or aside.email_from or self.env._("Mail set aside")
            )

    @api.model
    def _keep(self, mail, ticket):
        """Keep a mail as it came, for each reason that was noted; only once.

        :param IncomingMail mail: processed
        :param helpdesk.ticket ticket: what became of it, empty when nothing did
        """
        if not mail.put_aside:
            return
        asides_sudo = self.sudo()
        ticket_sudo = ticket.sudo().exists()
        for reason, detail in mail.put_aside:
            checksum = hashlib.sha256(mail.raw).hexdigest()
            known = asides_sudo.search_count(
                [("checksum", "=", checksum), ("reason", "=", reason)], limit=1
            )
            if known:
                continue
            # what is kept must not fail for what made the mail fail
            asides_sudo.create(
                {
                    "subject": mail.text_of("Subject")[:500],
                    "email_from": mail.text_of("From")[:500],
                    "recipients": ", ".join(mail.recipients)[:1000],
                    "message_id": mail.message_id,
                    "checksum": checksum,
                    "reason": reason,
                    "detail": self._clean_detail(detail),
                    "mail_file": base64.b64encode(mail.raw),
                    "ticket_id": ticket_sudo.id,
                    "company_id": self._get_company(mail, ticket_sudo).id,
                }
            )
            if ticket_sudo:
                ticket_sudo._message_log(
                    body=self.env._(
                        "Parts of this mail are missing here. It lies complete among "
                        "the set-aside mails. %(detail)s",
                        detail=detail,
                    )
                )

    @api.model
    def _clean_detail(self, text):
        text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
        return text[:2000]

    @api.model
    def _get_company(self, mail, ticket):
        """Return whose mail it is: by the ticket, or the team that it was sent to."""
        aliases = self.env["helpdesk.ticket"]._get_aliases(mail.recipients)
        teams_sudo = self.env["helpdesk.ticket.team"].sudo()
        teams_sudo = teams_sudo.search([("alias_id", "in", aliases.ids)], limit=1)
        return ticket.company_id or teams_sudo.company_id or self.env.company

    def write(self, vals):
        """Keep what came as it came."""
        if not self.env.su and set(vals) - {"state", "ticket_id"}:
            raise AccessError(self.env._("Set-aside mails can't be changed."))
        return super().write(vals)

    # ---------------------------------------------------
    # What staff do
    # ---------------------------------------------------

    def action_create_ticket(self):
        """File a ticket with what can be read of the mail, and with the mail itself."""
        self.ensure_one()
        self.check_access("write")
        if not self.ticket_id:
            self._file_ticket()
        self.state = "done"
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    def _file_ticket(self):
        """File the ticket; whose it is, staff decide: nobody checked the sender."""
        raw = base64.b64decode(self.with_context(bin_size=False).mail_file or b"")
        mail = IncomingMail(raw)
        text = salvage_text(raw) or self.env._("The mail has no readable text.")
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": self.subject or self.env._("No Subject"),
                "description": plaintext2html(text),
                "partner_email": mail.sender,
                "company_id": self.company_id.id,
                "is_contact_removed": True,
            }
        )
        ticket._message_log(
            body=self.env._("From a set-aside mail."),
            attachment_ids=self.env["ir.attachment"]
            .create(
                {
                    "name": self.mail_file_name,
                    "raw": raw,
                    "mimetype": "message/rfc822",
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
            )
            .ids,
        )
        self.ticket_id = ticket

    def action_done(self):
        """Put the mails away: nothing is to be done about them."""
        self.check_access("write")
        self.state = "done"

    @api.autovacuum
    def _gc_done(self):
        """Delete the mails that were put away three months ago."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        done_sudo = self.sudo().search(
            [("state", "=", "done"), ("write_date", "<", before)], limit=1000
        )
        done_sudo.unlink()
