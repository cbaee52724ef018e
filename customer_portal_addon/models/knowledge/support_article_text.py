from collections import defaultdict

from lxml import etree
from lxml import html as lxml_html

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.text.article_words import split_words

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
# What a word counts by where it stands; inflected, longer or mistyped, it counts less
IN_TITLE, IN_TAGS, IN_TEXT = 1, 0.7, 0.4
WIDE = 0.6
# What is found has at least this share of what a text with all words in its title has
NEEDED_SHARE = 0.1
# and of what the best one has
NEEDED_OF_BEST = 0.3
# Number of words of a usual text: a word says more about a shorter one
USUAL_LENGTH = 150
OWN_LANGUAGE_BONUS = 1.2

# Which words are in which texts comes from the index alone; only titles and tags are
# looked at. The last row has the words that are in none.
_RANKING = """
    WITH typed (word, exact, wide, is_stop) AS (
        VALUES %(values)s
    ), term AS MATERIALIZED (
        SELECT word, exact, wide
          FROM typed
         WHERE NOT is_stop OR (SELECT BOOL_AND(is_stop) FROM typed)
    ), hit AS MATERIALIZED (
        SELECT word, id, MAX(share) AS share
          FROM (SELECT word, document.id, 1 AS share
                  FROM term
                  JOIN support_article_text document ON document.document @@ exact
                 UNION ALL
                SELECT word, document.id, %(wide)s
                  FROM term
                  JOIN support_article_text document ON document.document @@ wide) found
         GROUP BY word, id
    ), readable AS MATERIALIZED (
        SELECT hit.word, hit.share, document.id, article_id, lang, title, tags, size
          FROM hit
          JOIN support_article_text document USING (id)
         WHERE article_id IN %(visible)s
    ), weighed AS (
        SELECT word, exact, wide,
               1 / SQRT(SQRT(1 + number)) AS weight
          FROM term
          JOIN (SELECT word, COUNT(DISTINCT article_id) AS number
                  FROM readable GROUP BY word) counted USING (word)
    ), text AS (
        SELECT id, article_id,
               SUM(weight * GREATEST(
                   CASE WHEN title @@ exact THEN %(in_title)s
                        WHEN title @@ wide THEN %(in_title)s * %(wide)s END,
                   CASE WHEN tags @@ exact THEN %(in_tags)s
                        WHEN tags @@ wide THEN %(in_tags)s * %(wide)s END,
                   share * %(in_text)s / (0.7 + 0.3 * LEAST(size / %(usual)s, 3))))
               / (0.9 + 0.02 * length(title))
               * CASE lang WHEN %(lang)s THEN %(bonus)s ELSE 1 END AS score
          FROM readable
          JOIN weighed USING (word)
         GROUP BY id, article_id, lang, title
    ), best AS (
        SELECT DISTINCT ON (article_id) id, article_id, score
          FROM text
         ORDER BY article_id, score DESC
    ), result AS (
        SELECT id, article_id, score, COUNT(*) OVER () AS total
          FROM best
         WHERE score >= %(share)s * (SELECT SUM(weight) FROM weighed)
           AND score >= %(of_best)s * (SELECT MAX(score) FROM best)
         ORDER BY score DESC, article_id
         LIMIT %(limit)s OFFSET %(offset)s
    )
    SELECT result.article_id, result.total, COALESCE(own.text, document.text) AS text,
           result.score, NULL::varchar[] AS lost
      FROM result
      JOIN support_article_text document USING (id)
      LEFT JOIN support_article_text own
             ON own.article_id = result.article_id AND own.lang = %(lang)s
     UNION ALL
    SELECT NULL, NULL, NULL, -1,
           (SELECT array_agg(word) FROM term
             WHERE word NOT IN (SELECT word FROM readable))
     ORDER BY 4 DESC, 1
"""


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
    size = fields.Integer(help="Number of words.")
    audience = fields.Char(help="Who may read the article.")

    _article_uniq = models.UniqueIndex("(article_id, lang)")

    def init(self):
        """Add the columns with the words, of a type that the ORM doesn't have.

        The document has all words; title and tags are small, and quick to look at.
        Articles are searched far more often than written: no list of pending entries.
        """
        result = super().init()
        self.env.cr.execute(
            SQL(
                "ALTER TABLE support_article_text"
                " ADD COLUMN IF NOT EXISTS document tsvector,"
                " ADD COLUMN IF NOT EXISTS title tsvector,"
                " ADD COLUMN IF NOT EXISTS tags tsvector"
            )
        )
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS support_article_text_document_idx"
                " ON support_article_text USING gin (document) WITH (fastupdate = off)"
            )
        )
        return result

    # ---------------------------------------------------
    # Keeping it up to date
    # ---------------------------------------------------

    @api.model
    def _index_articles(self, articles):
        """Write the texts of these articles, in every installed language."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        articles_sudo = articles.sudo().exists()
        known = self.env["support.article.word"]
        before = self._get_words(articles)
        for lang in langs:
            words = defaultdict(set)
            for article_sudo in articles_sudo.with_context(lang=lang):
                audience = article_sudo._get_audience()
                words[audience] |= self._index_article(article_sudo, audience, lang)
            for audience, learnt in words.items():
                known._learn(learnt, audience, self._get_configs(lang))
        if before:
            known._forget(before - self._get_words(articles))
        self.invalidate_model()

    @api.model
    def _get_words(self, articles):
        """Return the words by which articles are found, each with who may read it.

        :return: audiences and words; stems of words, too
        :rtype: set[tuple[str, str]]
        """
        if not articles.ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT audience, unnest(tsvector_to_array(document))
                  FROM support_article_text
                 WHERE article_id = ANY(%s) AND audience IS NOT NULL
                """,
                articles.ids,
            )
        )
        return set(rows)

    @api.model
    def _index_article(self, article, audience, lang):
        """Write the row of one article in one language; return its words."""
        text = self._to_text(article.body)[:MAX_TEXT]
        titles = split_words(article.name)
        tags = split_words(" ".join(article.tag_ids.mapped("name")))
        words = split_words(text)
        title, tag, document = (
            self._make_document(part, lang)
            for part in (titles, tags, [*titles, *tags, *words])
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO support_article_text
                            (article_id, lang, audience, text, size, title, tags,
                             document)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                    ON CONFLICT (article_id, lang) DO UPDATE
                   SET audience = EXCLUDED.audience,
                       text = EXCLUDED.text, size = EXCLUDED.size,
                       title = EXCLUDED.title, tags = EXCLUDED.tags,
                       document = EXCLUDED.document
                """,
                article.id,
                lang,
                audience,
                text,
                len(words),
                title,
                tag,
                document,
            )
        )
        return {*titles, *tags, *words}

    @api.model
    def _make_document(self, words, lang):
        """Return the SQL of a tsvector of words, by the rules of several languages."""
        text = " ".join(words)
        return SQL(" || ").join(
            SQL("strip(to_tsvector(%s::regconfig, %s))", config, text)
            for config in self._get_configs(lang)
        )

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
        if not words:
            return [], 0, set()
        known = self.env["support.article.word"]
        readable = known._get_readable()
        longer = known._find_containing(words, readable)
        terms = [self._make_term(word, [word], longer.get(word, ())) for word in words]
        place = (limit, (max(page, 1) - 1) * limit)
        rows, lost = self._get_rows(terms, visible, *place)
        # a word that nobody used is taken for a slip; if it isn't one, it doesn't count
        alike = {word: known._find_alike(word, readable) for word in lost}
        slips = [self._make_term(word, meant) for word, meant in alike.items() if meant]
        if slips:
            terms = [term for term in terms if term["word"] not in alike] + slips
            rows, _lost = self._get_rows(terms, visible, *place)
        if not rows:
            return [], 0, set()
        forms = known._find_forms([term["wide"] for term in terms], readable)
        return rows, rows[0]["total"], forms

    @api.model
    def _make_term(self, word, meant, longer=()):
        """Return how to look for what was typed.

        :param str word: as typed
        :param meant: the words to look for
        :param longer: words that have it as a part
        :return: SQL of two tsqueries, and whether it is a word like "the"
        """
        # "the" and „der“ say nothing, whichever language the page has
        configs = self._get_configs(self.env.lang)[1:]
        nodes = [
            SQL("numnode(to_tsquery(%s::regconfig, %s))", config, f"'{word}'")
            for config in configs
        ]
        return {
            "word": word,
            "exact": self._make_query(meant, ""),
            "wide": self._make_query(meant, ":*", longer),
            "is_stop": SQL("LEAST(%s) = 0", SQL(", ").join(nodes)),
        }

    @api.model
    def _make_query(self, words, suffix, others=()):
        """Return the SQL of a tsquery for any of these words.

        They consist of letters and digits, so that none of them is an operator.
        """
        parts = [
            # beginnings of very short words are those of too many
            SQL(
                "to_tsquery(%s::regconfig, %s)",
                config,
                f"'{word}'{suffix if len(word) > 2 else ''}",
            )
            for word in words
            for config in self._get_configs(self.env.lang)
        ]
        parts += [SQL("to_tsquery('simple', %s)", f"'{word}'") for word in others]
        return SQL("(%s)", SQL(" || ").join(parts))

    @api.model
    def _get_rows(self, terms, visible, limit, offset):
        """Return the best texts, one per article, and the words that none has.

        The rarer a word, the more it says; words like "the" count only by themselves.
        """
        query = SQL(
            _RANKING,
            values=SQL(", ").join(
                SQL("(%(word)s, %(exact)s, %(wide)s, %(is_stop)s)", **term)
                for term in terms
            ),
            visible=visible.subselect(),
            in_title=IN_TITLE,
            in_tags=IN_TAGS,
            in_text=IN_TEXT,
            wide=WIDE,
            usual=USUAL_LENGTH,
            lang=self.env.lang or "en_US",
            bonus=OWN_LANGUAGE_BONUS,
            share=NEEDED_SHARE,
            of_best=NEEDED_OF_BEST,
            limit=limit,
            offset=offset,
        )
        rows = self.env.execute_query_dict(query)
        lost = rows.pop()["lost"] or []
        return rows, lost
