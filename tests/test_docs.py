"""What docs/security.md and docs/requirements.md say of tests, and that it is so."""

import ast
import re
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
PAGE = REPO / "docs" / "security.md"
REQUIREMENTS = REPO / "docs" / "requirements.md"
TESTS = [*REPO.glob("customer_portal_*/tests"), REPO / "tests"]
NAMED = re.compile(r"\(([A-H]\d+(?:, [A-H]\d+)*)\)")  # (C4), or several
STATES = {"met", "platform", "operator", "n/a", "not met", "not met (platform)"}
# The sections of ASVS 4.0.3 with the numbers that belong to level 2
LEVEL_2 = {
    "1.1": range(1, 8),
    "1.2": range(1, 5),
    "1.4": (1, 4, 5),
    "1.5": range(1, 5),
    "1.6": range(1, 5),
    "1.7": (1, 2),
    "1.8": (1, 2),
    "1.9": (1, 2),
    "1.10": (1,),
    "1.11": (1, 2),
    "1.12": (2,),
    "1.14": range(1, 7),
    "2.1": range(1, 13),
    "2.2": range(1, 4),
    "2.3": range(1, 4),
    "2.4": range(1, 7),
    "2.5": range(1, 8),
    "2.6": range(1, 4),
    "2.7": range(1, 7),
    "2.8": range(1, 8),
    "2.9": range(1, 4),
    "2.10": range(1, 5),
    "3.1": (1,),
    "3.2": range(1, 5),
    "3.3": range(1, 5),
    "3.4": range(1, 6),
    "3.5": range(1, 4),
    "3.7": (1,),
    "4.1": (1, 2, 3, 5),
    "4.2": (1, 2),
    "4.3": range(1, 4),
    "5.1": range(1, 6),
    "5.2": range(1, 9),
    "5.3": range(1, 11),
    "5.4": range(1, 4),
    "5.5": range(1, 5),
    "6.1": range(1, 4),
    "6.2": range(1, 7),
    "6.3": (1, 2),
    "6.4": (1, 2),
    "7.1": range(1, 5),
    "7.2": (1, 2),
    "7.3": (1, 3, 4),
    "7.4": range(1, 4),
    "8.1": range(1, 5),
    "8.2": range(1, 4),
    "8.3": range(1, 9),
    "9.1": range(1, 4),
    "9.2": range(1, 5),
    "10.2": (1, 2),
    "10.3": range(1, 4),
    "11.1": range(1, 9),
    "12.1": range(1, 4),
    "12.2": (1,),
    "12.3": range(1, 7),
    "12.4": (1, 2),
    "12.5": (1, 2),
    "12.6": (1,),
    "13.1": (1, 3, 4, 5),
    "13.2": (1, 2, 3, 5, 6),
    "13.3": (1, 2),
    "13.4": (1, 2),
    "14.1": range(1, 5),
    "14.2": range(1, 7),
    "14.3": (2, 3),
    "14.4": range(1, 8),
    "14.5": range(1, 5),
}


def rows():
    """Yield the number, the state and the rest of each row of the table."""
    for line in PAGE.read_text().splitlines():
        row = re.fullmatch(r"\| (\d+\.\d+\.\d+) \|[^|]*\| ([^|]*) \|([^|]*)\|", line)
        if row:
            yield row.groups()


def test_every_point_of_level_2_has_a_row():
    expected = [
        f"{section}.{n}" for section, numbers in LEVEL_2.items() for n in numbers
    ]
    assert [number for number, _state, _how in rows()] == expected


def test_states_are_those_that_the_page_explains():
    assert {state for _number, state, _how in rows()} <= STATES


def test_nothing_of_ours_is_left_open():
    assert [number for number, state, _how in rows() if state == "not met"] == []


@pytest.mark.parametrize("name", sorted({*re.findall(r"\btest_\w+", PAGE.read_text())}))
def test_the_named_test_exists(name):
    assert any(path for place in TESTS for path in place.rglob(f"{name}.py"))


# --- the requirements --------------------------------------------------------------


def requirements():
    """Return id, and named test files, of each row of the requirements."""
    pattern = r"\| ([A-H]\d+) \|[^|]+\|([^|]*)\|"
    found = re.findall(pattern, REQUIREMENTS.read_text())
    return [(row, re.findall(r"`([^`]+)`", last)) for row, last in found]


def guards():
    """Return the test files that name a row in a docstring, by row.

    Docstrings of files, classes and methods end in the rows, in brackets.
    """
    rows = {}
    for place in TESTS:
        shown = REPO if place.parent == REPO else place
        for path in sorted(place.rglob("test_*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    for group in NAMED.findall(ast.get_docstring(node) or ""):
                        for row in group.split(", "):
                            files = rows.setdefault(row, set())
                            files.add(str(path.relative_to(shown)))
    return rows


def test_requirements_are_numbered():
    ids = [row for row, _files in requirements()]
    counts = {"A": 8, "B": 5, "C": 10, "D": 11, "E": 6, "F": 4, "G": 3, "H": 8}
    expected = [
        f"{group}{n + 1}" for group, most in counts.items() for n in range(most)
    ]
    assert ids == expected


def test_tests_name_rows_that_exist():
    assert guards().keys() <= {row for row, _files in requirements()}


@pytest.mark.parametrize(("row", "files"), requirements())
def test_the_row_has_the_tests_that_name_it(row, files):
    """None only where the page says that the row is open."""
    found = sorted(guards().get(row, ()))
    assert files == found, f"{row}: {', '.join(f'`{name}`' for name in found)}"
    line = re.search(rf"\| {row} \|.*", REQUIREMENTS.read_text()).group()
    assert bool(found) != line.endswith("| open |")


# --- docs/architecture.md ------------------------------------------------------------


def test_what_the_plan_names_is_there():
    """Files by their path and methods by their name, but what somebody is to make."""
    text = (REPO / "docs" / "architecture.md").read_text()
    addon = REPO / "customer_portal_addon"
    code = "".join(path.read_text() for path in addon.rglob("*.py"))
    folders = "|".join(path.name for path in addon.iterdir() if path.is_dir())
    paths = set(re.findall(rf"\b(?:{folders})/[\w/]+\.(?:py|xml)", text))
    made = set(re.findall(r"a new `([\w/.]+)`", text))
    assert len(paths) > 40
    assert not [path for path in paths - made if not (addon / path).exists()]
    methods = set(re.findall(r"`(?:[\w.]+\.)?(_[a-z]\w+)`", text))
    assert len(methods) > 10
    assert not [name for name in methods if name not in code]
