"""Whether a domain takes mail, asked of the name server, within a second at most."""

import threading
import time

import dns.exception
import dns.name
import dns.resolver

TIMEOUT = 1.0
MAX_SERVERS = 3
MAX_AT_ONCE = 2
MAX_REMEMBERED = 1000
REMEMBERED_SECONDS = 3600

_slots = threading.BoundedSemaphore(MAX_AT_ONCE)
_remembered = {}


def takes_mail(domain, make_resolver=dns.resolver.Resolver, timeout=TIMEOUT):
    """Tell whether a domain takes mail; None when that can't be told in time.

    Nobody waits for a slow name server for long, nor do many at once.

    :param str domain: in its own script, or encoded
    :param make_resolver: returns the ``dns.resolver.Resolver`` to ask: the system's
    :param float timeout: seconds for all questions together
    :rtype: bool | None
    """
    answer, until = _remembered.get(domain, (None, 0))
    if time.monotonic() < until:
        return answer
    if not _slots.acquire(blocking=False):
        return None
    try:
        answer = _ask(domain, make_resolver, timeout)
    finally:
        _slots.release()
    if answer is not None:
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        _remembered[domain] = answer, time.monotonic() + REMEMBERED_SECONDS
    return answer


def forget():
    """Forget all answers."""
    _remembered.clear()


def _ask(domain, make_resolver, timeout):
    name = _read_name(domain)
    if name is None:
        return False
    deadline = time.monotonic() + timeout
    try:
        resolver = make_resolver()
        servers = resolver.nameservers[:MAX_SERVERS]
        resolver.nameservers = servers
        # a silent server leaves the others the time to answer
        resolver.timeout = timeout / max(len(servers), 1)
        hosts = _find(resolver, name, "MX", deadline)
        if hosts:
            # RFC 7505: a single host without a name says that no mail is taken
            return any(host.exchange != dns.name.root for host in hosts)
        # without a mail server of its own, the host itself takes the mail
        return any(_find(resolver, name, kind, deadline) for kind in ("A", "AAAA"))
    except dns.resolver.NXDOMAIN:  # also where an alias leads to
        return False
    except (dns.exception.DNSException, OSError, ValueError):
        return None


def _read_name(domain):
    """Return a domain as the name to ask for, None when it can't be one.

    :rtype: dns.name.Name | None
    """
    if "\\" in domain:  # would be read as the escape of a character
        return None
    try:
        name = dns.name.from_text(domain.encode("idna").decode("ascii"))
    except (UnicodeError, dns.exception.DNSException):
        return None
    return None if name == dns.name.root else name


def _find(resolver, name, kind, deadline):
    """Return the records of a kind that a name, or what it is an alias of, has.

    :param float deadline: by the monotonic clock
    :raise dns.resolver.NXDOMAIN: there is no such name
    :raise dns.exception.DNSException: no answer in time, or one that says nothing
    """
    left = max(deadline - time.monotonic(), 0.001)
    found = resolver.resolve(name, kind, raise_on_no_answer=False, lifetime=left)
    return found.rrset or ()
