"""What must hold between two servers, tried before the soak.

    python -m soak.probe PLAN RESULTS

A person files with four connections at once on both servers, and gets through exactly
as often as the limit of an hour allows. What staff change on one server, the other one
knows with the next request.
"""

import concurrent.futures
import json
import sys
from pathlib import Path

import requests

from soak.person import LANGUAGE, Journal, Person, Unexpected

SENDERS, TRIES, LIMIT = 4, 40, 30


def open_person(plan, who, journal):
    """Return somebody who is logged in."""
    session = requests.Session()
    session.headers["Accept-Language"] = LANGUAGE

    def send(method, address, _name, **options):
        return session.request(method, address, timeout=120, **options)

    person = Person(plan, who, send, journal)
    person.session = session
    person.log_in()
    return person


def try_limit(plan, journal):
    """Return how many of many forms, sent by one person at once, became tickets."""
    people = [open_person(plan, plan["eager"], journal) for _each in range(SENDERS)]
    forms = []
    for index, person in enumerate(people):
        person.number = 10000 * (index + 1)
        page = person.call("GET", "/support/ticket/new", "types")
        path = person.find_paths(page)[0]
        forms.append((person, person.call("GET", path, "form"), path))

    def send(index):
        person, page, path = forms[index]
        turns = range(TRIES // SENDERS)
        return sum(person.send_form(page, path) is not None for _turn in turns)

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        filed = sum(pool.map(send, range(SENDERS)))
    return ["tickets of one person at once on both servers", LIMIT, filed]


class Staff:
    """The administrator, on the first server."""

    def __init__(self, plan):
        self.plan, self.session = plan, requests.Session()
        params = {"db": plan["database"], **plan["gateway"]}
        self.call("/web/session/authenticate", params)

    def call(self, path, params):
        address = self.plan["servers"][0] + path
        answer = self.session.post(address, json={"params": params}, timeout=120)
        return answer.json()["result"]

    def write(self, model, ids, **values):
        """Change records."""
        params = {"model": model, "method": "write", "kwargs": {}}
        self.call(
            f"/web/dataset/call_kw/{model}/write", {**params, "args": [ids, values]}
        )

    def search(self, model, domain):
        params = {"model": model, "method": "search", "args": [domain], "kwargs": {}}
        return self.call(f"/web/dataset/call_kw/{model}/search", params)


def look(plan, person, path):
    """Return where somebody gets on the second server: the address's path."""
    address = plan["servers"][1] + path
    answer = person.session.get(address, timeout=120)
    return answer.url.removeprefix(plan["servers"][1]).partition("?")[0]


def try_changes(plan, journal):
    """Change something on the first server, look on the second, and change it back.

    :return: what was tried, what should come of it, what came
    """
    who = plan["people"][0]
    page, start, refused = "/my/tickets/company", "/my", "/support/refused"
    staff = Staff(plan)
    domain = [["partner_id.child_ids", "in", [who["contact_id"]]]]
    contract = ["support.contract", staff.search("support.contract", domain)]
    contact = ["res.partner", [who["contact_id"]]]
    company = ["res.company", [plan["company_id"]]]
    steps = (
        ("taken the administrator's role", contact, "is_customer_administrator", False),
        ("given it back", contact, "is_customer_administrator", True),
        ("policy: open", company, "support_policy", "open"),
        ("contract over, policy: open", contract, "date_end", plan["yesterday"]),
        ("contract over, policy: contract", company, "support_policy", "contract"),
        ("contract goes on", contract, "date_end", False),
    )
    expected = (start, page, page, page, refused, page)
    person = open_person(plan, who, journal)
    for (title, (model, ids), field, value), path in zip(steps, expected, strict=True):
        staff.write(model, ids, **{field: value})
        if title == "contract goes on":  # the session was ended
            person = open_person(plan, who, journal)
        yield [f"on the other server at once: {title}", path, look(plan, person, page)]


def main(plan_file, results_file):
    plan = json.loads(Path(plan_file).read_text())
    journal = Journal(plan["journal"])
    results = []
    try:
        results += try_changes(plan, journal)
        results.append(try_limit(plan, journal))
    except Unexpected as error:
        results.append(["the tries came to their end", "", str(error)])
    Path(results_file).write_text(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
