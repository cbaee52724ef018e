"""Whether the HTML of a mail is more than its readers can be asked to take apart.

Odoo looks for quotes and dangers in it several times, and for some shapes takes the
square of their number.
"""

import re

MAX_TAGS = 8000
# What is read anew from each tag that is not closed
MAX_OPEN_WORK = 3_000_000
# Each makes Odoo mark all that follow
MAX_MARKS = 20
_MARKS = re.compile(r"stopspelling|yahoo_quoted|encoding\s*=|<script|<style", re.I)
# Odoo copies all that follows for each of them
MAX_QUOTES = 1000
_QUOTE = re.compile(r"(?:\n(?:>|&gt;?|&#0*62;?|&#x0*3e;?)+[^\r\n]*)+", re.IGNORECASE)


def is_too_complicated(text):
    """Tell whether it takes long to read some HTML.

    :param str text: HTML, of limited length
    :rtype: bool
    """
    if text.count("<") > MAX_TAGS or has_many_quotes(text):
        return True
    if sum(1 for _mark in _MARKS.finditer(text)) > MAX_MARKS:
        return True
    work = sum(piece.count("<") * len(piece) for piece in text.split(">"))
    return work > MAX_OPEN_WORK


def has_many_quotes(text):
    """Tell whether a text answers so many quotes that marking them takes long.

    :param str text: plain, or HTML
    :rtype: bool
    """
    return sum(1 for _quote in _QUOTE.finditer(text)) > MAX_QUOTES


def strip_tags(text):
    """Return what can be read of some HTML, without looking at its structure.

    :rtype: str
    """
    text = re.sub(r"<(style|script)\b.*?(</\1\s*>|\Z)", " ", text, flags=re.S | re.I)
    return re.sub(r"<[^<>]{1,2000}>", " ", text)
