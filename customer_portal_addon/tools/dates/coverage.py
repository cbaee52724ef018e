"""Days of a time zone, and whether periods of days cover one, both ends inclusive."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC = ZoneInfo("UTC")


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


def local_day(moment, timezone):
    """Return the calendar day of a naive UTC datetime in a time zone.

    :param datetime.datetime moment: naive, UTC
    :param str timezone: name of the zone; an unknown or empty one counts as UTC
    :rtype: datetime.date
    """
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


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


def month_begin(moment, timezone):
    """Return the first day of a month, and when it began.

    :param datetime.datetime moment: naive, UTC, in that month
    :param str timezone: name of the zone; an unknown or empty one counts as UTC
    :return: the day, and a naive datetime in UTC
    :rtype: tuple[datetime.date, datetime.datetime]
    """
    first_day = local_day(moment, timezone).replace(day=1)
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    begin = datetime.combine(first_day, time.min, tzinfo=zone)
    return first_day, begin.astimezone(UTC).replace(tzinfo=None)
