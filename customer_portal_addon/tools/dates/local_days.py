"""Days on the calendar of a time zone, while moments are naive and in UTC."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def local_day(moment, timezone):
    """Return the calendar day of a naive UTC datetime in a time zone.

    :param datetime.datetime moment: naive, UTC
    :param str timezone: name of the zone; an unknown or empty one counts as UTC
    :rtype: datetime.date
    """
    return moment.replace(tzinfo=UTC).astimezone(_get_zone(timezone)).date()


def month_begin(moment, timezone):
    """Return the first day of a month, and when it began.

    :param datetime.datetime moment: naive, UTC, in that month
    :param str timezone: name of the zone; an unknown or empty one counts as UTC
    :return: the day, and a naive datetime in UTC
    :rtype: tuple[datetime.date, datetime.datetime]
    """
    zone = _get_zone(timezone)
    first_day = local_day(moment, timezone).replace(day=1)
    begin = datetime.combine(first_day, time.min, tzinfo=zone)
    return first_day, begin.astimezone(UTC).replace(tzinfo=None)


def _get_zone(timezone):
    try:
        return ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
