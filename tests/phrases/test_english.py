"""A try at an English line: right, doubtful or missing, and never wrong for an accent."""

from __future__ import annotations

import pytest

from phrases.english import advice, judge_words, score, words

LINE = words("Take your pass card carefully, please.")


def judged(written: str, *, likely: float = 0.0, snr_db: float | None = 30.0) -> list[str]:
    """The verdicts."""
    found = judge_words(LINE, words(written), [likely] * len(LINE), snr_db)
    return [one.verdict.value for one in found]


def test_words_of_a_line() -> None:
    """Without marks and capitals, and with one spelling."""
    assert words("Good-bye.") == words("goodbye") == ("goodbye",)
    assert words("May I help you? It’s 5.") == ("may", "i", "help", "you", "it's")


@pytest.mark.parametrize(
    "written",
    ["Take your pass card carefully, please.", "OK take your pass card carefully please"],
)
def test_every_word(written: str) -> None:
    """What is said beside the line changes nothing."""
    assert judged(written) == ["right"] * 6


def test_what_is_missing_and_what_is_doubtful() -> None:
    """Missing only if neither the words nor the sound nor the noise speak for it."""
    assert judged("take your card carefully please")[2] == "missing"
    assert judged("take your past card carefully please")[2] == "doubtful"
    assert judged("take your card carefully please", likely=0.1)[2] == "doubtful"
    assert judged("take your card carefully please", snr_db=2.0)[2] == "doubtful"
    assert judged("") == ["missing"] * 6


def test_the_score_is_of_what_is_sure() -> None:
    """And a line of which nothing is has none; what to change comes first."""
    some = judge_words(LINE, words("take your card carefully please"), [0.0] * 6, 30.0)
    assert score(some) == 83.3
    assert advice(some).en == "“pass” was not heard: say it again."
    none = judge_words(LINE, (), [0.5] * 6, 30.0)
    assert score(none) is None
    assert "not clear" in advice(none).en
    assert "every word" in advice(judge_words(LINE, LINE, [0.0] * 6, 30.0)).en
