from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.article_words import allowed_typos, find_alike

CANDIDATES = 60
SIMILARITY = 0.2
FORMS = 500
# Shorter words are part of too many others
PART_LENGTH = 5


class SupportArticleWord(models.Model):
    """The words of all articles: what somebody may have meant who mistyped one.

    It holds words of articles that a visitor may not read, too; so it only widens
    searches, and is never shown.
    """

    _name = "support.article.word"
    _description = "Word of the Articles"
    _log_access = False
    _rec_name = "word"

    word = fields.Char(required=True)

    _word_uniq = models.UniqueIndex("(word)")
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
    def _learn(self, words, configs):
        """Add words that are not there yet, with their stems.

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
                INSERT INTO support_article_word (word, stems)
                SELECT word, %s
                  FROM unnest(%s) word
                 WHERE NOT EXISTS (SELECT FROM support_article_word known
                                    WHERE known.word = word.word)
                 ORDER BY word
                    ON CONFLICT DO NOTHING
                """,
                stems,
                sorted(words),
            )
        )
        self.invalidate_model()

    @api.model
    def _find_forms(self, queries):
        """Return the words, as they stand in articles, that some queries find.

        :param queries: the SQL of tsqueries
        :rtype: set[str]
        """
        query = SQL(" || ").join(queries)
        rows = self.env.execute_query(
            SQL(
                "SELECT word FROM support_article_word WHERE stems @@ (%s) LIMIT %s",
                query,
                FORMS,
            )
        )
        return {word for (word,) in rows}

    @api.model
    def _find_containing(self, words):
        """Return the longer words, as of German, that these are a part of.

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
                       LATERAL (SELECT word FROM support_article_word
                                 WHERE word LIKE '%%' || part || '%%'
                                   AND word <> part
                                 LIMIT %s) known
                 GROUP BY part
                """,
                words,
                CANDIDATES,
            )
        )
        return dict(rows)

    @api.model
    def _find_alike(self, word):
        """Return the words that somebody may have meant.

        Not the word itself: no article that may be read has it, perhaps another one.

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
                 WHERE word %% %s AND word <> %s
                 ORDER BY similarity(word, %s) DESC, word
                 LIMIT %s
                """,
                word,
                word,
                word,
                CANDIDATES,
            )
        )
        return find_alike(word, [known for (known,) in rows])

    @api.autovacuum
    def _gc_words(self):
        """Forget the words that no article has any more."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM support_article_word known
                 WHERE NOT EXISTS (
                     SELECT FROM ts_stat('SELECT document FROM support_article_text')
                         AS used
                      WHERE used.word = known.word)
                """
            )
        )
        self.invalidate_model()
