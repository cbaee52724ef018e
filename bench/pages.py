"""What the pages cost: ours, the stock helpdesk's and Odoo's bare ``/my``."""

import statistics
import threading
import time
from dataclasses import dataclass

from servers import Person

from console import Fail

RULER = "/my"
# Who looks at a page
ORDINARY, HEAVY, ADMINISTRATOR = EVERYBODY = "ordinary", "heavy", "administrator"
WARM_UP = 4
CLIENTS = 4


@dataclass(frozen=True)
class Page:
    """A page that is measured.

    ``is_bar``: whether the bar of 1.5 holds for it.
    """

    title: str
    who: str
    path: str
    is_bar: bool = True
    is_plotted: bool = False

    @property
    def key(self):
        return f"{self.who} {self.path}"


COMPANY = "/my/tickets/company"
PAGES = [
    Page("Own tickets", ORDINARY, "/my/tickets", is_plotted=True),
    Page("Own tickets", HEAVY, "/my/tickets", is_plotted=True),
    Page("… all of them", HEAVY, "/my/tickets?status=all"),
    Page("… searched, found", HEAVY, "/my/tickets?status=all&search=drucker"),
    Page("… searched, not found", HEAVY, "/my/tickets?status=all&search=quarzuhr"),
    Page("Company's tickets", ADMINISTRATOR, COMPANY, is_plotted=True),
    Page("… all of them", ADMINISTRATOR, f"{COMPANY}?status=all"),
    Page("… page 20", ADMINISTRATOR, f"{COMPANY}/page/20?status=all"),
    Page(
        "… searched, in half of them",
        ADMINISTRATOR,
        f"{COMPANY}?status=all&search=drucker",
        is_plotted=True,
    ),
    Page(
        "… searched, in some of them",
        ADMINISTRATOR,
        f"{COMPANY}?status=all&search=schnittstelle",
    ),
    Page(
        "… searched, in a few",
        ADMINISTRATOR,
        f"{COMPANY}?status=all&search=zollkennzeichen",
        is_plotted=True,
    ),
    Page(
        "… searched, not found",
        ADMINISTRATOR,
        f"{COMPANY}?status=all&search=quarzuhr",
    ),
    Page("… searched, two letters", ADMINISTRATOR, f"{COMPANY}?status=all&search=xq"),
    Page("… by date", ADMINISTRATOR, f"{COMPANY}?status=all&sortby=date"),
    Page("… by subject", ADMINISTRATOR, f"{COMPANY}?status=all&sortby=name"),
    Page(
        "… closed since 2026",
        ADMINISTRATOR,
        f"{COMPANY}?status=closed&since=2026-01-01",
    ),
    Page("Support credit", ADMINISTRATOR, "/my/credit", is_bar=False),
    Page("Start page of the support", ADMINISTRATOR, "/support", is_bar=False),
]


def log_in(server):
    """Return those who look at the pages, logged in."""
    size = server.database.size
    logins = {
        ORDINARY: size.ordinary[0],
        HEAVY: size.heavy,
        ADMINISTRATOR: size.administrator,
    }
    return {who: Person(server, login) for who, login in logins.items()}


def measure(ours, stock, rounds):
    """Call each page, and the ruler on the stock server, in turn.

    :return: key -> seconds of each round; the ruler's are ``<who> /my``, the stock
        helpdesk's list ``stock``
    :rtype: dict[str, list[float]]
    """
    people, others = log_in(ours), log_in(stock)
    calls = {page.key: (people[page.who], page.path) for page in PAGES}
    calls |= {f"{who} {RULER}": (other, RULER) for who, other in others.items()}
    calls["stock"] = (others[ORDINARY], "/my/tickets")
    calls["stock heavy"] = (others[HEAVY], "/my/tickets")
    seconds = {key: [] for key in calls}
    for number in range(WARM_UP + rounds):
        for key, (person, path) in calls.items():
            answer = person.get(path)
            if answer.status != 200:
                raise Fail(f"{path} answered {answer.status} {answer.location}.")
            if number >= WARM_UP:
                seconds[key].append(answer.seconds)
    return seconds


def summary(seconds):
    """Return median and spread (the middle half) in milliseconds."""
    low, middle, high = statistics.quantiles(seconds, n=4)
    return {
        "p50": middle * 1000,
        "p25": low * 1000,
        "p75": high * 1000,
        "count": len(seconds),
    }


def throughput(person, path, seconds):
    """Return the requests per second that several clients at once get answered."""
    end = time.monotonic() + seconds
    counts = []

    def ask():
        count = 0
        while time.monotonic() < end:
            assert person.get(path).status == 200
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != CLIENTS:
        raise Fail(f"{path} failed with {CLIENTS} clients.")
    return sum(counts) / (time.monotonic() - begin)


def compare_throughput(calls, seconds, rounds):
    """Return the requests per second of each, in turns.

    :param calls: name -> (person, path)
    :rtype: dict[str, list[float]]
    """
    found = {name: [] for name in calls}
    for _round in range(rounds):
        for name, (person, path) in calls.items():
            found[name].append(throughput(person, path, seconds))
    return found
