"""The table for people has everything that the shift's JSON has to say."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console, RenderableType

from phrases.types import Score
from service.report_json import row
from service.report_table import report, shifts, span
from tests.service.test_report_json import stored


def shown(what: RenderableType) -> str:
    """What a person sees."""
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(what)
    return console.export_text()


def test_the_report_says_who_what_and_how_sure() -> None:
    """Vehicle, findings in words, score with its interval, gaps, warnings, versions."""
    text = shown(report(stored(), guide=95))
    for wanted in (
        "0123456789abcdef",
        "grading 2 of 3",
        "赣A1",
        "missing.received",
        "expected 收您50元",
        "1 vehicles · 0 compliant · 1 fault · 0 unsure",
        "Score 0.0 of 100 (95 % interval 0.0 to 79.3), below the guide of 95",
        "could not to 0:01: noise drowned what was said",
        "! w",
        "model m",
        "only a person decides",
    ):
        assert wanted in text


def test_words_that_match_nothing_are_not_shown() -> None:
    """What a collector says beside the catalog is nobody's business."""
    assert "闲话" not in shown(report(stored(), guide=95))


def test_an_interval_over_the_guide_is_said_to_be_so() -> None:
    """A score near the line is not called above or below it."""
    whole = stored()
    for low, high, said in (
        (96.0, 100.0, "above the guide of 95"),
        (90.0, 99.0, "not surely above or below the guide of 95"),
    ):
        score = Score(value=97.0, low=low, high=high)
        text = shown(report(replace(whole, report=replace(whole.report, score=score)), guide=95))
        assert said in text


def test_a_shift_that_could_not_be_judged_has_no_score() -> None:
    """Nothing is not zero."""
    whole = stored()
    unscored = replace(whole.report, score=Score(value=None, low=None, high=None))
    text = shown(report(replace(whole, report=unscored), guide=95))
    assert "No score: nothing could be judged" in text


def test_an_incomplete_grading_says_so() -> None:
    """The reader must not take a part for the whole."""
    whole = stored()
    text = shown(report(replace(whole, report=replace(whole.report, complete=False)), guide=95))
    assert "Incomplete" in text


def test_the_list_of_shifts() -> None:
    """One line each; an empty list says so."""
    text = shown(shifts([row(stored())]))
    assert "0123456789abcdef" in text
    assert "2 of 3" in text
    assert "No shift is stored" in shown(shifts([]))


def test_lengths_of_time_are_as_on_a_clock() -> None:
    """Minutes and seconds, hours when there are some."""
    assert [span(ms) for ms in (0, 65_000, 3_723_000)] == ["0:00", "1:05", "1:02:03"]
