"""Tables as files that spreadsheet programs open at once."""

import csv
import io

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for a code page
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defuse(value):
    """Return a cell's text that no spreadsheet program takes for a formula.

    :rtype: str
    """
    text = str(value)
    begins = text.lstrip(" \u00a0\"'").startswith(_FORMULA)
    return f"'{text}" if begins or text.startswith(_FORMULA) else text


def make(rows, decimal_comma=False):
    """Return a CSV file.

    :param rows: iterable of rows, the header included; numbers stay numbers
    :param bool decimal_comma: whether the reader writes 0,5; Excel then separates the
        columns by semicolons
    :rtype: bytes
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if decimal_comma else ",")
    for row in rows:
        writer.writerow(
            [cell if isinstance(cell, int) else defuse(cell) for cell in row]
        )
    return (_BYTE_ORDER_MARK + file.getvalue()).encode()
