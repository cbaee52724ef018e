def migrate(cr, version):
    """Words get an audience; the list is made anew once that is known."""
    cr.execute("DELETE FROM support_article_word")
