"""What a clip is said to hold: what people wrote, else no more than can be told."""

from __future__ import annotations

import pytest

from phrases.label import Claim, label

SAID = [("greet.hello", None), ("flow.received", "50")]


def claim(code: str, *, confirmed: bool, phrase: str | None = None, heard: str = "") -> Claim:
    """Something that a person said."""
    return Claim(code=code, confirmed=confirmed, phrase=phrase, heard=heard)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([claim("missing.thanks", confirmed=True)], "greet.hello+flow.received=50"),
        (
            [claim("missing.ticket", confirmed=False, phrase="ticket.take")],
            "greet.hello+flow.received=50+ticket.take",
        ),
        # 谢谢 or 谢谢你的合作: nobody said which.
        ([claim("missing.thanks", confirmed=False)], None),
        ([claim("amount.received", confirmed=True)], "greet.hello+flow.received=50"),
        ([claim("amount.received", confirmed=False, phrase="flow.received")], None),
        (
            [claim("missing.thanks", confirmed=False), claim("slow", confirmed=True, heard="-")],
            "-",
        ),
        (
            [
                claim("missing.thanks", confirmed=True, heard="greet.hello"),
                claim("missing.ticket", confirmed=False, heard="greet.hello+ticket.take"),
            ],
            "greet.hello+ticket.take",
        ),
    ],
)
def test_a_label_says_what_can_be_told(claims: list[Claim], expected: str | None) -> None:
    """What was confirmed stays as the program heard it; what was dismissed is put right."""
    assert label(SAID, claims) == expected


def test_a_forbidden_phrase_that_was_not_said_is_taken_out() -> None:
    """And one that was said stays; a clip in which nothing is left says so."""
    said = [("forbidden.look_yourself", None)]
    assert label(said, [claim("forbidden.look_yourself", confirmed=True)]) == said[0][0]
    assert label(said, [claim("forbidden.look_yourself", confirmed=False)]) == "-"
