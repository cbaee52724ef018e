"""Servers that a command of ours starts, watches and ends."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import cache
from console import Fail, say

START_SECONDS = 120
STOP_SECONDS = 15


class Processes:
    """Servers that run for as long as the block lasts, each in a group of its own."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the stop itself is not stopped
        for _name, process, _log in reversed(self.running):
            self._stop(process)

    def start(self, name, command, log, env=None):
        log = cache.log(log)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        self.running.append((name, process, log))

    def check(self):
        for name, process, log in self.running:
            if process.poll() is not None:
                code = process.returncode
                raise Fail(f"{name} ended by itself (exit code {code}); see {log}.")

    def pause(self, seconds):
        """Wait, but no longer than what was started last, the server, is there."""
        _name, process, _log = self.running[-1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    def wait(self, address):
        """Wait until a server answers there, or one of them is not there any more."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.check()
            try:
                with urllib.request.urlopen(address, timeout=60):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                self.pause(0.2)
        raise Fail(f"{address} did not answer; see the logs in {cache.root() / 'log'}.")

    def watch(self):
        """Until Ctrl-C, or until something that should run does not."""
        try:
            while True:
                self.check()
                self.pause(1)
        except KeyboardInterrupt:
            say("\nStopping …")

    def _stop(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
