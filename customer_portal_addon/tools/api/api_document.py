"""Reading the JSON that a program sends."""

import base64
import binascii
import hashlib
import json

# Names, values and lists; a description may have a comma for each of its letters
MAX_ITEMS = 200_000
_BLANKS = b" \t\r\n"


def _refuse(constant):
    raise ValueError(constant)


def read(raw):
    """Return the object in some JSON.

    :param bytes raw: in UTF-8
    :rtype: dict
    :raise ValueError: it is none, or holds text that is none
    """
    # a list of millions would take seconds to read; one string of files doesn't
    if sum(map(raw.count, (b",", b"[", b"{"))) > MAX_ITEMS:
        raise ValueError("too many values")
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
        # escaped halves of characters can't be stored
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON in UTF-8") from error
    if not isinstance(document, dict):
        raise ValueError("no object")
    return document


def digest(document, files):
    """Return what two requests have in common that ask for the same.

    :param dict document: as read
    :param list files: of (name, bytes), sent beside it
    :rtype: str
    """
    found = hashlib.sha256(json.dumps(document, sort_keys=True).encode())
    for name, content in files:
        found.update(hashlib.sha256(repr(name).encode()).digest())
        found.update(hashlib.sha256(content).digest())
    return found.hexdigest()


def decode_file(content):
    """Return the bytes of a file in Base64.

    :rtype: bytes
    :raise ValueError:
    """
    try:
        packed = content.encode("ascii").translate(None, _BLANKS)
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("no Base64") from error


def to_posted(value, kind, options):
    """Return an answer as a form would post it.

    :param value: a value that fits the schema
    :param str kind: of the form's field
    :param list options: of (id as text, name)
    :return: for a choice the ids of options, where names were given
    :rtype: list[str]
    """
    values = value if isinstance(value, list) else [value]
    if kind == "checkbox":
        return ["1"] if any(value is True for value in values) else []
    texts = [_to_text(value) for value in values if value not in (None, False, "")]
    if kind in ("choice", "multiple_choice"):
        ids = {name: option_id for option_id, name in options}
        return [ids.get(text, text) for text in texts]
    return texts


def _to_text(value):
    return value if isinstance(value, str) else json.dumps(value)
