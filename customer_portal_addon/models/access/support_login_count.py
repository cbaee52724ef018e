from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.tools import SQL, hmac

from ...exceptions import SupportAccessRefused, SupportLoginPaused
from ...tools.web import client
from ..base.support_limit import Row

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


class Keys(NamedTuple):
    """Below which keys an attempt is counted, in the table of all limits.

    ``known``: that the pair of account and network has logged in before.
    """

    pair: str
    known: str
    account: str
    network: str


class SupportLoginCount(models.AbstractModel):
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
        keys = self._get_keys(login, kind, user)
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
    def _get_keys(self, login, kind, user=None):
        """Return what an attempt is counted below.

        Websites may have the same login each, of different people: who is right with
        one of them must not thereby have more attempts with the other.

        :rtype: Keys
        """
        login = str(login or "").strip().lower()
        website = user and user.sudo().website_id
        if website:
            login = f"{login} website {website.id}"
        network = self.env["support.limit"]._get_network_key(client.get())

        def key(*parts):
            return hmac(self.env(su=True), "support_login_count", parts)

        pair = key("pair", login, network, kind)
        return Keys(
            pair=pair,
            known=f"{pair} known",
            account=key("account", login),
            network=key("network", network),
        )

    @api.model
    def _reserve(self, keys, user, pauses):
        """Count an attempt, or tell how long to wait.

        :param Keys keys: as of :meth:`_get_keys`
        :param Pauses pauses: as of :meth:`_get_pauses`
        :return: seconds to wait, 0: now; and the ends of the pauses before it
        :rtype: tuple[int, list]
        """
        now = fields.Datetime.now()
        limits = self.env["support.limit"]
        with limits._look(keys) as (cr, rows):
            pair, known, account, network = rows
            is_known = bool(known.kept_until and known.kept_until > now)
            counted = (pair, account, network)
            asked = [pair] if is_known else counted
            until = max(row.paused_until or now for row in asked)
            if until > now:
                return max(int((until - now).total_seconds()), 1), []
            is_attack = account.get_count(now - ACCOUNT_WINDOW) >= ATTACK
            free = pauses.free
            if is_attack and not is_known:
                free = min(free, FREE_UNDER_ATTACK)
            free_of_each = (free, ACCOUNT_LIMIT, pauses.network)
            if is_known:
                free_of_each = (free, 0, 0)
            windows = (ACCOUNT_WINDOW, ACCOUNT_WINDOW, NETWORK_WINDOW)
            reserved = []
            for row, limit, window in zip(counted, free_of_each, windows, strict=True):
                count = row.get_count(now - window) + 1
                pause = timedelta(seconds=pauses.get_pause(count, limit))
                reserved.append(
                    row._replace(
                        count=count,
                        started_at=row.started_at if count > 1 else now,
                        paused_until=now + pause if pause else row.paused_until,
                    )
                )
            reserved[1] = reserved[1]._replace(owner=(user and user.id) or None)
            names = (keys.pair, keys.account, keys.network)
            limits._store(cr, dict(zip(names, reserved, strict=True)))
        return 0, [row.paused_until for row in counted]

    @api.model
    def _release(self, keys, paused_until, is_right):
        """Take back an attempt that was no failure.

        :param Keys keys: as of :meth:`_get_keys`
        :param list paused_until: of pair, account and network, before the attempt
        :param bool is_right: the account is known in this network from now on
        """
        now = fields.Datetime.now()
        limits = self.env["support.limit"]
        names = (keys.pair, keys.account, keys.network)
        with limits._look(names) as (cr, rows):
            released = {
                name: row._replace(
                    count=max(row.count - 1, 0),
                    started_at=row.started_at or now,
                    paused_until=until,
                )
                for name, row, until in zip(names, rows, paused_until, strict=True)
            }
            if is_right:
                released[keys.pair] = released[keys.pair]._replace(count=0)
                released[keys.known] = self._get_known(now)
            limits._store(cr, released)

    @api.model
    def _note_known(self, user):
        """Know an account in this network: somebody has set its password by a link.

        :param res.users user: whose it is
        """
        keys = self._get_keys(user.login, "password", user)
        now = fields.Datetime.now()
        limits = self.env["support.limit"]
        with limits._look([keys.pair]) as (cr, _rows):
            rows = {keys.pair: Row(started_at=now), keys.known: self._get_known(now)}
            limits._store(cr, rows)

    def _get_known(self, now):
        return Row(count=1, started_at=now, kept_until=now + KNOWN)

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
    # Telling the owner
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
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT attacked.key || ' told', attacked.owner
              FROM support_limit attacked
             WHERE attacked.owner IS NOT NULL
               AND attacked.count >= %s AND attacked.started_at > %s
               AND NOT EXISTS (
                   SELECT FROM support_limit told
                    WHERE told.key = attacked.key || ' told' AND told.kept_until >= %s)
             LIMIT 100
            """,
            ATTACK,
            now - ACCOUNT_WINDOW,
            now,
        )
        users_sudo = self.env["res.users"].sudo()
        for key, user_id in self.env.execute_query(query) if template else ():
            user_sudo = users_sudo.browse(user_id).exists()
            if self.env["support.limit"]._take(key, now) and user_sudo.active:
                template.send_mail(user_sudo.id)
