"""A model in several pieces: its pieces call each other, but not round and round."""

import ast
from collections import defaultdict
from pathlib import Path

from odoo.tests import BaseCase

ROOT = Path(__file__).resolve().parents[2]
MAX_CIRCLE = 3
MAX_LINES = 400


def find_pieces():
    """Return the classes of each model, by the names of their files.

    :rtype: dict[str, dict[str, ast.ClassDef]]
    """
    pieces = defaultdict(dict)
    for path in sorted((ROOT / "models").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and (model := find_model(node)):
                pieces[model][str(path.relative_to(ROOT))] = node
    return pieces


def find_model(node):
    """Return the model that a class declares or extends, None: it is no model."""
    found = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            name = ast.unparse(statement.targets[0])
            if name in ("_name", "_inherit"):
                found[name] = ast.literal_eval(statement.value)
    name = found.get("_name") or found.get("_inherit")
    return name if isinstance(name, str) else None


def find_calls(pieces):
    """Return which pieces of a model call which: by a private method that one defines.

    Who is called does not matter: ``self``, or other records under any name. Names
    that several pieces define are hooks, which call each other by ``super()``.

    :param dict pieces: of one model, as in :func:`find_pieces`
    :rtype: dict[str, set[str]]
    """
    definers = find_definers(pieces)
    calls = {piece: set() for piece in pieces}
    for piece, node in pieces.items():
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                definer = definers.get(call.func.attr, ())
                if call.func.attr.startswith("_") and len(definer) == 1:
                    calls[piece] |= definer - {piece}
    return calls


def find_definers(pieces):
    """Return which pieces of a model define each method.

    :param dict pieces: as in :func:`find_pieces`
    :rtype: dict[str, set[str]]
    """
    definers = defaultdict(set)
    for piece, node in pieces.items():
        for child in node.body:
            if isinstance(child, ast.FunctionDef):
                definers[child.name].add(piece)
    return definers


def calls_super(piece, name):
    """Tell whether a method of a class hands on to the one that it overrides.

    :param ast.ClassDef piece:
    :param str name: of the method
    """
    [method] = [n for n in piece.body if getattr(n, "name", None) == name]
    return f"super().{name}(" in ast.unparse(method)


def find_circles(calls):
    """Return the strongly connected components of a graph that are larger than one.

    :param dict calls: node -> nodes that it leads to
    :rtype: list[set]
    """
    reached = {node: reach(calls, node) for node in calls}
    circles = []
    for node in calls:
        circle = {other for other in reached[node] if node in reached[other]}
        if len(circle) > 1 and circle not in circles:
            circles.append(circle)
    return circles


def reach(calls, start):
    """Return the nodes that a node leads to, directly or not, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        new = calls[waiting.pop()] - found
        found |= new
        waiting += new
    return found


class TestCircles(BaseCase):
    def test_the_counting_itself(self):
        calls = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set()}
        self.assertEqual(find_circles(calls), [{"a", "b", "c"}])
        self.assertEqual(find_circles({"a": {"b"}, "b": set()}), [])

    def test_pieces_of_a_model_make_no_large_circle(self):
        """A circle is one thing, whatever number of files it is cut into."""
        pieces = find_pieces()
        self.assertGreater(len(pieces["helpdesk.ticket"]), 10, "nothing was checked")
        self.assertTrue(any(find_calls(pieces["helpdesk.ticket"]).values()))
        large = {
            model: [sorted(circle) for circle in circles]
            for model, files in pieces.items()
            if (
                circles := [
                    circle
                    for circle in find_circles(find_calls(files))
                    if len(circle) > MAX_CIRCLE
                ]
            )
        }
        self.assertFalse(large)

    def test_what_happens_to_a_record_is_read_in_one_place(self):
        """One ``create``, one ``write``, one of each hook: the others are its steps.

        Hooks of our own begin in one of the pieces, which calls no ``super()``.
        """
        several, overridden = {}, set()
        for model, pieces in find_pieces().items():
            for name, definers in find_definers(pieces).items():
                foreign = all(calls_super(pieces[d], name) for d in definers)
                overridden |= {name} if foreign else set()
                if foreign and len(definers) > 1:
                    several[f"{model}.{name}"] = sorted(definers)
        self.assertLess({"create", "write", "_match", "_handle_error"}, overridden)
        self.assertFalse(several)

    def test_files_are_short_enough_to_be_read(self):
        files = [
            path
            for folder in ("models", "controllers", "tools", "wizards")
            for path in (ROOT / folder).rglob("*.py")
        ]
        self.assertGreater(len(files), 100, "nothing was checked")
        lengths = {
            str(path.relative_to(ROOT)): len(path.read_text().splitlines())
            for path in files
        }
        self.assertFalse(
            {n: count for n, count in lengths.items() if count > MAX_LINES}
        )
