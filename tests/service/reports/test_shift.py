"""The report of a shift: every vehicle, what was not heard, and no words unless asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from db.types import GradingInfo, StoredReport
from phrases.types import ShiftReport
from service.bootstrap import Knowledge, knowledge
from service.reports import shift
from service.reports.document import Document, Language
from service.reports.names import Names
from tests.db import samples
from tests.service.api.world import site

AT = dt.datetime(2026, 12, 1, tzinfo=samples.CHINA)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return knowledge(site(tmp_path_factory.mktemp("known")))


def written(
    known: Knowledge, report: ShiftReport, language: Language = Language.EN, *, words: bool = False
) -> Document:
    """The report of this shift."""
    stored = StoredReport(
        shift_id="0123456789abcdef",
        identity=samples.identity(),
        recording=samples.recording(),
        grading=GradingInfo(number=2, of=3, created_at=AT, complete=report.complete),
        report=report,
    )
    return shift.document(stored, Names(known, language), guide=95, made_at=AT, words=words)


def cells(document: Document) -> str:
    """All that stands in its tables."""
    tables = [section.table for section in document.sections if section.table]
    return "\n".join(str(cell) for table in tables for row in table.rows for cell in row)


@pytest.mark.parametrize("language", Language)
def test_what_was_heard_is_there_if_it_is_asked_for(known: Knowledge, language: Language) -> None:
    """A report goes from hand to hand."""
    report = samples.report()
    assert "DROP TABLE" not in cells(written(known, report, language))
    assert "DROP TABLE" in cells(written(known, report, language, words=True))


def test_every_vehicle_is_there_with_its_findings(known: Knowledge) -> None:
    """In the order of time, with what each step came to and why."""
    document = written(known, samples.report())
    (table,) = (s.table for s in document.sections if s.title == "Vehicles" and s.table)
    assert [row[0] for row in table.rows] == ["1", "1", "赣A12345"]
    assert table.rows[0][1:5] == ("10:00:01", "exit", "Fault", "√received")
    assert table.rows[0][5] == (
        "Fault: missing: thanks; nothing like it was heard\nRemark: slow; 21 s"
    )
    chinese = written(known, samples.report(), Language.ZH)
    assert "待核查：未说：谢谢\n提示：用时较长" in cells(chinese)


def test_what_could_not_be_heard_is_said(known: Knowledge) -> None:
    """With its time and why; and that all was, where it was."""
    assert "microphone" not in cells(written(known, samples.report()))
    assert "no sound\n" in cells(written(known, samples.report()))
    whole = written(known, samples.report(gaps=()))
    said = [text for section in whole.sections for text in section.text]
    assert "All of it was listened to." in said


def test_a_shift_without_vehicles_says_so(known: Knowledge) -> None:
    """Nothing happened, or nothing was heard: then the gaps say that."""
    silent = written(known, samples.report(transactions=(), gaps=()))
    assert (silent.sections, silent.empty) == ((), "The shift has no vehicles.")
    deaf = written(known, samples.report(transactions=()))
    assert deaf.empty is None
    assert "no sound" in cells(deaf)


def test_a_shift_that_was_cut_short_says_so(known: Knowledge) -> None:
    """At its head."""
    report = samples.report(complete=False)
    assert ("Incomplete", "only a part was listened to") in written(known, report).facts
    assert "Incomplete" not in dict(written(known, samples.report()).facts)
