"""The bars of bin/bench, and whether they are met."""

from dataclasses import dataclass
from statistics import median

import everybody
import pages

PAGE_BAR, STOCK_BAR, MAIL_BAR, EFFORT_BAR = 1.5, 5, 1.5, 1.5
FORM_BAR = 1.3  # of CPU time
# What pages that are there without us may cost more: queries, CPU time
EVERYBODY = {
    everybody.PUBLIC: (0, 1.02),
    everybody.PORTAL: (1, 1.03),
    everybody.STAFF: (0, 1.01),
}
# Half of the widest interval that tells such a difference
WIDEST = 0.01
SAME_COST = 1.1  # what noise may make of "the same"
SAME_QUERIES = 2
POSTINGS = 2000


@dataclass
class Bar:
    """One line of the table; ``value`` and ``bar`` are texts."""

    title: str
    value: str
    bar: str
    is_met: bool


# ---------------------------------------------------
# Ratios of what was found at one size
# ---------------------------------------------------


def page_ratio(found, page):
    """Return how a page's median compares with the bare page of the same person."""
    return found["pages"][page.key]["p50"] / found["pages"][f"{page.who} /my"]["p50"]


def throughput_ratio(found):
    rates = found["throughput"]
    return median(rates["ours"]) / median(rates["stock"])


def filing_ratio(found, kind):
    return median(found[kind]["ours"]) / median(found[kind]["stock"])


def effort_ratio(found, name, ruler="line"):
    return found["ledger"][name]["p50"] / found["ledger"][ruler]["p50"]


# ---------------------------------------------------
# Bars
# ---------------------------------------------------


def judge(results):
    """Return all bars, at the largest size where none is said.

    :rtype: list[Bar]
    """
    sizes = {int(size): found for size, found in results["sizes"].items()}
    largest = max(sizes)
    found = sizes[largest]
    at = f"at {largest:,} tickets"
    lists = [page for page in pages.PAGES if page.is_bar]
    return [
        *(
            at_most(
                f"{page.title} ({page.who}), {at}",
                page_ratio(found, page),
                PAGE_BAR,
                "/my",
            )
            for page in lists
        ),
        queries_are_independent(sizes, lists),
        at_least(
            "Requests/s against the stock list, at 100,000 tickets",
            throughput_ratio(sizes.get(100_000, found)),
            STOCK_BAR,
        ),
        *judge_everybody(results["everybody"]),
        at_most(
            f"Filing by form, CPU time, {at}",
            filing_ratio(found, "form"),
            FORM_BAR,
            "stock",
        ),
        at_most(
            f"Filing by mail, {at}", filing_ratio(found, "mail"), MAIL_BAR, "stock"
        ),
        *judge_ledger(found),
    ]


def judge_everybody(found):
    """Return two bars for each call, its queries and its CPU time.

    The latter falls short where the whole interval lies above it, and where the
    interval is too wide to tell.
    """
    bars = []
    for call, each in zip(everybody.CALLS, found, strict=True):
        queries, ratio = EVERYBODY[call.who]
        queries = queries if call.queries is None else call.queries
        ours, stock = each["queries"]
        half = (each["high"] - each["low"]) / 2
        title = f"{call.title} ({call.who})"
        more = f"{ours - stock:+g} ({stock:g})"
        is_few = ours - stock <= queries
        bars.append(Bar(f"{title}: queries", more, f"≤ {queries:+g}", is_few))
        bars.append(
            Bar(
                f"{title}: CPU time",
                f"{each['ratio']:.3f} ± {half:.3f} ×",
                f"≤ {ratio} ×",
                each["low"] <= ratio and half <= WIDEST,
            )
        )
    return bars


def judge_ledger(found):
    at_once = found["at_once"]
    return [
        at_most(
            "Effort with its posting, at 100,000 entries",
            effort_ratio(found, "effort many"),
            EFFORT_BAR,
            "analytic line",
        ),
        at_most(
            "… against an account with ten entries",
            effort_ratio(found, "effort many", "effort few"),
            SAME_COST,
            "ten",
        ),
        Bar(
            "Eight processes post on one account",
            f"{at_once['posted']:,} of {POSTINGS:,}",
            "all, sum = balance",
            at_once["posted"] == POSTINGS and at_once["is_right"],
        ),
    ]


def queries_are_independent(sizes, lists):
    """Each list needs about as many queries at every size.

    Which way a search goes depends on the size; a query per row would make it thirty.
    """
    spans = []
    for page in lists:
        counts = [found["queries"][page.key] for found in sizes.values()]
        spans.append(max(counts) - min(counts))
    numbers = [found["queries"][page.key] for found in sizes.values() for page in lists]
    return Bar(
        f"Queries of the lists: {min(numbers):g}–{max(numbers):g}, between the sizes",
        f"at most {max(spans):g} apart",
        f"≤ {SAME_QUERIES}",
        max(spans) <= SAME_QUERIES,
    )


def at_most(title, ratio, bar, ruler):
    """Return a bar for a ratio against a ruler."""
    return Bar(title, f"{ratio:.2f} × {ruler}", f"≤ {bar} ×", ratio <= bar)


def at_least(title, ratio, bar):
    return Bar(title, f"{ratio:.2f} ×", f"≥ {bar} ×", ratio >= bar)


def table(bars):
    """Return the bars as lines of text."""
    rows = [(bar.title, bar.value, bar.bar) for bar in bars]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        + ("  pass" if bar.is_met else "  FALLS SHORT")
        for row, bar in zip(rows, bars, strict=True)
    ]
    return "\n".join(("", *lines))
