"""Every warning is made from one table, and is read back from its sentence as it was meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from phrases.reasons import names
from phrases.warned import ENGLISH, read, warning

ROOT = Path(__file__).parents[2]
SOURCES = [path for room in ("phrases", "db", "service") for path in (ROOT / room).rglob("*.py")]
VALUES = {
    "vehicle": "赣A·12345 {x}",
    "after": "8",
    "before": "same time",
    "minutes": "25",
    "field": "events[0].a\nb",
    "year": "2026",
    "library": "chinesecalendar 1.11.0",
    "days": "2026-01-04, 2026-02-14, 2026-02-28 …",
    "count": "3",
    "why": warning("clip_unread"),
    "folder": "C: clips",
    "system": "No space left on device",
}
MAKERS = {"_warnings", "alarms", "_unknown", "_differences"}
"""functions that give warnings and nothing else"""


@pytest.mark.parametrize("code", ENGLISH)
def test_a_sentence_is_read_back(code: str) -> None:
    """By its code, with the values that it was made with."""
    given = {name: VALUES[name] for name in names(ENGLISH[code])}
    assert read(warning(code, **given)) == (code, given)


@pytest.mark.parametrize(
    "text", ["", "nobody knows", "made by scripts/fill", "many vehicles are stored without a clip"]
)
def test_what_the_table_did_not_make_is_not_guessed_at(text: str) -> None:
    """A sentence of another program stays as it is."""
    assert read(text) is None


def test_no_warning_is_written_beside_the_table() -> None:
    """What is added to a grading's warnings, and what their makers give, has no text of its own."""
    found = [
        (path, node)
        for path in SOURCES
        for part in _made(ast.parse(path.read_text("utf-8")))
        for node in _texts(part)
    ]
    assert [f"{path.name}:{node.lineno}" for path, node in found] == []


def test_every_warning_of_the_table_is_made_somewhere() -> None:
    """And none that is not of it."""
    asked = {
        code
        for path in SOURCES
        for code in re.findall(r"""\bwarning\(\s*["']([a-z_]+)["']""", path.read_text("utf-8"))
    }
    assert asked == ENGLISH.keys()


def _made(tree: ast.AST) -> Iterator[ast.AST]:
    """What becomes a warning."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (word.value for word in node.keywords if word.arg == "warnings")
            if isinstance(node.func, ast.Attribute) and _is_warnings(node.func.value):
                yield from node.args
        elif isinstance(node, ast.AugAssign) and _is_warnings(node.target):
            yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name in MAKERS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                    yield inner.value


def _is_warnings(node: ast.AST) -> bool:
    return "warnings" in (getattr(node, "attr", ""), getattr(node, "id", ""))


def _texts(node: ast.AST) -> Iterator[ast.expr]:
    """Texts in it that are written there, not made by the table."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "warning":
        return
    if isinstance(node, ast.Subscript):
        # What is read under a name is no text.
        node = node.value
    written = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
    if isinstance(node, ast.expr) and (written or isinstance(node, ast.JoinedStr)):
        yield node
    for inner in ast.iter_child_nodes(node):
        yield from _texts(inner)
