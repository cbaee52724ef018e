from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.tools import SQL, hmac

from ...exceptions import SupportAccessRefused, SupportLoginPaused
from ...tools.web import client

# Attempts are forgotten after that time
ACCOUNT_WINDOW = timedelta(days=1)
NETWORK_WINDOW = timedelta(hours=1)
# So long somebody is known in a network after having logged in from there
KNOWN = timedelta(days=90)
# So many failures with one account, from anywhere, are an attack: its owner is told,
# and networks that it doesn't know are given fewer attempts without a pause
ATTACK = 20
FREE_UNDER_ATTACK = 2
# So many, and networks that it doesn't know wait together
ACCOUNT_LIMIT = 100
MAX_PAUSE_PARAM = "customer_portal_addon.login_max_pause"
NETWORK_PARAM = "customer_portal_addon.login_network_limit"


class Pauses(NamedTuple):
    """``free`` attempts without a pause, ``first`` and ``longest`` one in seconds, and
    how many attempts a ``network`` has free; 0: no limit."""

    free: int
    first: int
    longest: int
    network: int

    def get_pause(self, count, free):
        """Return the seconds to wait after so many attempts.

        :param int free: so many have no pause; 0: none has one
        """
        if not free or count < free:
            return 0
        return min(self.first * 2 ** min(count - free, 20), self.longest)


class Row(NamedTuple):
    """What is counted for one key, as in the table."""

    count: int = 0
    started_at: datetime | None = None
    paused_until: datetime | None = None
    known_at: datetime | None = None

    def get_count(self, since):
        return self.count if self.started_at and self.started_at > since else 0


class SupportLoginCount(models.Model):
    """How often somebody failed to log in, at whichever door, right with many workers.

    Who guesses has to wait, who is guessed at does not:

    * An account and a network together have some attempts free; each further failure
      doubles the pause for just these two, up to a quarter of an hour. So nobody can
      lock out anybody who comes from elsewhere, and who has forgotten the password
      waits a minute.
    * An account never waits as a whole. When many networks fail with it, each of them
      gets fewer attempts, and in the end they wait together, except those from which
      its owner has logged in before. From elsewhere the way in is then a new password:
      whoever sets one by the link of a mail is known from there on.
    * A network that fails with ever more accounts waits as a whole, but for accounts
      that have logged in from it before: a company with one address goes on working.

    An attempt is counted before it is looked at and taken back when it was right: those
    who send a hundred at once have no more than one who sends them one by one. During
    a pause nothing is looked at and nothing is counted, so that a pause ends. It is all
    the same for logins that do not exist. Rows say neither whose address nor which
    login they stand for; only the owner of one that exists is kept, for the mail.

    Random keys of 160 bits and signed tokens can't be guessed; they are not counted.
    """

    _name = "support.login.count"
    _description = "Count of Failed Logins"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    count = fields.Integer(required=True)
    started_at = fields.Datetime(required=True)
    paused_until = fields.Datetime()
    known_at = fields.Datetime(help="The last right login, of an account and network.")
    # no relation: in a transaction of its own a login may not be there yet
    owner = fields.Integer(help="The number of the user whose account it is.")
    told_at = fields.Datetime()

    _key_unique = models.UniqueIndex("(key)")
    _started_idx = models.Index("(started_at)")

    # ---------------------------------------------------
    # Counting
    # ---------------------------------------------------

    @api.model
    @contextmanager
    def _guard(self, login, kind="password", user=None):
        """Count what is done inside as an attempt to log in, unless it is right.

        :param str login: what was typed, or the login of who is known already
        :param str kind: each factor is counted by itself: the right password must not
            forget the wrong codes
        :param res.users user: whose login it is, if there is one
        :raise SupportLoginPaused: too many attempts before; nothing was looked at
        """
        pauses = self._get_pauses()
        if not pauses.free:  # switched off, as Odoo's own parameter says
            yield
            return
        keys = self._get_keys(login, kind)
        seconds, before = self._reserve(keys, user, pauses)
        if seconds:
            raise SupportLoginPaused(self._get_pause_message(seconds))
        try:
            yield
        except SupportAccessRefused:  # the password was right
            self._release(keys, before, is_right=True)
            raise
        except AccessDenied:
            raise
        except Exception:  # nobody knows what it was
            self._release(keys, before, is_right=False)
            raise
        self._release(keys, before, is_right=True)

    @api.model
    def _get_pauses(self):
        """Return the limits; the first two are Odoo's own parameters.

        :rtype: Pauses
        """
        params_sudo = self.env["ir.config_parameter"].sudo()

        def get(name, default):
            return int(params_sudo.get_param(name, default))

        return Pauses(
            free=get("base.login_cooldown_after", 5),
            first=max(get("base.login_cooldown_duration", 60), 1),
            longest=60 * max(get(MAX_PAUSE_PARAM, 15), 1),
            network=get(NETWORK_PARAM, 100),
        )

    @api.model
    def _get_keys(self, login, kind):
        """Return the keys of the pair, the account and the network.

        :rtype: tuple[str, str, str]
        """
        login = str(login or "").strip().lower()
        network = self.env["support.access.mail"]._get_source_key(client.get())

        def key(*parts):
            return hmac(self.env(su=True), "support_login_count", parts)

        return (
            key("pair", login, network, kind),
            key("account", login),
            key("network", network),
        )

    @api.model
    @contextmanager
    def _look(self, keys):
        """Give a cursor and the rows of the keys, which nobody else changes meanwhile.

        In a transaction of its own: a failed login is rolled back.
        """
        with self.env.registry.cursor() as cr:
            # one after the other, before the first look: see support.form.count
            cr.execute(
                SQL("LOCK TABLE support_login_count IN SHARE UPDATE EXCLUSIVE MODE")
            )
            rows = dict.fromkeys(keys, Row())
            cr.execute(
                SQL(
                    """
                    SELECT key, count, started_at, paused_until, known_at
                      FROM support_login_count WHERE key IN %s
                    """,
                    keys,
                )
            )
            rows.update({key: Row(*values) for key, *values in cr.fetchall()})
            yield cr, [rows[key] for key in keys]

    @api.model
    def _reserve(self, keys, user, pauses):
        """Count an attempt, or tell how long to wait.

        :param Pauses pauses: as of :meth:`_get_pauses`
        :return: seconds to wait, 0: now; and the ends of the pauses before it
        :rtype: tuple[int, list]
        """
        now = fields.Datetime.now()
        with self._look(keys) as (cr, rows):
            pair, account, network = rows
            is_known = bool(pair.known_at and pair.known_at > now - KNOWN)
            asked = [pair] if is_known else rows
            until = max(row.paused_until or now for row in asked)
            if until > now:
                return max(int((until - now).total_seconds()), 1), []
            is_attack = account.get_count(now - ACCOUNT_WINDOW) >= ATTACK
            free = pauses.free
            if is_attack and not is_known:
                free = min(free, FREE_UNDER_ATTACK)
            limits = (free, ACCOUNT_LIMIT, pauses.network)
            if is_known:
                limits = (free, 0, 0)
            windows = (ACCOUNT_WINDOW, ACCOUNT_WINDOW, NETWORK_WINDOW)
            counted = []
            for row, limit, window in zip(rows, limits, windows, strict=True):
                count = row.get_count(now - window) + 1
                pause = timedelta(seconds=pauses.get_pause(count, limit))
                counted.append(
                    row._replace(
                        count=count,
                        started_at=row.started_at if count > 1 else now,
                        paused_until=now + pause if pause else row.paused_until,
                    )
                )
            self._store(cr, keys, counted, user)
        return 0, [row.paused_until for row in rows]

    @api.model
    def _store(self, cr, keys, rows, user=None):
        """Write the rows of the pair, the account and the network."""
        owners = (None, (user and user.id) or None, None)
        values = [
            SQL("%s", (key, *row, owner))
            for key, row, owner in zip(keys, rows, owners, strict=True)
        ]
        cr.execute(
            SQL(
                """
                INSERT INTO support_login_count AS counted
                       (key, count, started_at, paused_until, known_at, owner)
                VALUES %s
                    ON CONFLICT (key) DO UPDATE SET
                       count = EXCLUDED.count,
                       started_at = EXCLUDED.started_at,
                       paused_until = EXCLUDED.paused_until,
                       known_at = EXCLUDED.known_at,
                       owner = COALESCE(EXCLUDED.owner, counted.owner)
                """,
                SQL(", ").join(values),
            )
        )

    @api.model
    def _release(self, keys, paused_until, is_right):
        """Take back an attempt that was no failure.

        :param list paused_until: of the keys, before the attempt
        :param bool is_right: the account is known in this network from now on
        """
        now = fields.Datetime.now()
        with self._look(keys) as (cr, rows):
            rows = [
                row._replace(
                    count=max(row.count - 1, 0),
                    started_at=row.started_at or now,
                    paused_until=until,
                )
                for row, until in zip(rows, paused_until, strict=True)
            ]
            if is_right:
                rows[0] = rows[0]._replace(count=0, known_at=now)
            self._store(cr, keys, rows)

    @api.model
    def _note_known(self, login):
        """Know an account in this network: somebody has set its password by a link.

        :param str login:
        """
        keys = self._get_keys(login, "password")
        now = fields.Datetime.now()
        with self._look(keys) as (cr, rows):
            rows[0] = Row(started_at=now, known_at=now)
            rows[1:] = [
                row._replace(started_at=row.started_at or now) for row in rows[1:]
            ]
            self._store(cr, keys, rows)

    @api.model
    def _get_pause_message(self, seconds):
        minutes = -(-seconds // 60)
        if minutes == 1:
            return self.env._(
                "There were too many attempts to log in. Please wait a minute and try "
                "again, or set a new password."
            )
        return self.env._(
            "There were too many attempts to log in. Please wait %(minutes)s minutes "
            "and try again, or set a new password.",
            minutes=minutes,
        )

    # ---------------------------------------------------
    # Telling the owner, forgetting
    # ---------------------------------------------------

    @api.model
    def _cron_tell_owners(self):
        """Mail once a day those whose password somebody guesses.

        Later, by a cron: a login that exists must not take longer than another.
        """
        template = self.env.ref(
            "customer_portal_addon.mail_template_login_attempts",
            raise_if_not_found=False,
        )
        rows = self.search(
            [
                ("owner", "!=", False),
                ("told_at", "=", False),
                ("count", ">=", ATTACK),
                ("started_at", ">", fields.Datetime.now() - ACCOUNT_WINDOW),
            ],
            limit=100,
        )
        users_sudo = self.env["res.users"].sudo()
        for row in rows if template else ():
            user_sudo = users_sudo.browse(row.owner).exists()
            if user_sudo.active:
                template.send_mail(user_sudo.id)
            row.told_at = fields.Datetime.now()

    @api.autovacuum
    def _gc_past(self):
        """Forget failures after a day, and where somebody is known after a while."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM support_login_count
                 WHERE started_at < %s AND (known_at IS NULL OR known_at < %s)
                """,
                now - ACCOUNT_WINDOW - timedelta(hours=1),
                now - KNOWN,
            )
        )
