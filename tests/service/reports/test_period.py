"""The report of a month or a day says what its figures say, and ranks nobody by chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from phrases.dialogue_data import load_table
from phrases.month import load
from service.bootstrap import Knowledge, knowledge
from service.month_scores import Rules
from service.reports import gather, period
from service.reports.document import Document, Intervals, Language, Section
from service.reports.gather import Wanted
from service.reports.names import Names
from tests.databases import with_tables
from tests.db.test_figures import Sat, store
from tests.service.api.world import site

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(table=load_table(), month=load(), zone=ZONE)
ALIKE = tuple(
    Sat(day=dt.date(2026, 11, n), collector=who, booth=who, team=who, compliant=good, fault=bad)
    for n in range(1, 11)
    for who, good, bad in (("a", 96, 4), ("b", 97, 3), ("c", 50, 50))
)

Made = Callable[..., Document]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return knowledge(site(tmp_path_factory.mktemp("known")))


@pytest.fixture
def made(known: Knowledge, tmp_path: Path) -> Made:
    """Stores shifts and gives the report of a month, or of a day."""

    def report(
        *shifts: Sat, language: Language = Language.EN, day: dt.date | None = None
    ) -> Document:
        engine = with_tables(tmp_path / "a.db")
        store(engine, Sat(day=dt.date(2025, 1, 1), compliant=1), *shifts)
        wanted = Wanted(station="west", at=AT)
        with engine.connect() as connection:
            if day is not None:
                found = gather.day(connection, wanted, day, ZONE)
            else:
                found = gather.month(connection, wanted, "2026-11", RULES)
        engine.dispose()
        return period.document(found, Names(known, language))

    return report


def part(document: Document, title: str) -> Section:
    """A part by its title."""
    (found,) = (section for section in document.sections if section.title == title)
    return found


def column(section: Section, title: str) -> list[object]:
    """What stands in a column of its table."""
    assert section.table is not None
    place = [column.title for column in section.table.columns].index(title)
    return [row[place] for row in section.table.rows]


def test_who_is_alike_shares_a_place(made: Made) -> None:
    """The intervals stand beside every score and in the chart, with the guide."""
    document = made(*ALIKE)
    scores = part(document, "Scores of collectors")
    assert column(scores, "Collector") == ["b", "a", "c"]
    assert column(scores, "Places") == ["1–2", "1–2", "3"]
    assert all("–" in str(cell) for cell in column(scores, "95 % interval"))
    assert isinstance(scores.chart, Intervals)
    assert (scores.chart.labels, scores.chart.guide) == (("b", "a", "c"), 95)
    assert column(part(document, "Compliance of teams"), "Places") == ["1–2", "1–2", "3"]
    goals = part(document, "Goals and proposals")
    assert goals.text == ("Model collectors (proposed): a, b", "Gold teams (proposed): a, b")
    assert any("nobody is before another" in note for note in document.notes)


def test_a_month_has_its_trends(made: Made) -> None:
    """By phrase and week, day, hour, weather, team and booth, beside the month before."""
    before = Sat(day=dt.date(2026, 10, 5), compliant=1, fault=1)
    document = made(before, *ALIKE, Sat(day=dt.date(2026, 11, 20), rain=True, compliant=3))
    titles = {section.title for section in document.sections}
    wanted = {"Phrases", "Phrases by week", "By day", "By hour", "By weather", "Booths"}
    assert wanted | {"Commonest findings", "Compliance of teams"} <= titles
    assert column(part(document, "Phrases"), "Before") == [0.5]
    assert column(part(document, "By weather"), "Line asked for") == ["none", "w.rain, w.fog"]
    assert len(column(part(document, "By day"), "Day")) == 11
    assert column(part(document, "Commonest findings"), "Finding")[0] == "missing: greet"


@pytest.mark.parametrize("language", Language)
def test_a_month_without_data_says_so(made: Made, language: Language) -> None:
    """It has a head and its notes, and no part that would be empty."""
    document = made(language=language)
    assert document.sections == ()
    assert document.empty
    assert "0" in dict(document.facts).values()
    assert document.name == "changshou-month-2026-11"


def test_a_day_has_rates_and_no_scores(made: Made) -> None:
    """A day says too little for a score; who is alike is not ranked there either."""
    document = made(*ALIKE, day=dt.date(2026, 11, 3))
    people = part(document, "Compliance of collectors")
    assert column(people, "Places") == ["1–2", "1–2", "3"]
    assert "Scores of collectors" not in {section.title for section in document.sections}
    assert document.title == "Daily report on service phrases · west · 2026-11-03"


def test_chinese_has_no_english_in_it(made: Made) -> None:
    """Titles, columns and what phrases are called."""
    document = made(*ALIKE, language=Language.ZH)
    said = [column.title for s in document.sections if s.table for column in s.table.columns]
    said += [section.title for section in document.sections]
    said += [str(cell) for cell in column(part(document, "各用语"), "用语")]
    letters = [text for text in said if any(c.isascii() and c.isalpha() for c in text)]
    assert letters == []
