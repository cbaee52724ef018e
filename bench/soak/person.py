"""What one person does in the portal, by HTTP; alternately on two servers.

``Person`` knows nothing of who sends its requests, so that locust can measure them,
and a few tries before the soak go without it.
"""

import json
import random
import re

from soak.form import find_form

# SOAK, customer, person of it, number: whatever somebody reads says whose it is
MARKER = re.compile(r"SOAK(\d\d)P(\d\d)N(\d{5})E")
TICKET = re.compile(r'href="(?:/[a-z]{2})?/my/ticket/(\d+)"')
FORM = re.compile(r'href="((?:/[a-z]{2})?/support/ticket/new/[^"?]+)"')
ORDER = re.compile(r"/my/orders/(\d+)\?access_token=([\w-]+)")
# Markers of an administrator's answers to colleagues begin here
COLLEAGUES = 20000
AGENT_NUMBERS, MAIL_NUMBERS = 50000, 80000  # of staff, and of mails
LANGUAGE = "de-DE,de;q=0.9"
WORDS = ("Drucker", "Rechnung", "Umsatzsteuer", "Lager", "Passwort", "Auftrag")
SEARCHES = (
    {},
    {"search": "Drucker"},
    {"search": "SOAK"},
    {"status": "all"},
    {"status": "waiting_on_customer"},
    {"status": "all", "sortby": "name"},
    {"status": "all", "sortby": "date", "page": "2"},
)
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class Unexpected(Exception):
    """A page that should not look like this; the text says what is wrong."""


class Journal:
    """What happened, a JSON document a line."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)  # noqa: SIM115 open until the end

    def note(self, what, **values):
        self.file.write(json.dumps({"what": what, **values}) + "\n")


def marker(customer, person, number):
    return f"SOAK{customer:02}P{person:02}N{number:05}E"


class Person:
    """Somebody with a login.

    :param dict plan: servers, packages … as prepared by run.py
    :param dict who: customer, person, login, is_admin
    :param send: called with method, address, name of the action and what requests
        takes; returns the response
    """

    def __init__(self, plan, who, send, journal):
        self.plan, self.who, self.send, self.journal = plan, who, send, journal
        self.turn = random.randrange(2)
        self.number = 0
        self.tickets = []
        self.has_ordered = False

    def next_marker(self):
        self.number += 1
        return marker(self.who["customer"], self.who["person"], self.number)

    def next_marker_for(self, page):
        """Return a marker for a ticket: that of its owner, who will read it."""
        _customer, owner, _number = MARKER.search(page.text).groups()
        if int(owner) == self.who["person"]:
            return self.next_marker()
        self.number += 1
        return marker(self.who["customer"], int(owner), COLLEAGUES + self.number)

    # ---------------------------------------------------
    # Requests
    # ---------------------------------------------------

    def call(self, method, path, name, expected=(200,), **options):
        """Send a request to the server whose turn it is; look at what comes back."""
        self.turn = 1 - self.turn
        address = self.plan["servers"][self.turn] + path
        response = self.send(method, address, name, **options)
        if response.status_code not in expected:
            self.complain(f"{name}: {response.status_code} for {method} {path}")
        self.check_markers(response.text, path)
        return response

    def complain(self, text):
        self.journal.note("bad", login=self.who["login"], text=text)
        raise Unexpected(text)

    def check_markers(self, text, path):
        """Nobody reads what is another customer's, or a colleague's without right."""
        for customer, person, number in set(MARKER.findall(text)):
            is_own = int(customer) == self.who["customer"] and (
                self.who["is_admin"] or int(person) == self.who["person"]
            )
            if not is_own:
                seen = f"SOAK{customer}P{person}N{number}E"
                self.journal.note(
                    "foreign", login=self.who["login"], path=path, marker=seen
                )

    def find_form(self, page, ending):
        return find_form(page.text, ending)

    # ---------------------------------------------------
    # What people do
    # ---------------------------------------------------

    def log_in(self):
        page = self.call("GET", "/web/login", "login page")
        values = self.find_form(page, "/web/login").fill("")
        values.update(login=self.who["login"], password=self.who["login"])
        answer = self.call(
            "POST",
            "/web/login",
            "log in",
            expected=(302, 303),
            data=values,
            allow_redirects=False,
        )
        if "login" in answer.headers["Location"]:
            self.complain("not logged in")

    def list_own(self):
        self.list("/my/tickets", "own tickets")

    def list_company(self):
        if self.who["is_admin"]:
            self.list("/my/tickets/company", "company's tickets")

    def list(self, path, name):
        params = dict(random.choice(SEARCHES))
        number = params.pop("page", "")
        if number:
            path += f"/page/{number}"
        page = self.call("GET", path, name, params=params)
        found = [int(ticket) for ticket in TICKET.findall(page.text)]
        self.tickets = list(dict.fromkeys(found + self.tickets))[:40]

    def open_ticket(self, name="ticket"):
        if not self.tickets:
            return None, None
        ticket = random.choice(self.tickets)
        return ticket, self.call("GET", f"/my/ticket/{ticket}", name)

    def file_ticket(self):
        page = self.call("GET", "/support/ticket/new", "types")
        path = random.choice(self.find_paths(page))
        page = self.call("GET", path, "form")
        self.send_form(page, path)

    def find_paths(self, page):
        """Return the addresses of the forms on offer."""
        return FORM.findall(page.text)

    def send_form(self, page, path):
        """Fill in a form and send it; return the ticket's id, None when refused."""
        mark = self.next_marker()
        form = self.find_form(page, path.rpartition("/")[2])
        values = form.fill(
            f"Probe {random.choice(WORDS)}",
            subject=f"{random.choice(WORDS)} {mark}",
            on_behalf="",
        )
        answer = self.call(
            "POST",
            path,
            "file a ticket",
            expected=(302, 303, 422),
            data=values,
            allow_redirects=False,
        )
        found = re.search(r"/my/ticket/(\d+)", answer.headers.get("Location", ""))
        if not found:
            self.journal.note("refused", marker=mark)
            return None
        ticket = int(found[1])
        self.tickets.insert(0, ticket)
        self.journal.note("filed", marker=mark, ticket=ticket)
        return ticket

    def answer(self):
        ticket, page = self.open_ticket()
        form = page and self.find_form(page, "/reply")
        if not form:
            return
        mark = self.next_marker_for(page)
        self.post(
            f"/my/ticket/{ticket}/reply",
            "answer",
            form.fill("", body=f"Noch etwas: {mark}"),
            "answered",
            marker=mark,
            ticket=ticket,
        )

    def close_or_reopen(self):
        ticket, page = self.open_ticket()
        if not ticket:
            return
        action = "close" if f"/my/ticket/{ticket}/close" in page.text else "reopen"
        if f"/my/ticket/{ticket}/{action}" not in page.text:
            return
        path = f"/my/ticket/{ticket}/{action}"
        page = self.call("GET", path, f"{action} page")
        form = self.find_form(page, f"/{action}")
        if form:  # somebody else may have been faster
            values = form.fill("", reason="Es geht doch nicht")
            self.post(path, action, values, action, ticket=ticket)

    def post(self, path, name, values, what, **noted):
        """Send a form of a ticket; when there is news, the person leaves it at that."""
        answer = self.call(
            "POST",
            path,
            name,
            expected=(302, 303, 422),
            data=values,
            allow_redirects=False,
        )
        self.journal.note(what if answer.status_code != 422 else "refused", **noted)

    def look_at_credit(self):
        self.call("GET", "/my/credit", "credit")

    def look_something_up(self):
        params = random.choice(({}, {"search": random.choice(WORDS)}))
        page = self.call("GET", "/support/kb", "knowledge base", params=params)
        found = re.findall(
            r'href="((?:/[a-z]{2})?/support/kb/article/[^"#]+)"', page.text
        )
        if found:
            self.call("GET", random.choice(found), "article")

    def order(self):
        """Order a package and sign it; once is enough for everybody."""
        if self.has_ordered:
            return
        self.has_ordered = True
        page = self.call("GET", "/support/packages", "packages")
        form = self.find_form(page, "/support/packages/order")
        if not form:
            return
        product = random.choice(list(self.plan["packages"]))
        answer = self.call(
            "POST",
            "/support/packages/order",
            "order",
            expected=(302, 303),
            data=form.fill("", product_id=product),
            allow_redirects=False,
        )
        order, token = ORDER.search(answer.headers["Location"]).groups()
        path = f"/my/orders/{order}"
        self.call("GET", path, "quotation", params={"access_token": token})
        params = {"access_token": token, "name": "Soak", "signature": SIGNATURE}
        answer = self.call("POST", f"{path}/accept", "sign", json={"params": params})
        if not answer.json().get("result", {}).get("force_refresh"):
            self.complain(f"not signed: {answer.text[:300]}")
        self.journal.note(
            "ordered",
            customer=self.who["customer"],
            minutes=self.plan["packages"][product],
        )
