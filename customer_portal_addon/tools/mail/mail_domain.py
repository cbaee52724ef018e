"""Whether a domain takes mail, asked of the name server, within a second at most.

Only the header of the answer is read, so that nothing in it has to be taken apart.
"""

import re
import secrets
import socket
import struct
import threading
import time

TIMEOUT = 1.0
MAX_AT_ONCE = 2
MAX_REMEMBERED = 1000
REMEMBERED_SECONDS = 3600
_HEADER = struct.Struct("!6H")
_TYPES = {"MX": 15, "A": 1, "AAAA": 28}
_RESPONSE, _TRUNCATED, _RECURSION_DESIRED = 0x8000, 0x0200, 0x0100
_NO_SUCH_NAME = 3

_slots = threading.BoundedSemaphore(MAX_AT_ONCE)
_remembered = {}


def takes_mail(domain, servers=None, timeout=TIMEOUT):
    """Tell whether a domain takes mail; None when that can't be told in time.

    Nobody waits for a slow name server for long, nor do many at once.

    :param list servers: of (host, port); None: those of the system
    :rtype: bool | None
    """
    answer, until = _remembered.get(domain, (None, 0))
    if time.monotonic() < until:
        return answer
    if not _slots.acquire(blocking=False):
        return None
    try:
        answer = _ask(domain, servers or _system_servers(), timeout)
    finally:
        _slots.release()
    if answer is not None:
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        _remembered[domain] = answer, time.monotonic() + REMEMBERED_SECONDS
    return answer


def forget():
    """Forget all answers."""
    _remembered.clear()


def _ask(domain, servers, timeout):
    try:
        name = domain.encode("idna")
    except UnicodeError:
        return False
    if not name:
        return False
    deadline = time.monotonic() + timeout
    for server in servers:
        try:
            # without a mail server of its own, the host itself takes the mail
            return any(_exists(name, kind, server, deadline) for kind in _TYPES)
        except (OSError, ValueError):
            continue
    return None


def _exists(name, kind, server, deadline):
    """Tell whether there are records of a kind.

    :raise OSError: no answer in time
    :raise ValueError: an answer that says nothing
    """
    number = secrets.randbits(16)
    labels = b"".join(bytes([len(part)]) + part for part in name.split(b"."))
    question = labels + b"\x00" + struct.pack("!2H", _TYPES[kind], 1)
    query = _HEADER.pack(number, _RECURSION_DESIRED, 1, 0, 0, 0) + question
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.connect(server)
        connection.send(query)
        while True:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            answer = connection.recv(4096)
            if len(answer) < _HEADER.size:
                continue
            found, flags, _questions, count, *_rest = _HEADER.unpack_from(answer)
            is_ours = found == number and flags & _RESPONSE
            if is_ours and answer[_HEADER.size :].startswith(question):
                break
    code = flags & 0xF
    if code not in (0, _NO_SUCH_NAME):
        raise ValueError(code)
    return not code and bool(count or flags & _TRUNCATED)


def _system_servers():
    """Return the name servers of the system; none where they are not in the file."""
    try:
        with open("/etc/resolv.conf", encoding="ascii", errors="ignore") as file:
            found = re.findall(r"^\s*nameserver\s+(\S+)", file.read(), re.MULTILINE)
    except OSError:
        return []
    return [(host, 53) for host in found[:3]]
