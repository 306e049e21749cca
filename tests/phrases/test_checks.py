"""The items that people check by hand, and the file that has them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from phrases.checks import Cadence, Night, Part, items, load, period
from phrases.dialogue_data import load_dialogues, load_table
from phrases.source import DATA, DataError
from phrases.types import Lane

SHIPPED = (DATA / "checks.toml").read_text(encoding="utf-8")


def test_a_check_asks_for_the_steps_and_the_items() -> None:
    """Speech as the score table weighs it; all else as the file has it."""
    asked = items(load(), load_table(), load_dialogues(), Lane.EXIT)
    said = {item.id: item.points for item in asked if item.part is Part.SPEECH}
    assert said == {
        "speech.greet": 20,
        "speech.received": 25,
        "speech.change": 25,
        "speech.ticket": 15,
        "speech.thanks": 15,
    }
    assert {item.part for item in asked} == set(Part)
    assert all(item.zh and item.en for item in asked)
    assert [i.id for i in items(load(), load_table(), load_dialogues(), Lane.ENTRY)][:2] == [
        "speech.greet",
        "speech.go_well",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("appearance.badge", "looks.badge", "items.looks.badge: begins with none"),
        ("appearance.badge", "appearance.uniform", "items.appearance.uniform: this id is given"),
        ("points = 4", "points = 0", "items.0.points: Input should be greater than 0"),
        ("from_hour = 20", "from_hour = 24", "night.from_hour"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    """What a month is worth hangs on it: each fault is named with its key."""
    file = tmp_path / "checks.toml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(file)
    assert says in str(caught.value)


def test_the_night_may_go_over_midnight() -> None:
    """Its last hour is the one before it ends."""
    night = Night(from_hour=20, until_hour=6)
    assert [hour for hour in range(24) if night.covers(hour)] == [*range(6), *range(20, 24)]
    short = Night(from_hour=1, until_hour=4)
    assert [hour for hour in range(24) if short.covers(hour)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("cadence", "first", "after"),
    [
        (Cadence.DAILY, "2026-11-26", "2026-11-27"),
        (Cadence.WEEKLY, "2026-11-23", "2026-11-30"),
        (Cadence.MONTHLY, "2026-11-01", "2026-12-01"),
        (Cadence.UNSCHEDULED, "2026-11-26", "2026-11-27"),
    ],
)
def test_periods(cadence: Cadence, first: str, after: str) -> None:
    """A day's own period, from its first day to before the next one's."""
    found = period(cadence, dt.date(2026, 11, 26))
    assert found == (dt.date.fromisoformat(first), dt.date.fromisoformat(after))
