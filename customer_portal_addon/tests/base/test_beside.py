from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestBeside(TransactionCase):
    def test_nothing(self):
        """(H8)."""
