"""What the tests of efforts share: tickets, efforts and the credit they use."""

from datetime import timedelta

from ..common import TODAY, SupportCase


class EffortCase(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.env["support.credit.account"]
        cls.account = cls.accounts._get_for(cls.adler, cls.company)
        cls.manager = cls.agent.copy({"login": "manager", "name": "Manager"})
        cls.manager.group_ids += cls.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        cls.colleague = cls.agent.copy({"login": "colleague", "name": "Colleague"})
        cls.ticket = cls._create_ticket(cls.ben, name="Printer")
        cls.days = timedelta(days=1)

    def enter(self, minutes=25, user=None, **values):
        """Enter an effort, done unless told otherwise."""
        efforts = self.env["support.time.entry"].with_user(user or self.agent)
        return efforts.create(
            {
                "ticket_id": self.ticket.id,
                "name": "Looked into it",
                "worked_minutes": minutes,
                "date": TODAY,
                "state": "done",
                **values,
            }
        )

    def assertStands(self, balance, account=None):
        """Assert what an account says, and that its sums agree."""
        account = account or self.account
        account.invalidate_recordset()
        self.assertEqual(account.balance, balance)
        self.assertFalse(self.accounts._find_wrong())
