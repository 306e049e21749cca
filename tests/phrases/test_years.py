"""A station's own file of adjusted days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from phrases import festivals, years
from phrases.breaks import Breaks
from phrases.source import DataError

OFF = {
    "new_year": ("2027-01-01", "2027-01-03"),
    "spring": ("2027-02-05", "2027-02-12"),
    "tomb_sweeping": ("2027-04-03", "2027-04-05"),
    "labour": ("2027-05-01", "2027-05-05"),
    "dragon_boat": ("2027-06-09", "2027-06-09"),
    "mid_autumn": ("2027-09-15", "2027-09-15"),
    "national": ("2027-10-01", "2027-10-07"),
}


def test_a_complete_year_is_read(tmp_path: Path) -> None:
    """Every day from a break's first to its last is off, and worked weekends are worked."""
    breaks, mourning = _load(tmp_path, _year(working="[2027-01-31]") + "\n")
    assert breaks.years == {2027}
    assert breaks.off[dt.date(2027, 2, 8)] == "spring"
    assert len(breaks.off) == 3 + 8 + 3 + 5 + 1 + 1 + 7
    assert breaks.working == {dt.date(2027, 1, 31)}
    assert mourning == frozenset()


def test_new_years_break_may_begin_in_december(tmp_path: Path) -> None:
    """The notice covers 29 December of the year before."""
    breaks, _ = _load(tmp_path, _year({"new_year": ("2026-12-30", "2027-01-01")}))
    assert breaks.off[dt.date(2026, 12, 30)] == "new_year"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("years = []", ["years: Extra inputs are not permitted"]),
        ("mourning = ['2027-05-01']", ["mourning.0: Input should be a valid date"]),
        (
            "[[year]]\nyear = 1999\noff = []\nworkdays = []",
            [
                "year.0.year: Input should be greater than or equal to 2004",
                "year.0.off: Tuple should have at least 1 item",
                "year.0.workdays: Extra inputs are not permitted",
            ],
        ),
        ("mourning = [", ["is not valid TOML"]),
    ],
)
def test_what_the_schema_refuses_is_listed(tmp_path: Path, text: str, faults: list[str]) -> None:
    """Unknown keys, wrong types and values out of range are all named at once."""
    _expect(tmp_path, text, faults)


def test_every_fault_of_the_days_is_listed(tmp_path: Path) -> None:
    """All that is wrong with the days is named at once, each by its key and date."""
    days = {
        "national": ("2027-10-01", "2027-10-31"),
        "labour": ("2027-05-05", "2027-05-01"),
        "tomb_sweeping": ("2027-04-06", "2027-04-07"),
        "dragon_boat": ("2027-09-15", "2027-09-15"),
        "lantern": ("2028-02-09", "2028-02-09"),
    }
    working = "[2027-01-31, 2027-01-31, 2027-02-06, 2027-03-02, 2028-02-05]"
    _expect(
        tmp_path,
        _year(days, working=working),
        [
            "2027-10-01 to 2027-10-31 is more than 15 days",
            "last: 2027-05-01 is before the first day, 2027-05-05",
            "2027-09-15 is in another break too",
            "'lantern' is none of spring, new_year",
            "2028-02-09 belongs to the table of 2028",
            "working.1: 2027-01-31 is listed twice",
            "working.2: 2027-02-06 lies in a break",
            "working.3: 2027-03-02 is no Saturday or Sunday",
            "working.4: 2028-02-05 belongs to the table of 2028",
            "no break holds 2027-04-05, Tomb-Sweeping Day 清明节",
            "no break holds 2027-05-01, Labour Day 劳动节",
            "no break holds 2027-06-09, Dragon Boat Festival 端午节",
        ],
    )


def test_a_year_listed_twice_is_refused(tmp_path: Path) -> None:
    """Two tables of one year would leave it open which is meant."""
    _expect(tmp_path, _year() + _year(), ["year.1.year: 2027 is listed twice"])


def _year(days: dict[str, tuple[str, str]] | None = None, *, working: str = "[]") -> str:
    off = [
        f'{{ festival = "{name}", first = {first}, last = {last} }}'
        for name, (first, last) in (OFF | (days or {})).items()
    ]
    return f"[[year]]\nyear = 2027\nworking = {working}\noff = [{', '.join(off)}]\n"


def _load(folder: Path, text: str) -> tuple[Breaks, frozenset[dt.date]]:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return years.load(path, festivals.load().festival)


def _expect(folder: Path, text: str, faults: list[str]) -> None:
    with pytest.raises(DataError) as raised:
        _load(folder, text)
    found = [str(fault) for fault in raised.value.faults]
    assert all(line.startswith("own.toml: ") for line in found)
    missing = [fault for fault in faults if not any(fault in line for line in found)]
    assert missing == []
    assert len(found) == len(faults)
