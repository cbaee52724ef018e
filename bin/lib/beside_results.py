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

    A test that fails in one phase or subtest has failed, however the others ended.

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
    return found


@dataclass
class Comparison:
    """What differs.

    :param without: outcomes without ours, by test
    :param ours: outcomes with ours, by test
    :param expected: reasons why tests fail with ours on purpose, by test
    """

    without: dict
    ours: dict
    expected: dict = field(default_factory=dict)

    def suspects(self):
        """Return the tests that pass, or are skipped, only without ours."""
        return sorted(
            name
            for name, outcome in self.without.items()
            if outcome.state != FAILED and self._is_worse(name, outcome)
        )

    def _is_worse(self, name, outcome):
        with_ours = self.ours.get(name)
        if not with_ours or with_ours.state == FAILED:
            return True
        return outcome.state == PASSED and with_ours.state == SKIPPED

    def new_failures(self):
        """Return the tests that are there only with ours and fail."""
        return sorted(
            name
            for name, outcome in self.ours.items()
            if outcome.state == FAILED and name not in self.without
        )

    def unexpected(self):
        """Return what fails the run."""
        worse = [*self.suspects(), *self.new_failures()]
        return [name for name in worse if name not in self.expected]

    def needless(self):
        """Return the expected ones that were run and don't differ any more."""
        suspects = self.suspects()
        return [
            name
            for name in self.expected
            if name in self.without and name not in suspects
        ]

    def confirm(self, without, ours):
        """Judge by a second run of both; who passes once is not broken by us.

        A test fails only with ours when it failed with ours twice and passed without
        ours twice.
        """
        for name in {*without, *ours}:
            first, again = self.ours.get(name), ours.get(name)
            if again and again.state != FAILED:
                self.ours[name] = again
            elif not first and again:
                self.ours[name] = again
            if name in without and without[name].state == FAILED:
                self.without[name] = without[name]

    def rows(self):
        """Return one row per module: name, run, failing without, with, only with ours.

        :rtype: list[tuple[str, int, int, int, int]]
        """
        run, failing, with_ours, only = Counter(), Counter(), Counter(), Counter()
        for name, outcome in self.without.items():
            run[module_of(name)] += outcome.state != SKIPPED
            failing[module_of(name)] += outcome.state == FAILED
        for name, outcome in self.ours.items():
            with_ours[module_of(name)] += outcome.state == FAILED
        only.update(module_of(each) for each in self.suspects())
        only.update(module_of(each) for each in self.new_failures())
        modules = sorted(m for m in {*run, *only} if run[m] or only[m])
        return [(m, run[m], failing[m], with_ours[m], only[m]) for m in modules]


def module_of(name):
    return name.split("/", 1)[0]
