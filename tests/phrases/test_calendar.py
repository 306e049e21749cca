"""What kind of day a date is, by the real libraries and by a station's own file."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from phrases.calendar import Calendar, DayKind, load_calendar
from phrases.source import DataError
from tests.phrases.tables import rows

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """The calendar of the installed libraries."""
    return load_calendar()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The station's file that docs/calendar.md shows."""
    text = (ROOT / "docs" / "calendar.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(# 2027.*?)```", text, re.DOTALL)
    assert found is not None
    path = tmp_path / "years.toml"
    path.write_text(found[1], encoding="utf-8")
    return path


@pytest.mark.parametrize("row", rows("calendar", "day"), ids=lambda row: str(row["date"]))
def test_a_date_is_what_the_table_says(calendar: Calendar, row: dict[str, Any]) -> None:
    """Every date of the table has the kind, festival and break that it names."""
    day = calendar.day(row["date"])
    assert day.kind == row["kind"], row["why"]
    assert day.festival == row.get("festival"), row["why"]
    assert day.off == row.get("off"), row["why"]
    assert day.wish_allowed is row.get("wish", True), row["why"]
    assert day.known is row.get("known", True), row["why"]


def test_every_spring_festival_is_eight_days_in_a_row(calendar: Calendar) -> None:
    """除夕 to 初七 are eight days, in years of 29 and of 30 days of the twelfth month."""
    for year in (2026, 2028):
        days = [dt.date(year, 1, 20) + dt.timedelta(days=step) for step in range(36)]
        found = [day for day in days if calendar.day(day).festival == "spring"]
        assert len(found) == 8
        assert (found[-1] - found[0]).days == 7
        assert calendar.day(found[1]).lunar == "01-01"


def test_a_leap_month_has_no_festival(calendar: Calendar) -> None:
    """The doubled month of a leap year has no lunar date: its fifth day of the fifth is nothing."""
    assert calendar.day(dt.date(2025, 7, 26)).lunar == ""
    assert calendar.day(dt.date(2009, 6, 27)).festival is None
    assert calendar.day(dt.date(2009, 5, 28)).festival == "dragon_boat"


def test_a_day_has_a_name_for_people(calendar: Calendar) -> None:
    """Both names tell the day from the break that it lies in."""
    names = [(day.zh, day.en) for day in map(calendar.day, (_on("2026-10-01"), _on("2026-10-05")))]
    assert names == [("国庆节", "National Day"), ("国庆节假期", "a day of the National Day break")]
    assert calendar.day(_on("2026-02-14")).en == "a Saturday made a working day"
    assert calendar.day(_on("2020-04-04")).zh == "全国哀悼日"


def test_a_station_file_makes_a_year_known(example: Path) -> None:
    """With the station's file for 2027 its days off and working weekends are certain."""
    calendar = load_calendar(station_years=example)
    assert calendar.warnings == ()
    assert all(calendar.day(dt.date(2027, month, 3)).known for month in range(1, 13))
    assert calendar.day(_on("2026-12-31")).known
    assert calendar.day(_on("2027-10-05")).kind is DayKind.HOLIDAY
    assert calendar.day(_on("2027-10-09")).kind is DayKind.WORKING
    assert calendar.day(_on("2027-04-03")).wish_allowed is False
    assert calendar.day(_on("2026-10-05")).kind is DayKind.HOLIDAY, "the library's years stay"


def test_a_station_adds_days_of_mourning(calendar: Calendar, tmp_path: Path) -> None:
    """A day of mourning ordered since the last release needs no year's table."""
    path = tmp_path / "years.toml"
    path.write_text("mourning = [2026-12-12]", encoding="utf-8")
    day = load_calendar(station_years=path).day(_on("2026-12-12"))
    assert day.wish_allowed is False
    assert calendar.day(day.date).wish_allowed is True
    assert day.known


def test_a_station_year_that_the_library_has_too_replaces_it(example: Path) -> None:
    """The station's table wins, and a warning names the days on which the two differ."""
    text = example.read_text(encoding="utf-8").replace("2027", "2026")
    moved = text.replace("2026-09-15", "2026-09-25").replace("2026-06-09", "2026-06-19")
    moved = re.sub(r"working = \[[^\]]*\]", "working = [2026-02-28]", moved)
    moved = moved.replace("2026-02-05", "2026-02-16").replace("2026-02-12", "2026-02-22")
    example.write_text(moved, encoding="utf-8")
    calendar = load_calendar(station_years=example)
    assert calendar.day(_on("2026-02-14")).kind is DayKind.WEEKEND
    assert len(calendar.warnings) == 1
    assert "2026-01-04" in calendar.warnings[0]
    assert "the station's file is used" in calendar.warnings[0]


def test_the_version_follows_the_days(calendar: Calendar, example: Path) -> None:
    """The same days have the same version on every load; a station's file changes it."""
    assert calendar.version == load_calendar().version
    assert "chinesecalendar 1." in calendar.version
    assert "lunar_python 1." in calendar.version
    with_file = load_calendar(station_years=example).version
    assert with_file != calendar.version
    assert with_file == load_calendar(station_years=example).version


def test_a_missing_station_file_is_refused(tmp_path: Path) -> None:
    """A file that was named and is not there is an error, not an empty calendar."""
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        load_calendar(station_years=tmp_path / "none.toml")


def _on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
