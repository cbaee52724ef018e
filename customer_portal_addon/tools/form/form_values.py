"""Reading what people type into the fields of a form."""

import re
from datetime import date

SUBJECT_MAX_LENGTH = 200
DESCRIPTION_MAX_LENGTH = 50000
_SPLIT = re.compile(r"[,;\s]+")
_PHONE = re.compile(r"^\+?[\d\s()/.-]{5,30}$")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
# All that Python, and with it the header of a mail, takes for the end of a line
_LINE_BREAK = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(value, multiline=False):
    """Return text without control characters and blanks around it.

    :param value: what was posted; anything but a string counts as empty
    :param bool multiline: keep line breaks, as ``\\n``
    :rtype: str
    """
    if not isinstance(value, str):
        return ""
    value = _CONTROL.sub("", _LINE_BREAK.sub("\n", value))
    if not multiline:
        value = " ".join(value.split("\n"))
    return value.strip()


def parse_number(value):
    """Return the number that was typed, with a comma or a point for the decimals.

    :rtype: int or float
    :raise ValueError: not a number
    """
    text = value.replace("\u00a0", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,6})?", text):
        raise ValueError(value)
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


def parse_date(value):
    """Return the date that was typed as 2026-11-30 or 30.11.2026.

    :rtype: datetime.date
    :raise ValueError: not a date
    """
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value)
    if german:
        day, month, year = map(int, german.groups())
        return date(year, month, day)
    return date.fromisoformat(value)


def is_phone(value):
    """Tell whether ``value`` could be a telephone number (at least five digits)."""
    return bool(_PHONE.match(value)) and sum(map(str.isdigit, value)) >= 5


def split_addresses(value):
    """Return the mail addresses of a typed list, in order, each once.

    Commas, semicolons, blanks and line breaks separate.

    :rtype: list[str]
    """
    return list(dict.fromkeys(filter(None, _SPLIT.split(value.lower()))))


def file_name(value):
    """Return the name of an uploaded file without folders, at most 120 characters.

    :rtype: str
    """
    name = clean_text(value).replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
    if len(name) > 120:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: 119 - len(extension)]}{dot}{extension}" if stem else name[:120]
    return name[:120] or "file"


def is_text(content):
    """Tell whether bytes are text: UTF-8, UTF-16 with a mark, or a code page.

    Text has no control characters but tabs, line and page breaks.
    """
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return bool(head) and not _BINARY.search(head)
