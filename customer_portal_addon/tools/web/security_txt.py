"""Whom to tell about a weakness: the file security.txt of RFC 9116."""

import re

VALID_DAYS = 180
MAIL = re.compile(r"^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$")
ADDRESS = re.compile(r"^(https://[^\s/]+|tel:\+|mailto:[^\s@]+@)\S*$")


def contact(text):
    """Return a contact as the file names it, None for anything else.

    :param str text: an e-mail address, or an address with its scheme
    :rtype: str or None
    """
    text = (text or "").strip()
    if MAIL.match(text) and ":" not in text:
        return f"mailto:{text}"
    return text if ADDRESS.match(text) else None


def text(contact, expires, languages, canonical, policy=None):
    """Return the file.

    :param str contact: see :func:`contact`
    :param datetime.datetime expires: in UTC; less than a year ahead
    :param list languages: codes such as ``de``
    :param str canonical: address of the file
    :param str policy: address of a page, if there is one
    :rtype: str
    """
    lines = {
        "Contact": contact,
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(languages),
        "Canonical": canonical,
        "Policy": policy,
    }
    # a line break in a setting is no way to a line of one's own
    return "".join(
        f"{name}: {' '.join(value.split())}\n" for name, value in lines.items() if value
    )
