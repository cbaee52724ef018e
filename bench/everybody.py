"""What the addon costs everybody: pages that are there without it, on both servers.

By queries, and by the CPU time of the workers and of their PostgreSQL backends, which
other programs on the machine change less than they change the clock on the wall.
"""

import math
import time
from dataclasses import dataclass
from statistics import NormalDist, median

from servers import Person, cpu_seconds

from console import Fail

PUBLIC, PORTAL, STAFF = "public", "portal", "staff"
WARM_UP = 12  # so that each worker has seen it
REQUESTS = 10  # of each server in a turn
LEAST_TURNS, CONFIDENCE = 20, 0.95
# Half of the interval at which a page is done: it tells 2 % from nothing
PRECISION = 0.005


@dataclass(frozen=True)
class Call:
    """A page, or a method that is called as Odoo's own client does.

    ``queries``: how many more ours may have, None: as for all of ``who``.
    """

    title: str
    who: str
    path: str
    arguments: dict | None = None
    queries: int | None = None

    @property
    def logged(self):
        """What the server's log calls it."""
        if self.arguments is None:
            return f"GET {self.path}"
        model, method = self.arguments["model"], self.arguments["method"]
        return f"POST {self.path}#{model}.{method}"


def read(title, who, model, method, *args, **kwargs):
    """Return the call of a method."""
    arguments = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    return Call(title, who, f"/web/dataset/call_kw/{model}/{method}", arguments)


CALLS = [
    Call("Website's start page", PUBLIC, "/"),
    Call("Another page of it", PUBLIC, "/contactus"),
    Call("Login page", PUBLIC, "/web/login"),
    Call("A page that is missing", PUBLIC, "/nonsense"),
    Call("Website's start page", PORTAL, "/"),
    # it says the balance, which is one query of its own
    Call("Bare `/my`", PORTAL, "/my", queries=2),
    Call("Own address", PORTAL, "/my/account"),
    Call("Own invoices", PORTAL, "/my/invoices"),
    read("A record read", PORTAL, "res.currency", "read", [1], ["name"]),
    Call("Start of the backend", STAFF, "/odoo"),
    read(
        "A list of the backend",
        STAFF,
        "res.partner",
        "web_search_read",
        domain=[],
        specification={"display_name": {}, "email": {}, "phone": {}},
        limit=80,
    ),
    read("A record read", STAFF, "res.currency", "read", [1], ["name"]),
]


def even_menus(ours, stock):
    """Give the website without ours as many entries in its menu.

    They are content, as any website has it; each takes half a millisecond of a page.
    """
    menus = [["url", "like", "/support%"], ["website_id", "!=", False]]
    wanted = ours.rpc("website.menu", "search_count", menus)[0]
    bench = [["url", "=", "/my/tickets?bench"], ["website_id", "!=", False]]
    missing = wanted - stock.rpc("website.menu", "search_count", bench)[0]
    [first], _seconds = stock.rpc("website", "search_read", [], ["menu_id"], limit=1)
    entry = {"name": "Support", "url": "/my/tickets?bench", "website_id": first["id"]}
    entry["parent_id"] = first["menu_id"][0]
    stock.rpc("website.menu", "create", [entry] * missing)


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
    even_menus(ours, stock)
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
    askers = [(server, people[call.who]) for server, people in sides]
    for _server, person in askers * WARM_UP:
        ask(person, call)
    spent = []
    while True:
        spent.append(take_turn(askers, call))
        ratio, low, high = interval([own / other for own, other in spent])
        is_known = len(spent) >= LEAST_TURNS and high - low <= 2 * PRECISION
        if is_known or time.monotonic() > end:
            break
    return {
        "ratio": ratio,
        "low": low,
        "high": high,
        "turns": len(spent),
        "milliseconds": [
            median(each) / REQUESTS * 1000 for each in zip(*spent, strict=True)
        ],
        "queries": [
            median(server.queries(mark)[call.logged])
            for (server, _person), mark in zip(askers, marks, strict=True)
        ],
    }


def take_turn(askers, call):
    """Ask one and the other, so many times; return the seconds of CPU of each.

    Now this one first, now the other: what else the machine does hits both alike.
    """
    pids = {server: server.find_processes() for server, _person in askers}
    spent = dict.fromkeys(pids, 0)
    for number in range(REQUESTS):
        for server, person in askers[:: 1 if number % 2 else -1]:
            before = cpu_seconds(pids[server])
            ask(person, call)
            spent[server] += cpu_seconds(pids[server]) - before
    return list(spent.values())


def ask(person, call):
    """Ask once; whoever answers something else than usual measures nothing."""
    if call.arguments is None:
        answer = person.get(call.path)
    else:
        answer = person.call(call.path, call.arguments)
    if answer.status not in (200, 404) or '"error"' in answer.body[:60]:
        raise Fail(f"{call.path} answered {answer.status} {answer.body[:300]}.")


def interval(ratios):
    """Return the median of ratios, and between what it lies with our confidence.

    By their order alone: some turns are far off, as others use the machine, too.

    :rtype: tuple(float, float, float)
    """
    ordered = sorted(ratios)
    count = len(ordered)
    quantile = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    off = math.ceil(quantile * count**0.5 / 2)
    low, high = count // 2 - off, (count - 1) // 2 + off
    if low < 0:
        return median(ordered), 0, math.inf
    return median(ordered), ordered[low], ordered[high]
