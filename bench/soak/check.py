"""What the soak has left behind, compared with what people were told."""

import collections
import email.parser
import email.policy
import json
import re
from pathlib import Path

from soak.person import MAIL_NUMBERS, MARKER

# From so many tickets of an address within an hour on, mails are not confirmed
CONFIRMED_IN_A_ROW = 5
FEW_SAMPLES = 6
EXAMPLES = 3  # of what is wrong, shown in the table
NUMBER = re.compile(r"\(([^()]+)\)")


class Report:
    """Lines of what was checked: whether it holds, and what was found."""

    def __init__(self):
        self.lines = []

    def add(self, title, is_right, found):
        self.lines.append({"title": title, "pass": bool(is_right), "found": str(found)})

    def none(self, title, wrong, beside=""):
        """Add a line that is right when nothing is wrong."""
        wrong = list(wrong)
        shown = "; ".join(str(each)[:160] for each in wrong[:EXAMPLES])
        self.add(title, not wrong, f"{len(wrong)}: {shown}" if wrong else beside or 0)

    def is_right(self):
        return all(line["pass"] for line in self.lines)

    def show(self, say):
        width = max(len(line["title"]) for line in self.lines)
        for line in self.lines:
            verdict = "pass" if line["pass"] else "FALL SHORT"
            say(f"  {line['title']:<{width}}  {verdict:<10}  {line['found']}")


def read_journal(path):
    """Return the journal's entries by what they are about."""
    entries = collections.defaultdict(list)
    for line in Path(path).read_text().splitlines():
        entry = json.loads(line)
        entries[entry.pop("what")].append(entry)
    return entries


def find_marks(text):
    return [match.group() for match in MARKER.finditer(text or "")]


def whose(mark):
    return mark[:9]  # customer and person


def by_mail(mark):
    return int(MARKER.fullmatch(mark)[3]) >= MAIL_NUMBERS


def check_probes(report, probes):
    for title, expected, found in probes:
        report.add(title, expected == found, found)


def check_requests(report, journal, logs):
    statuses = logs["statuses"]
    bad = [status for status in statuses if status.startswith("5")]
    shown = ", ".join(f"{key}: {number}" for key, number in sorted(statuses.items()))
    report.add("no answer 5xx", not bad, shown)
    report.none(
        "no page that should not be",
        (f"{entry['login']}: {entry['text']}" for entry in journal["bad"]),
    )
    report.none(
        "nobody saw what is not theirs",
        (
            f"{each['login']} {each['path']} {each['marker']}"
            for each in journal["foreign"]
        ),
    )


def check_logs(report, logs):
    report.none("no error and no warning in the logs", logs["problems"])
    report.add(
        "tried again, but never given up",
        not logs["given_up"],
        f"{logs['retries']} tried again, {logs['given_up']} given up; "
        f"{logs['mail_conflicts']} runs of the mail queue met a request",
    )
    report.none(
        "no job twice at a time",
        logs["parallel"],
        beside=f"{logs['jobs']} runs of jobs",
    )


def check_tickets(report, journal, facts):
    """Every ticket there once, with every answer once, and nothing else."""
    told = {entry["marker"] for entry in journal["filed"]}
    marks = [mark for ticket in facts["tickets"] for mark in find_marks(ticket["name"])]
    counts = collections.Counter(marks)
    report.none(
        "every ticket that was filed is there",
        told - counts.keys(),
        beside=f"{len(told)} tickets",
    )
    twice = (mark for mark, count in counts.items() if count > 1)
    report.none("no ticket twice", twice)
    report.none("no ticket that nobody was told of", counts.keys() - told)


def check_answers(report, journal, facts):
    owners = {
        ticket["id"]: whose(find_marks(ticket["name"])[0])
        for ticket in facts["tickets"]
    }
    titles = {mark for each in facts["tickets"] for mark in find_marks(each["name"])}
    places = collections.defaultdict(list)
    for message in facts["messages"]:
        for mark in set(find_marks(message["body"])) - titles:
            places[mark].append(message["res_id"])
    told = {entry["marker"]: entry.get("ticket") for entry in journal["answered"]}
    report.none(
        "every answer is there",
        told.keys() - places.keys(),
        beside=f"{len(told)} answers",
    )
    report.none("no answer twice", (m for m, found in places.items() if len(found) > 1))
    report.none("no answer that nobody was told of", places.keys() - told.keys())
    report.none(
        "every answer is at its own ticket",
        (
            mark
            for mark, [ticket, *_more] in places.items()
            if told.get(mark) not in (None, ticket) or owners.get(ticket) != whose(mark)
        ),
    )


def check_minutes(report, journal, facts, plan):
    """What was bought less what was used is the balance, to the minute."""
    efforts = collections.Counter(
        mark for effort in facts["efforts"] for mark in find_marks(effort["name"])
    )
    told = {entry["marker"] for entry in journal["effort"]}
    wrong = [mark for mark in told | efforts.keys() if efforts[mark] != 1]
    report.none(
        "every effort once", wrong + list(efforts.keys() - told), f"{len(told)} efforts"
    )
    expected = collections.Counter()
    for entry in journal["ordered"]:
        expected[entry["customer"]] += entry["minutes"]
    for entry in journal["effort"]:
        expected[entry["customer"]] -= entry["minutes"]
    different = []
    total = 0
    for account in facts["accounts"]:
        total += account["balance"]
        found = re.fullmatch(r"SOAK-(\d+)", account["ref"] or "")
        right = found and plan["granted"] + expected[int(found[1])]
        if account["balance"] != account["sum"] or (
            found and account["balance"] != right
        ):
            different.append(f"{account} instead of {right}")
    bought = sum(entry["minutes"] for entry in journal["ordered"])
    used = sum(entry["minutes"] for entry in journal["effort"])
    report.none(
        "every balance is what was bought less what was used",
        different,
        beside=f"{bought} minutes bought in {len(journal['ordered'])} orders, "
        f"{used} used; all accounts {total}",
    )
    report.none("no account whose sums don't agree", facts["wrong"])


def check_mails(report, facts, plan):
    """One acknowledgement for each ticket, to whom it concerns."""
    counts = collections.Counter()
    total = 0
    for path in Path(plan["mails"]).glob("*.eml"):
        with path.open("rb") as file:
            parser = email.parser.BytesHeaderParser(policy=email.policy.default)
            head = parser.parse(file)
        total += 1
        subject = str(head["Subject"] or "")
        if subject.startswith(plan["received"]):
            counts[NUMBER.search(subject)[1]] += 1
    wrong, quiet, before = [], 0, collections.Counter()
    for ticket in sorted(facts["tickets"], key=lambda each: each["id"]):
        number, mark = ticket["number"], find_marks(ticket["name"])[0]
        # so that no two machines answer each other for ever
        is_quiet = by_mail(mark) and before[whose(mark)] >= CONFIRMED_IN_A_ROW
        before[whose(mark)] += 1
        quiet += is_quiet and not counts[number]
        if counts[number] != 1 and not (is_quiet and not counts[number]):
            wrong.append(f"{number}: {counts[number]} ({ticket['name']})")
    report.none(
        "one acknowledgement for each ticket",
        wrong,
        beside=f"{sum(counts.values())} of {total} mails; none for {quiet} mails of "
        f"people with {CONFIRMED_IN_A_ROW} tickets in an hour",
    )
    report.none("no mail is left or has failed", facts["mails"])
    report.add("no mail was set aside", not facts["asides"], facts["asides"] or 0)


def check_crons(report, facts):
    report.none("no job has failed", facts["failed_crons"])


def check_memory(report, lines, most_growth):
    for line in lines:
        if line["samples"] < FEW_SAMPLES:  # replaced at the end
            continue
        report.add(
            f"memory of {line['name']}",
            line["growth_per_hour"] < most_growth,
            f"{line['first_mb']:.0f} → {line['last_mb']:.0f} MB, "
            f"{line['growth_per_hour']:+.1%} an hour at the end",
        )
