"""The bars of bin/bench, and whether they are met."""

from dataclasses import dataclass
from statistics import median

import pages

PAGE_BAR, STOCK_BAR, GATE_BAR, FILING_BAR, EFFORT_BAR = 1.5, 5, 0.98, 1.5, 1.5
POSTINGS = 2000


@dataclass
class Bar:
    """One line of the table; ``value`` and ``bar`` are texts."""

    title: str
    value: str
    bar: str
    is_met: bool


def page_ratio(found, page):
    """Return how a page's median compares with the bare page of the same person."""
    return found["pages"][page.key]["p50"] / found["pages"][f"{page.who} /my"]["p50"]


def judge(results):
    """Return all bars, at the largest size where none is said.

    :rtype: list[Bar]
    """
    sizes = {int(size): found for size, found in results["sizes"].items()}
    largest = max(sizes)
    found = sizes[largest]
    at = f"at {largest:,} tickets"
    bars = [
        at_most(f"{page.title}, {at}", page_ratio(found, page), PAGE_BAR, "/my")
        for page in pages.PAGES
        if page.is_bar
    ]
    bars += queries_are_independent(sizes)
    middle = sizes.get(100_000, found)["throughput"]
    ratio = median(middle["ours"]) / median(middle["stock"])
    bars.append(
        Bar(
            "Requests/s of the stock list, at 100,000 tickets",
            f"{ratio:.1f} ×",
            f"≥ {STOCK_BAR} ×",
            ratio >= STOCK_BAR,
        )
    )
    gate = found["gate"]
    bars += [
        Bar("Queries of the gate", f"{gate['queries']:g}", "≤ 1", gate["queries"] <= 1),
        Bar(
            "Throughput with the gate",
            f"{gate['throughput']:.3f}",
            f"≥ {GATE_BAR}",
            gate["throughput"] >= GATE_BAR,
        ),
    ]
    for kind in ("form", "mail"):
        ratio = median(found[kind]["ours"]) / median(found[kind]["stock"])
        bars.append(at_most(f"Filing by {kind}, {at}", ratio, FILING_BAR, "stock"))
    return bars + judge_ledger(found)


def judge_ledger(found):
    costs, at_once = found["ledger"], found["at_once"]
    effort = costs["effort many"]["p50"]
    is_whole = at_once["posted"] == POSTINGS and at_once["is_right"]
    return [
        at_most(
            "Effort with its posting, at 100,000 entries",
            effort / costs["line"]["p50"],
            EFFORT_BAR,
            "analytic line",
        ),
        at_most(
            "… against ten entries", effort / costs["effort few"]["p50"], 1.1, "ten"
        ),
        Bar(
            "Eight processes post on one account",
            f"{at_once['posted']:,} of {POSTINGS:,}",
            "all, sum = balance",
            is_whole,
        ),
    ]


def queries_are_independent(sizes):
    """Each page needs as many queries at every size."""
    differing = [
        page.title
        for page in pages.PAGES
        if page.is_bar
        and len({found["queries"].get(page.key) for found in sizes.values()}) > 1
    ]
    numbers = [found["queries"][page.key] for found in sizes.values() for page in LISTS]
    return [
        Bar(
            "Queries of the lists",
            f"{min(numbers):g}–{max(numbers):g}",
            "the same at all sizes",
            not differing,
        )
    ]


LISTS = [page for page in pages.PAGES if page.is_bar]


def at_most(title, ratio, bar, ruler):
    """Return a bar for a ratio against a ruler."""
    return Bar(title, f"{ratio:.2f} × {ruler}", f"≤ {bar} ×", ratio <= bar)


def table(bars):
    """Return the bars as lines of text."""
    widths = [
        max(len(getattr(bar, name)) for bar in bars)
        for name in ("title", "value", "bar")
    ]
    lines = [""]
    for bar in bars:
        cells = (
            bar.title.ljust(widths[0]),
            bar.value.ljust(widths[1]),
            bar.bar.ljust(widths[2]),
        )
        lines.append("  ".join((*cells, "pass" if bar.is_met else "FALLS SHORT")))
    return "\n".join(lines)
