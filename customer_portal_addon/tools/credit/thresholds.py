"""Thresholds of a balance: where somebody is to be told."""

import re


def parse(text):
    """Return the thresholds of a text like "60, 0", the highest first, each once.

    :param str text: whole numbers, separated by commas or semicolons; may be empty
    :rtype: list[int]
    :raise ValueError: something in it is no whole number
    """
    parts = [part.strip() for part in re.split(r"[,;]", text or "")]
    numbers = {_parse_number(part) for part in parts if part}
    return sorted(numbers, reverse=True)


def _parse_number(part):
    if not re.fullmatch(r"[-\N{MINUS SIGN}]?\d{1,8}", part, re.ASCII):
        raise ValueError(f"{part} is no whole number")
    return int(part.replace("\N{MINUS SIGN}", "-"))


def crossed(thresholds, before, now):
    """Return the thresholds that a balance has fallen to or below.

    :param thresholds: iterable of int
    :param int before: the balance when it was last looked at
    :param int now: the balance
    :rtype: list[int]
    """
    return [limit for limit in thresholds if before > limit >= now]
