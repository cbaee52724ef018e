"""What the tests of the credit's pages share."""

from ..http_common import SupportHttpCase


class CreditHttpCase(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["support.credit.account"]._get_for(
            cls.ben.partner_id, cls.company
        )
        cls.wish_type = cls.env["helpdesk.ticket.type"].create({"name": "Wish"})
        cls.error_type.is_program_error = True
        cls.count = 0

    def post_minutes(self, minutes, **kw):
        type(self).count += 1
        reason = "grant" if minutes > 0 else "usage"
        return self.account._post(minutes, reason, f"page-{self.count}", **kw)

    def form_of(self, ticket_type):
        return f"/support/ticket/new/{self.env['ir.http']._slug(ticket_type)}"
