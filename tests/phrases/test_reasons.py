"""Every reason is made from one table, and is read back from its sentence as it was meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from phrases.reasons import ENGLISH, LINKS, names, read, reason

ROOM = Path(__file__).parents[2] / "phrases"
VALUES = {
    "term": "no_ticket",
    "why": reason("phrase_unsure", phrase="flow.thanks", at="12.3"),
    "line": "2026-09-25 is Mid-Autumn Festival (中秋节)",
    "yuan": "15.5",
    "given": "50",
    "toll": "34.5",
    "phrase": "greet.hello",
    "at": "0.4",
    "end": "130.0",
    "clock": "0:10:00",
    "date": "2026-09-25",
    "en": "Mid-Autumn Festival, a day off",
    "zh": "中秋节",
    "day": "2026-04-05 清明 (Qingming)",
    "first": "received",
    "then": "change",
    "took": "10.2",
    "limit": "5",
}


@pytest.mark.parametrize("code", ENGLISH)
def test_a_sentence_is_read_back(code: str) -> None:
    """By its code, with the values that it was made with."""
    given = {name: VALUES[name] for name in names(ENGLISH[code])}
    found = read(reason(code, **given))
    assert found is not None
    (one,) = found
    assert one.code == code
    plain = {name: value for name, value in given.items() if name not in ("why", "line")}
    assert one.values == plain
    assert set(one.within) == given.keys() - plain.keys()


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("the vehicle paid cash; listened throughout, not heard", "paid_cash not_heard"),
        (
            "the amount said differs: the lane has 100 yuan; said was 50 yuan; but nothing could "
            "be listened to from 3.0 s to 4.5 s (too_noisy)",
            "amount_differs(lane_had said_was gap)",
        ),
        (
            "change of 50 yuan was due; not heard for certain: flow.change at 4.1 s, not for "
            "certain; but the labelled clips do not bear this phrase out yet",
            "change_due not_certain(phrase_unsure advisory)",
        ),
        (
            "rain in force when the recording began, fog in force since 0:10:00 of the recording: "
            "not heard, but a phrase like it was heard, not for certain",
            "unsaid_but(weather_before weather_since like_it)",
        ),
        ("text and sound; " + reason("impolite"), "text_and_sound impolite"),
    ],
)
def test_reasons_that_are_linked(sentence: str, codes: str) -> None:
    """Each is found, and how it is linked to the one before; together they are the sentence."""

    def told(text: str) -> str:
        found = read(text)
        assert found is not None
        assert found[0].link == ""
        assert all(one.link in LINKS for one in found[1:])
        return " ".join(
            one.code + (f"({' '.join(names_of(one.within))})" if one.within else "")
            for one in found
        )

    def names_of(within: object) -> list[str]:
        assert isinstance(within, dict)
        ordered = [within[name] for name in ("line", "why") if name in within]
        return [one.code for each in ordered for one in each]

    assert told(sentence) == codes


@pytest.mark.parametrize("text", ["", "nobody knows", "the lane has fifty", "text; and more"])
def test_what_the_table_did_not_make_is_not_guessed_at(text: str) -> None:
    """A sentence of another program stays as it is."""
    assert read(text) is None


def test_no_reason_is_written_beside_the_table() -> None:
    """No verdict, ruling, finding or doubt is given a text of its own."""
    made = {"_Judged", "Ruling", "Finding", "StepResult", "DueLine", "PhraseMatch", "Turn"}
    wrong = []
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in made):
                continue
            for word in node.keywords:
                if word.arg not in ("why", "reason", "doubt", "doubt_start", "doubt_end"):
                    continue
                if not all(map(_says_nothing_of_its_own, _texts(word.value))):
                    wrong.append(f"{path.name}:{word.value.lineno}")
    assert wrong == []


def _texts(node: ast.AST) -> Iterator[ast.JoinedStr | ast.Constant]:
    """Texts in it that are written there, not made by the table."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reason":
        return
    if isinstance(node, ast.JoinedStr | ast.Constant):
        yield node
        return
    for inner in ast.iter_child_nodes(node):
        yield from _texts(inner)


def _says_nothing_of_its_own(text: ast.JoinedStr | ast.Constant) -> bool:
    """Whether it says nothing, or only puts reasons side by side."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    said = [part.value for part in parts if isinstance(part, ast.Constant)]
    return all(not isinstance(part, str) or part in ("", *LINKS) for part in said)
