"""How the suites of others end without our addons and with them, compared."""

import json
from collections import Counter
from dataclasses import dataclass, field

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Outcome:
    """How one test ended.

    :param state: ``passed``, ``failed`` or ``skipped``
    :param text: what pytest says of a failure
    """

    state: str
    text: str = ""


def read(folder):
    """Return the outcomes that the plugin has noted in a folder, by test.

    A test that fails in one phase or subtest has failed, however the others ended, and
    so has one that was never run, because its process died.

    :rtype: dict[str, Outcome]
    """
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            noted = json.loads(line)
            before = found.get(noted["name"])
            if before and before.state == FAILED:
                continue
            found[noted["name"]] = Outcome(noted["outcome"], noted["text"])
    for path in folder.glob("*.json"):
        for name in json.loads(path.read_text()):
            found.setdefault(name, Outcome(FAILED, "It was not run."))
    return found


@dataclass
class Comparison:
    """What differs.

    :param ours: outcomes with ours, by test
    :param without: outcomes without ours of those that did not pass with ours
    :param expected: reasons why tests fail with ours on purpose, by test
    """

    ours: dict
    without: dict
    expected: dict = field(default_factory=dict)

    def only_with_ours(self):
        """Return the tests that fail or are skipped, and pass without ours.

        Our own, which are not there without us, are among them when they fail.
        """
        return sorted(name for name in self.ours if self._is_worse(name))

    def _is_worse(self, name):
        with_ours, without = self.ours[name], self.without.get(name)
        if with_ours.state == FAILED:
            return not without or without.state != FAILED
        is_skipped = with_ours.state == SKIPPED
        return is_skipped and without is not None and without.state == PASSED

    def unexpected(self):
        """Return what fails the run."""
        return [name for name in self.only_with_ours() if name not in self.expected]

    def needless(self):
        """Return the expected ones that were run and pass."""
        only = self.only_with_ours()
        return [n for n in self.expected if n in self.ours and n not in only]

    def confirm(self, ours, without):
        """Judge by a second run of both.

        A test fails only with ours when it failed twice with ours, and passed twice
        without.
        """
        for name, again in ours.items():
            if again.state != FAILED:
                self.ours[name] = again
        for name, again in without.items():
            if again.state == FAILED:
                self.without[name] = again

    def rows(self):
        """Return a row per module: name, run, failing with ours, and only with ours.

        :rtype: list[tuple[str, int, int, int]]
        """
        run, failing = Counter(), Counter()
        for name, outcome in self.ours.items():
            run[module_of(name)] += outcome.state != SKIPPED
            failing[module_of(name)] += outcome.state == FAILED
        only = Counter(module_of(name) for name in self.only_with_ours())
        modules = sorted({*run, *only})
        return [(m, run[m], failing[m], only[m]) for m in modules]


def not_passed(outcomes):
    """Return the tests that did not pass, to be run without ours."""
    return sorted(name for name, each in outcomes.items() if each.state != PASSED)


def module_of(name):
    return name.split("/", 1)[0]
