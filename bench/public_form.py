"""What a flood of public forms does: how many tickets and mails, and to other pages.

    bin/demo                                        # in another terminal
    python3 bench/public_form.py http://localhost:8069 [mails=FOLDER] [posts=1000]

Sends 1,000 well filled-in forms within a minute from one address, while somebody else
loads /support/status, and prints its p50 and p95 before and meanwhile, what the forms
were answered, and how many confirmations were mailed (with the folder that the demo's
mail catcher keeps them in). Uses nothing but Python. Tickets stay: use a demo.
"""

import collections
import concurrent.futures
import http.cookiejar
import re
import statistics
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

SENDERS = 8
PAGE = "/support/status"
CALM_LOADS = 60
# The cron runs once a minute; mails beyond the limit would come with its next runs
MAILS_SETTLE_SECONDS = 90


def open_browser():
    jar = http.cookiejar.CookieJar()
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))


def read(browser, url, data=None):
    """Return status, final address and text of a page."""
    try:
        with browser.open(url, data, timeout=120) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, url, error.read().decode()


def find_form(base):
    """Return the address of the first form that is open to everybody."""
    _status, _url, text = read(open_browser(), f"{base}/support/ticket/new")
    return base + re.search(r'href="(/[^"]*support/ticket/new/[^"]+)"', text)[1]


def open_form(form_url):
    """Open the form in a browser of its own; return it with what the form carries."""
    browser = open_browser()
    _status, _url, page = read(browser, form_url)
    names = ("csrf_token", "stamp")
    found = {n: re.search(rf'name="{n}" value="([^"]+)"', page)[1] for n in names}
    return browser, found


def send(form_url, number, opened):
    """Send a form that was opened; return what came of it."""
    browser, values = opened
    values.update(
        email="flood@elsewhere.example",
        name="Flood",
        company="Flood",
        subject=f"Flood {number}",
        description="Flood",
        privacy="1",
    )
    action = form_url.replace("/ticket/new/", "/ticket/send/")
    data = urllib.parse.urlencode(values).encode()
    status, url, _text = read(browser, action, data)
    return "filed" if status == 200 and "filed=1" in url else str(status)


def watch(base, seconds, stop):
    """Load a page again and again, as one visitor; note how long it takes."""
    browser = open_browser()
    while not stop.is_set():
        seconds.append(load(browser, base))
        stop.wait(0.1)


def load(browser, base):
    """Load the page once; return how many seconds that took."""
    begin = time.perf_counter()
    read(browser, base + PAGE)
    return time.perf_counter() - begin


def show(name, seconds):
    p50 = statistics.median(seconds) * 1000
    p95 = statistics.quantiles(seconds, n=20)[-1] * 1000
    print(f"{name:10} {PAGE}: p50 {p50:6.0f} ms  p95 {p95:6.0f} ms  n {len(seconds)}")


def watching(base, work):
    """Do the work while somebody else loads the page; return both results."""
    seconds, stop = [], threading.Event()
    watcher = threading.Thread(target=watch, args=(base, seconds, stop))
    watcher.start()
    try:
        return work(), seconds
    finally:
        stop.set()
        watcher.join()


def main(base, mails=None, posts="1000"):
    form_url = find_form(base)
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        forms = list(pool.map(lambda _n: open_form(form_url), range(int(posts))))

        def flood():
            began = time.perf_counter()
            numbers = range(len(forms))
            outcomes = pool.map(lambda n: send(form_url, n, forms[n]), numbers)
            return collections.Counter(outcomes), time.perf_counter() - began

        visitor = open_browser()
        calm = [load(visitor, base) for _number in range(CALM_LOADS)]
        began = time.time()
        (outcomes, lasted), meanwhile = watching(base, flood)
    show("before", calm)
    show("meanwhile", meanwhile)
    print(f"{posts} forms in {lasted:.0f} s: {dict(outcomes)}")
    if mails:
        time.sleep(MAILS_SETTLE_SECONDS)
        written = [p for p in Path(mails).glob("*.eml") if p.stat().st_mtime > began]
        found = sum(b"flood@elsewhere.example" in p.read_bytes() for p in written)
        print(f"{found} mails to the address")


if __name__ == "__main__":
    options = dict(argument.split("=", 1) for argument in sys.argv[2:])
    main(sys.argv[1].rstrip("/"), **options)
