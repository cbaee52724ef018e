"""Periods of a statement. What makes no sense counts as not said."""

from datetime import date, timedelta
from typing import NamedTuple

from ..web.list_filters import parse_day

DEFAULT = "12_months"
KEYS = (DEFAULT, "month", "last_month", "year", "last_year", "all")


class Period(NamedTuple):
    """Days from ``since`` to ``until``, both included; without: no limit."""

    key: str
    since: date | None = None
    until: date | None = None

    def slug(self, today):
        """Return the period as part of a file's name."""
        if self.key in ("month", "last_month"):
            return f"{self.since:%Y-%m}"
        if self.key in ("year", "last_year"):
            return f"{self.since:%Y}"
        until = self.until or today
        return "-".join(str(day) for day in (self.since, until) if day)


def parse(params, today):
    """Return the period that an address asks for: by its name, or from day to day.

    :param dict params: ``period``, ``since`` and ``until``, as text
    :param datetime.date today:
    :rtype: Period
    """
    since, until = parse_day(params.get("since")), parse_day(params.get("until"))
    if since and until and since > until:
        since, until = until, since
    if since or until:
        return Period("custom", since, until)
    key = params.get("period")
    return named(key if key in KEYS else DEFAULT, today)


def named(key, today):
    """Return one of the periods in ``KEYS``."""
    month = today.replace(day=1)
    year = month.replace(month=1)
    last_month = month - timedelta(days=1)
    last_year = year - timedelta(days=1)
    return Period(
        key,
        *{
            "12_months": (_year_before(today) + timedelta(days=1), None),
            "month": (month, _last_day(month)),
            "last_month": (last_month.replace(day=1), last_month),
            "year": (year, date(today.year, 12, 31)),
            "last_year": (last_year.replace(month=1, day=1), last_year),
            "all": (None, None),
        }[key],
    )


def _last_day(month):
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _year_before(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)
