"""Reading what an address says about a list. What makes no sense counts as not said."""

import json
import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC = ZoneInfo("UTC")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NUMBER = re.compile(r"[0-9]{1,9}")
_MAX_SEARCH = 100


def parse_number(value):
    """Return a whole number, 0 for anything else; ``²`` and ``٣`` are no digits here.

    :rtype: int
    """
    return int(value) if _NUMBER.fullmatch(str(value)) else 0


def parse_day(value):
    """Return the day that a date input sent, None for anything else.

    :rtype: datetime.date
    """
    if not re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", str(value)):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def parse_search(value):
    """Return what is searched for, in one line.

    :rtype: str
    """
    if not isinstance(value, str):
        return ""
    return " ".join(_CONTROL.sub(" ", value).split())[:_MAX_SEARCH].strip()


def day_start(day, timezone):
    """Return when a day begins in a time zone, as a naive UTC datetime.

    :param datetime.date day:
    :param str timezone: name of the zone; an unknown one counts as UTC
    """
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    start = datetime.combine(day, time.min, zone)
    return start.astimezone(UTC).replace(tzinfo=None)


def are_objects(texts):
    """Tell whether texts are objects in JSON; what is not said doesn't count.

    :rtype: bool
    """
    try:
        return all(isinstance(json.loads(text), dict) for text in texts if text)
    except (ValueError, RecursionError):
        return False
