"""Counting in the memory of a worker, who tells the others now and then.

For what happens too often to be written down each time.
"""

from threading import Lock

# A worker tells what it has counted whenever it is this part of the limit
PARTS = 50


class Tally:
    """How often something has happened within a period, by its name.

    Names and periods are whatever can be compared. What a worker knows is what all had
    told when it told last, and what it has counted itself since: all together come to
    more than a limit by at most a fiftieth of it for each worker.
    """

    def __init__(self):
        self._lock = Lock()
        self._entries = {}

    def _get(self, name, period):
        entry = self._entries.get(name)
        if not entry or entry["period"] != period:
            entry = {"period": period, "told": 0, "untold": 0, "limit": None}
        return entry

    def add(self, name, period):
        """Count one more.

        :return: how many are known of
        :rtype: int
        """
        with self._lock:
            entry = self._entries[name] = self._get(name, period)
            entry["untold"] += 1
            return entry["told"] + entry["untold"]

    def is_due(self, name, period):
        """Tell whether the next one is to be told: the first, and then each part.

        Beyond the limit nothing is, so that refusing stays cheap.

        :rtype: bool
        """
        entry = self._get(name, period)
        if entry["limit"] is None:
            return True
        known = entry["told"] + entry["untold"]
        part = max(entry["limit"] // PARTS, 1)
        return known <= entry["limit"] and entry["untold"] + 1 >= part

    def take(self, name, period):
        """Return how many were not told yet; from now on they are.

        :rtype: int
        """
        with self._lock:
            entry = self._get(name, period)
            untold, entry["untold"] = entry["untold"], 0
            return untold

    def learn(self, name, period, count, limit):
        """Take note of how many all workers have told.

        :param int limit: how many there may be
        """
        with self._lock:
            self._get(name, period).update(told=count, limit=limit)

    def clear(self):
        """Forget everything."""
        with self._lock:
            self._entries.clear()
