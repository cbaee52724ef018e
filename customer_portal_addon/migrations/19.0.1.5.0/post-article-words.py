from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 200


def migrate(cr, version):
    """Write the words of all articles anew, each audience's apart."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    articles = env["support.article"].with_context(active_test=False)
    for batch in split_every(BATCH, articles.search([]).ids, articles.browse):
        env["support.article.text"]._index_articles(batch)
        env.invalidate_all()
