from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.text.article_words import allowed_typos, find_alike

CANDIDATES = 60
SIMILARITY = 0.2
FORMS = 500
# Shorter words are part of too many others
PART_LENGTH = 5


class SupportArticleWord(models.Model):
    """The words of the articles: what somebody may have meant who mistyped one.

    Each audience has a list of its own: else the results of a search would tell which
    words stand in articles that whoever searches may not read.
    """

    _name = "support.article.word"
    _description = "Word of the Articles"
    _log_access = False
    _rec_name = "word"

    word = fields.Char(required=True)
    audience = fields.Char(
        required=True, help="Who may read the articles that have the word."
    )

    _word_uniq = models.UniqueIndex("(word, audience)")
    _word_idx = models.Index(
        lambda registry: (
            "USING gin (word gin_trgm_ops) WITH (fastupdate = off)"
            if registry.has_trigram
            else ""
        )
    )

    def init(self):
        """Add the column with the stems, of a type that the ORM doesn't have."""
        result = super().init()
        self.env.cr.execute(
            SQL(
                "ALTER TABLE support_article_word"
                " ADD COLUMN IF NOT EXISTS stems tsvector"
            )
        )
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS support_article_word_stems_idx"
                " ON support_article_word USING gin (stems) WITH (fastupdate = off)"
            )
        )
        return result

    @api.model
    def _learn(self, words, audience, configs):
        """Add words that an audience doesn't have yet, with their stems.

        :param set words: of articles for this audience
        :param str audience: see ``support.article._get_audience``
        :param configs: PostgreSQL's names of the languages
        """
        if not words:  # PostgreSQL doesn't know of what an empty array is one
            return
        stems = SQL(" || ").join(
            SQL("to_tsvector(%s::regconfig, word)", config) for config in configs
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO support_article_word (word, audience, stems)
                SELECT word, %(audience)s, %(stems)s
                  FROM unnest(%(words)s) word
                 WHERE NOT EXISTS (SELECT FROM support_article_word known
                                    WHERE known.word = word.word
                                      AND known.audience = %(audience)s)
                 ORDER BY word
                    ON CONFLICT DO NOTHING
                """,
                audience=audience,
                stems=stems,
                words=sorted(words),
            )
        )
        self.invalidate_model()

    @api.model
    def _forget(self, pairs):
        """Remove the words that no article of an audience has any more.

        At once: an article that is hidden takes its words with it.

        :param pairs: audiences and words that may have gone
        """
        if not pairs:
            return
        audiences, words = zip(*sorted(pairs), strict=True)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM support_article_word known
                 USING unnest(%s, %s) AS gone (audience, word)
                 WHERE known.word = gone.word
                   AND known.audience = gone.audience
                   AND NOT EXISTS (
                     SELECT FROM support_article_text document
                      WHERE document.audience = gone.audience
                        AND document.document @@ quote_literal(gone.word)::tsquery)
                """,
                list(audiences),
                list(words),
            )
        )
        self.invalidate_model()

    @api.model
    def _get_readable(self):
        """Return the condition for words of articles that the current user reads.

        :rtype: SQL
        """
        audiences = self.env["support.article"]._get_readable_audiences()
        if audiences is None:
            return SQL("TRUE")
        return SQL("audience = ANY(%s)", audiences)

    @api.model
    def _find_forms(self, queries, readable):
        """Return the words, as they stand in articles, that some queries find.

        :param queries: the SQL of tsqueries
        :param SQL readable: see :meth:`_get_readable`
        :rtype: set[str]
        """
        query = SQL(" || ").join(queries)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT word FROM support_article_word
                 WHERE stems @@ (%s) AND %s
                 ORDER BY word
                 LIMIT %s
                """,
                query,
                readable,
                FORMS,
            )
        )
        return {word for (word,) in rows}

    @api.model
    def _find_containing(self, words, readable):
        """Return the longer words, as of German, that these are a part of.

        :param SQL readable: see :meth:`_get_readable`
        :return: by word
        :rtype: dict[str, list[str]]
        """
        words = [word for word in words if len(word) >= PART_LENGTH]
        if not words or not self.env.registry.has_trigram:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part, array_agg(known.word)
                  FROM unnest(%s) part,
                       LATERAL (SELECT DISTINCT word FROM support_article_word
                                 WHERE word LIKE '%%' || part || '%%'
                                   AND word <> part
                                   AND %s
                                 ORDER BY word
                                 LIMIT %s) known
                 GROUP BY part
                """,
                words,
                readable,
                CANDIDATES,
            )
        )
        return dict(rows)

    @api.model
    def _find_alike(self, word, readable):
        """Return the words that somebody may have meant.

        Not the word itself: no article that may be read has it.

        :param SQL readable: see :meth:`_get_readable`
        :rtype: list[str]
        """
        if not allowed_typos(word) or not self.env.registry.has_trigram:
            return []
        # what two letters changed places in isn't similar enough for PostgreSQL's 0.3
        self.env.cr.execute(
            SQL(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)",
                str(SIMILARITY),
            )
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT word FROM support_article_word
                 WHERE word %% %s AND word <> %s AND %s
                 GROUP BY word
                 ORDER BY similarity(word, %s) DESC, word
                 LIMIT %s
                """,
                word,
                word,
                readable,
                word,
                CANDIDATES,
            )
        )
        return find_alike(word, [known for (known,) in rows])

    @api.autovacuum
    def _gc_words(self):
        """Forget what has been left, as by articles that two wrote at once."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT audience FROM support_article_word")
        )
        for (audience,) in rows:
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM support_article_word known
                     WHERE audience = %s
                       AND NOT EXISTS (
                         SELECT FROM ts_stat(
                             'SELECT document FROM support_article_text'
                             ' WHERE audience = ' || quote_literal(%s)) AS used
                          WHERE used.word = known.word)
                    """,
                    audience,
                    audience,
                )
            )
        self.invalidate_model()
