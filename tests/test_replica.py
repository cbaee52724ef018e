"""The portal with a PostgreSQL replica: who serves what, and when one of them is gone.

The steps depend on each other, so one module-wide fixture takes them all, and each
test looks at one of them.
"""

import base64
import html
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

import cluster
import machine
from replica_site import DATABASE, Browser, running, wait_for

PASSWORD = "vier Pferde im Regen"

TICKETS = '%from "helpdesk_ticket"%'
ASKED = "%pg_xact_status%"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
LOCKS = """
    select application_name from pg_locks join pg_stat_activity using (pid)
    where mode = 'AccessExclusiveLock'
"""
TEXT = 'What was typed: "quotes" & <b>signs</b>'
PAGES = (
    "/support",
    "/support/status",
    "/support/kb",
    "/support/kb?search=login",
    "/support/packages",
    "/support/ticket/new",
    "/support/ticket/new/{type}",
    "/support/refused",
    "/my/tickets",
    "/my/tickets/export.csv",
    "/my/tickets/company",
    "/my/tickets/company/export.csv",
    "/my/ticket/{ticket}",
    "/my/ticket/{ticket}/edit",
    "/my/ticket/{ticket}/participants",
    "/my/ticket/{ticket}/close",
    "/my/colleagues",
    "/my/credit",
    "/my/credit/statement.csv",
    "/web/content/{file}",
)


@dataclass
class Story:
    """What happened, by step."""

    seen: dict = field(default_factory=dict)


PASSWORD = "vier Pferde im Regen"


def prepare(site):
    """Create a customer with a contact, and file a first ticket."""
    admin = Browser(site.address, "admin")
    values = {"name": "Adler", "is_company": True, "support_enabled": True}
    [customer] = admin.call("res.partner", "create", [values])
    values = {"name": "Anna", "parent_id": customer, "is_customer_administrator": True}
    [contact] = admin.call("res.partner", "create", [values])
    portal = admin.call(
        "ir.model.data", "check_object_reference", "base", "group_portal"
    )
    user = {
        "partner_id": contact,
        "login": "anna@adler.example",
        "password": PASSWORD,
        "group_ids": [(6, 0, [portal[1]])],
    }
    admin.call("res.users", "create", [user])
    values = {"partner_id": customer, "minutes": 60, "note": "A start"}
    postings = admin.call("support.credit.posting", "create", [values])
    admin.call("support.credit.posting", "action_post", postings)
    site.wait_for_replay()
    anna = Browser(site.address, "anna@adler.example", PASSWORD)
    site.wait_for_replay()
    form = re.search(
        r"/support/ticket/new/[\w-]+", anna.open("/support/ticket/new").text
    )
    return admin, anna, form[0]


def file_ticket(browser, form, subject, **kw):
    values = {"subject": subject, "description": TEXT}
    return browser.submit(form, values, browser.open(form), **kw)


def number_of(page):
    found = re.search(r"/my/ticket/(\d+)", page.url)
    assert found, (page.url, page.status_code)
    return int(found[1])


def look(site, action):
    """Do something; return its answer and who was asked about tickets how often."""
    site.primary.forget()
    site.standby.forget()
    answer = action()
    counts = {
        "primary": site.primary.count(TICKETS),
        "standby": site.standby.count(TICKETS),
        "asked": site.standby.count(ASKED),
    }
    return answer, counts


def both_there(site, story, anna, form):
    story.seen["reading"] = look(site, lambda: anna.open("/my/tickets"))
    files = {"files": ("seen.png", PNG)}
    answer = file_ticket(anna, form, "First", files=files)
    story.seen["ticket"] = number_of(answer)
    story.seen["writing"] = site.primary.count('insert into "helpdesk_ticket" %')


def replay_paused(site, story, anna, other, form):
    site.standby.sql("select pg_wal_replay_pause()")
    posted, counts = look(site, lambda: file_ticket(anna, form, "Lagging"))
    story.seen["lagging ticket"] = posted, counts
    path = f"/my/ticket/{number_of(posted)}"
    reply = {"body": "Lagging answer"}
    answered = anna.submit(f"{path}/reply", reply, posted)
    story.seen["lagging answer"] = answered
    story.seen["lagging list"] = anna.open("/my/tickets")
    story.seen["lagging counter"] = anna.rpc("/my/counters", counters=["ticket_count"])
    story.seen["somebody else"] = look(site, lambda: other.open("/my/tickets"))
    site.standby.sql("select pg_wal_replay_resume()")
    site.wait_for_replay()
    story.seen["first afterwards"] = look(site, lambda: anna.open("/my/tickets"))
    story.seen["second afterwards"] = look(site, lambda: anna.open("/my/tickets"))


def connection_lost(site, story, anna, form):
    """While a ticket is being saved: it waits for a lock, and its connection ends."""
    name = {"PGAPPNAME": "lock"}
    lock = "begin; lock table helpdesk_ticket; select pg_sleep(60)"
    held = subprocess.Popen(
        [str(site.primary.cluster.programs / "psql"), "-qd", DATABASE, "-c", lock],
        env=cluster.environ(site.primary.admin | name),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends = "select count(pg_terminate_backend(pid)) from pg_stat_activity where "
    start = len(site.read_log())
    try:
        with ThreadPoolExecutor(1) as pool:
            waiting = "select pid from pg_locks where not granted limit 1"
            wait_for(lambda: "lock" in site.primary.sql(LOCKS), "a lock")
            filed = pool.submit(file_ticket, anna, form, "Halfway")
            wait_for(lambda: site.primary.sql(waiting), "a ticket that waits")
            site.primary.sql(f"{ends} pid in ({waiting})")
            story.seen["halfway"] = filed.result()
    finally:
        site.primary.sql(f"{ends} application_name = 'lock'")
        held.wait()
    story.seen["log of the loss"] = site.read_log()[start:]


def primary_gone(site, story, anna, form, file):
    page, places = anna.open(form), {"type": form.rpartition("/")[2]}
    places |= {"ticket": story.seen["ticket"], "file": file}
    site.primary.stop()
    start = len(site.read_log())
    paths = [path.format(**places) for path in PAGES]
    story.seen["pages"] = {path: anna.open(path) for path in paths}
    elsewhere = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    story.seen["new device"] = anna.open("/my/tickets", headers=elsewhere)
    visitor = Browser(site.address)
    story.seen["visitor"] = [visitor.open(p) for p in ("/support", "/support/register")]
    values = {"subject": "Kept", "description": TEXT}
    files = {"files": ("chosen.png", PNG)}
    story.seen["refused"] = anna.submit(form, values, page, files=files)
    story.seen["home"] = anna.open("/my")
    story.seen["login"] = visitor.open("/web/login")
    story.seen["rpc"] = anna.rpc("/mail/message/post", thread_model="sale.order")
    headers = {"Authorization": "Bearer csp_x"}
    address = f"{site.address}/support/api/1/tickets"
    story.seen["api"] = visitor.post(address, json={}, headers=headers, timeout=60)
    story.seen["log while gone"] = site.read_log()[start:]


def primary_back(site, story, anna):
    site.primary.start()
    refused = story.seen["refused"]
    found = re.findall(
        r'<input type="hidden"[^>]* name="([^"]+)" value="([^"]*)"', refused.text
    )
    values = {name: html.unescape(value) for name, value in found}
    action = html.unescape(
        re.search(r'action="(/support/ticket/[^"]+)"', refused.text)[1]
    )
    story.seen["typed"] = values
    data = {**values, "csrf_token": "wrong"}
    story.seen["forged"] = anna.post(site.address + action, data=data, timeout=60)
    story.seen["sent again"] = anna.post(site.address + action, data=values, timeout=60)
    health = f"http://127.0.0.1:{site.gevent_port}/websocket/health"
    story.seen["gevent"] = anna.get(health, timeout=60)


def replica_gone(site, story, anna, form):
    site.wait_for_replay()
    site.standby.stop()
    story.seen["without replica"] = anna.open("/my/tickets")
    story.seen["filed without replica"] = file_ticket(anna, form, "No replica")
    story.seen["log"] = site.read_log()


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    programs = machine.postgresql_bin()
    if not programs or (cluster.is_given() and not (programs / "initdb").exists()):
        pytest.skip("No server programs of PostgreSQL here")
    story = Story()
    with running(programs, tmp_path_factory.mktemp("replica")) as site:
        admin, anna, form = prepare(site)
        both_there(site, story, anna, form)
        site.wait_for_replay()
        other = Browser(site.address, "anna@adler.example", PASSWORD)
        site.wait_for_replay()
        other.open("/my/tickets")  # the login is not asked for any more
        replay_paused(site, story, anna, other, form)
        domain = [("res_model", "=", "helpdesk.ticket")]
        [file, *_more] = admin.call("ir.attachment", "search", domain)
        connection_lost(site, story, anna, form)
        primary_gone(site, story, anna, form, file)
        primary_back(site, story, anna)
        replica_gone(site, story, anna, form)
    return story


def test_reads_from_the_replica(story):
    answer, counts = story.seen["reading"]
    assert answer.status_code == 200
    assert counts["standby"] > 0
    assert (counts["primary"], counts["asked"]) == (0, 0)


def test_writes_to_the_primary(story):
    assert story.seen["writing"] > 0


def test_shows_at_once_what_was_written(story):
    posted, counts = story.seen["lagging ticket"]
    assert posted.status_code == 200 and "Lagging" in posted.text
    assert counts["primary"] > 0 and counts["asked"] > 0
    assert "Lagging answer" in story.seen["lagging answer"].text
    assert "Lagging" in story.seen["lagging list"].text
    assert story.seen["lagging counter"]["result"]["ticket_count"] == 2


def test_whoever_wrote_nothing_stays_on_the_replica(story):
    answer, counts = story.seen["somebody else"]
    assert "Lagging" not in answer.text
    assert (counts["primary"], counts["asked"]) == (0, 0)


def test_goes_back_to_the_replica_when_it_has_all(story):
    answer, counts = story.seen["first afterwards"]
    assert "Lagging" in answer.text
    assert (counts["primary"], counts["asked"]) == (0, 1)
    answer, counts = story.seen["second afterwards"]
    assert "Lagging" in answer.text
    assert (counts["primary"], counts["asked"]) == (0, 0)


def test_reading_goes_on_without_the_primary(story):
    pages = story.seen["pages"]
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(
        pages, 200
    )
    for path in ("/my/credit", "/my/colleagues", "/my/tickets/company"):
        assert pages[path].url.endswith(path)
    assert [page.status_code for page in story.seen["visitor"]] == [200, 200]


def test_new_devices_stay_logged_in(story):
    page = story.seen["new device"]
    assert page.status_code == 200 and page.url.endswith("/my/tickets")


def test_lost_while_saving(story):
    page = story.seen["halfway"]
    assert page.status_code == 503
    assert 'data-id="unavailable_doubtful"' in page.text
    assert "Traceback" not in story.seen["log of the loss"]


def test_what_cannot_be_saved_is_kept(story):
    page = story.seen["refused"]
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    typed = story.seen["typed"]
    assert (typed["subject"], typed["description"]) == ("Kept", TEXT)
    assert "chosen.png" in page.text
    assert "<b>signs</b>" not in page.text


@pytest.mark.parametrize("name", ["home", "login"])
def test_pages_that_write_say_so_kindly(story, name):
    page = story.seen[name]
    assert page.status_code == 503
    assert 'data-id="unavailable"' in page.text
    assert 'data-id="send_again"' not in page.text


def test_programs_are_told_in_their_form(story):
    error = story.seen["rpc"]["error"]["data"]
    assert error["name"] == "odoo.exceptions.UserError"
    assert "Traceback" not in error["debug"]
    api = story.seen["api"]
    assert api.headers["Content-Type"] == "application/problem+json"
    assert (api.status_code, api.headers["Retry-After"]) == (503, "60")


def test_pages_log_no_tracebacks(story):
    log = story.seen["log while gone"]
    lines = [line for line in log.splitlines() if " odoo.http: " in line]
    assert not [line for line in lines if " ERROR " in line]
    assert "Exception during request handling" not in log


def test_everything_works_again_without_a_restart(story):
    assert story.seen["forged"].status_code == 400
    sent = story.seen["sent again"]
    assert sent.status_code == 200 and "/my/ticket/" in sent.url
    assert "Kept" in sent.text and html.escape(TEXT, quote=False) in sent.text
    assert story.seen["gevent"].json() == {"status": "pass"}


def test_all_works_without_the_replica(story):
    assert story.seen["without replica"].status_code == 200
    filed = story.seen["filed without replica"]
    assert "/my/ticket/" in filed.url and "No replica" in filed.text


def test_odoo_says_who_served(story):
    lines = [
        line.rpartition(" ")[2]
        for line in story.seen["log"].splitlines()
        if "GET /my/tickets HTTP" in line
    ]
    assert set(lines) == {"ro", "rw"}
