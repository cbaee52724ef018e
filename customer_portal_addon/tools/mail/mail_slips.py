"""Mail addresses that were probably misspelled."""

# Where most private addresses in Germany, and many elsewhere, are
COMMON_DOMAINS = (
    "gmail.com",
    "gmx.de",
    "web.de",
    "t-online.de",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "gmx.net",
    "freenet.de",
    "googlemail.com",
    "outlook.de",
    "hotmail.de",
    "yahoo.de",
    "posteo.de",
    "mailbox.org",
    "arcor.de",
    "live.de",
    "live.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.eu",
    "aol.com",
    "aol.de",
    "me.com",
    "mail.de",
    "email.de",
    "online.de",
    "vodafone.de",
    "kabelmail.de",
    "proton.me",
    "protonmail.com",
    "bluewin.ch",
    "aon.at",
    "hotmail.co.uk",
    "yahoo.co.uk",
    "mail.com",
    "msn.com",
    "ymail.com",
)
# Endings that don't exist, and what was meant
_ENDINGS = {
    "ed": "de",
    "dee": "de",
    "dde": "de",
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "coom": "com",
    "vom": "com",
    "xom": "com",
    "nte": "net",
    "met": "net",
    "ogr": "org",
    "rog": "org",
}


def suggest_address(address):
    """Return what was probably meant by an address, None when nothing looks wrong.

    Only a hint: there are domains that look like the slip of another one.

    :param str address: normalised
    :rtype: str | None
    """
    local, _at, domain = address.rpartition("@")
    meant = _suggest_domain(domain)
    return f"{local}@{meant}" if local and meant else None


def _suggest_domain(domain):
    if not domain or domain in COMMON_DOMAINS:
        return None
    close = [known for known in COMMON_DOMAINS if _is_one_slip(domain, known)]
    if close:
        return close[0]
    name, dot, ending = domain.rpartition(".")
    if dot and ending in _ENDINGS:
        mended = f"{name}.{_ENDINGS[ending]}"
        return _suggest_domain(mended) or mended
    return None


def _is_one_slip(typed, meant):
    """Tell whether one letter is missing, too much, wrong, or swapped with the next.

    In short domains every slip leads to somebody else's domain.
    """
    if len(meant) < 6 or abs(len(typed) - len(meant)) > 1:
        return False
    if len(typed) > len(meant):
        typed, meant = meant, typed
    start = next((i for i, c in enumerate(typed) if c != meant[i]), len(typed))
    rest, wanted = typed[start:], meant[start:]
    if len(rest) < len(wanted):
        return rest == wanted[1:]
    swapped = wanted[1::-1] + wanted[2:]
    return rest[1:] == wanted[1:] or rest == swapped
