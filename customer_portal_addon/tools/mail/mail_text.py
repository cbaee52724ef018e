"""Texts and files of a mail: readable whatever was declared, and not too much."""

import base64
import codecs
import re
from email.message import EmailMessage

from .mail_html import has_many_quotes, is_too_complicated, strip_tags

# Longer texts are no reading matter: logs, or an attack on whoever shows them
MAX_BODY = 200_000
# What a mail server lets through as one mail; and no thread is read with more files
MAX_FILES = 30
MAX_FILES_BYTES = 35_000_000  # 25 MB, encoded for the way
MAX_PARTS = 500  # Odoo puts texts together one by one: that takes the square of it

# What the converter of a wrong declaration most likely meant: as browsers do
_LATIN = {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
_HTML_END = re.compile(r"<[^<>]*\Z")


def limit_mail(message):
    """Repair a mail and take out what is too much, in place.

    :param email.message.EmailMessage message:
    :return: name and full content of the texts that were cut, how many files were
        taken out, and how many parts are unreadable
    :rtype: tuple[list[tuple[str, str]], int, int]
    :raise ValueError: it has too many parts to look at
    """
    if sum(1 for _part in message.walk()) > MAX_PARTS:
        raise ValueError(f"More than {MAX_PARTS} parts")
    shed = shed_files(message, MAX_FILES, MAX_FILES_BYTES)
    cut = make_readable(message, MAX_BODY)
    return cut, shed, unreadable_parts(message)


def storable(text):
    """Return text as a database takes it: without NUL and halves of characters.

    :rtype: str
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def decode_text(content, charset=None):
    """Return bytes as text, by the declared character set if they are of it.

    Otherwise UTF-8 or Windows-1252, the one that they may be.

    :rtype: str
    """
    charset = (charset or "").strip().lower()
    guesses = ["utf-8", "cp1252", "latin-1"]
    if charset and charset not in _LATIN and _is_known(charset):
        guesses.insert(0, charset)
    elif charset in _LATIN - {"us-ascii", "ascii"}:
        guesses.remove("utf-8")
    for guess in guesses:
        try:
            return content.decode(guess)
        except (UnicodeError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _is_known(charset):
    try:
        return codecs.lookup(charset)._is_text_encoding
    except (LookupError, ValueError):
        return False


def make_readable(message, limit):
    """Repair what would stop or distort the reading of a mail, in place.

    Character sets that are wrong, unknown or missing, multiparts without parts,
    nameless calendar entries and images. Texts are cut that are together longer than
    ``limit``.

    :param email.message.EmailMessage message:
    :param int limit: characters of plain text, and of HTML
    :return: name and full content of every text that was cut
    :rtype: list[tuple[str, str]]
    """
    cut, left = [], {"text/plain": limit, "text/html": limit}
    for part in message.walk():
        if part.get_content_maintype() == "multipart" and not part.is_multipart():
            part.set_type("text/plain")
            del part["Content-Transfer-Encoding"]
        kind = part.get_content_type()
        is_file = part.get_content_disposition() == "attachment" or part.get_filename()
        if kind in left and not is_file:
            full, length = _repair_text(part, left[kind])
            left[kind] -= length
            if full:
                ending = "html" if kind == "text/html" else "txt"
                cut.append((f"message.{ending}", full))
        elif not part.is_multipart() and not part.get_filename():
            _name_file(part, kind)
    return cut


def _repair_text(part, limit):
    """Write a text anew in UTF-8; return it in full when it was cut, and its length.

    :rtype: tuple[str, int]
    """
    content = part.get_payload(decode=True) or b""
    text = decode_text(content, part.get_content_charset()).replace("\x00", "")
    # before a carriage return a quote ends, and there are as many as lines
    text = text.replace("\r\n", "\n")
    if _takes_long(part, text[:limit]):
        # a blank in front of each line: nothing looks for quotes there
        plain = re.sub(r"(?m)^(?=[>-])", " ", strip_tags(text)[:limit])
        _write_text(part, plain, "plain")
        return text, len(plain)
    if len(text) <= limit and text == _read_as_declared(part, content):
        return "", len(text)
    full = ""
    if len(text) > limit:
        full, text = text, text[:limit]
        if part.get_content_type() == "text/html":
            text = _HTML_END.sub("", text)
    _write_text(part, text, part.get_content_subtype())
    return full, len(text)


def _write_text(part, text, subtype):
    """Replace the text of a part, with the ends of its lines as they are."""
    part.set_content("", subtype=subtype, cte="base64")
    content = text.encode("utf-8", "replace")
    part.set_payload(base64.b64encode(content).decode("ascii"))


def _takes_long(part, text):
    if part.get_content_type() == "text/html":
        return is_too_complicated(text)
    return has_many_quotes(text)


def _read_as_declared(part, content):
    """Return the text as Python will read it, None when it cannot."""
    try:
        return content.decode(part.get_param("charset", "ascii"), "replace")
    except (LookupError, TypeError):
        return None


def _name_file(part, kind):
    """Give a file without a name one by which it can be opened, or shown."""
    if kind == "text/calendar":
        part.set_param("name", "invitation.ics")
    elif part.get("Content-Id") and kind.startswith("image/"):
        part.set_param("name", f"image.{kind.partition('/')[2]}")


def shed_files(message, max_count, max_bytes):
    """Take the files out of a mail that are too many, or too large in all.

    :param email.message.EmailMessage message: changed in place
    :param int max_count: how many files may stay
    :param int max_bytes: how large they may be together, as encoded
    :return: how many were taken out
    :rtype: int
    """
    count, size, taken = 0, 0, 0
    for parent in list(message.walk()):
        if parent.get_content_maintype() != "multipart" or not parent.is_multipart():
            continue
        kept = []
        for part in parent.get_payload():
            if _is_file(part):
                count, size = count + 1, size + _encoded_size(part)
                if count > max_count or size > max_bytes:
                    size -= _encoded_size(part)
                    taken += 1
                    continue
            kept.append(part)
        parent.set_payload(kept)
    return taken


def _is_file(part):
    if part.get_content_maintype() == "multipart":
        return False
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return bool(part.get_filename()) or not is_text


def _encoded_size(part):
    payload = part.get_payload()
    if isinstance(payload, str):
        return len(payload)
    return sum(map(_encoded_size, payload or ()))


def unreadable_parts(message):
    """Replace the parts that Python cannot read, in place; return how many."""
    count = 0
    for part in list(message.walk()):
        if part.get_content_maintype() == "multipart":
            continue
        try:
            content = part.get_content()
            if isinstance(content, EmailMessage):
                content.as_bytes()
        except Exception:  # whatever a broken part makes Python raise
            part.clear_content()
            part.set_content("")
            count += 1
    return count


def salvage_text(raw, limit=20_000):
    """Return what can be read of a mail that cannot be parsed.

    :param bytes raw: the mail as it came
    :param int limit: characters
    :rtype: str
    """
    _head, _line, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    text = decode_text(body[: limit * 4])
    text = strip_tags(text)
    text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return re.sub(r"\n{3,}", "\n\n", text)[:limit].strip()
