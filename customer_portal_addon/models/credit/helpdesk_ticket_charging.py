from odoo import models
from odoo.exceptions import UserError

MAILS = {
    "charged": "customer_portal_addon.mail_template_efforts_charged",
    "free": "customer_portal_addon.mail_template_efforts_free",
}


class HelpdeskTicket(models.Model):
    """The decision who pays for a ticket: staff take it, and customers are told."""

    _inherit = "helpdesk.ticket"

    def action_confirm_free(self):
        """Confirm that it is a program error: what is free stays free."""
        for ticket in self:
            if ticket.charging != "pending":
                raise UserError(self.env._("Nothing is being examined here."))
        self._decide_charging("free")

    def action_reclassify(self):
        """Ask why the efforts are to be charged."""
        return self._open_charging_wizard("charged", self.env._("Charge efforts"))

    def action_make_free(self):
        """Ask why the efforts are to be free."""
        return self._open_charging_wizard("free", self.env._("Make efforts free"))

    def _open_charging_wizard(self, charging, title):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "support.ticket.charging",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_charging": charging,
            },
        }

    def _decide_charging(self, charging, reason=""):
        """Decide who pays for the efforts; the credit follows.

        Customers are told whenever something changes for them.

        :param str charging: ``charged`` or ``free``
        :param str reason: what the customer reads; required to charge efforts
        :raise UserError: no reason
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if charging == "charged" and not reason:
            raise UserError(
                self.env._("Please say why. The customer reads it in a mail.")
            )
        for ticket_sudo in self.sudo():
            before = ticket_sudo.charging
            if before == charging:
                continue
            minutes = ticket_sudo._get_minutes_at_stake(charging)
            ticket_sudo.write({"charging": charging, "is_charging_decided": True})
            ticket_sudo._note_charging(before, reason)
            if "charged" in (before, charging):
                ticket_sudo._mail_charging(minutes, reason)

    def _get_minutes_at_stake(self, charging):
        """Return the minutes that a decision posts or takes back.

        :param str charging: the decision
        :rtype: int
        """
        self.ensure_one()
        done_sudo = self.sudo().time_entry_ids.filtered(
            lambda entry: entry.state == "done" and not entry.is_free
        )
        if self.charging == charging or "charged" not in (self.charging, charging):
            return 0
        return sum(done_sudo.mapped("charged_minutes"))

    def _note_charging(self, before, reason):
        """Note for staff who decided what, and why."""
        self.ensure_one()
        labels = dict(self._fields["charging"]._description_selection(self.env))
        note = f"{labels[before]} → {labels[self.charging]}"
        self._message_log(
            body=f"{note}: {reason}" if reason else note,
            author_id=self.env.user.partner_id.id,
        )

    def _mail_charging(self, minutes, reason):
        """Tell the customer's people who take part; it is nobody else's business."""
        self.ensure_one()
        template = self.env.ref(MAILS[self.charging], raise_if_not_found=False)
        if not template or not self.commercial_partner_id:
            return
        accounts = self.env["support.credit.account"]
        account = accounts._get_for(self.commercial_partner_id, self.company_id)
        for reader in self._get_mail_readers().filtered(self._is_known_reader):
            shows_balance = accounts._is_visible_to(reader, self.company_id)
            self._mail_reader(
                template,
                reader,
                effort_minutes=minutes,
                effort_reason=reason,
                effort_balance=account.balance if shows_balance else None,
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
