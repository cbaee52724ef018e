"""What the logs of the servers tell."""

import re
from datetime import datetime

LINE = re.compile(r"^(\S+ \S+) (\d+) ([A-Z]+) (\S+) (\S+?): (.*)$")
MOMENT = "%Y-%m-%d %H:%M:%S,%f"
STARTING = re.compile(r"Job '(.*)' \((\d+)\) starting")
ENDED = re.compile(r"Job '(.*)' \((\d+)\) (fully done|partially done|failed) \(#loop")
RETRY = re.compile(r"(\w+), \d+ tries left, try again")
CONFLICT = ("could not serialize access", "deadlock detected")
REQUEST = re.compile(r'"[A-Z]+ \S+ HTTP/[\d.]+" (\d{3})')
# What Odoo and its libraries say of themselves, on any page and in any job
PLATFORM = (
    ("py.warnings", "DeprecationWarning"),
    ("odoo.addons.base.models.ir_actions_report", "unpatched qt"),
    ("odoo.addons.base.models.ir_cron", "'Base: Auto-vacuum internal data' (1) proc"),
)
OURS = "customer_portal_addon"


def read(path):
    """Yield the entries of a log: moment, pid, level, logger, text of all lines."""
    entry = None
    for line in path.read_text(errors="replace").splitlines():
        found = LINE.match(line)
        if found:
            if entry:
                yield entry
            moment, pid, level, _database, logger, text = found.groups()
            entry = [datetime.strptime(moment, MOMENT), int(pid), level, logger, text]
        elif entry:
            entry[4] += f"\n{line}"
    if entry:
        yield entry


def judge(paths):
    """Return what is wrong in the logs, and what is worth counting.

    :rtype: dict
    """
    result = {"problems": [], "statuses": {}, "jobs": 0}
    result |= {"retries": 0, "given_up": 0, "mail_conflicts": 0}
    runs = []
    for path in paths:
        for moment, pid, level, logger, text in read(path):
            note_line(result, level, logger, text)
            found = STARTING.search(text) or ENDED.search(text)
            if found and logger.endswith("ir_cron"):
                runs.append((moment, found[2], "starting" in text, pid, path.name))
    result["jobs"] = sum(is_start for _m, _job, is_start, _pid, _log in runs)
    result["parallel"] = find_parallel(runs)
    return result


def note_line(result, level, logger, text):
    if RETRY.search(text):
        result["retries"] += 1
    if "maximum number of tries reached" in text:
        result["given_up"] += 1
    request = REQUEST.search(text) if logger == "werkzeug" else None
    if request:
        statuses = result["statuses"]
        statuses[request[1]] = statuses.get(request[1], 0) + 1
    if "Mail: Email Queue Manager" in text and "failed" in text:
        result["mail_conflicts"] += 1
    is_conflict = logger == "odoo.sql_db" and any(each in text for each in CONFLICT)
    if is_conflict:
        return  # counted when Odoo tries once more
    # below the first line stands who called it
    is_platform = OURS not in text.partition("\n")[0] and any(
        logger == name and part in text for name, part in PLATFORM
    )
    is_bad = level in ("WARNING", "ERROR", "CRITICAL") or "Traceback" in text
    if is_bad and not is_platform:
        result["problems"].append(f"{level} {logger}: {text[:2000]}")


def find_parallel(runs):
    """Return the jobs that were running twice at the same time.

    :param list runs: of (moment, job, whether it starts, pid, log)
    """
    running, parallel = {}, []
    for moment, job, is_start, pid, log in sorted(runs):
        if is_start:
            if job in running:
                parallel.append(f"job {job} at {moment} in {log}")
            running[job] = (pid, log)
        else:
            running.pop(job, None)
    return parallel
