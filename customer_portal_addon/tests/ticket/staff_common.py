"""What the tests of staff's views share."""

from datetime import datetime, timedelta

from ..common import NOON, SupportCase


class StaffCase(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.env["helpdesk.ticket"].with_user(cls.agent)
        cls.now = datetime.fromisoformat(NOON)

    @classmethod
    def stage(cls, role):
        return cls.env["helpdesk.ticket.stage"].search(
            [("portal_role", "=", role)], limit=1
        )

    def ticket(self, name, role="new", age=0, priority="1", arrived=0, **values):
        """Create a ticket that is ``age`` hours in its status."""
        ticket = self._create_ticket(self.ben, name=name, priority=priority, **values)
        ticket.stage_id = self.stage(role)
        self.env.flush_all()  # computes the status
        ticket.status_since = self.now - timedelta(hours=age)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [self.now - timedelta(hours=arrived), ticket.id],
        )
        ticket.invalidate_recordset(["create_date"])
        return ticket
