"""Scenes of every lane, and the rules that no recording may break."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.judge import judge
from phrases.types import (
    Due,
    Excuse,
    FindingStatus,
    Lane,
    LaneLog,
    Outcome,
    Payment,
    Profile,
    ProfileSpan,
    StepOutcome,
    TimeSource,
)
from tests.phrases.scene import (
    DIALOGUES,
    NOTHING_DUE,
    PARTS,
    START,
    TABLE,
    event,
    found,
    hear,
    play,
    steps,
)

SCENES = [
    pytest.param(lane, scene, id=f"{lane}: {scene['rule']}")
    for lane in Lane
    for scene in tomllib.loads(
        (Path(__file__).parent / "data" / "dialogues" / f"{lane}.toml").read_text(encoding="utf-8")
    )["scene"]
]


@pytest.mark.parametrize(("lane", "scene"), SCENES)
def test_scene(lane: Lane, scene: dict[str, Any]) -> None:
    """Every scene of the test data ends as its rule says."""
    verdicts = play(scene, lane=lane)
    assert [found(verdict) for verdict in verdicts] == scene["want"]
    for verdict, wanted in zip(verdicts, scene.get("steps", ()), strict=False):
        assert wanted.items() <= steps(verdict).items()


_PHRASES = [
    "greet.hello",
    "greet.evening",
    "weekend",
    "flow.due=15",
    "flow.received=15",
    "flow.received=50/15",
    "flow.change=35",
    "flow.change=5",
    "ticket.take",
    "flow.thanks",
    "phone.close",
    "card.take",
    "flow.go_well",
    "wait",
    "forbidden.busy",
    "weather.ice_snow",
]
_TIMES = st.integers(0, 60)
_FEW = st.integers(0, 2)


@st.composite
def _scenes(draw: st.DrawFn) -> dict[str, Any]:
    """Any mixture of events, phrases, other speech and gaps, sensible or not."""
    events = [
        {
            "vehicle": number,
            "arrived": arrived,
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "left": st.integers(arrived, arrived + 25),
                        "toll": st.sampled_from([0, 15, 50]),
                        "tendered": st.sampled_from([15, 50, 100]),
                        "payment": st.sampled_from(list(Payment)),
                        "lane": st.sampled_from(["exit", "entry"]),
                        "ticket": st.booleans(),
                        "excuse": st.sampled_from(list(Excuse)),
                    },
                )
            ),
        }
        for number, arrived in enumerate(sorted(draw(st.lists(_TIMES, max_size=4))))
    ]
    times = sorted(draw(st.lists(_TIMES, max_size=12, unique=True)))
    phrase = st.sampled_from(_PHRASES)
    mark = st.sampled_from(["", "", "", "?", "~"])
    said = [f"{time}.0 {draw(phrase)}{draw(mark)}" for time in times]
    spans = st.lists(st.tuples(_TIMES, st.integers(1, 8)), max_size=2)
    scene: dict[str, Any] = {
        "said": said,
        "speech": [
            f"{at}.0-{at + length}.0{draw(st.sampled_from(['', ' foreign', ' unknown', ' far']))}"
            for at, length in draw(spans)
        ],
        "gaps": [(at, at + length) for at, length in draw(spans)],
        "faint": [(at, at + length) for at, length in draw(spans)],
        "profile": draw(st.sampled_from(list(Profile))),
        "due": [{"code": "context.weather", "phrases": ["weather.ice_snow"]}] * draw(_FEW),
        "length": 70.0,
    }
    return scene if draw(st.booleans()) else scene | {"events": events}


@given(scene=_scenes(), lane=st.sampled_from([Lane.EXIT, Lane.ENTRY]))
@settings(max_examples=300, deadline=None)
def test_no_recording_breaks_the_contract(scene: dict[str, Any], lane: Lane) -> None:
    """A code appears once, a failed mandatory step has one finding, the outcome is the worst."""
    verdicts = play(scene, lane=lane)
    if "events" in scene:
        assert [v.vehicle for v in verdicts] == [each["vehicle"] for each in scene["events"]]
    else:
        assert [v.vehicle for v in verdicts] == list(range(1, len(verdicts) + 1))
    for verdict in verdicts:
        codes = [finding.code for finding in verdict.findings]
        assert len(codes) == len(set(codes))
        statuses = {finding.status for finding in verdict.findings}
        assert (verdict.outcome is Outcome.FAULT) == (FindingStatus.FAULT in statuses)
        assert (verdict.outcome is Outcome.COMPLIANT) == (statuses <= {FindingStatus.REMARK})
        for step in verdict.steps:
            of_step = [
                finding
                for finding in verdict.findings
                if finding.step == step.step and finding.code.startswith(("missing.", "amount."))
            ]
            failed = step.outcome not in (StepOutcome.SAID, StepOutcome.EXCUSED)
            assert len(of_step) == failed
            if step.outcome is StepOutcome.UNSURE:
                assert of_step[0].status is FindingStatus.UNSURE
            if failed:
                assert of_step[0].reason


@given(scene=_scenes())
@settings(max_examples=150, deadline=None)
def test_what_could_not_be_listened_to_is_never_missing(scene: dict[str, Any]) -> None:
    """Under a gap that covers the recording nobody is accused of leaving anything out."""
    for verdict in play(scene | {"gaps": [(0, 80)]}):
        statuses = {f.status for f in verdict.findings if f.code.startswith("missing.")}
        assert FindingStatus.FAULT not in statuses


@given(scene=_scenes())
@settings(max_examples=150, deadline=None)
def test_a_voice_that_cannot_be_told_accuses_nobody(scene: dict[str, Any]) -> None:
    """Where no phrase is certainly the collector's own, nothing is a fault."""
    unknown = [line.rstrip("~") + "~" for line in scene["said"]]
    for verdict in play(scene | {"said": unknown, "deaf": True}):
        assert verdict.outcome is not Outcome.FAULT


@given(scene=_scenes())
@settings(max_examples=100, deadline=None)
def test_every_phrase_is_one_vehicles(scene: dict[str, Any]) -> None:
    """No phrase fills steps of two vehicles."""
    filled = [
        (verdict.vehicle, step.start_ms)
        for verdict in play(scene)
        for step in verdict.steps
        if step.start_ms is not None
    ]
    assert len({at for _, at in set(filled)}) == len(set(filled))


def test_the_profile_at_the_arrival_counts() -> None:
    """A vehicle that came in a peak span is judged by the peak's steps."""
    log = LaneLog(
        lane=Lane.ENTRY,
        started_at=START,
        time_source=TimeSource.GIVEN,
        events=(event(vehicle=1, arrived=1, left=5), event(vehicle=2, arrived=30, left=34)),
        profiles=(ProfileSpan(start_ms=20_000, end_ms=40_000, profile=Profile.PEAK),),
    )
    verdicts = judge(
        log=log,
        duration_ms=60_000,
        heard=hear(["2.0 greet.hello", "31.0 greet.hello"]),
        gaps=(),
        faint=(),
        dialogues=DIALOGUES,
        table=TABLE,
        due=lambda arrived_ms, left_ms: NOTHING_DUE,  # noqa: ARG005
        parts=PARTS,
    )
    assert [found(verdict) for verdict in verdicts] == [["missing.go_well:fault"], []]
    assert [verdict.profile for verdict in verdicts] == [Profile.NORMAL, Profile.PEAK]


def test_what_is_due_is_asked_for_each_vehicle() -> None:
    """`due` is asked with each vehicle's own times, and echoed on its verdict."""
    asked: list[tuple[int, int]] = []

    def due(arrived_ms: int, left_ms: int) -> Due:
        asked.append((arrived_ms, left_ms))
        return NOTHING_DUE

    verdicts = judge(
        log=LaneLog(
            lane=Lane.EXIT,
            started_at=START,
            time_source=TimeSource.GIVEN,
            events=(event(vehicle="赣A", arrived=1), event(vehicle=7, arrived=30, left=41)),
        ),
        duration_ms=60_000,
        heard=(),
        gaps=(),
        faint=(),
        dialogues=DIALOGUES,
        table=TABLE,
        due=due,
        parts=PARTS,
    )
    assert asked == [(1_000, 30_000), (30_000, 41_000)]
    assert [verdict.due for verdict in verdicts] == [NOTHING_DUE, NOTHING_DUE]
    assert [(v.vehicle, v.start_ms, v.end_ms, v.inferred) for v in verdicts] == [
        ("赣A", 1_000, 30_000, False),
        (7, 30_000, 41_000, False),
    ]


def test_no_events_of_a_lane_that_sends_them_are_no_vehicles() -> None:
    """An events file without vehicles has none, whatever was said."""
    assert play({"events": [], "said": ["2.0 greet.hello"]}) == ()
