"""What the addon costs everybody: pages that are there without it, on both servers.

By queries, and by the CPU time of the workers and of their PostgreSQL backends, which
other programs on the machine change less than they change the clock on the wall.
"""

import time
from dataclasses import dataclass
from statistics import NormalDist, fmean, median, stdev

from servers import Person

from console import Fail

PUBLIC, PORTAL, STAFF = "public", "portal", "staff"
WARM_UP = 12  # so that each worker has seen it
REQUESTS = 10  # of one server, before it is the other's turn
LEAST_TURNS, CONFIDENCE = 20, 0.95
# Half of the interval at which a page is done: it tells 2 % from nothing
PRECISION = 0.005


@dataclass(frozen=True)
class Call:
    """A page, or a method that is called as Odoo's own client does."""

    title: str
    who: str
    path: str
    arguments: dict | None = None

    @property
    def logged(self):
        """What the server's log calls it."""
        return f"{'GET' if self.arguments is None else 'POST'} {self.path}"


def read(title, who, model, method, *args, **kwargs):
    """Return the call of a method."""
    arguments = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    return Call(title, who, f"/web/dataset/call_kw/{model}/{method}", arguments)


CALLS = [
    Call("`/`", PUBLIC, "/"),
    Call("`/contactus`", PUBLIC, "/contactus"),
    Call("`/web/login`", PUBLIC, "/web/login"),
    Call("A page that is missing", PUBLIC, "/nonsense"),
    Call("`/`", PORTAL, "/"),
    Call("`/my`", PORTAL, "/my"),
    Call("`/my/account`", PORTAL, "/my/account"),
    Call("`/my/invoices`", PORTAL, "/my/invoices"),
    read("A method called", PORTAL, "res.currency", "read", [1], ["name"]),
    Call("The backend", STAFF, "/odoo"),
    read(
        "A list of the backend",
        STAFF,
        "res.partner",
        "web_search_read",
        domain=[],
        specification={"display_name": {}, "email": {}, "phone": {}},
        limit=80,
    ),
    read("A method called", STAFF, "res.currency", "read", [1], ["name"]),
]


def log_in(server):
    """Return who asks: a visitor, an ordinary contact, Odoo's administrator."""
    return {
        PUBLIC: Person(server),
        PORTAL: Person(server, server.database.size.ordinary[0]),
        STAFF: Person(server, "admin", "admin"),
    }


def measure(ours, stock, seconds):
    """Ask both servers in turns until the difference is known.

    :param float seconds: at most for each call
    :return: for each call, in their order, see :func:`compare`
    :rtype: list[dict]
    """
    sides = [(ours, log_in(ours)), (stock, log_in(stock))]
    return [compare(call, sides, seconds) for call in CALLS]


def compare(call, sides, seconds):
    """Compare one call on both servers.

    :return: ``ratio``, ``low`` and ``high``: CPU time of ours over that of the stock
        server, with its interval; ``turns``; of both servers ``milliseconds`` of CPU
        and ``queries`` of one request
    :rtype: dict
    """
    end = time.monotonic() + seconds
    marks = [server.log.stat().st_size for server, _people in sides]
    for server, people in sides:
        ask(server, people[call.who], call, WARM_UP)
    spent = []
    while True:
        order = sides if len(spent) % 2 else sides[::-1]
        found = {s.port: ask(s, people[call.who], call, REQUESTS) for s, people in order}
        spent.append([found[server.port] for server, _people in sides])
        ratio, low, high = interval([own / other for own, other in spent])
        is_known = len(spent) >= LEAST_TURNS and high - low <= 2 * PRECISION
        if is_known or time.monotonic() > end:
            break
    return {
        "ratio": ratio,
        "low": low,
        "high": high,
        "turns": len(spent),
        "milliseconds": [fmean(c) / REQUESTS * 1000 for c in zip(*spent, strict=True)],
        "queries": [
            median(server.queries(mark)[call.logged])
            for (server, _people), mark in zip(sides, marks, strict=True)
        ],
    }


def ask(server, person, call, times):
    """Ask so many times; return the seconds of CPU that it took."""
    before = server.cpu_seconds()
    for _number in range(times):
        if call.arguments is None:
            answer = person.get(call.path)
        else:
            answer = person.call(call.path, call.arguments)
        if answer.status not in (200, 404) or '"error"' in answer.body[:60]:
            raise Fail(f"{call.path} answered {answer.status} {answer.body[:300]}.")
    after = server.cpu_seconds()
    return sum(after[pid] - before.get(pid, 0) for pid in after)


def interval(ratios):
    """Return the mean of ratios, and between what it lies with our confidence.

    :rtype: tuple(float, float, float)
    """
    mean = fmean(ratios)
    if len(ratios) < 2:
        return mean, 0, float("inf")
    quantile = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    half = quantile * stdev(ratios) / len(ratios) ** 0.5
    return mean, mean - half, mean + half
