"""What the tests of colleagues share."""

from unittest.mock import patch

from ..mail.outgoing_common import MailTools


class ColleagueTools(MailTools):
    """Act as somebody; look at mails, notes and rows."""

    def people(self, user=None):
        """Return the model of the contacts as somebody; Anna without a name."""
        return self.env["res.partner"].with_user(user or self.anna)

    def invite(self, name="Nina", email="nina@adler.example", user=None):
        return self.people(user)._invite_colleague({"name": name, "email": email})

    def act(self, user, action, by=None, **values):
        """Do something with the contact of a user."""
        partner = user if user._name == "res.partner" else user.partner_id
        return self.people(by)._act_on_colleague(partner.id, action, values)

    def find_contact(self, email, customer=None):
        return self.env["res.partner"].search(
            [
                ("email_normalized", "=", email),
                ("parent_id", "=", (customer or self.adler).id),
            ]
        )

    def row(self, partner, user=None):
        people = self.people(user)
        rows = people._get_colleagues()._get_colleague_values()
        [row] = [row for row in rows if row["id"] == partner.id]
        return row

    def run_cron(self):
        """Send what waits, in the transaction of the test."""
        crons = type(self.env["ir.cron"])
        with patch.object(crons, "_commit_progress", lambda *a, **kw: float("inf")):
            self.env["support.access.mail"]._cron_send()

    def notes_of(self, partner):
        return " ".join(
            str(message.body)
            for message in partner.message_ids
            if message.author_id == self.anna.partner_id
        )

    def access_mails(self, partner):
        return self.env["support.access.mail"].search([("partner_id", "=", partner.id)])
