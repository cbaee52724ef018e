"""TCP ports of the loopback interface."""

import socket

from console import Fail


def check_free(port, what, option):
    """Say whose port is taken, and how to choose another one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Fail(
                f"Port {port} for {what} is taken or not allowed: end what uses it, "
                f"or choose another one with {option}."
            ) from error


def find_free():
    """Return a port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
