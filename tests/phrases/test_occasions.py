"""When lines are due, as data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from phrases.occasions import ContextSettings, load_settings
from phrases.schema import PhraseTable, StationFile, When
from phrases.source import DataError
from tests.phrases.tables import rows

LANTERN = PhraseTable(id="festival.lantern", zh="元宵节快乐", when=When(festival="lantern"))


@pytest.mark.parametrize("row", rows("context", "clock"), ids=lambda row: str(row["at"]))
def test_a_greeting_fits_its_part_of_the_day_and_an_hour_around_it(row: dict[str, Any]) -> None:
    """The parts that fit a time on the clock are those of the table."""
    settings = load_settings(())
    assert [part for part in settings.parts if settings.fits(part, row["at"])] == row["fits"]


def test_what_ships_is_what_the_handbook_says() -> None:
    """Thirty minutes at midnight, ten after a condition begins, the clock of Shanghai."""
    settings = load_settings(())
    assert settings.grace == dt.timedelta(minutes=30)
    assert settings.settle == dt.timedelta(minutes=10)
    assert settings.zone == ZoneInfo("Asia/Shanghai")


def test_a_station_changes_the_boundaries(tmp_path: Path) -> None:
    """A key of the station's file replaces what ships; the others stay."""
    settings = _station(
        tmp_path,
        "settle_min = 0\n[clock]\nmorning = '06:00'\nafternoon = '13:00'\nevening = '19:00'\n"
        "overlap_min = 0\n",
    )
    assert settings.settle == dt.timedelta(0)
    assert settings.grace == dt.timedelta(minutes=30)
    assert settings.fits("morning", dt.time(12, 59))
    assert not settings.fits("morning", dt.time(5, 59))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("zone = 'Mars/Olympus'\nhours = 3", ["zone: ", "hours: Extra inputs"]),
        ("grace_min = -1\nsettle_min = '10'", ["grace_min: ", "settle_min: "]),
        (
            "[clock]\nmorning = '5:00'\nafternoon = '24:00'\nevening = '18:00'",
            ["clock.morning: ", "clock.afternoon: ", "clock.overlap_min: Field required"],
        ),
        (
            "[clock]\nmorning = '12:00'\nafternoon = '05:00'\nevening = '18:00'\noverlap_min = 0",
            ["clock: Value error, morning, afternoon and evening begin in this order"],
        ),
    ],
)
def test_a_malformed_file_lists_every_fault(tmp_path: Path, text: str, faults: list[str]) -> None:
    """Each fault is named with the file and its key."""
    with pytest.raises(DataError) as raised:
        _station(tmp_path, text)
    found = [str(fault) for fault in raised.value.faults]
    assert len(found) == len(faults)
    for line, fault in zip(found, faults, strict=True):
        assert line.startswith(f"own.toml: {fault}")


def test_a_festival_without_a_day_is_refused() -> None:
    """A phrase for a festival that nobody dates would never be due."""
    with pytest.raises(DataError, match=r"festival\.lantern\.when\.festival: 'lantern' is none of"):
        load_settings([LANTERN])
    dated = When(festival="lantern", lunar="01-15")
    assert load_settings([LANTERN.model_copy(update={"when": dated})]).phrases


def test_the_documented_station_phrases_are_accepted() -> None:
    """What docs/calendar.md shows can be copied."""
    text = (Path(__file__).parents[2] / "docs" / "calendar.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(\[\[phrase\]\].*?)```", text, re.DOTALL)
    assert found is not None
    own = StationFile.model_validate(tomllib.loads(found[1]))
    assert len(load_settings(own.phrase).phrases) == 2


def test_the_version_follows_what_decides() -> None:
    """Settings that decide alike have one version; a phrase or a boundary changes it."""
    settings = load_settings(())
    assert settings.version == load_settings(()).version
    longer = dataclasses.replace(settings, settle=dt.timedelta(minutes=11))
    wish = LANTERN.model_copy(update={"when": When(weekend=True)})
    assert len({settings.version, longer.version, load_settings([wish]).version}) == 3


def _station(folder: Path, text: str) -> ContextSettings:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings((), station=path)
