"""How much memory each process of a server uses, from the system's own figures."""

import re
import statistics
import threading
import time
from pathlib import Path

EVERY_SECONDS = 10
# A worker that grows more in an hour, as its second half tells, is not flat
MOST_GROWTH = 0.10
ALIVE = re.compile(r"Worker (WorkerHTTP|WorkerCron) \((\d+)\) alive")


def read_private(pid):
    """Return the bytes that would be free without the process, None if it is gone.

    What it shares with the process it was forked from doesn't count: that is there
    once, and how it is shared out changes when others come and go.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return None
    kilobytes = [line.split()[1] for line in lines if line.startswith("Private_")]
    return sum(map(int, kilobytes)) * 1024


def find_workers(logs):
    """Return the workers that were started, by process id: kind and server."""
    found = {}
    for index, log in enumerate(logs, 1):
        for kind, pid in ALIVE.findall(log.read_text(errors="replace")):
            found[int(pid)] = f"server {index}, {kind}"
    return found


def find_slope(points):
    """Return the median of the slopes between all pairs: Theil and Sen's line.

    A single peak, when a request was under way, moves it as little as a median.

    :param list points: of (seconds, bytes)
    :return: bytes a second
    """
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for index, earlier in enumerate(points)
        for later in points[index + 1 :]
    ]
    return statistics.median(slopes) if slopes else 0.0


class Sampler(threading.Thread):
    """Notes the memory of all workers every ten seconds, until it is stopped."""

    def __init__(self, logs):
        super().__init__(daemon=True)
        self.logs = logs
        self.done = threading.Event()
        self.samples = {}  # process id -> [(seconds, bytes)]
        self.began = time.monotonic()

    def run(self):
        while not self.done.wait(EVERY_SECONDS):
            now = time.monotonic() - self.began
            for pid in find_workers(self.logs):
                size = read_private(pid)
                if size is not None:
                    self.samples.setdefault(pid, []).append((now, size))

    def stop(self):
        self.done.set()
        self.join()

    def summary(self):
        """Return a line for each worker, with its growth in the second half.

        :rtype: list[dict]
        """
        names = find_workers(self.logs)
        end = max((points[-1][0] for points in self.samples.values()), default=0)
        lines = []
        for pid, points in self.samples.items():
            half = [point for point in points if point[0] >= end / 2]
            size = statistics.median(point[1] for point in half or points)
            growth = find_slope(half) * 3600 / size
            lines.append(
                {
                    "name": names[pid],
                    "pid": pid,
                    "samples": len(points),
                    "first_mb": points[0][1] / 1e6,
                    "last_mb": points[-1][1] / 1e6,
                    "median_mb": size / 1e6,
                    "growth_per_hour": growth,
                    "points": [(round(s), round(b / 1e6, 1)) for s, b in points],
                }
            )
        return lines
