"""What a browser is told about our answers: headers and cookies, from one table.

Plain functions of a path and of settings; ``models/ir_http_headers.py`` applies them.
"""

import base64
import functools
import hashlib
import re

# The pages of the portal. What is not here is the platform's: the shop, payments and
# the backend load scripts of others.
OURS = (
    "/support",
    "/my/ticket",
    "/my/tickets",
    "/my/credit",
    "/my/colleagues",
    "/my/security",
    "/my/home",
    "/new/ticket",
    "/submitted/ticket",
    "/ticket/close",
    "/web/login",
    "/web/reset_password",
    "/web/signup",
)
EXACTLY_OURS = {"/my"}
# Whose address, or what they show, opens something: a token, a password
SECRET = re.compile(
    r"/web/(login|reset_password|signup)(/|$)"
    r"|/support/(notifications|activate|password)(/|$)"
    r"|/support/ticket/\d+/close$|/my/ticket/\d+/[^/]{20,}$"
)
# What one types a long text into; "Back" leads to it again, with what was typed
FORMS = ("/support/ticket/new", "/support/ticket/send")
BACKEND = ("/odoo", "/web", "/website", "/bus", "/mail", "/discuss", "/json")

# All that Odoo's templates write into attributes of pages of ours, word by word
HANDLERS = (
    "__odooAssetError=1",
    "this.action = '/web/login' + location.hash",
    "event.preventDefault(); window.location.href='/my/invoices/overdue'",
)
# Odoo's themes take their fonts from there unless they were told to keep them; no
# script comes along
FONT_STYLES = "https://fonts.googleapis.com"
FONT_FILES = "https://fonts.gstatic.com"
# By the system parameter that switches a captcha on
CAPTCHAS = {
    "recaptcha_public_key": (
        "https://www.recaptcha.net",
        "https://www.google.com",
        "https://www.gstatic.com",
    ),
    "cf.turnstile_site_key": ("https://challenges.cloudflare.com",),
}
FEATURES = (
    "accelerometer",
    "camera",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
HOST = re.compile(r"^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$", re.I)
SOURCE = re.compile(r"^(https://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$", re.I)


def is_below(path, places):
    """Tell whether a path is one of these places or below one.

    :param tuple places: of str, without a slash at the end
    :rtype: bool
    """
    return path.startswith(places) and any(
        path == place or path.startswith(f"{place}/") for place in places
    )


def kind(path):
    """Tell whose page this is.

    :param str path: without the language
    :return: ``ours``, ``backend`` or ``website``
    :rtype: str
    """
    if path in EXACTLY_OURS or is_below(path, OURS):
        return "ours"
    return "backend" if is_below(path, BACKEND) else "website"


def sources(text):
    """Read a list of hosts as an administrator types it.

    :param str text: hosts with or without ``https://``, between spaces, commas or
        lines; the first label may be ``*``
    :return: the hosts; the words that are none
    :rtype: tuple(list, list)
    """
    words = re.split(r"[\s,;]+", text.strip()) if text and text.strip() else []
    found = [word.rstrip("/") for word in words]
    return (
        [word for word in found if SOURCE.match(word)],
        [word for word in found if not SOURCE.match(word)],
    )


def _hash(script):
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


HANDLER_HASHES = " ".join(map(_hash, HANDLERS))


def captcha_hosts(keys):
    """Return what the captchas that are set up load in frames.

    :param keys: system parameters that have a value
    :rtype: list
    """
    return [host for key in keys for host in CAPTCHAS[key]]


def policy(host, nonce=None, more=(), assets=(), captchas=()):
    """Return the Content-Security-Policy of a page.

    Scripts run if a template wrote them (``nonce``) or such a script loads them; with
    ``more`` hosts also by address, as their scripts are not written by a template.
    Odoo's components (OWL) are compiled in the browser: without ``unsafe-eval`` no
    dialog opens. Its templates and its editor write styles into elements.

    :param str host: of the request, with its port; left out if it isn't one
    :param str nonce: of the scripts of this answer
    :param more: hosts from which pages may load everything, too
    :param assets: hosts with copies of our own files
    :param captchas: see :func:`captcha_hosts`
    :rtype: str
    """
    asked = (host, bool(nonce), tuple(more), tuple(assets), tuple(captchas))
    return _policy(*asked).replace("'nonce-'", f"'nonce-{nonce}'")


@functools.lru_cache(maxsize=64)
def _policy(host, has_nonce, more, assets, captchas):
    """Return the policy with an empty nonce: all else is the same for each answer."""
    own = "'nonce-'" if has_nonce else ""
    trust = ("'self'", *more, *captchas) if more else ("'strict-dynamic'", "'self'")
    is_host = host and HOST.match(host)
    sockets = (f"ws://{host}", f"wss://{host}") if is_host else ()
    files = ("'self'", *assets, *more)
    rules = {
        "default-src": ("'self'", *more),
        "script-src": (own, *trust, "'unsafe-eval'"),
        "script-src-attr": ("'unsafe-hashes'", HANDLER_HASHES),
        "style-src": (*files, "'unsafe-inline'", FONT_STYLES),
        "img-src": (*files, "data:", "blob:"),
        "font-src": (*files, "data:", FONT_FILES),
        "media-src": (*files, "data:", "blob:"),
        "connect-src": (*files, *captchas, *sockets),
        "frame-src": ("'self'", *captchas, *more),
        "worker-src": ("'self'", "blob:"),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'",),
    }
    return "; ".join(
        " ".join(filter(None, (name, *values))) for name, values in rules.items()
    )


def fixed(path, is_html, is_private):
    """Return the headers of an answer that depend on no setting.

    :param str path: without the language
    :param bool is_html: whether it is a page
    :param bool is_private: whether it was made for somebody who is logged in
    :return: headers that are to be set, and those that the answer may have decided
    :rtype: tuple(dict, dict)
    """
    forced, offered = {}, {}
    if SECRET.search(path):
        forced["Cache-Control"] = "no-store"
        forced["Referrer-Policy"] = "no-referrer"
    elif is_private:
        is_form = is_below(path, FORMS)
        offered["Cache-Control"] = "private, no-cache" if is_form else "no-store"
    offered["X-Content-Type-Options"] = "nosniff"
    offered["Referrer-Policy"] = "strict-origin-when-cross-origin"
    is_ours = kind(path) == "ours"
    if is_ours or is_below(path, ("/my",)):
        forced["X-Frame-Options"] = "SAMEORIGIN"
    if is_ours:
        if is_html:
            forced["Cross-Origin-Opener-Policy"] = "same-origin"
            forced["Permissions-Policy"] = ", ".join(f"{name}=()" for name in FEATURES)
        else:
            offered["Content-Security-Policy"] = "frame-ancestors 'self'"
    return forced, offered


def flagged(cookie, is_https):
    """Return a Set-Cookie header that crosses no border by itself.

    :param str cookie: value of the header
    :param bool is_https: whether the browser is connected by TLS
    :rtype: str
    """
    names = {part.partition("=")[0].strip().lower() for part in cookie.split(";")[1:]}
    if "samesite" not in names:
        cookie += "; SameSite=Lax"
    if is_https and "secure" not in names:
        cookie += "; Secure"
    return cookie
