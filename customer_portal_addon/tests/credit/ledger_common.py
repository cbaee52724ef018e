"""What the tests of the ledger share: an account, and how to post there."""

from ..common import SupportCase


class LedgerCase(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = cls.env["support.credit.account"]
        cls.account = cls.accounts._get_for(cls.ben.partner_id, cls.company)
        cls.count = 0

    def post(self, minutes, reason=None, key=None, **kw):
        type(self).count += 1
        reason = reason or ("purchase" if minutes > 0 else "usage")
        return self.account._post(minutes, reason, key or f"k{self.count}", **kw)

    def left(self, entry):
        """Return what is open of an entry."""
        positions = self.env["support.credit.position"].search(
            [("entry_id", "=", entry.id)]
        )
        return sum(positions.mapped("minutes"))

    def assertRight(self):
        self.assertFalse(self.accounts._find_wrong())
