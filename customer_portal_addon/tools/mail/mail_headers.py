"""What the header of a mail tells: who wrote it, and whether a person did."""

import re
from datetime import timedelta
from email.header import decode_header

from .mail_text import decode_text

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
# How answering machines begin their subjects; a person may write on after the words
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(automatische antwort|automatische abwesenheits\w+|abwesenheitsnotiz"
    r"|abwesenheitsnachricht|abwesenheitsmeldung|abwesenheitsassistent"
    r"|out of (the )?office( auto(matic)?[ -]?reply)?|automatic reply|auto[ -]?reply"
    r"|auto[ -]?response|autosvar|réponse automatique|risposta automatica"
    r"|respuesta automática|automatisch antwoord)\s*($|[:,.!(\[–—-])",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*(fwd?|wg|wtr\.?|weitergeleitet)\s*:", re.IGNORECASE)
# Bounded, so that no header takes long to search
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,255}")
MAX_VALUE = 20_000
# Clocks differ, and servers retry for days; anything else is made up
_OLDEST, _NEWEST = timedelta(days=30), timedelta(hours=1)
_TICKET_NUMBER = re.compile(r"[(\[]\s*#?\s*([^\s()\[\]]{2,40})\s*[)\]]")


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
    return bool(
        _value(headers, "Auto-Submitted").partition(";")[0].strip() not in ("", "no")
        or _value(headers, "Precedence") in _PRECEDENCES
        or "all" in suppressed
        or re.sub(r"\s", "", _value(headers, "Return-Path")) == "<>"
        or _value(headers, "Content-Type").startswith("multipart/report")
        or _local_part(_value(headers, "From")) in _ROBOTS
        or _AUTOMATIC_SUBJECT.match(_decoded(_raw(headers, "Subject")))
    )


def is_forward(subject):
    """Tell whether a subject says that a mail was forwarded."""
    return bool(_FORWARD.match(subject or ""))


def ticket_numbers(subject):
    """Return what stands in brackets in a subject, at most five.

    :rtype: list[str]
    """
    return list(dict.fromkeys(_TICKET_NUMBER.findall(subject or "")))[:5]


def sender_address(headers):
    """Return the one address that a mail is from, empty unless it is exactly one.

    What stands in quotes, in comments or encoded is a name, whatever it looks like.

    :rtype: str
    """
    values = _values(headers, "From")
    if len(values) != 1:
        return ""
    text = re.sub(r'"(\\.|[^"\\])*"|=\?[^?]*\?[^?]*\?[^?]*\?=', " ", values[0])
    text = re.sub(r"\([^()]*\)", " ", text)
    in_brackets = re.findall(r"<([^<>]*)>", text)
    found = _ADDRESS.findall(" ".join(in_brackets) if in_brackets else text)
    is_one = len(found) == 1 and found[0].isprintable()
    return found[0].lower() if is_one else ""


def header_addresses(headers, *names):
    """Return all mail addresses of some headers, in lower case, each once.

    :rtype: list[str]
    """
    found = []
    for name in names:
        for value in _values(headers, name)[:20]:
            found += _ADDRESS.findall(value.lower())
    return list(filter(str.isprintable, dict.fromkeys(found)))[:500]


def header_references(headers):
    """Return the ids of the messages that a mail answers, the direct one last.

    :rtype: list[str]
    """
    text = " ".join(_values(headers, "References") + _values(headers, "In-Reply-To"))
    found = re.findall(r"<[^<>\s]{1,500}>", text)
    return list(filter(str.isprintable, found))[-33:]


def header_text(headers, name):
    """Return a header as a reader sees it, without control characters."""
    text = _decoded(_raw(headers, name))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def is_plausible_date(date, now):
    """Tell whether a mail that arrives now may have been written then.

    :param datetime.datetime date: both naive, in one time zone
    :rtype: bool
    """
    return now - _OLDEST < date < now + _NEWEST


def _raw(headers, name):
    return next(iter(_values(headers, name)), "")


def _values(headers, name):
    """Return a header's values as they were written; of long ones the end.

    Python's parsers stumble over some broken headers.
    """
    return [
        _readable(str(value).strip()[-MAX_VALUE:])
        for key, value in headers.raw_items()
        if key.lower() == name.lower()
    ]


def _readable(text):
    """Return a header that has more than ASCII in it as the text that was meant."""
    if text.isascii():
        return text
    return decode_text(text.encode("utf-8", "surrogateescape"))


def _value(headers, name):
    """Return a header in lower case, empty when there is none."""
    return _raw(headers, name).lower()


def _decoded(text):
    """Return a header's text without its encoding, as it is when that is broken."""
    try:
        parts = decode_header(text)
    except Exception:  # whatever Python does to broken headers
        return text
    return "".join(_decoded_part(part, charset) for part, charset in parts)


def _decoded_part(part, charset):
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # NUL in its name, or no encoding of texts
        return part.decode("utf-8", "replace")


def _local_part(sender):
    return sender.rpartition("<")[2].strip().partition("@")[0]
