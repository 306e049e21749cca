"""What is due for a vehicle: the day, the clock, the weather, the notices, the profile."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from phrases.calendar import Calendar, load_calendar
from phrases.context import due_for, profile_at
from phrases.occasions import ContextSettings, load_settings
from phrases.schema import CatalogFile, PhraseTable, When
from phrases.source import DATA, read
from phrases.types import (
    Due,
    Lane,
    LaneLog,
    Notice,
    Profile,
    ProfileSpan,
    TimeSource,
    Weather,
)
from tests.phrases.tables import rows

CALENDAR = load_calendar()
PHRASES = tuple(
    phrase
    for name in ("basic", "holiday", "situation")
    for phrase in read(DATA / f"{name}.toml", CatalogFile).phrase
)
SETTINGS = load_settings(PHRASES)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = 60_000
HOUR = 60 * MINUTE
DRIVE, LAMP, ICE = "weather.rain_fog.drive", "weather.rain_fog.lamp", "weather.ice_snow"


@pytest.mark.parametrize("row", rows("context", "day"), ids=lambda row: str(row["at"]))
def test_the_line_of_the_day_is_the_tables(row: dict[str, Any]) -> None:
    """At each moment of the table its line is due, with a reason, or none is."""
    due = _due(row["at"])
    assert [line.phrases for line in due.lines] == [tuple(row["phrases"])] * bool(row["phrases"])
    for line in due.lines:
        assert line.code == row["code"], row["why"]
        assert line.sure is row.get("sure", True), row["why"]
        assert str(row["at"].date()) in line.reason
    assert bool(due.warnings) is not row.get("sure", True)


def test_the_reason_names_the_rule() -> None:
    """A person reads why a line is due, and of both days when midnight is near."""
    assert _reason("2026-10-05T10:00") == (
        "2026-10-05 is a day of the National Day break (国庆节假期)"
    )
    assert _reason("2026-11-28T23:50") == "2026-11-28 is a Saturday (周末)"
    near = _reason("2026-02-15T23:50")
    assert near.startswith("2026-02-15 is a day of the Spring Festival break (春节假期); so near")
    assert near.endswith("2026-02-16 is Spring Festival (春节)")


def test_an_unknown_year_says_so() -> None:
    """A line of 2027 is unsure, with the reason on it and a warning that says what to do."""
    due = _due("2027-03-06T10:00")
    assert "unsure, for the adjusted days of its year are not known" in due.lines[0].reason
    assert len(due.warnings) == 1
    assert due.warnings[0].startswith("2027: its days off and working weekends are not known")
    assert "the station's file" in due.warnings[0]
    assert _due("2026-12-31T23:50").warnings == due.warnings, "said once, for both days"


def test_a_station_file_makes_2027_sure(tmp_path: Path) -> None:
    """With the year's days in the station's file its lines are due for sure, without a warning."""
    path = tmp_path / "years.toml"
    path.write_text(
        """
        [[year]]
        year = 2027
        working = [2027-03-06]
        off = [
          { festival = "new_year", first = 2027-01-01, last = 2027-01-03 },
          { festival = "spring", first = 2027-02-05, last = 2027-02-12 },
          { festival = "tomb_sweeping", first = 2027-04-03, last = 2027-04-05 },
          { festival = "labour", first = 2027-05-01, last = 2027-05-05 },
          { festival = "dragon_boat", first = 2027-06-09, last = 2027-06-09 },
          { festival = "mid_autumn", first = 2027-09-15, last = 2027-09-15 },
          { festival = "national", first = 2027-10-01, last = 2027-10-07 },
        ]
        """,
        encoding="utf-8",
    )
    calendar = load_calendar(station_years=path)
    for at, phrases in (
        ("2027-02-05T10:00", ("festival.spring",)),
        ("2027-10-05T10:00", ("festival.other",)),
        ("2027-03-13T10:00", ("weekend",)),
    ):
        due = _due(at, calendar=calendar)
        assert [(line.phrases, line.sure) for line in due.lines] == [(phrases, True)]
        assert due.warnings == ()
    assert _due("2027-03-06T10:00", calendar=calendar).lines == ()


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-04-05T10:00", False),
        ("2026-04-06T10:00", False),
        ("2020-04-04T10:00", False),
        ("2026-04-06T23:50", True),
        ("2026-04-07T10:00", True),
    ],
)
def test_no_wish_on_qingming_and_mourning(at: str, allowed: bool) -> None:
    """A wish is not allowed on these days, but near midnight the other day's rule may be used."""
    assert _due(at).wish_allowed is allowed


def test_a_stations_own_festival_is_due_by_its_lunar_date() -> None:
    """元宵 is due on a worked day and beats a weekend, because the station has a phrase for it."""
    lantern = PhraseTable(
        id="festival.lantern", zh="元宵节快乐", when=When(festival="lantern", lunar="01-15")
    )
    settings = load_settings([*PHRASES, lantern])
    assert [line.phrases for line in _due("2026-03-03T10:00", settings=settings).lines] == [
        ("festival.lantern",)
    ]
    weekend = _due("2024-02-24T10:00", settings=settings).lines[0]
    assert (weekend.code, weekend.phrases) == ("context.festival", ("festival.lantern",))


def test_a_stations_phrase_for_a_public_holiday_needs_no_date() -> None:
    """端午安康 takes the place of the general wish, and what the station lists does as well."""
    boat = PhraseTable(
        id="festival.dragon_boat",
        zh="端午安康",
        when=When(festival="dragon_boat"),
        also=("festival.other",),
    )
    due = _due("2026-06-20T10:00", settings=load_settings([*PHRASES, boat]))
    assert [line.phrases for line in due.lines] == [("festival.dragon_boat", "festival.other")]


def test_a_phrase_that_is_switched_off_is_not_due() -> None:
    """What is not listened for cannot be missing."""
    settings = load_settings(phrase for phrase in PHRASES if phrase.id != "weekend")
    assert _due("2026-11-28T10:00", settings=settings).lines == ()


@pytest.mark.parametrize(
    ("at", "stay_ms", "fits"),
    [
        ("2026-11-24T10:00", 0, ["greet.morning"]),
        ("2026-11-24T12:30", 0, ["greet.morning", "greet.afternoon"]),
        ("2026-11-24T23:00", 0, ["greet.evening"]),
        ("2026-11-24T10:59", 2 * MINUTE, ["greet.morning", "greet.afternoon"]),
        ("2026-11-24T10:59", -MINUTE, ["greet.morning"]),
    ],
)
def test_clock_greetings_fit_on_arrival_or_on_leaving(
    at: str, stay_ms: int, fits: list[str]
) -> None:
    """A greeting that fits when the driver leaves is right too; 您好 is not listed."""
    due = _due(at, arrived_ms=HOUR, left_ms=HOUR + stay_ms)
    assert list(due.clock) == fits
    assert due.clock_sure


def test_a_time_that_is_only_the_files_makes_nothing_sure() -> None:
    """The day's line and the clock are unsure; weather is of the recording and stays sure."""
    log = _log(time_source=TimeSource.FILE, weather=(_weather("rain"),))
    due = _due("2026-10-01T10:00", log=log)
    assert [(line.code, line.sure) for line in due.lines] == [
        ("context.festival", False),
        ("context.weather", True),
    ]
    assert "only the file's" in due.lines[0].reason
    assert due.clock_sure is False


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["rain"], [(DRIVE,)]),
        (["fog"], [(DRIVE, LAMP)]),
        (["ice"], [(ICE,)]),
        (["ice", "snow"], [(ICE,)]),
        (["rain", "fog"], [(DRIVE, LAMP)]),
        (["fog", "rain"], [(DRIVE, LAMP)]),
        (["rain", "snow"], [(DRIVE,), (ICE,)]),
        (["rain", "ice", "fog", "snow"], [(DRIVE, LAMP), (ICE,)]),
        ([], []),
    ],
)
def test_each_group_of_conditions_is_one_line(
    kinds: list[str], expected: list[tuple[str, ...]]
) -> None:
    """Rain and fog share a line, and so do ice and snow."""
    due = _due("2026-11-24T10:00", log=_log(weather=tuple(map(_weather, kinds))))
    assert [line.phrases for line in due.lines] == expected
    assert all(kind in " ".join(line.reason for line in due.lines) for kind in kinds)


@pytest.mark.parametrize(
    ("start", "end", "arrived", "expected"),
    [
        (0, 8 * HOUR, 0, True),
        (-1, 8 * HOUR, 1, False),
        (-10 * MINUTE, 8 * HOUR, 0, True),
        (1, 8 * HOUR, 2, False),
        (HOUR, 8 * HOUR, HOUR - 1, False),
        (HOUR, 8 * HOUR, HOUR, False),
        (HOUR, 8 * HOUR, HOUR + 10 * MINUTE - 1, False),
        (HOUR, 8 * HOUR, HOUR + 10 * MINUTE, True),
        (0, HOUR, HOUR - 1, True),
        (0, HOUR, HOUR, False),
    ],
)
def test_a_condition_is_due_while_it_holds_and_after_ten_minutes(
    start: int, end: int, arrived: int, expected: bool
) -> None:
    """What began at 0 held before; any other has ten minutes; what has ended is not due."""
    weather = (Weather(kind="snow", start_ms=start, end_ms=end),)
    notices = (Notice(kind="road", direction="南昌", start_ms=start, end_ms=end),)
    log = _log(weather=weather, notices=notices)
    due = _due("2026-11-24T10:00", log=log, arrived_ms=arrived, left_ms=arrived + MINUTE)
    assert [line.code for line in due.lines] == ["context.weather", "context.notice"] * expected


def test_a_condition_told_in_pieces_did_not_begin_anew() -> None:
    """Spans that touch are one; after a pause the ten minutes begin again."""
    told = Weather(kind="rain", start_ms=0, end_ms=HOUR)
    touching = Weather(kind="rain", start_ms=HOUR, end_ms=2 * HOUR)
    later = Weather(kind="rain", start_ms=HOUR + MINUTE, end_ms=2 * HOUR)
    at = HOUR + 2 * MINUTE
    for second, expected in ((touching, 1), (later, 0)):
        log = _log(weather=(second, told))
        due = _due("2026-11-24T10:00", log=log, arrived_ms=at, left_ms=at)
        assert len(due.lines) == expected


@pytest.mark.parametrize(("began_min", "due_now"), [(-9, False), (-11, True), (0, True)])
def test_a_beginning_before_the_recording_is_a_time_like_any_other(
    began_min: int, due_now: bool
) -> None:
    """The ten minutes run from the beginning that is given; from 0 it is taken to have held."""
    log = _log(weather=(Weather(kind="rain", start_ms=began_min * MINUTE, end_ms=HOUR),))
    due = _due("2026-11-24T10:00", log=log, arrived_ms=1000, left_ms=2000)
    assert bool(due.lines) is due_now


def test_a_notice_that_is_told_twice_is_one_line() -> None:
    """The same words are asked for once; another direction is another notice."""
    one = Notice(kind="road", direction="南昌", what="塌方", start_ms=0, end_ms=8 * HOUR)
    other = dataclasses.replace(one, direction="九江")
    due = _due("2026-11-24T10:00", log=_log(notices=(one, one, other)))
    assert [line.slots["direction"] for line in due.lines] == ["南昌", "九江"]


def test_the_slots_are_those_of_the_notice() -> None:
    """What a notice says must be said, and what it leaves open must not."""
    road = Notice(kind="road", direction="南昌", what="塌方", start_ms=30 * MINUTE, end_ms=8 * HOUR)
    closure = Notice(kind="closure", cause="大雾", reopens="10:00", start_ms=0, end_ms=8 * HOUR)
    notices = (
        closure,
        road,
        dataclasses.replace(road, direction="九江", what=None),
        dataclasses.replace(closure, cause="大雪", reopens="", start_ms=30 * MINUTE),
    )
    due = _due("2026-11-24T10:00", log=_log(notices=notices))
    assert [(line.phrases, dict(line.slots)) for line in due.lines] == [
        (("road.closed",), {"cause": "大雾", "time": "10:00"}),
        (("road.slow",), {"direction": "南昌", "what": "塌方"}),
        (("road.slow",), {"direction": "九江"}),
        (("road.closed",), {"cause": "大雪"}),
    ]
    assert due.lines[0].reason == "a closure in force when the recording began"
    assert due.lines[1].reason == "a road notice in force since 0:30:00 of the recording"
    assert {line.code for line in due.lines} == {"context.notice"}


def test_nothing_of_it_is_due_at_peak() -> None:
    """At peak neither day nor weather nor notice is due; the clock still fits."""
    log = _log(
        weather=(_weather("rain"),),
        notices=(Notice(kind="road", start_ms=0, end_ms=8 * HOUR),),
        profiles=(ProfileSpan(profile=Profile.PEAK, start_ms=HOUR, end_ms=2 * HOUR),),
    )
    during = _due("2026-10-01T10:00", log=log, arrived_ms=HOUR, left_ms=3 * HOUR)
    after = _due("2026-10-01T11:00", log=log, arrived_ms=2 * HOUR, left_ms=3 * HOUR)
    assert during.lines == ()
    assert during.clock == ("greet.morning", "greet.afternoon")
    assert len(after.lines) == 3


def test_the_profile_is_that_of_the_last_span_begun() -> None:
    """A span's end is not in it; outside all spans the recording's own profile holds."""
    log = _log(
        profile=Profile.PEAK,
        profiles=(
            ProfileSpan(profile=Profile.PEAK, start_ms=20, end_ms=30),
            ProfileSpan(profile=Profile.NORMAL, start_ms=10, end_ms=40),
        ),
    )
    found = [profile_at(log, ms).value for ms in (0, 10, 19, 20, 29, 30, 39, 40)]
    assert found == ["peak", "normal", "normal", "peak", "peak", "normal", "normal", "peak"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_the_booths_zone_decides_whatever_zone_the_time_came_in(zone: str) -> None:
    """One moment is one day and one hour at the booth."""
    moment = dt.datetime(2026, 10, 1, 0, 40, tzinfo=SHANGHAI).astimezone(ZoneInfo(zone))
    due = _due(moment)
    assert due.day == "2026-10-01 国庆节 (National Day)"
    assert due.clock == ("greet.evening",)


def test_half_an_hour_is_half_an_hour_where_clocks_change_at_midnight() -> None:
    """The grace is real time: in Beirut, on 29 March 2026, the clock goes from 00:00 to 01:00."""
    settings = dataclasses.replace(SETTINGS, zone=ZoneInfo("Asia/Beirut"))
    calendar = dataclasses.replace(CALENDAR, mourning=frozenset({dt.date(2026, 3, 28)}))
    midnight = dt.datetime(2026, 3, 28, 22, 0, tzinfo=dt.UTC)
    for minutes, expected in ((-20, []), (20, []), (31, ["context.weekend"])):
        moment = midnight + dt.timedelta(minutes=minutes)
        due = _due(moment, calendar=calendar, settings=settings)
        assert due.day.startswith("2026-03-28" if minutes < 0 else "2026-03-29")
        assert [line.code for line in due.lines] == expected


def test_a_time_without_a_zone_is_refused() -> None:
    """Which day it is would be a guess."""
    with pytest.raises(ValueError, match="arrived_at 2026-10-01T10:00:00 has no time zone"):
        due_for(
            arrived_at=dt.datetime(2026, 10, 1, 10),
            arrived_ms=0,
            left_ms=0,
            log=_log(),
            calendar=CALENDAR,
            settings=SETTINGS,
        )


def test_the_rules_version_names_calendar_and_settings() -> None:
    """A verdict can be traced to the days and boundaries that made it."""
    version = _due("2026-10-01T10:00").rule_version
    assert CALENDAR.version in version
    assert SETTINGS.version in version


def _due(
    at: str | dt.datetime,
    *,
    log: LaneLog | None = None,
    arrived_ms: int = HOUR,
    left_ms: int = HOUR + MINUTE,
    calendar: Calendar = CALENDAR,
    settings: ContextSettings = SETTINGS,
) -> Due:
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return due_for(
        arrived_at=moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI),
        arrived_ms=arrived_ms,
        left_ms=left_ms,
        log=log or _log(),
        calendar=calendar,
        settings=settings,
    )


def _reason(at: str) -> str:
    (line,) = _due(at).lines
    return line.reason


def _weather(kind: str) -> Weather:
    return Weather(kind=kind, start_ms=0, end_ms=8 * HOUR)


def _log(
    *,
    time_source: TimeSource = TimeSource.GIVEN,
    weather: tuple[Weather, ...] = (),
    notices: tuple[Notice, ...] = (),
    profiles: tuple[ProfileSpan, ...] = (),
    profile: Profile = Profile.NORMAL,
) -> LaneLog:
    return LaneLog(
        lane=Lane.EXIT,
        started_at=dt.datetime(2026, 10, 1, 9, tzinfo=SHANGHAI),
        time_source=time_source,
        weather=weather,
        notices=notices,
        profiles=profiles,
        profile=profile,
    )
