"""Support IDs: short codes that survive being said on the phone.

A code is a running number followed by a check digit of the Damm algorithm, which
finds every single wrong digit and every swap of two neighbours: the two slips that
people make when they dictate or type a number.
"""

from stdnum import damm
from stdnum.exceptions import ValidationError

SEPARATOR = "-"


def compose(number):
    """Return the support ID of a running number.

    :param int number: zero or greater
    :return: the digits, a dash and the check digit, e.g. ``"10001-8"``
    :rtype: str
    """
    digits = str(number)
    if not digits.isdigit():
        raise ValueError(f"not a running number: {number!r}")
    return f"{digits}{SEPARATOR}{damm.calc_check_digit(digits)}"


def normalize(text):
    """Return ``text`` in the written form of a support ID, or None.

    Blanks, dashes and dots are accepted anywhere, as people write them.

    :rtype: str or None
    """
    digits = "".join(char for char in text or "" if char not in " -–.\u00a0")
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        damm.validate(digits)
    except ValidationError:
        return None
    return f"{digits[:-1]}{SEPARATOR}{digits[-1]}"
