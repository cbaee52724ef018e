"""Headers of a mail, short enough that no parser takes long over them.

Python's parsers take the square of a header's length for some, and read the header
of a part anew each time that anything is asked of it.
"""

import re

MAX_HEADER = 4000
MAX_PARAMETERS = 3000
MAX_HEADERS_BYTES = 200_000
MAX_HEADERS = 1000
MAX_QUOTES = 100
MAX_PARAMETER_QUOTES = 30
MAX_ADDRESSES = 200
_LISTS = {b"to", b"cc", b"bcc", b"delivered-to", b"resent-to", b"resent-cc"}
_FIELD = re.compile(
    rb"^([!-9;-~]{1,100})[ \t]*:((?:[^\n]*\n[ \t])*[^\n]*)(?:\n|\Z)", re.MULTILINE
)
# Those of all parts, wherever they stand
_PART_FIELD = re.compile(
    rb"^(content-(?:type|disposition|id|transfer-encoding))[ \t]*:"
    rb"((?:[^\n]*\n[ \t])*[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(
    rb"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,255}",
)


def limit_headers(raw):
    """Return a mail with short headers, and the names of those that were shortened.

    Of a list of recipients the first addresses stay, of references the last ones, of
    what describes a part its kind alone.

    :param bytes raw: the mail as it came
    :rtype: tuple[bytes, set[str]]
    """
    cut = set()
    found = re.search(rb"\r?\n\r?\n", raw)
    end = found.start() if found else len(raw)
    head, body = raw[:end], raw[end:]
    if end > MAX_HEADERS_BYTES or head.count(b"\n") > MAX_HEADERS:
        head = b"\n".join(head[:MAX_HEADERS_BYTES].split(b"\n")[:MAX_HEADERS])
        cut.add("")
    head = _FIELD.sub(lambda match: _limit_field(match, cut), head)

    def limit_part(match):
        return _limit_part_field(match, cut)

    return head + _PART_FIELD.sub(limit_part, body), cut


def _limit_field(match, cut):
    name, value = match[1].lower(), match[2]
    if name.startswith(b"content-"):
        return _limit_part_field(match, cut)
    if len(value) <= MAX_HEADER and value.count(b'"') <= MAX_QUOTES:
        return match[0]
    cut.add(name.decode())
    if name in _LISTS:
        found = list(dict.fromkeys(_ADDRESS.findall(value[: 10 * MAX_HEADER])))
        short = b",\r\n ".join(found[:MAX_ADDRESSES])
    elif name in (b"references", b"in-reply-to"):
        short = value[-MAX_HEADER:].partition(b" ")[2]
    else:
        short = value[:MAX_HEADER].replace(b'"', b"")
    return match[1] + b": " + short.strip() + b"\r\n"


def _limit_part_field(match, cut):
    value = match[2]
    is_short = len(value) <= MAX_PARAMETERS
    if is_short and value.count(b'"') <= MAX_PARAMETER_QUOTES:
        return match[0]
    cut.add(match[1].decode().lower())
    kind = value[:100].partition(b";")[0].strip().replace(b'"', b"")
    end = b"\n" if match[0].endswith(b"\n") else b""
    return match[1] + b": " + kind + b"\r" * bool(end) + end
