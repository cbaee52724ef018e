"""What is billed by started units, and month by month."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..dates.coverage import local_day


def started_units(minutes, unit):
    """Return how many units of so many minutes were started.

    :param int minutes: not negative
    :param int unit: minutes of one; less than one counts as one
    :rtype: int
    """
    return -(-minutes // max(1, unit))


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
