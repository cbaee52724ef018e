"""What a person at the terminal sees: steps, their times, and one-sentence failures."""

import contextlib
import shlex
import signal
import subprocess
import sys
import threading
import time

STOP_SECONDS = 60


class Fail(Exception):
    """Something a person can mend. The text says what is wrong and what to do."""


class Terminated(KeyboardInterrupt):
    """Somebody asked this process alone to end; Ctrl-C reaches its children, too."""


def say(text=""):
    print(text, flush=True)


class Steps:
    """Prints numbered steps and how long each took."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        self.count = 0
        self.started = time.monotonic()

    @contextlib.contextmanager
    def step(self, title):
        self.count += 1
        started = time.monotonic()
        head = f"[{self.count}] {title} …"
        self._print(head)
        done = threading.Event()
        ticker = None
        if self.stream.isatty():
            ticker = threading.Thread(
                target=self._tick, args=(head, started, done), daemon=True
            )
            ticker.start()
        try:
            yield self
        finally:
            done.set()
            if ticker:
                ticker.join()
        self._print(f"    done in {time.monotonic() - started:.1f} s")

    def note(self, text):
        self._print(f"    {text}")

    def seconds(self):
        return time.monotonic() - self.started

    def _tick(self, head, started, done):
        """On a terminal, show that a long step is alive."""
        while not done.wait(1):
            self.stream.write(f"\r    … {time.monotonic() - started:.0f} s\r")
            self.stream.flush()
        self.stream.write("\r" + " " * 30 + "\r")
        self.stream.flush()

    def _print(self, text):
        print(text, file=self.stream, flush=True)


def run(command, log, what, stdin=subprocess.DEVNULL, **options):
    """Run one command of a step, its output appended to the file ``log``.

    An unsuccessful end becomes a sentence that names the log.
    """
    command = [str(part) for part in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"$ {shlex.join(command)}\n".encode())
        output.flush()
        try:
            done = subprocess.run(
                command,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **options,
            )
        except FileNotFoundError as error:
            raise Fail(f"{what} failed: {command[0]} is not installed.") from error
    if done.returncode:
        raise Fail(f"{what} failed (exit code {done.returncode}); see {log}.")


def call(command, **options):
    """Run a program in this terminal until it ends, its own way also on Ctrl-C."""
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        return process.wait()
    except Terminated:
        process.send_signal(signal.SIGINT)
        return _wait_or_kill(process)
    except KeyboardInterrupt:
        return _wait_or_kill(process)


def _wait_or_kill(process):
    try:
        return process.wait(STOP_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        return process.wait()


def main(function, *arguments):
    """Run ``function``; the one place where failures become a sentence."""
    # A shell's background job starts with SIGINT ignored, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return function(*arguments) or 0
    except Fail as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        if error.errno == 28:  # ENOSPC
            text = "The disk is full: make room and start again."
        else:
            text = f"The machine refused something: {error}."
        print(f"\n{text}", file=sys.stderr, flush=True)
        return 1


def _interrupt(signum, frame):
    raise Terminated
