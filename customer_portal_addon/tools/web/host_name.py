"""What browsers send: names of hosts, and paths. Everything else is a mistake."""

import functools
import re

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_HOST = re.compile(
    r"(?P<name>[^:\[\]]+|\[[0-9A-Fa-f:.]{2,45}\])(:(?P<port>[0-9]{0,5}))?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_LENGTH = 253


@functools.lru_cache(maxsize=256)
def is_host(text):
    """Tell whether a text is a host as a ``Host`` header names it, port included.

    Names are ASCII: browsers write those with other letters as ``xn--…``.

    :rtype: bool
    """
    match = _HOST.fullmatch(text)
    if not match or int(match["port"] or 0) > 65535:
        return False
    name = match["name"]
    if name.startswith("["):
        return True
    return len(name) <= MAX_LENGTH and bool(_NAME.fullmatch(name)) and _is_idna(name)


def is_path(text):
    """Tell whether a decoded path is one that a browser asks for.

    Browsers take ``..`` out themselves, and nothing has control characters.

    :rtype: bool
    """
    return not (_CONTROL.search(text) or {".", ".."} & set(text.split("/")))


def _is_idna(name):
    try:
        name.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True
