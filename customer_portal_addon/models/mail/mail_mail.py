from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

OWN_TIME = timedelta(minutes=1)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Leave to requests, for a minute, what they send themselves.

        A request mails notifications after its commit. Our triggers start the queue
        at the same moment, perhaps in another process, and it would stop with an error
        at the first mail that is being sent.
        """
        if email_ids:
            return super().process_email_queue(email_ids, batch_size)
        since = fields.Datetime.now() - OWN_TIME
        # our automatic mails, which nobody else sends, say that they are automatic
        young = (
            Domain("is_notification", "=", True)
            & Domain("create_date", ">", since)
            & Domain("headers", "not ilike", "Auto-Submitted")
        )
        filters = [*self.env.context.get("filters", ()), *~young]
        queue = self.with_context(filters=filters)
        result = super(MailMail, queue).process_email_queue(email_ids, batch_size)
        if self.search_count(young & Domain("state", "=", "outgoing"), limit=1):
            job = self.env.ref("mail.ir_cron_mail_scheduler_action")
            job._trigger(fields.Datetime.now() + OWN_TIME)
        return result
