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


def send(form_url, number):
    """Fill in the form like a browser of its own; return what came of it."""
    browser = open_browser()
    _status, _url, page = read(browser, form_url)
    values = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]
        for name in ("csrf_token", "stamp")
    }
    time.sleep(4)  # nobody types faster
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
    status, url, text = read(browser, action, data)
    if status == 200 and "filed=1" in url:
        return "filed"
    return f"{status} {'not filed' if status == 422 else text[:60]}"


def watch(base, seconds, stop):
    """Load a page again and again, as one visitor; note how long it takes."""
    browser = open_browser()
    while not stop.is_set():
        begin = time.perf_counter()
        read(browser, base + PAGE)
        seconds.append(time.perf_counter() - begin)
        stop.wait(0.1)


def show(name, seconds):
    p50 = statistics.median(seconds) * 1000
    p95 = statistics.quantiles(seconds, n=20)[-1] * 1000
    print(f"{name:10} {PAGE}: p50 {p50:6.0f} ms  p95 {p95:6.0f} ms  n {len(seconds)}")


def main(base, mails=None, posts="1000"):
    posts, began = int(posts), time.time()
    form_url = find_form(base)
    calm, meanwhile = [], []
    for seconds, work in ((calm, lambda: time.sleep(10)), (meanwhile, None)):
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(base, seconds, stop))
        watcher.start()
        if work:
            work()
        else:
            begin = time.perf_counter()
            outcomes = flood(form_url, posts)
            lasted = time.perf_counter() - begin
        stop.set()
        watcher.join()
    show("before", calm)
    show("meanwhile", meanwhile)
    print(f"{posts} forms in {lasted:.0f} s: {dict(outcomes)}")
    if mails:
        time.sleep(90)  # the mails go out by cron
        written = [p for p in Path(mails).glob("*.eml") if p.stat().st_mtime > began]
        found = sum(b"flood@elsewhere.example" in p.read_bytes() for p in written)
        print(f"{found} mails to the address")


def flood(form_url, posts):
    """Send the forms within about a minute, if the server keeps up."""
    outcomes = collections.Counter()
    # each sender mostly waits until a person would have filled in the form
    with concurrent.futures.ThreadPoolExecutor(SENDERS * 12) as pool:
        for outcome in pool.map(lambda n: send(form_url, n), range(posts)):
            outcomes[outcome] += 1
    return outcomes


if __name__ == "__main__":
    options = dict(argument.split("=", 1) for argument in sys.argv[2:])
    main(sys.argv[1].rstrip("/"), **options)
