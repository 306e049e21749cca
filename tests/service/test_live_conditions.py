"""Weather, notices and the profile are told by the lane, and are due live as in a recording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from phrases.types import Profile
from service.bootstrap import Knowledge
from service.lane_book import AHEAD_MS, Flag
from service.lane_message import MessageError
from service.live_conditions import LASTS_MS, Conditions
from service.live_seat import Sitter
from service.live_types import Judged
from tests.databases import with_tables
from tests.phrases.scene import event, hear
from tests.service.booths import Booth, known, play
from tests.service.test_lane_book import message

SCENE = hear(["11 greet.hello", "13 flow.received=50", "15 flow.change=35", "17 ticket.take"])
EVENTS = (event(vehicle="A1", arrived=10, left=20, toll=15, tendered=50),)


class Told:
    """Conditions whose messages come the moment that they speak of."""

    def __init__(self) -> None:
        self.known = Conditions()

    def say(self, at_ms: int, kind: str, *, late_ms: int = 0, **more: Any) -> Flag | None:
        """Take a message in."""
        return self.known.take(message(kind, None, **more), at_ms, at_ms + late_ms)


def test_weather_holds_until_it_is_over() -> None:
    """Each kind by itself; what is said twice, or ends before it began, changes nothing."""
    told = Told()
    assert told.say(1_000, "weather", weather="rain", over=True) is Flag.IMPOSSIBLE
    assert told.say(1_000, "weather", weather="rain") is None
    assert told.say(2_000, "weather", weather="rain") is Flag.DOUBLED
    assert told.say(3_000, "weather", weather="fog") is None
    assert told.say(9_000, "weather", weather="rain", over=True) is None
    held = [(one.kind, one.start_ms, one.end_ms) for one in told.known.weather]
    assert held == [("rain", 1_000, 9_000), ("fog", 3_000, 3_000 + LASTS_MS)]
    assert told.say(10_000, "weather", weather="rain") is None
    assert [one.kind for one in told.known.weather] == ["rain", "fog", "rain"]


def test_a_notice_takes_the_place_of_the_one_before() -> None:
    """Of the same kind and direction; the others stay."""
    told = Told()
    first: dict[str, Any] = {"notice": "closure", "direction": "南昌", "cause": "大雾"}
    assert told.say(1_000, "notice", **first, reopens="10:00") is None
    assert told.say(2_000, "notice", **first, reopens="10:00") is Flag.DOUBLED
    assert told.say(3_000, "notice", **first, reopens="11:30") is None
    assert told.say(4_000, "notice", notice="road", direction="九江", what="施工") is None
    assert told.say(5_000, "notice", notice="closure", direction="南昌", over=True) is None
    held = [(one.kind, one.reopens, one.start_ms, one.end_ms) for one in told.known.notices]
    assert held == [
        ("closure", "10:00", 1_000, 3_000),
        ("closure", "11:30", 3_000, 5_000),
        ("road", None, 4_000, 4_000 + LASTS_MS),
    ]


def test_a_profile_holds_until_the_next() -> None:
    """The last that began counts."""
    told = Told()
    assert told.say(1_000, "profile", profile="peak") is None
    assert told.say(5_000, "profile", profile="normal") is None
    assert [one.profile for one in told.known.profiles] == [Profile.PEAK, Profile.NORMAL]


def test_what_began_before_the_box_did_counts() -> None:
    """Up to a day before; nothing of the future does; what is a day old is forgotten."""
    told = Told()
    assert told.say(-1_200_000, "weather", late_ms=1_200_000, weather="snow") is None
    assert (
        told.say(-LASTS_MS - 2, "weather", late_ms=LASTS_MS + 1, weather="ice") is Flag.IMPOSSIBLE
    )
    ahead = told.known.take(message("weather", None, weather="ice"), AHEAD_MS + 1, 0)
    assert ahead is Flag.IMPOSSIBLE
    assert told.say(3 * LASTS_MS, "weather", weather="fog") is None
    assert [one.kind for one in told.known.weather] == ["fog"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "weather"}, "weather: is missing"),
        ({"kind": "notice"}, "notice: is missing"),
        ({"kind": "profile"}, "profile: is missing"),
        ({"kind": "weather", "weather": "hail"}, "weather"),
        ({"kind": "notice", "notice": "road", "what": "party"}, "what"),
        ({"kind": "notice", "notice": "closure", "reopens": "25:00"}, "reopens"),
        ({"kind": "weather", "weather": "rain", "over": "yes"}, "over"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(more: dict[str, Any], why: str) -> None:
    """It names what is wrong."""
    kind = more.pop("kind")
    with pytest.raises(MessageError, match=why):
        message(kind, None, **more)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return known(tmp_path_factory.mktemp("data"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A booth's database."""
    made = with_tables(tmp_path / "booth.db")
    yield made
    made.dispose()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_line_for_the_rain_is_due_live(engine: Engine, data: Knowledge, restarted: bool) -> None:
    """Also when the box was restarted since; and at a booth without a lane controller."""
    booth = Booth(engine, data, lane_events=True)
    booth.keeper.start(Sitter(collector="ann"))
    booth.keeper.listening()
    early = booth.clock.now() - dt.timedelta(minutes=30)
    assert booth.say("weather", None, early, weather="rain").flag is None
    if restarted:
        booth = Booth(engine, data, clock=booth.clock, lane_events=True)
        booth.keeper.start()
        booth.keeper.listening()
        booth.number = 1
    play(booth, heard=SCENE, events=EVENTS, duration_ms=90_000)
    booth.keeper.finish()
    (verdict,) = [one.verdict for one in booth.told if isinstance(one, Judged)]
    assert "context.weather" in {finding.code for finding in verdict.findings}


def test_it_is_told_where_no_lane_controller_is(engine: Engine, data: Knowledge) -> None:
    """The weather is not the lane controller's alone to say."""
    booth = Booth(engine, data, lane_events=False)
    booth.keeper.start(Sitter(collector="ann"))
    booth.keeper.listening()
    assert booth.say("profile", None, booth.clock.now(), profile="peak").flag is None
