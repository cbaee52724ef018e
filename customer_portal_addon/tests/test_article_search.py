from odoo.tests import tagged

from .common import SupportCase


@tagged("post_install", "-at_install")
class TestArticleSearch(SupportCase):
    def test_smoke(self):
        articles = self.env["support.article"]
        article = self._create_article("Passwort ändern", "<p>Ihre Passwörter</p>")
        for word in ("Passwort", "Passwörter", "Pasword"):
            hits, total = articles._get_hits(word)
            self.assertEqual([hit["article"] for hit in hits], [article], word)
            self.assertEqual(total, 1)
