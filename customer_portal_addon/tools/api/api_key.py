"""Keys for programs: what they look like, and what is kept of them."""

import hashlib
import re
import secrets

_KEY = re.compile(r"support_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")


def make():
    """Return a new key: a public part to find it by, and 256 random bits.

    :rtype: str
    """
    return f"support_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"


def prefix(key):
    """Return the public part of a key, empty for what can't be one.

    :rtype: str
    """
    match = _KEY.fullmatch(key)
    return match[1] if match else ""


def digest(key):
    """Return what is kept of a key.

    A random secret of this length needs no slow hash: nobody tries them all.

    :rtype: str
    """
    return hashlib.sha256(key.encode()).hexdigest()


def bearer(header):
    """Return the key in an ``Authorization`` header, empty without one.

    :rtype: str
    """
    scheme, _blank, key = (header or "").strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
