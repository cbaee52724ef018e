from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import drop_index

MAX_WORDS = 8
# A mail begins with what is new and quotes the rest, which has been indexed before
MESSAGE_LENGTH = 5000
DESCRIPTION_LENGTH = 100000
BATCH = 5000
# How many of a customer's newest tickets tell whether a word is a common one
SAMPLE = 500
COMMON = 10
RARE_LIMIT = 3000
# The index knows sequences of three characters. It is asked for the first ones of a
# word: each more costs time, and few of them tell.
SHORTEST_INDEXED, LONGEST_INDEXED = 3, 8

# The tickets whose texts are to be written, among the data of the transaction
PENDING = "customer_portal_addon.ticket_text"

# What decides whether customers read a message, and what they read
SHOWN_FIELDS = ("body", "is_internal", "message_type", "model", "res_id", "subtype_id")

INLINE_TAG = r"</?(a|b|em|font|i|mark|small|span|strong|u)( [^>]*)?>"
ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&amp;": "&"}


class SupportTicketText(models.Model):
    """What customers find a ticket by: the words that they read on its page.

    One row per ticket, so that a search is one look into one index. Customers have no
    rights on it; it only narrows searches for tickets, which have their own rules.
    """

    _name = "support.ticket.text"
    _description = "Searchable Text of a Ticket"
    _log_access = False
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    commercial_partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", store=True
    )
    text = fields.Text(help="Lower case, without markup.")

    _ticket_uniq = models.UniqueIndex("(ticket_id)")
    _customer_idx = models.Index("(commercial_partner_id, ticket_id)")
    _text_idx = models.Index(
        lambda registry: "USING gin (text gin_trgm_ops)" if registry.has_trigram else ""
    )

    # ---------------------------------------------------
    # Keeping it up to date
    # ---------------------------------------------------

    @api.model
    def _index_all(self):
        """Write the texts of all tickets, in batches.

        The first time their index is made afterwards, in half of the time.
        """
        index = self._text_idx
        if not self.search_count([], limit=1):
            drop_index(self.env.cr, index.full_name(self), self._table)
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        last_id = 0
        while batch := tickets.search([("id", ">", last_id)], order="id", limit=BATCH):
            self._index_tickets(batch)
            last_id = batch[-1].id
        index.apply_to_database(self)

    @api.model
    def _index_later(self, tickets):
        """Have the texts of these tickets written at the end, once for all changes."""
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            self.env.cr.precommit.add(self._index_pending)
        pending.update(tickets.ids)

    @api.model
    def _index_pending(self):
        """Write the texts that wait for the end of the transaction."""
        ids = self.env.cr.precommit.data.pop(PENDING, ())
        tickets = self.env["helpdesk.ticket"].browse(ids)
        self._index_tickets(tickets)

    @api.model
    def _index_tickets(self, tickets):
        """Write the texts of these tickets, from what the database has of them.

        With SQL, the same for one ticket and for a million: their texts don't pass
        through Python, and lower() is the database's in the index and in the search.
        """
        if not tickets.ids:
            return
        tickets.flush_recordset(
            ["number", "name", "description", "commercial_partner_id"]
        )
        text = SQL(
            "lower(concat_ws(' ', ticket.number, ticket.name, %s, (%s)))",
            self._plain(SQL("left(ticket.description, %s)", DESCRIPTION_LENGTH)),
            self._get_messages_select(),
        )
        self.env["mail.message"].flush_model(SHOWN_FIELDS)
        upsert = SQL(
            """
            INSERT INTO support_ticket_text (ticket_id, commercial_partner_id, text)
            SELECT ticket.id, ticket.commercial_partner_id, %s
              FROM helpdesk_ticket ticket
             WHERE ticket.id IN %s
                ON CONFLICT (ticket_id) DO UPDATE
               SET text = EXCLUDED.text,
                   commercial_partner_id = EXCLUDED.commercial_partner_id
            """,
            text,
            tuple(tickets.ids),
        )
        self.env.cr.execute(upsert)
        self.invalidate_model()

    @api.model
    @tools.ormcache()
    def _get_messages_select(self):
        """Return the sub-query for the texts of the messages that customers see.

        It is the same for each ticket; Odoo takes longer to put it together than
        PostgreSQL to answer it.
        """
        messages_sudo = self.env["mail.message"].sudo()
        query = messages_sudo._search(self.env["helpdesk.ticket"]._get_shown_domain())
        query.add_where(SQL("mail_message.res_id = ticket.id"))
        body = self._plain(SQL("left(mail_message.body, %s)", 4 * MESSAGE_LENGTH))
        return query.select(
            SQL(
                "string_agg(left(%s, %s), ' ' ORDER BY mail_message.id)",
                body,
                MESSAGE_LENGTH,
            )
        )

    @api.model
    def _plain(self, html):
        """Return the SQL of the words in some HTML. Tags within words vanish."""
        text = SQL("regexp_replace(%s, %s, '', 'gi')", html, INLINE_TAG)
        text = SQL("regexp_replace(%s, '<[^>]*>', ' ', 'g')", text)
        for entity, character in ENTITIES.items():
            text = SQL("replace(%s, %s, %s)", text, entity, character)
        return SQL(
            "regexp_replace(%s, %s, ' ', 'g')", text, "[\\s\u00a0]{2,}|[\n\u00a0]"
        )

    # ---------------------------------------------------
    # Searching
    # ---------------------------------------------------

    @api.model
    def _get_tickets_domain(self, search, customer=None):
        """Return the domain of the tickets with all words of a search.

        Who has few tickets: each of them is looked at. The tickets of a customer with
        many are found by the index, unless a word is so common that looking at the
        newest ones finds enough of them sooner.

        :param str search:
        :param res.partner customer: whose tickets are searched, None: one person's
        :return: the domain, and whether it is too expensive to count exactly
        :rtype: tuple[Domain, bool]
        """
        if not search:
            return Domain.TRUE, False
        self._index_pending()
        condition = self._get_condition(search)
        if not customer:
            return self._get_scan_domain(condition), False
        self.flush_model(["commercial_partner_id"])
        seen, hits = self._sample(condition, customer)
        if seen < SAMPLE:
            return self._get_scan_domain(condition), False
        ids = [] if hits >= COMMON else self._find_rare(condition, customer)
        if hits >= COMMON or len(ids) > RARE_LIMIT:
            return self._get_scan_domain(condition), True
        return Domain("id", "in", ids), False

    @api.model
    def _get_condition(self, search):
        """Return the condition for all words of a search."""
        words = search.split()[:MAX_WORDS]
        return SQL(" AND ").join(map(self._get_word_condition, words))

    @api.model
    def _get_word_condition(self, word):
        """Return the condition for a word, or a part of one.

        One or two characters count where a word begins, which the index knows, too.
        """
        head = word[:LONGEST_INDEXED]
        escaped = head.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        before = "% " if len(word) < SHORTEST_INDEXED else "%"
        condition = SQL("document.text LIKE lower(%s)", f"{before}{escaped}%")
        if word == head:
            return condition
        return SQL("%s AND strpos(document.text, lower(%s)) > 0", condition, word)

    @api.model
    def _sample(self, condition, customer):
        """Return how many of the newest tickets were looked at, and how many match."""
        query = SQL(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE %s)
              FROM (SELECT text
                      FROM support_ticket_text
                     WHERE commercial_partner_id = %s
                     ORDER BY ticket_id DESC
                     LIMIT %s) document
            """,
            condition,
            customer.id,
            SAMPLE,
        )
        [counts] = self.env.execute_query(query)
        return counts

    @api.model
    def _find_rare(self, condition, customer):
        query = SQL(
            """
            SELECT document.ticket_id
              FROM support_ticket_text document
             WHERE document.commercial_partner_id = %s AND %s
             LIMIT %s
            """,
            customer.id,
            condition,
            RARE_LIMIT + 1,
        )
        return [ticket_id for (ticket_id,) in self.env.execute_query(query)]

    @api.model
    def _find_first(self, query, search, limit):
        """Return the ids of the first tickets of a query that have common words.

        In its order: the query is sorted first, by an index or not, and then one text
        after the other looked up until there are enough. All at once, PostgreSQL would
        look up the texts of all tickets that no index sorts.

        :param odoo.tools.Query query: the tickets in question, in order
        :rtype: list[int]
        """
        first = SQL(
            "SELECT ticket.id FROM (%s OFFSET 0) ticket WHERE %s LIMIT %s",
            query.select(),
            self._get_scan("ticket", self._get_condition(search)),
            limit,
        )
        return [ticket_id for (ticket_id,) in self.env.execute_query(first)]

    @api.model
    def _get_scan_domain(self, condition):
        """Return the domain that looks up the text of one ticket after the other."""
        return Domain.custom(
            to_sql=lambda _model, alias, _query: self._get_scan(alias, condition)
        )

    @api.model
    def _get_scan(self, alias, condition):
        """Return the SQL of a look at the text of a ticket.

        OFFSET 0 keeps PostgreSQL from making a join of it and beginning with the texts.
        """
        return SQL(
            "EXISTS (SELECT FROM support_ticket_text document"
            " WHERE document.ticket_id = %s AND %s OFFSET 0)",
            SQL.identifier(alias, "id"),
            condition,
        )
