from lxml import etree
from lxml import html as lxml_html

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.article_words import split_words

MAX_WORDS = 12
MAX_TEXT = 100_000
BATCH = 200
# Articles are often written in another language than the one they are filed under;
# so German and English count for all of them
CONFIGS = ("simple", "german", "english")
CONFIG_BY_LANGUAGE = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# A text has to have words that make up this share of the search's weight
NEEDED_SHARE = 0.5
# What an inflected or a longer word counts beside the word itself
WIDE_WEIGHT = 0.3
OWN_LANGUAGE_BONUS = 1.2


class SupportArticleText(models.Model):
    """What articles are found by: one row per article and language.

    Words of titles count more than tags, and these more than the text. Nobody has
    rights on it; a search is narrowed to the articles that somebody may read.
    """

    _name = "support.article.text"
    _description = "Searchable Text of an Article"
    _log_access = False
    _rec_name = "article_id"

    article_id = fields.Many2one("support.article", required=True, ondelete="cascade")
    lang = fields.Char(required=True)
    text = fields.Text(help="Without markup.")

    _article_uniq = models.UniqueIndex("(article_id, lang)")

    def init(self):
        """Add the column with the words, of a type that the ORM doesn't have."""
        super().init()
        self.env.cr.execute(
            SQL(
                "ALTER TABLE support_article_text"
                " ADD COLUMN IF NOT EXISTS document tsvector"
            )
        )
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS support_article_text_document_idx"
                " ON support_article_text USING gin (document)"
            )
        )

    # ---------------------------------------------------
    # Keeping it up to date
    # ---------------------------------------------------

    @api.model
    def _index_articles(self, articles):
        """Write the texts of these articles, in every installed language."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        articles_sudo = articles.sudo().exists()
        for lang in langs:
            words = set()
            for article_sudo in articles_sudo.with_context(lang=lang):
                words |= self._index_article(article_sudo, lang)
            self.env["support.article.word"]._learn(words, self._get_configs(lang))
        self.invalidate_model()

    @api.model
    def _index_article(self, article, lang):
        """Write the row of one article in one language; return its words."""
        text = self._to_text(article.body)[:MAX_TEXT]
        titles = split_words(article.name)
        tags = split_words(" ".join(article.tag_ids.mapped("name")))
        words = split_words(text)
        configs = self._get_configs(lang)
        document = SQL(" || ").join(
            SQL(
                "setweight(to_tsvector(%s::regconfig, %s), %s)",
                config,
                " ".join(part),
                weight,
            )
            for part, weight in ((titles, "A"), (tags, "B"), (words, "D"))
            for config in configs
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO support_article_text (article_id, lang, text, document)
                VALUES (%s, %s, %s, %s)
                    ON CONFLICT (article_id, lang) DO UPDATE
                   SET text = EXCLUDED.text, document = EXCLUDED.document
                """,
                article.id,
                lang,
                text,
                document,
            )
        )
        return {*titles, *tags, *words}

    @api.model
    def _to_text(self, body):
        """Return the readable text of some HTML; blocks are kept apart.

        :rtype: str
        """
        if not body:
            return ""
        try:
            tree = lxml_html.fragment_fromstring(str(body), create_parent="div")
        except etree.LxmlError:
            return ""
        for element in tree.xpath("//script|//style|//svg"):
            element.drop_tree()
        for element in tree.iter():
            if element.tag not in ("a", "b", "em", "font", "i", "span", "strong", "u"):
                element.tail = f" {element.tail or ''}"
        return " ".join(tree.text_content().split())

    @api.autovacuum
    def _catch_up(self):
        """Index the articles in languages that have been installed since."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT article.id FROM support_article article
                 WHERE (SELECT COUNT(*) FROM support_article_text document
                         WHERE document.article_id = article.id
                           AND document.lang = ANY(%s)) < %s
                 LIMIT %s
                """,
                langs,
                len(langs),
                BATCH,
            )
        )
        articles = self.env["support.article"].browse(id_ for (id_,) in rows)
        self._index_articles(articles)

    @api.model
    def _get_configs(self, lang):
        own = CONFIG_BY_LANGUAGE.get((lang or "")[:2])
        return [*CONFIGS, own] if own and own not in CONFIGS else list(CONFIGS)

    # ---------------------------------------------------
    # Searching
    # ---------------------------------------------------

    @api.model
    def _rank(self, search, visible, limit, page):
        """Return one page of the texts that fit a search, one per article.

        :param str search: as typed
        :param Query visible: the articles that may be found
        :return: rows with ``article_id`` and ``text``, how many articles there are in
            all, and the words to mark in them
        :rtype: tuple[list[dict], int, set[str]]
        """
        words = list(dict.fromkeys(split_words((search or "")[:500])))[:MAX_WORDS]
        terms = words and self._get_terms(words, visible)
        if not terms:
            return [], 0, set()
        rows = self._get_rows(terms, visible, limit, (max(page, 1) - 1) * limit)
        if not rows:
            return [], 0, set()
        forms = self.env["support.article.word"]._find_forms(
            [term["wide"] for term in terms]
        )
        return rows, rows[0]["total"], forms

    @api.model
    def _get_terms(self, words, visible):
        """Return what to look for: a query, a wider one, and a weight per word.

        A word that nobody used is taken for a slip; if it isn't one, it doesn't count.
        The rarer a word, the more it says.

        :return: rows with ``exact``, ``wide`` (as PostgreSQL's tsquery) and ``weight``
        """
        containing = self.env["support.article.word"]._find_containing(words)
        terms = self._count([(w, [w], containing.get(w, [])) for w in words], visible)
        if any(not term["is_stop"] for term in terms):
            terms = [term for term in terms if not term["is_stop"]]
        lost = [term["word"] for term in terms if not term["found"]]
        alike = {w: self.env["support.article.word"]._find_alike(w) for w in lost}
        forgiven = [(w, others, []) for w, others in alike.items() if others]
        if forgiven:
            terms += self._count(forgiven, visible)
        return [term for term in terms if term["found"]]

    @api.model
    def _count(self, groups, visible):
        """Return the queries of some words, and how many articles each one finds.

        :param groups: what was typed, the words to look for and those that have it
            as a part
        """
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s)",
                word,
                self._make_query(words, ""),
                self._make_query(words, ":*", others),
                self._make_query([word], "", own_only=True),
            )
            for word, words, others in groups
        )
        query = SQL(
            """
            SELECT word, exact::text, wide::text, numnode(own) = 0 AS is_stop,
                   (SELECT COUNT(DISTINCT document.article_id)
                      FROM support_article_text document
                     WHERE document.document @@ wide
                       AND document.article_id IN %s) AS found
              FROM (VALUES %s) term (word, exact, wide, own)
            """,
            visible.subselect(),
            rows,
        )
        terms = self.env.execute_query_dict(query)
        for term in terms:
            term["weight"] = 1 / (1 + term["found"]) ** 0.5
        return terms

    @api.model
    def _make_query(self, words, suffix, others=(), own_only=False):
        """Return the SQL of a tsquery for any of these words.

        They consist of letters and digits, so that none of them is an operator.
        """
        configs = self._get_configs(self.env.lang)
        if own_only:
            own = CONFIG_BY_LANGUAGE.get((self.env.lang or "")[:2], "simple")
            configs = [own]
        parts = [
            # beginnings of very short words are those of too many
            SQL(
                "to_tsquery(%s::regconfig, %s)",
                config,
                f"'{word}'{suffix if len(word) > 2 else ''}",
            )
            for word in words
            for config in configs
        ]
        parts += [SQL("to_tsquery('simple', %s)", f"'{word}'") for word in others]
        return SQL("(%s)", SQL(" || ").join(parts))

    @api.model
    def _get_rows(self, terms, visible, limit, offset):
        """Return the best texts, one per article."""
        values = SQL(", ").join(
            SQL(
                "(%s::tsquery, %s::tsquery, %s::float)",
                term["exact"],
                term["wide"],
                term["weight"],
            )
            for term in terms
        )
        # ts_rank divides by how many words a query has, which says nothing here
        query = SQL(
            """
            WITH hit AS (
                SELECT document.id, document.article_id, SUM(weight) AS share,
                       SUM(weight * (
                           LEAST(1, ts_rank(document.document, exact)
                                    * (numnode(exact) + 1) / 2)
                           + %(wide)s * LEAST(1, ts_rank(document.document, wide)
                                                 * (numnode(wide) + 1) / 2)))
                       * CASE lang WHEN %(lang)s THEN %(bonus)s ELSE 1 END AS score
                  FROM (VALUES %(values)s) term (exact, wide, weight)
                  JOIN support_article_text document ON document.document @@ wide
                 WHERE document.article_id IN %(visible)s
                 GROUP BY document.id
            ), best AS (
                SELECT DISTINCT ON (article_id) id, article_id, score
                  FROM hit
                 WHERE share >= %(needed)s
                 ORDER BY article_id, score DESC
            ), result AS (
                SELECT *, COUNT(*) OVER () AS total
                  FROM best
                 ORDER BY score DESC, article_id
                 LIMIT %(limit)s OFFSET %(offset)s
            )
            SELECT result.article_id, result.total, document.text
              FROM result
              JOIN support_article_text document ON document.id = result.id
             ORDER BY result.score DESC, result.article_id
            """,
            values=values,
            visible=visible.subselect(),
            wide=WIDE_WEIGHT,
            lang=self.env.lang or "en_US",
            bonus=OWN_LANGUAGE_BONUS,
            needed=NEEDED_SHARE * sum(term["weight"] for term in terms) - 1e-9,
            limit=limit,
            offset=offset,
        )
        return self.env.execute_query_dict(query)
