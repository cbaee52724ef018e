"""What the header of a mail tells: whether a person wrote it."""

import re

_LISTS = ("Id", "Unsubscribe", "Post", "Help", "Subscribe", "Owner", "Archive")
# Whose mere presence says that a machine answered, or reports
_TELLING_HEADERS = (
    *(f"List-{name}" for name in _LISTS),
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Mail-Autoreply",
    "X-Failed-Recipients",
)
_PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
_ROBOTS = {"mailer-daemon", "postmaster"}


def is_automatic(headers):
    """Tell whether no person wrote a mail: a machine, a list or a bounce.

    ``X-Auto-Response-Suppress`` counts only when it says ``All``. Exchange puts it
    with other values (``DR, OOF, AutoReply``) into mails that people write, as a wish
    how to answer them.

    :param email.message.EmailMessage headers: the mail
    :rtype: bool
    """
    if any(_value(headers, name) not in ("", "no") for name in _TELLING_HEADERS):
        return True
    suppressed = re.split(r"[\s,]+", _value(headers, "X-Auto-Response-Suppress"))
    return (
        _value(headers, "Auto-Submitted").partition(";")[0].strip() not in ("", "no")
        or _value(headers, "Precedence") in _PRECEDENCES
        or "all" in suppressed
        or re.sub(r"\s", "", _value(headers, "Return-Path")) == "<>"
        or _value(headers, "Content-Type").startswith("multipart/report")
        or _local_part(_value(headers, "From")) in _ROBOTS
    )


def _value(headers, name):
    """Return a header in lower case, empty when there is none.

    As it was written: Python's parsers stumble over some broken headers.
    """
    for key, value in headers.raw_items():
        if key.lower() == name.lower():
            return str(value).strip().lower()
    return ""


def _local_part(sender):
    return sender.rpartition("<")[2].strip().partition("@")[0]
