"""bin/test --beside: what counts as failing only with ours, and where it is noted."""

import datetime
import json

import pytest

import beside_table
import cache
import run_beside
from beside_results import (
    FAILED,
    PASSED,
    SKIPPED,
    Comparison,
    Outcome,
    not_passed,
    read,
)
from console import Fail


def outcomes(**states):
    return {f"app/tests/test_x.py::X::{name}": Outcome(states[name]) for name in states}


def names(found):
    return [name.rsplit("::", 1)[1] for name in found]


def test_only_what_fails_with_ours_alone_counts():
    """Whatever fails without ours, too, is the business of others (H8)."""
    found = Comparison(
        outcomes(fine=PASSED, theirs=FAILED, broken=FAILED),
        outcomes(theirs=FAILED, broken=PASSED),
    )
    assert names(found.unexpected()) == ["broken"]


def test_what_passes_with_ours_need_not_be_run_without():
    """Only what did not pass is run again (H8)."""
    ours = outcomes(fine=PASSED, broken=FAILED, left_out=SKIPPED)
    assert names(not_passed(ours)) == ["broken", "left_out"]


def test_a_test_that_is_skipped_for_us_counts():
    """It isn't run any more because of what we have changed (H8)."""
    found = Comparison(
        outcomes(left_out=SKIPPED, always_left_out=SKIPPED),
        outcomes(left_out=PASSED, always_left_out=SKIPPED),
    )
    assert names(found.unexpected()) == ["left_out"]


def test_what_fails_and_is_there_only_with_ours_counts():
    """Our own suite, which may skip, and files that cannot be loaded (H8)."""
    found = Comparison(outcomes(ours=FAILED, fine=PASSED, elsewhere=SKIPPED), {})
    assert names(found.unexpected()) == ["ours"]


def test_reasons_excuse_only_what_they_name():
    """A reason that isn't needed any more is reported (H8)."""
    reasons = {name: "on purpose" for name in outcomes(closed=PASSED, open=PASSED)}
    found = Comparison(
        outcomes(closed=FAILED, open=PASSED, broken=FAILED),
        outcomes(closed=PASSED, broken=PASSED),
        reasons,
    )
    assert names(found.unexpected()) == ["broken"]
    assert names(found.needless()) == ["open"]


@pytest.mark.parametrize(
    ("ours", "without", "left"),
    [
        (FAILED, PASSED, ["x"]),
        (PASSED, PASSED, []),  # once it passed with ours
        (FAILED, FAILED, []),  # once it failed without ours
    ],
)
def test_a_second_run_of_both_decides(ours, without, left):
    """A test that is not sure of itself fails nobody's run (H8)."""
    found = Comparison(outcomes(x=FAILED), outcomes(x=PASSED))
    found.confirm(outcomes(x=ours), outcomes(x=without))
    assert names(found.unexpected()) == left


def test_one_failing_phase_is_a_failure(tmp_path):
    """A subtest or the end of a test may fail after the rest has passed (H8)."""
    lines = [("x", FAILED, "why"), ("x", PASSED, ""), ("y", PASSED, "")]
    (tmp_path / "gw0.jsonl").write_text(
        "".join(
            json.dumps({"name": name, "outcome": outcome, "text": text}) + "\n"
            for name, outcome, text in lines
        )
    )
    found = read(tmp_path)
    assert (found["x"].state, found["x"].text) == (FAILED, "why")
    assert found["y"].state == PASSED


def test_a_test_that_a_crash_swallowed_has_failed(tmp_path):
    """A process that dies takes tests along that nobody has judged (H8)."""
    (tmp_path / "gw0.json").write_text(json.dumps(["x", "y"]))
    (tmp_path / "gw0.jsonl").write_text(
        json.dumps({"name": "x", "outcome": PASSED, "text": ""}) + "\n"
    )
    found = read(tmp_path)
    assert (found["x"].state, found["y"].state) == (PASSED, FAILED)


def test_rows_count_per_module():
    """The table says of each module what was run and what failed (H8)."""
    found = Comparison(
        outcomes(fine=PASSED, theirs=FAILED, broken=FAILED, left_out=SKIPPED),
        outcomes(theirs=FAILED, broken=PASSED, left_out=SKIPPED),
    )
    assert found.rows() == [("app", 3, 2, 1)]


def test_a_part_is_written_into_its_place():
    """The other parts' tables and the rest of the page stay (H8)."""
    found = Comparison(outcomes(x=PASSED), {})
    page = f"Head\n{run_beside.BEGIN}\n{run_beside.END}\nTail\n"
    page = run_beside.write_results(page, "mail", found)
    page = run_beside.write_results(page, "helpdesk", found)
    assert page == run_beside.write_results(page, "mail", found)
    assert page.startswith("Head\n") and page.endswith("Tail\n")
    assert page.index("### helpdesk") < page.index("### mail")
    assert page.count("| app | 1 | 0 | 0 |") == 2


def test_every_part_has_its_turn():
    """CI runs one a day; none of those that are in turn is left out for ever (H8)."""
    parts = beside_table.IN_TURN
    first = datetime.date(2026, 1, 1)
    days = [first + datetime.timedelta(n) for n in range(len(parts))]
    assert {run_beside.part_of(day) for day in days} == set(parts)
    assert set(parts) <= beside_table.PARTS.keys()


def test_reasons_are_given_for_tests_that_are_run():
    """A name of no suite would excuse nothing (H8)."""
    suites = {
        suite.split("/")[0]
        for part in beside_table.PARTS
        for suite in beside_table.suites(part)
    }
    for name, reason in beside_table.EXPECTED.items():
        assert name.split("/")[0] in suites and reason
        assert f"`{name.rsplit('::', 1)[1]}`" in run_beside.PAGE.read_text()


def test_bridges_wait_for_what_they_lead_to():
    """Where the other module isn't there, nothing tries to install them (H8)."""
    assert "customer_portal_merge" not in cache.addons()
    assert cache.manifest("customer_portal_merge")["auto_install"]


def test_a_part_that_is_none_is_refused():
    """The sentence names those that there are (H8)."""
    with pytest.raises(Fail, match="helpdesk"):
        run_beside.run_beside(["--part", "nothing"], None)
