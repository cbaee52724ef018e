"""What filing a ticket costs, by form and by mail, beside the stock helpdesk."""

import re
import secrets
from email.message import EmailMessage

from servers import Person, cpu_seconds

from console import Fail

TEXT = "Seit dem Update druckt das Programm keine Etiketten mehr. " * 5
WARM_UP = 8  # both workers have seen it
MAIL_TO = "support@service.example"


def by_form(ours, stock, rounds):
    """File tickets through both forms in turn, each by somebody else.

    :return: ``ours`` and ``stock``: seconds of CPU from sending the form to the answer,
        of the workers and of PostgreSQL
    :rtype: dict[str, list[float]]
    """
    seconds = {"ours": [], "stock": []}
    logins = ours.database.size.ordinary
    types = Person(ours, logins[0]).get("/support/ticket/new").body
    path = re.search(r'href="(/support/ticket/new/[^"?]+)', types)[1]
    for number in range(rounds + WARM_UP):
        login = logins[number % len(logins)]
        fields = {"subject": f"Bench {number}", "description": TEXT}
        person = Person(ours, login)
        filled = person.fill(path, _fill(person, path, fields))
        spent = {"ours": _file(person, path, filled)}
        person = Person(stock, login)
        filled = person.fill("/new/ticket", fields)
        spent["stock"] = _file(person, "/submitted/ticket", filled)
        if number >= WARM_UP:
            for name, each in spent.items():
                seconds[name].append(each)
    return seconds


def _file(person, path, fields):
    """Send a form that was filled in; return the seconds of CPU that it took."""
    pids = person.server.find_processes()
    before = cpu_seconds(pids)
    answer = person.post(path, fields)
    if "/my/ticket/" not in answer.location:
        raise Fail(f"{path}: filing answered {answer.status}.")
    return cpu_seconds(pids) - before


def _fill(person, path, fields):
    """Return the fields with an answer to each question of the form."""
    answers = {}
    for part in person.get(path).body.split('data-field="')[1:]:
        name, _quote, html = part.partition('"')
        choice = re.search(r'value="(\d+)"', html)
        is_date = 'type="date"' in html
        if name.startswith("answer_"):
            answers[name] = choice[1] if choice else "2026-03-01" if is_date else "A"
    return {**answers, **fields}


def by_mail(ours, stock, rounds):
    """Hand the same mails to both gateways in turn, as the mail server's script does.

    :rtype: dict[str, list[float]]
    """
    seconds = {"ours": [], "stock": []}
    senders = ours.database.size.ordinary
    # what a gateway has seen before it takes for a copy, and does nothing
    run = secrets.token_hex(4)
    for number in range(rounds + WARM_UP):
        sender = senders[number % len(senders)]
        for name, server in (("ours", ours), ("stock", stock)):
            mail = make_mail(sender, number, run)
            ticket_id, spent = server.rpc("mail.thread", "message_process", False, mail)
            if not ticket_id:
                raise Fail(f"{name}: mail {number} made no ticket.")
            if number >= WARM_UP:
                seconds[name].append(spent)
    return seconds


def make_mail(sender, number, run):
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, MAIL_TO
    mail["Subject"] = f"Bench {number}"
    mail["Message-ID"] = f"<{run}.{number}.{sender}>"
    mail.set_content(TEXT)
    return mail.as_string()
