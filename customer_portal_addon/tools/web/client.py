"""Which address the request of this thread comes from.

Odoo hides its request from whatever XML-RPC and JSON-RPC call: login attempts are
counted there, too.
"""

import threading

_noted = threading.local()


def note(address):
    """Remember the address for the request that this thread serves now."""
    _noted.value = (_get_mark(), address)


def get():
    """Return the address, empty outside of a request or for one nobody noted.

    :rtype: str
    """
    mark, address = getattr(_noted, "value", (None, ""))
    return address if mark is not None and mark == _get_mark() else ""


def _get_mark():
    # Odoo notes when a request begins: what was noted for the one before is over
    return getattr(threading.current_thread(), "perf_t0", None)
