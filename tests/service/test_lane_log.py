"""The events file: read strictly, every fault named with its place."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phrases.types import Excuse, Lane, Payment, Profile, TimeSource
from service.errors import BadInput
from service.lane_log import LaneFile, Options, lane_log, parse, read_file, when

ZONE = ZoneInfo("Asia/Shanghai")
FILE_START = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


def events(*rows: dict[str, Any]) -> LaneFile:
    """The events file with these vehicles."""
    return parse({"events": list(rows)}, ZONE, name="lane.json")


def fault(tree: object) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(BadInput) as caught:
        parse(tree, ZONE, name="lane.json")
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("lane.json: ")
    return text


def test_the_whole_contract_is_read() -> None:
    """Every field of the contract arrives with its unit: milliseconds, fen, aware time."""
    file = parse(
        {
            "lane": "exit",
            "started_at": "2026-11-24T10:00:00+08:00",
            "events": [
                {
                    "vehicle": "赣A1",
                    "arrived": 1.0,
                    "left": 17.9,
                    "toll": "15.5",
                    "tendered": 50,
                    "payment": "cash",
                    "lane": "entry",
                    "ticket": False,
                    "excuse": "dispute",
                }
            ],
            "weather": [{"kind": "rain", "from_s": -600, "to_s": 3600}],
            "notices": [
                {
                    "kind": "closure",
                    "from_s": 0,
                    "to_s": 3600,
                    "direction": "南昌",
                    "what": "塌方",
                    "cause": "大雾",
                    "reopens": "10:00",
                }
            ],
            "profile": [{"kind": "peak", "from_s": 0, "to_s": 60.5}],
        },
        ZONE,
    )
    assert file.warnings == ()
    assert file.lane is Lane.EXIT
    assert file.started_at == dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
    assert file.events is not None
    event = file.events[0]
    assert (event.vehicle, event.arrived_ms, event.left_ms) == ("赣A1", 1000, 17_900)
    assert (event.toll_fen, event.tendered_fen) == (1550, 5000)
    assert (event.payment, event.lane, event.ticket) == (Payment.CASH, Lane.ENTRY, False)
    assert event.excuse is Excuse.DISPUTE
    assert (file.weather[0].kind, file.weather[0].start_ms) == ("rain", -600_000)
    assert (file.notices[0].direction, file.notices[0].reopens) == ("南昌", "10:00")
    assert (file.profiles[0].profile, file.profiles[0].end_ms) == (Profile.PEAK, 60_500)


def test_tendered_without_payment_is_cash() -> None:
    """`payment` absent with `tendered` present is cash; neither leaves it open."""
    file = events(
        {"vehicle": 1, "arrived": 0, "tendered": 20}, {"vehicle": 2, "arrived": 9, "toll": 15}
    )
    assert file.events is not None
    assert [e.payment for e in file.events] == [Payment.CASH, None]


def test_unsorted_events_are_sorted_with_a_warning() -> None:
    """Every event keeps its transaction; the order of the file does not matter."""
    file = events({"vehicle": "b", "arrived": 30}, {"vehicle": "a", "arrived": 10})
    assert file.events is not None
    assert [e.vehicle for e in file.events] == ["a", "b"]
    assert any("order of arrival" in w for w in file.warnings)


def test_overlapping_vehicles_are_kept_with_a_warning() -> None:
    """Two vehicles at once is what some lanes send: judged with care, not refused."""
    file = events(
        {"vehicle": 1, "arrived": 0, "left": 20}, {"vehicle": 2, "arrived": 15, "left": 30}
    )
    assert any("vehicle 2 arrives before vehicle 1 has left" in w for w in file.warnings)


def test_unknown_keys_are_passed_over_with_a_warning() -> None:
    """A lane controller may send more than is used here."""
    file = parse({"events": [{"vehicle": 1, "arrived": 0, "axles": 2}], "source": "x"}, ZONE)
    assert any("events[0].axles" in w for w in file.warnings)
    assert any(w.startswith("source") for w in file.warnings)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"vehicle": 1}, "events[0].arrived: is missing"),
        ({"arrived": 1}, "events[0].vehicle: is missing"),
        ({"vehicle": True, "arrived": 1}, "events[0].vehicle: must be text or a whole number"),
        ({"vehicle": 1.5, "arrived": 1}, "events[0].vehicle"),
        ({"vehicle": "", "arrived": 1}, "events[0].vehicle"),
        ({"vehicle": "a\0b", "arrived": 1}, "events[0].vehicle"),
        ({"vehicle": "\ud800", "arrived": 1}, "events[0].vehicle"),
        ({"vehicle": 10**30, "arrived": 1}, "events[0].vehicle"),
        ({"vehicle": 1, "arrived": -1}, "events[0].arrived: negative"),
        ({"vehicle": 1, "arrived": True}, "events[0].arrived: must be a number"),
        ({"vehicle": 1, "arrived": "1"}, "events[0].arrived: must be a number"),
        ({"vehicle": 1, "arrived": float("nan")}, "events[0].arrived: must be a finite"),
        ({"vehicle": 1, "arrived": 1e300}, "events[0].arrived: more than a week"),
        ({"vehicle": 1, "arrived": 10**400}, "events[0].arrived: more than a week"),
        ({"vehicle": 1, "arrived": 5, "left": 4}, "events[0].left: before it arrived"),
        ({"vehicle": 1, "arrived": 1, "toll": -15}, "events[0].toll: "),
        ({"vehicle": 1, "arrived": 1, "tendered": "-0.5"}, "events[0].tendered: "),
        ({"vehicle": 1, "arrived": 1, "toll": "fifteen"}, "events[0].toll: "),
        ({"vehicle": 1, "arrived": 1, "toll": True}, "events[0].toll: must be yuan"),
        ({"vehicle": 1, "arrived": 1, "toll": float("inf")}, "events[0].toll: "),
        ({"vehicle": 1, "arrived": 1, "toll": 10**50}, "events[0].toll: "),
        ({"vehicle": 1, "arrived": 1, "toll": [15]}, "events[0].toll: must be yuan"),
        ({"vehicle": 1, "arrived": 1, "payment": "gold"}, "events[0].payment: must be one of"),
        ({"vehicle": 1, "arrived": 1, "payment": ["etc"]}, "events[0].payment: must be one of"),
        ({"vehicle": 1, "arrived": 1, "lane": "phone"}, "events[0].lane: must be one of"),
        ({"vehicle": 1, "arrived": 1, "ticket": "no"}, "events[0].ticket: must be true or false"),
        ({"vehicle": 1, "arrived": 1, "excuse": "lunch"}, "events[0].excuse: must be one of"),
        ("car", "events[0]: must be an object"),
    ],
)
def test_a_wrong_event_is_named_with_its_place(row: object, said: str) -> None:
    """Money, times and names that cannot be are refused, each with its place."""
    assert said in fault({"events": [row]})


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ([], "must be a JSON object, not a list"),
        (None, "must be a JSON object, not nothing"),
        ({"events": {}}, "events: must be a list"),
        ({"lane": "air"}, "lane: must be one of"),
        ({"started_at": 5}, "started_at: must be text"),
        ({"started_at": "yesterday"}, "started_at: not an ISO 8601"),
        ({"started_at": "2026-11-24"}, "started_at: not an ISO 8601"),
        ({"weather": [{"kind": "snow", "from_s": 5, "to_s": 1}]}, "weather[0].to_s: before"),
        ({"weather": [{"kind": "hail", "from_s": 0, "to_s": 1}]}, "weather[0].kind: must be one"),
        ({"notices": [{"kind": "road", "what": "party"}]}, "notices[0].what: must be one of"),
        ({"notices": [{"kind": "road", "reopens": "25:00"}]}, "notices[0].reopens: must be a time"),
        ({"profile": [{"kind": "slow"}]}, "profile[0].kind: must be one of"),
    ],
)
def test_a_wrong_file_is_named_with_its_place(tree: object, said: str) -> None:
    """The same holds for everything beside the events."""
    assert said in fault(tree)


def test_the_same_vehicle_twice_is_refused() -> None:
    """A vehicle and a code must name one finding, so 1 and "1" are the same vehicle."""
    text = fault({"events": [{"vehicle": 1, "arrived": 0}, {"vehicle": "1", "arrived": 5}]})
    assert "events[1].vehicle: the same as that of events[0]" in text


def test_every_fault_is_listed_at_once() -> None:
    """Somebody who mends a file wants all its faults."""
    text = fault({"lane": "x", "events": [{"vehicle": 1, "arrived": -1, "toll": -1}]})
    assert text.count("lane.json: ") == 3


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "is not valid JSON"),
        (b"\xff\xfe{}", "is not UTF-8"),
        (b'{"lane": "exit", "lane": "entry"}', "appears twice"),
        (b"[" * 100_000, "is not valid JSON"),
        (b'{"events": [{"vehicle": 1, "arrived": ' + b"9" * 5000 + b"}]}", "is not valid JSON"),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    """Whatever the bytes are, one line says what is wrong."""
    path = tmp_path / "lane.json"
    path.write_bytes(raw)
    with pytest.raises(BadInput, match=r"lane\.json") as caught:
        read_file(path, ZONE)
    assert said in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(BadInput, match=r"none\.json: cannot be read"):
        read_file(tmp_path / "none.json", ZONE)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Windows editors write one."""
    path = tmp_path / "lane.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"lane": "entry"}).encode())
    assert read_file(path, ZONE).lane is Lane.ENTRY


def test_time_without_an_offset_is_the_sites() -> None:
    """A clock on the wall of the station shows the station's time."""
    assert when("2026-11-24T10:00:00", ZONE).utcoffset() == dt.timedelta(hours=8)
    assert when("2026-11-24 10:00", ZONE).hour == 10
    assert when("2026-11-24T02:00:00Z", ZONE) == when("2026-11-24T10:00:00", ZONE)


def test_an_option_wins_over_the_file() -> None:
    """Lane, start, weather and profile: the command line is the nearest word."""
    file = parse(
        {
            "lane": "exit",
            "started_at": "2026-11-24T10:00:00",
            "weather": [{"kind": "rain", "from_s": 10, "to_s": 20}, {"kind": "fog"}],
            "profile": [{"kind": "peak", "from_s": 0, "to_s": 10}],
        },
        ZONE,
    )
    start = dt.datetime(2026, 1, 1, tzinfo=ZONE)
    options = Options(lane=Lane.ENTRY, started_at=start, weather=("rain",), profile=Profile.NORMAL)
    log = lane_log(file, options, file_start=FILE_START)
    assert (log.lane, log.started_at, log.time_source) == (Lane.ENTRY, start, TimeSource.GIVEN)
    assert sorted(w.kind for w in log.weather) == ["fog", "rain"]
    assert next(w for w in log.weather if w.kind == "rain").start_ms < 0
    assert (log.profile, log.profiles) == (Profile.NORMAL, ())


def test_without_anything_the_files_own_time_is_used() -> None:
    """Then the report says so, and no event means that boundaries are inferred."""
    log = lane_log(None, Options(), file_start=FILE_START)
    assert (log.lane, log.started_at, log.time_source) == (Lane.EXIT, FILE_START, TimeSource.FILE)
    assert log.events is None


def test_an_empty_list_of_events_is_not_the_same_as_none() -> None:
    """A lane controller that saw no vehicle leaves nothing to infer."""
    assert events().events == ()
    assert parse({}, ZONE).events is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda child: st.lists(child) | st.dictionaries(st.text(), child),
)
KEYS = st.sampled_from(["vehicle", "arrived", "left", "toll", "tendered", "payment", "kind"])


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "lane": JSON,
            "started_at": JSON,
            "events": st.lists(st.dictionaries(KEYS, JSON)),
            "weather": JSON,
            "notices": JSON,
            "profile": JSON,
        },
    )
)
def test_nothing_but_bad_input_comes_of_any_json(tree: object) -> None:
    """Whatever a lane controller sends, it is read or refused in one line."""
    refused = ""
    try:
        parse(tree, ZONE)
    except BadInput as error:
        refused = str(error)
    assert "\n" not in refused
