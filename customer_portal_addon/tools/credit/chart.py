"""A balance over time as a line of steps, ready to be drawn."""

from datetime import date, timedelta
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 240
MAX_TICKS = 5
_MINUTE_STEPS = (10, 30, 60, 120, 300, 600, 1200, 3000, 6000, 12000)
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)


class Chart(NamedTuple):
    """Paths in a box of ``WIDTH`` × ``HEIGHT``, ticks with their place in percent.

    ``above`` and ``below`` are the areas between the line and zero.
    """

    line: str
    above: str
    below: str
    zero: float
    days: list
    minutes: list


def step_chart(points, opening, start, end):
    """Return the chart of a balance.

    :param points: (day, balance) in the order of their days: from that day on
    :param int opening: balance before the first of them
    :param datetime.date start: first day that is shown
    :param datetime.date end: last day; extended to the last point
    :rtype: Chart
    """
    end = max([end, start + timedelta(days=1), *(day for day, _balance in points)])
    balances = [opening, *(balance for _day, balance in points)]
    step = _pick_step(max(0, *balances) - min(0, *balances))
    low = min(0, *balances) // step * step
    high = max(-(-max(0, *balances) // step) * step, low + step)

    def x(day):
        return round((day - start).days * WIDTH / (end - start).days, 1)

    def y(minutes):
        return round((high - minutes) * HEIGHT / (high - low), 1)

    edges = [0.0, *(x(day) for day, _balance in points), float(WIDTH)]
    pieces = list(zip(edges, edges[1:], balances, strict=False))
    line = f"M0 {y(opening)}" + "".join(
        f"V{y(balance)}H{right}" for _left, right, balance in pieces
    )
    return Chart(
        line=line,
        above=_area(pieces, y, lambda balance: balance > 0),
        below=_area(pieces, y, lambda balance: balance < 0),
        zero=y(0),
        days=[(100 * x(day) / WIDTH, day) for day in _pick_days(start, end)],
        minutes=[
            (100 * y(minutes) / HEIGHT, minutes)
            for minutes in range(low, high + 1, step)
        ],
    )


def is_by_day(start, end):
    """Tell whether ticks are single days, or else months."""
    return (end - start).days <= _DAY_STEPS[-1] * (MAX_TICKS - 1)


def _area(pieces, y, belongs):
    return "".join(
        f"M{left} {y(0)}V{y(balance)}H{right}V{y(0)}Z"
        for left, right, balance in pieces
        if belongs(balance) and right > left
    )


def _pick_step(span):
    """Return so many minutes between two lines that there are few of them."""
    for step in _MINUTE_STEPS:
        if span <= step * (MAX_TICKS - 1):
            return step
    whole = _MINUTE_STEPS[-1]
    return -(-span // (whole * (MAX_TICKS - 1))) * whole


def _pick_days(start, end):
    """Return the days that are written below: some days, or first days of months."""
    if is_by_day(start, end):
        length = (end - start).days
        step = next(n for n in _DAY_STEPS if length <= n * (MAX_TICKS - 1))
        return [start + timedelta(days=n) for n in range(0, length + 1, step)]
    first = start.year * 12 + start.month - (start.day == 1)
    last = end.year * 12 + end.month - 1
    step = next((n for n in _MONTH_STEPS if last - first < n * MAX_TICKS), 1200)
    months = range(-(-first // step) * step, last + 1, step)
    return [date(month // 12, month % 12 + 1, 1) for month in months]
