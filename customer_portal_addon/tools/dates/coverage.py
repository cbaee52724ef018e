"""Coverage of a day by periods of days, both ends inclusive."""

from datetime import date, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """Days from ``start`` to ``end``, both inclusive; no ``end``: without end."""

    start: date
    end: date | None = None


class Coverage(NamedTuple):
    """What periods say about a day.

    ``status`` is ``covered``, ``expired``, ``upcoming`` or ``none``. ``until`` is the
    last covered day in a row (None: without end), the last day of the latest expired
    period, or the first day of the next one.
    """

    status: str
    until: date | None = None


def coverage(periods, day):
    """Tell whether ``day`` is covered by ``periods`` and until when.

    Periods that touch or overlap count as one.

    :param periods: iterable of :class:`Period`
    :param datetime.date day:
    :rtype: Coverage
    """
    periods = sorted(periods, key=lambda period: period.start)
    running = [p for p in periods if p.start <= day and (not p.end or day <= p.end)]
    if running:
        return Coverage("covered", _end_in_a_row(running, periods))
    upcoming = [period.start for period in periods if period.start > day]
    past = [period.end for period in periods if period.end and period.end < day]
    if past:
        return Coverage("expired", max(past))
    if upcoming:
        return Coverage("upcoming", min(upcoming))
    return Coverage("none")


def _end_in_a_row(running, periods):
    """Return the last day of the run that ``running`` belongs to, None: no end."""
    if not all(period.end for period in running):
        return None
    end = max(period.end for period in running)
    for period in periods:
        if period.start > end + timedelta(days=1):
            break
        if not period.end:
            return None
        end = max(end, period.end)
    return end
