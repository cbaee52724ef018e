"""Write what bin/bench measured into docs/performance.md, with plots."""

import json
import re
from statistics import median

import data
import everybody
import pages
import report

import cache
import environment
from console import run

DOCS = cache.REPO / "docs"
PAGE = DOCS / "performance.md"
MARKS = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.S)


def publish(steps, results):
    """Draw the plots and put the tables between the page's two marks."""
    with steps.step("Plots"):
        specification = data.bench_folder() / "plots.json"
        specification.write_text(json.dumps(plots(results)))
        python = environment.bench(steps).python
        script = cache.REPO / "bench" / "plots.py"
        log = cache.log("bench-plots")
        run([python, script, specification, DOCS / "performance"], log, "Drawing")
    PAGE.write_text(MARKS.sub(lambda _match: markdown(results), PAGE.read_text()))


# ---------------------------------------------------
# Plots
# ---------------------------------------------------


def plots(results):
    """Return what ``plots.py`` draws: a ratio against the number of tickets each."""
    sizes = results["sizes"]

    def series(function):
        return {size: round(function(found), 3) for size, found in sizes.items()}

    lists = {
        f"{page.title.replace('…', 'Company:')} ({page.who})": series(
            lambda f, p=page: report.page_ratio(f, p)
        )
        for page in pages.PAGES
        if page.is_plotted
    }
    filing = {
        f"by {kind}": series(lambda f, k=kind: report.filing_ratio(f, k))
        for kind in ("form", "mail")
    }
    efforts = {
        label: series(lambda f, n=name: report.effort_ratio(f, n))
        for label, name in (
            ("account with 100,000 entries", "effort many"),
            ("account with ten entries", "effort few"),
        )
    }
    requests = {"own tickets": series(report.throughput_ratio)}
    return [
        plot("lists", "Lists against Odoo's bare page", "× bare /my", 1.5, lists),
        plot(
            "requests",
            "Requests per second against the stock helpdesk's list",
            "× stock",
            5,
            requests,
            is_least=True,
        ),
        plot("filing", "Filing against the stock helpdesk", "× stock", 1.3, filing),
        plot(
            "efforts",
            "An effort with its posting against an analytic line",
            "× analytic line",
            1.5,
            efforts,
        ),
    ]


def plot(name, title, ylabel, bar, series, is_least=False):
    return {
        "name": name,
        "title": title,
        "ylabel": ylabel,
        "bar": bar,
        "is_least": is_least,
        "series": series,
    }


# ---------------------------------------------------
# Tables
# ---------------------------------------------------


def markdown(results):
    """Return the tables of all figures."""
    machine = results["machine"]
    parts = [
        f"Measured on {results['date']}: {machine['cpu']}, {machine['memory']}, "
        f"PostgreSQL {machine['postgresql']}, Python {machine['python']}, "
        f"Odoo {machine['odoo']}; {results['seconds'] / 60:.0f} minutes.",
        table(
            ("Bar", "Measured", "Asked", ""),
            [
                (b.title, b.value, b.bar, "pass" if b.is_met else "**falls short**")
                for b in report.judge(results)
            ],
        ),
        "### What it costs everybody: one request, ours / without us",
        everybody_table(results["everybody"]),
        "### Pages: milliseconds (p50, middle half), ratio, queries",
        pages_table(results["sizes"]),
        "### Beside the pages",
        others_table(results["sizes"]),
        "### The slowest statements at the largest size, per call of the page",
        statements_table(results["sizes"]),
    ]
    return "\n\n".join(("", *parts, ""))


def everybody_table(found):
    rows = []
    for call, each in zip(everybody.CALLS, found, strict=True):
        ours, stock = each["milliseconds"]
        queries = " / ".join(f"{number:g}" for number in each["queries"])
        rows.append(
            (
                f"{call.title} ({call.who})",
                queries,
                f"{ours:.2f} / {stock:.2f}",
                f"{each['ratio']:.3f} ({each['low']:.3f}–{each['high']:.3f})",
                f"{each['turns']}",
            )
        )
    header = ("Page", "Queries", "CPU, ms", "Ratio (95 %)", "Turns of ten")
    return table(header, rows)


def pages_table(sizes):
    rows = []
    for page in pages.PAGES:
        cells = [f"{page.title} ({page.who})"]
        for found in sizes.values():
            own = found["pages"][page.key]
            ratio = report.page_ratio(found, page)
            queries = found["queries"].get(page.key)
            cells.append(f"{_spread(own)} · {ratio:.2f} × · {queries:g}")
        rows.append(cells)
    for title, key in (
        *((f"Bare `/my` ({who})", f"{who} /my") for who in pages.EVERYBODY),
        ("Stock helpdesk's list (ordinary)", "stock"),
        ("Stock helpdesk's list (heavy)", "stock heavy"),
    ):
        rows.append(
            [title, *(_spread(found["pages"][key]) for found in sizes.values())]
        )
    return table(("Page", *(_tickets(size) for size in sizes)), rows)


def others_table(sizes):
    def row(title, function):
        return [title, *(function(found) for found in sizes.values())]

    rows = [
        row("Requests/s: own list", lambda f: _rate(f, "ours")),
        row("… stock list", lambda f: _rate(f, "stock")),
        row("… bare `/my`", lambda f: _rate(f, "bare")),
        row("Form, ours / stock, ms of CPU", lambda f: _pair(f["form"])),
        row("Mail, ours / stock, ms", lambda f: _pair(f["mail"])),
        row(
            "Effort / analytic line, ms",
            lambda f: (
                f"{f['ledger']['effort many']['p50']:.1f} / "
                f"{f['ledger']['line']['p50']:.1f}"
            ),
        ),
        row(
            "2,000 postings by eight processes",
            lambda f: (
                f"{f['at_once']['seconds']:.0f} s, {f['at_once']['retries']:,} retries"
            ),
        ),
        row("Memory of a worker, ours / stock, MiB", _memory),
        row("Installing the addon, s", lambda f: f"{f['install']:.0f}"),
        row(
            "Start of a server, ours / stock, s",
            lambda f: f"{f['start']['ours']:.1f} / {f['start']['stock']:.1f}",
        ),
    ]
    return table(("", *(_tickets(size) for size in sizes)), rows)


def statements_table(sizes):
    found = sizes[max(sizes, key=int)]
    rows = [
        (
            page.title,
            f"{statement['milliseconds']:.2f}",
            f"{float(statement['calls']):g}",
            f"`{_shorten(statement['query'])}`",
        )
        for page in pages.PAGES
        for statement in found["statements"][page.key][:1]
    ]
    return table(("Page", "ms", "calls", "statement"), rows)


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spread(summary):
    low, high = summary["p25"], summary["p75"]
    return f"{summary['p50']:.0f} ({low:.0f}–{high:.0f})"


def _tickets(size):
    return f"{int(size):,} tickets"


def _rate(found, name):
    return f"{median(found['throughput'][name]):.1f}"


def _pair(seconds):
    return (
        f"{median(seconds['ours']) * 1000:.0f} / {median(seconds['stock']) * 1000:.0f}"
    )


def _memory(found):
    memory = found["memory"]
    return f"{median(memory['ours']):.0f} / {median(memory['stock']):.0f}"


def _shorten(query):
    return query.replace("|", "\\|").replace("`", "")[:110]
