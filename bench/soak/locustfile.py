"""locust's file: 40 people, two agents and the postman; started by run.py.

SOAK_PLAN=FILE PYTHONPATH=bench locust -f bench/soak/locustfile.py --headless …
"""

import email.parser
import email.policy
import itertools
import json
import os
import random
from email.message import EmailMessage
from pathlib import Path

from locust import HttpUser, between, events, task

from soak.person import (
    AGENT_NUMBERS,
    LANGUAGE,
    MAIL_NUMBERS,
    Journal,
    Person,
    Unexpected,
    marker,
)

PLAN = json.loads(Path(os.environ["SOAK_PLAN"]).read_text())
JOURNAL = Journal(PLAN["journal"])
PEOPLE = iter(PLAN["people"])
AGENTS = itertools.cycle(enumerate(PLAN["agents"]))
TIMEOUT = 120


class Visitor(HttpUser):
    abstract = True
    host = PLAN["servers"][0]

    def send(self, method, address, name, **options):
        """Send a request that locust measures; what it means others judge."""
        with self.client.request(
            method,
            address,
            name=name,
            catch_response=True,
            timeout=TIMEOUT,
            headers={"Accept-Language": LANGUAGE},
            **options,
        ) as response:
            if response.status_code in (200, 302, 303, 422):
                response.success()
            return response


class Customer(Visitor):
    """One of the 40, with a login of its own."""

    fixed_count = len(PLAN["people"])
    wait_time = between(8, 20)

    def on_start(self):
        self.person = Person(PLAN, next(PEOPLE), self.send, JOURNAL)
        self.do(self.person.log_in)
        self.do(self.person.list_own)

    def do(self, action):
        try:
            action()
        except Unexpected:
            pass  # it is in the journal

    @task(6)
    def list_own(self):
        self.do(self.person.list_own)

    @task(5)
    def open_ticket(self):
        self.do(self.person.open_ticket)

    @task(3)
    def file_ticket(self):
        self.do(self.person.file_ticket)

    @task(4)
    def answer(self):
        self.do(self.person.answer)

    @task(1)
    def close_or_reopen(self):
        self.do(self.person.close_or_reopen)

    @task(2)
    def list_company(self):
        self.do(self.person.list_company)

    @task(2)
    def look_at_credit(self):
        self.do(self.person.look_at_credit)

    @task(2)
    def look_something_up(self):
        self.do(self.person.look_something_up)

    @task(1)
    def order(self):
        self.do(self.person.order)


class Remote(Visitor):
    """Whoever calls models by JSON-RPC, alternately on both servers."""

    abstract = True

    def log_in(self, login, password):
        self.turn, self.login = 0, login
        params = {"db": PLAN["database"], "login": login, "password": password}
        self.call("/web/session/authenticate", "staff: log in", params)

    def call(self, path, name, params):
        """Send a JSON-RPC request; return its result, None when there is none."""
        self.turn = 1 - self.turn
        address = PLAN["servers"][self.turn] + path
        answer = self.send("POST", address, name, json={"params": params})
        content = answer.json() if answer.status_code == 200 else {}
        if "error" in content or not content:
            error = content.get("error", {}).get("data", {}).get("message")
            JOURNAL.note("bad", login=self.login, text=f"{name}: {error}")
            return None
        return content.get("result")

    def call_model(self, name, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.call(f"/web/dataset/call_kw/{model}/{method}", name, params)


class Agent(Remote):
    """Staff: answers, and enters efforts, which are posted to the credit."""

    fixed_count = len(PLAN["agents"])
    wait_time = between(4, 10)

    def on_start(self):
        index, login = next(AGENTS)
        self.number = AGENT_NUMBERS + index * 10000
        self.log_in(**login)

    def find_ticket(self):
        """Return one of the tickets that wait, and whose it is."""
        tickets = self.call_model(
            "staff: list",
            "helpdesk.ticket",
            "search_read",
            [["name", "like", "SOAK"], ["closed", "=", False]],
            ["name", "type_id"],
            limit=40,
            order="last_activity_at desc",
        )
        ticket = random.choice(tickets) if tickets else None
        if not ticket:
            return None, None, None
        found = ticket["name"].partition("SOAK")[2]
        self.number += 1
        customer = int(found[:2])
        return ticket, customer, marker(customer, int(found[3:5]), self.number)

    @task(3)
    def answer(self):
        ticket, _customer, mark = self.find_ticket()
        if ticket and self.call_model(
            "staff: answer",
            "helpdesk.ticket",
            "message_post",
            [ticket["id"]],
            body=f"Bitte einmal neu starten: {mark}",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        ):
            JOURNAL.note("answered", marker=mark, ticket=ticket["id"])

    @task(2)
    def enter_effort(self):
        ticket, customer, mark = self.find_ticket()
        minutes = random.randint(1, 30)
        values = {"name": f"Am Telefon {mark}", "worked_minutes": minutes}
        if ticket and self.call_model(
            "staff: effort",
            "support.time.entry",
            "create",
            [{"ticket_id": ticket["id"], "state": "done", **values}],
        ):
            is_free = ticket["type_id"] and ticket["type_id"][0] in PLAN["free_types"]
            JOURNAL.note(
                "effort",
                marker=mark,
                customer=customer,
                minutes=0 if is_free else minutes,
            )


class Postman(Remote):
    """The mail gateway: new requests, and answers to what people were sent."""

    fixed_count = 1
    wait_time = between(4, 8)

    def on_start(self):
        self.number = MAIL_NUMBERS
        self.log_in(**PLAN["gateway"])
        self.seen, self.answerable = set(), []

    def deliver(self, name, who, subject, mark, **headers):
        """Hand in a mail, as Odoo's own script for mail servers does."""
        mail = EmailMessage()
        mail["From"] = who["login"]
        mail["To"] = PLAN["alias"]
        mail["Subject"] = subject
        mail["Message-Id"] = f"<{mark}@dauerlauf.example>"
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(f"Guten Tag,\n\nhier klemmt es: {mark}\n")
        args = [False, mail.as_string()]
        return self.call_model(name, "mail.thread", "message_process", *args)

    def next_marker(self, who):
        self.number += 1
        return marker(who["customer"], who["person"], self.number)

    def look_for_mails(self):
        """Remember what can be answered: the acknowledgements of tickets."""
        logins = {who["login"]: who for who in PLAN["people"]}
        for path in Path(PLAN["mails"]).glob("*.eml"):
            if path.name in self.seen:
                continue
            self.seen.add(path.name)
            with path.open("rb") as file:
                parser = email.parser.BytesHeaderParser(policy=email.policy.default)
                head = parser.parse(file)
            who = logins.get(head["X-Catcher-To"])
            if who and head["Subject"].startswith(PLAN["received"]):
                self.answerable.append((who, head["Subject"], head["Message-Id"]))

    @task(1)
    def write(self):
        who = random.choice(PLAN["people"])
        mark = self.next_marker(who)
        if self.deliver("mail: new", who, f"Per Mail {mark}", mark):
            JOURNAL.note("filed", marker=mark, by_mail=True)

    @task(2)
    def answer(self):
        self.look_for_mails()
        if self.answerable:
            who, subject, parent = random.choice(self.answerable)
            mark = self.next_marker(who)
            if self.deliver(
                "mail: answer", who, f"AW: {subject}", mark, In_Reply_To=parent
            ):
                JOURNAL.note("answered", marker=mark)


@events.quitting.add_listener
def write_figures(environment, **_kw):
    """Leave what was measured, by action."""
    entries = [*environment.stats.entries.values(), environment.stats.total]
    figures = {
        entry.name: {
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            "p50": entry.get_response_time_percentile(0.5),
            "p95": entry.get_response_time_percentile(0.95),
            "per_second": entry.total_rps,
        }
        for entry in entries
    }
    Path(PLAN["figures"]).write_text(json.dumps(figures))
