"""A replay touches what the rules change and nothing else, and accuses nobody."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from phrases.match import match_text
from phrases.replay import Book, changed, replay
from phrases.source import DATA
from phrases.types import (
    FindingStatus,
    Heard,
    Lane,
    LaneEvent,
    LaneLog,
    Outcome,
    Payment,
    ShiftReport,
    Side,
    StepOutcome,
    TimeSource,
)
from service import bootstrap, settings
from service.bootstrap import Knowledge
from service.catalog_book import book
from service.pipeline import Listened, judged

CHINA = dt.timezone(dt.timedelta(hours=8))
START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=CHINA)
SAID = ("您好", "收您五十元", "找您三十五元", "请拿好通行票", "谢谢")


@pytest.fixture(scope="module")
def known() -> Knowledge:
    """The data that ships."""
    return bootstrap.knowledge(settings.load({}))


def shift(known: Knowledge, *lines: str, started_at: dt.datetime = START) -> ShiftReport:
    """One vehicle at the exit, to whom these lines are said, one after the other."""
    heard = []
    for number, text in enumerate(lines):
        start = 2_000 + 3_000 * number
        matches = tuple(
            replace(one, start_ms=start, end_ms=start + 1_500, utterances=(number,))
            for one in match_text(text, known.catalog, known.thresholds)
        )
        heard.append(
            Heard(
                start_ms=start,
                end_ms=start + 1_500,
                utterance=number,
                side=Side.NEAR,
                text=text,
                matches=matches,
            )
        )
    event = LaneEvent(
        vehicle=1,
        arrived_ms=1_000,
        left_ms=25_000,
        toll_fen=1_500,
        tendered_fen=5_000,
        payment=Payment.CASH,
    )
    log = LaneLog(
        lane=Lane.EXIT, started_at=started_at, time_source=TimeSource.GIVEN, events=(event,)
    )
    listened = Listened(heard=tuple(heard), gaps=(), faint=(), until_ms=None)
    return judged(listened, log, known, duration_ms=30_000, model="test")


def drafted(folder: Path, **files: str) -> Book:
    """The shipped data with files of a draft over it."""
    paths = []
    for name, text in files.items():
        paths.append(folder / f"{name}.toml")
        paths[-1].write_text(text, "utf-8")
    return book(bootstrap.knowledge(bootstrap.with_files(settings.load({}), paths)))


@pytest.mark.parametrize("lines", [SAID, SAID[1:], ("随便说说",), ("您好", "收您十五元", "你慢走")])
def test_the_same_rules_change_nothing(known: Knowledge, lines: tuple[str, ...]) -> None:
    """Whatever was said, found or missed."""
    report = shift(known, *lines)
    assert replay(report, book(known), book(known)) == report


def test_a_new_variant_is_found_in_what_was_said(known: Knowledge, tmp_path: Path) -> None:
    """What was missing is said; the other findings stay."""
    report = shift(known, *SAID[:4], "走好啊您慢些开")
    assert report.transactions[0].outcome is Outcome.FAULT
    draft = drafted(tmp_path, own='[[change]]\nid = "flow.thanks"\nvariants = ["走好啊您慢些开"]\n')
    (again,) = replay(report, book(known), draft).transactions
    assert again.outcome is Outcome.COMPLIANT
    assert {s.step: s.outcome for s in again.steps}["thanks"] is StepOutcome.SAID


def test_a_line_that_is_no_longer_listened_for_is_doubted(known: Knowledge, tmp_path: Path) -> None:
    """Never a fault: there is no sound to ask."""
    report = shift(known, *SAID)
    assert report.transactions[0].outcome is Outcome.COMPLIANT
    text = '[[change]]\nid = "flow.thanks"\nzh = "感谢您的大力支持与配合"\n'
    (again,) = replay(report, book(known), drafted(tmp_path, own=text)).transactions
    assert again.outcome is Outcome.UNSURE
    worst = [one.code for one in again.findings if one.status is FindingStatus.UNSURE]
    assert worst == ["missing.thanks"]


def test_another_table_weighs_as_a_regrade_does(known: Knowledge, tmp_path: Path) -> None:
    """A missed greeting that is a remark makes a compliant vehicle."""
    report = shift(known, *SAID[1:])
    shipped = (DATA / "score.toml").read_text("utf-8")
    assert '"missing.*" = "fault"' in shipped
    lenient = shipped.replace('"missing.*" = "fault"', '"missing.*" = "remark"')
    (again,) = replay(report, book(known), drafted(tmp_path, score=lenient)).transactions
    assert again.outcome is Outcome.COMPLIANT


def test_a_new_day_of_its_own_asks_for_its_line(known: Knowledge, tmp_path: Path) -> None:
    """It is due by the draft only, and not found in the words."""
    report = shift(known, *SAID)
    text = (
        '[[phrase]]\nid = "festival.toll_day"\nzh = "收费员节日快乐"\n'
        'when = { festival = "toll_day", date = "11-24" }\n'
    )
    (again,) = replay(report, book(known), drafted(tmp_path, own=text)).transactions
    new = [one for one in again.findings if one.code == "context.festival"]
    assert [one.status for one in new] == [FindingStatus.UNSURE]


def test_what_changed_is_told_by_id(known: Knowledge, tmp_path: Path) -> None:
    """A note is no change of what is heard."""
    text = '[[change]]\nid = "flow.thanks"\nnote = "x"\n[[change]]\nid = "wait"\noff = true\n'
    draft = drafted(tmp_path, own=text)
    assert changed(known.catalog, draft.catalog) == {"wait"}
