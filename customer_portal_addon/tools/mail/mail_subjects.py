"""Subjects of mails about a ticket: with its number, and with one „Re:“."""

import re

# What mail programs put before a subject, in the languages of our readers
_PREFIXES = re.compile(
    r"^(\s*(re|aw|antw|fwd?|wg)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


def with_number(subject, number):
    """Return a subject in one line, with the number behind it unless it has it.

    :rtype: str
    """
    subject = " ".join((subject or "").split())
    if not number or re.search(rf"(?<!\w){re.escape(number)}(?!\w)", subject):
        return subject
    return f"{subject} ({number})".strip()


def as_answer(subject, number):
    """Return the subject of an answer, however often it was answered before.

    :rtype: str
    """
    subject = " ".join((subject or "").split())
    return with_number(f"Re: {_PREFIXES.sub('', subject)}", number)
