"""What the tests of the doors share: the reasons why somebody is refused."""

from contextlib import contextmanager
from datetime import date, timedelta

from ..http_common import SupportHttpCase

COVERED = "covered"
# How somebody comes to be refused -> what the gate calls it
REASONS = {
    COVERED: None,
    "no_contract": "no_contract",
    "expired": "contract_expired",
    "not_started": "contract_not_started",
    "not_enabled": "not_enabled",
    "switched_off": "switched_off",
    "unsubscribed": "unsubscribed",
    "archived_contact": "archived",
    "archived_customer": "archived",
    "former_employee": "contract_expired",
}


class DoorCase(SupportHttpCase):
    """Ben has a login, Nora is a colleague without one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nora = cls.env["res.partner"].create(
            {"name": "Nora", "email": "nora@adler.example", "parent_id": cls.adler.id}
        )
        cls.people = cls.ben.partner_id + cls.nora
        cls.contract = cls.env["support.contract"].search(
            [("partner_id", "=", cls.adler.id)]
        )
        cls.ticket = cls._create_ticket(cls.ben)

    # ---------------------------------------------------
    # Reasons
    # ---------------------------------------------------

    def refuse(self, name):
        """Let the gate refuse Ben and Nora, for the reason with a name."""
        getattr(self, f"_refuse_{name}")()
        self.env.flush_all()
        self.env.invalidate_all()
        gate = self.env["support.gate"]
        for decision in gate._decide_many(self.people, self.company).values():
            self.assertEqual(decision.reason, REASONS[name])

    def _refuse_covered(self):
        pass

    def _refuse_no_contract(self):
        self.contract.action_cancel()

    def _refuse_expired(self):
        self.contract.date_end = date.today() - timedelta(days=2)

    def _refuse_not_started(self):
        self.contract.date_start = date.today() + timedelta(days=2)

    def _refuse_not_enabled(self):
        self.adler.support_enabled = False

    def _refuse_switched_off(self):
        self.people.support_switched_off = True

    def _refuse_unsubscribed(self):
        self.company.support_list_required = True

    def _refuse_archived_contact(self):
        """Odoo archives no contact with a user; imports and SQL do."""
        self.env.cr.execute(
            "UPDATE res_partner SET active = FALSE WHERE id = ANY(%s)",
            [self.people.ids],
        )

    def _refuse_archived_customer(self):
        self.adler.active = False

    def _refuse_former_employee(self):
        self.people.parent_id = self.koch

    # ---------------------------------------------------
    # One row after the other
    # ---------------------------------------------------

    @contextmanager
    def undone(self):
        """Undo afterwards what is done inside, in the database and the browser."""
        self.logout_session()
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.registry.clear_cache()

    def is_inside(self):
        """Tell whether the browser reaches tickets; if not, nobody is logged in."""
        if self.is_shown("/my/tickets"):
            return True
        response = self.url_open("/my/account", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        return False

    def is_shown(self, url):
        """Tell whether a page shows itself instead of leading to another one."""
        response = self.url_open(url, allow_redirects=False)
        self.assertIn(response.status_code, (200, 303))
        return response.status_code == 200
