import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hash_sign, hmac, verify_hash_signed

from ..base.support_limit import Limit

STAMP_SCOPE = "support_public_form"
STAMP_HOURS = 12
# Hidden from people; programs that fill in everything fill it in
TRAP = "homepage"


class SupportPublicGuard(models.AbstractModel):
    """Which forms of people without a login are taken: from people, not too many.

    Nothing here depends on who an address belongs to: the answers tell nobody who is
    a customer.
    """

    _name = "support.public.guard"
    _description = "Guard of the Public Form"

    # How long somebody needs at least to fill in the form; with many from one network
    _min_seconds = 3
    _min_seconds_busy = 60
    # How many addresses of one network are looked at within ten minutes
    _limit_hints = 100
    # How many forms with files are looked into, of those that are wrong, too
    _limit_files = 100

    # ---------------------------------------------------
    # The stamp of a form
    # ---------------------------------------------------

    @api.model
    def _make_stamp(self):
        """Return what a form carries: when it was opened, signed; good for one ticket.

        :rtype: str
        """
        opened = fields.Datetime.to_string(fields.Datetime.now())
        return hash_sign(
            self.env(su=True),
            STAMP_SCOPE,
            [opened, secrets.token_hex(8)],
            expiration_hours=STAMP_HOURS,
        )

    @api.model
    def _renew_stamp(self, values):
        """Return the stamp of the form that was posted, so that it ages, or a new one.

        :param dict values: as for :meth:`_check_form`, or None
        :rtype: str
        """
        stamp = ((values or {}).get("stamp") or [""])[0]
        return stamp if self._read_stamp(stamp) else self._make_stamp()

    @api.model
    def _read_stamp(self, stamp):
        """Return when a form was opened and its number, None for a stamp not of ours.

        :rtype: tuple(datetime, str) | None
        """
        try:
            found = verify_hash_signed(self.env(su=True), STAMP_SCOPE, stamp)
        except (ValueError, IndexError):  # it was cut
            return None
        if not found:
            return None
        opened, number = found
        return fields.Datetime.to_datetime(opened), number

    # ---------------------------------------------------
    # Checks
    # ---------------------------------------------------

    @api.model
    def _check_form(self, values):
        """Return what is wrong with a posted form before it is read.

        :param dict values: name of an input -> list of posted strings
        :return: what is wrong by name of the input
        :rtype: dict
        """
        _ = self.env._
        if any(values.get(TRAP) or []):
            return {TRAP: _("Please leave this field empty.")}
        stamp = self._read_stamp((values.get("stamp") or [""])[0])
        if not stamp:
            return {
                "form": _(
                    "The form was open for too long. Please send it once more; nothing "
                    "that you typed is lost."
                )
            }
        if self._is_too_fast(stamp, self._min_seconds):
            return {
                "form": _("That was very fast. Please wait a moment and send it again.")
            }
        return {}

    @api.model
    def _check_sender(self, values, address, client):
        """Return what keeps a form that is filled in well from being taken.

        :param dict values: as for :meth:`_check_form`, which has passed them
        :param str address: the sender's, normalised
        :param str client: the visitor's IP address
        :return: what is wrong by name of the input
        :rtype: dict
        """
        _ = self.env._
        stamp = self._read_stamp(values["stamp"][0])
        contact = self.env.company.sudo()._get_support_contact()
        burst, limits = self._get_limits(address, client)
        counter = self.env["support.limit"]
        is_busy = counter._count([burst])
        if is_busy and self._is_too_fast(stamp, self._min_seconds_busy):
            return {
                "form": _(
                    "Many requests are arriving from your network at the moment. "
                    "Please send yours again in a minute; nothing that you typed is "
                    "lost."
                )
            }
        exceeded = counter._count(limits)
        if exceeded == "address":
            message = _(
                "There have been several requests from this address today. Please "
                "answer one of our e-mails or turn to %(contact)s.",
                contact=contact,
            )
            return {"email": message}
        if exceeded:
            message = _(
                "We can't take more requests here today. Please turn to %(contact)s.",
                contact=contact,
            )
            return {"form": message}
        if not counter._take(f"stamp {stamp[1]}", stamp[0]):
            message = _("This form has been sent already. We answer by e-mail.")
            return {"form": message}
        return {}

    @api.model
    def _check_files(self, files, client):
        """Return what keeps the files of a form from being looked into.

        :param list files: of (name, content as bytes)
        :param str client: the visitor's IP address
        :return: what is wrong by name of the input
        :rtype: dict
        """
        if not any(name for name, _content in files):
            return {}
        if self._is_below_burst("files", client, self._limit_files):
            return {}
        return {
            "form": self.env._(
                "Many requests are arriving from your network at the moment. Please "
                "send yours again in a few minutes; nothing that you typed is lost."
            )
        }

    @api.model
    def _is_too_fast(self, stamp, seconds):
        return fields.Datetime.now() - stamp[0] < timedelta(seconds=seconds)

    @api.model
    def _may_ask_for_hint(self, client):
        """Tell whether a visitor may have another address looked at.

        :param str client: the visitor's IP address
        :rtype: bool
        """
        return self._is_below_burst("hint", client, self._limit_hints)

    # ---------------------------------------------------
    # Limits
    # ---------------------------------------------------

    @api.model
    def _get_limits(self, address, client):
        """Return what is counted: the burst of a network, and the limits of a day.

        :rtype: tuple(Limit, list[Limit])
        """
        company_sudo = self.env.company.sudo()
        network = self._get_network(client)
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        start = self._get_burst_start()

        def limit(name, whom, since, number):
            return Limit(name, self._get_key(name, whom, since), since, number)

        return limit("burst", network, start, company_sudo.support_limit_burst), [
            limit("network", network, today, company_sudo.support_limit_network),
            limit("address", address, today, company_sudo.support_limit_address),
            limit("day", "", today, company_sudo.support_limit_day),
        ]

    @api.model
    def _is_below_burst(self, name, client, limit):
        """Count something of a network; tell whether it did no more in ten minutes.

        :rtype: bool
        """
        start = self._get_burst_start()
        key = self._get_key(name, self._get_network(client), start)
        return not self.env["support.limit"]._count([Limit(name, key, start, limit)])

    @api.model
    def _get_burst_start(self):
        now = fields.Datetime.now()
        return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)

    @api.model
    def _get_network(self, client):
        """Return a name for the network of a visitor that hides the address."""
        return self.env["support.limit"]._get_network_key(client)

    @api.model
    def _get_key(self, name, whom, start):
        """Return a key that stands for somebody, and for nobody in the next period."""
        message = (name, str(self.env.company.id), whom, str(start))
        return hmac(self.env(su=True), "support_form_count", message)
