from odoo.tools.sql import table_exists


def migrate(cr, version):
    """Words get an audience; the list is made anew once that is known."""
    if table_exists(cr, "support_article_word"):
        cr.execute("DELETE FROM support_article_word")
