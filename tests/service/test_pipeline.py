"""The pipeline with scripted ears: what is heard, due and judged is stored and read back."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from audio.files import sha256
from audio.types import Faint, Utterance
from db import drills, people
from db.drill_types import DrillKind, NewAttempt
from phrases.types import Gap, GapReason, Lane, Outcome, Profile, StepOutcome, TimeSource
from service import pipeline, settings
from service.bootstrap import database, knowledge
from service.errors import BadInput, Failed
from service.hearing import Hearer
from service.lane_log import LaneFile, Options, lane_log
from service.pipeline import Graded, Request, covered_ms
from tests.fakes import ears, hearer, quiet, utterance, wav

EXIT = {
    0: "您好",
    1: "收您五十元",
    2: "找您三十五元",
    3: "请拿好通行票",
    4: "谢谢",
}
SPOKEN = [utterance(n, 2000 + 3000 * n, 3500 + 3000 * n) for n in range(5)]
VEHICLE = {"vehicle": 1, "arrived": 1, "left": 18, "toll": 15, "tendered": 50}
TUESDAY = "2026-11-24T10:00:00+08:00"


@pytest.fixture
def site(tmp_path: Path) -> settings.Settings:
    """Settings with a database of their own."""
    own = '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\nshare = 0\n'
    (tmp_path / "s.toml").write_text(own, encoding="utf-8")
    env = {"CHANGSHOU_CONFIG": str(tmp_path / "s.toml")}
    return settings.load(env, db=f"sqlite:///{tmp_path / 'c.db'}")


def request(tmp_path: Path, seconds: float = 20, **changes: Any) -> Request:
    """A request to grade noise of this length."""
    given: dict[str, Any] = {
        "audio": (wav(tmp_path / "a.wav", seconds),),
        "events": None,
        "options": Options(),
        "collector_channel": 0,
        "collector": "c1",
        "station": "s1",
        "booth": "b1",
        "team": None,
    }
    return Request(**given | changes)


def lane(tmp_path: Path, *vehicles: dict[str, Any], **more: Any) -> Path:
    """An events file."""
    path = tmp_path / "lane.json"
    tree = {"started_at": TUESDAY, "events": list(vehicles), **more}
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def grade(
    asked: Request,
    site: settings.Settings,
    items: Sequence[Utterance | Gap | Faint] = SPOKEN,
    words: dict[int, str] | None = None,
) -> Graded:
    """The script, graded as if it were in the recording."""
    script = EXIT if words is None else words
    return pipeline.grade(asked, site, progress=quiet, ears=ears(items, script))


def test_a_vehicle_served_as_the_handbook_wants_is_compliant(
    tmp_path: Path, site: settings.Settings
) -> None:
    """Greeting, 收, 找, ticket and thanks, with the lane's own amounts."""
    graded = grade(request(tmp_path, events=lane(tmp_path, VEHICLE)), site)
    report = graded.stored.report
    assert [t.outcome for t in report.transactions] == [Outcome.COMPLIANT]
    assert report.score.value == 100
    assert report.time_source is TimeSource.GIVEN
    assert (report.duration_ms, report.listened_ms, report.gap_ms) == (20_000, 20_000, 0)
    assert graded.database.endswith("c.db")


def test_another_amount_is_a_fault_of_the_amount(tmp_path: Path, site: settings.Settings) -> None:
    """Said wrongly is another finding than not said."""
    words = EXIT | {2: "找您二十元"}
    graded = grade(request(tmp_path, events=lane(tmp_path, VEHICLE)), site, words=words)
    (verdict,) = graded.stored.report.transactions
    assert [f.code for f in verdict.findings if f.status != "remark"] == ["amount.change"]
    assert verdict.outcome is Outcome.FAULT


def test_a_step_under_a_gap_is_unsure_never_missing(
    tmp_path: Path, site: settings.Settings
) -> None:
    """Not heard and could not listen are different things."""
    gap = Gap(start_ms=14_000, end_ms=19_000, reason=GapReason.MIC_LOST)
    asked = request(tmp_path, events=lane(tmp_path, VEHICLE))
    graded = grade(asked, site, [*SPOKEN[:4], gap])
    (verdict,) = graded.stored.report.transactions
    assert {s.step: s.outcome for s in verdict.steps}["thanks"] is StepOutcome.UNSURE
    assert verdict.outcome is Outcome.UNSURE
    assert graded.stored.report.gap_ms == 5000


def test_grading_again_adds_a_grading_of_the_same_shift(
    tmp_path: Path, site: settings.Settings
) -> None:
    """Nothing is doubled, nothing replaced, and the report says which is shown."""
    asked = request(tmp_path, events=lane(tmp_path, VEHICLE))
    first, second = grade(asked, site), grade(asked, site)
    assert first.stored.shift_id == second.stored.shift_id
    assert (second.stored.grading.number, second.stored.grading.of) == (2, 2)
    assert len(pipeline.stored_shifts(site)) == 1
    again = pipeline.stored_report(site, "latest", 1)
    assert again.report == first.stored.report


def test_without_events_the_vehicles_are_inferred_and_the_report_says_so(
    tmp_path: Path, site: settings.Settings
) -> None:
    """The boundaries come from the speech."""
    start = dt.datetime.fromisoformat(TUESDAY)
    graded = grade(request(tmp_path, options=Options(started_at=start)), site)
    report = graded.stored.report
    assert [t.inferred for t in report.transactions] == [True]
    assert any("inferred" in warning for warning in report.warnings)


@pytest.mark.slow
def test_without_a_start_the_files_time_is_used_and_the_report_says_so(
    tmp_path: Path, site: settings.Settings
) -> None:
    """The file's time less its length; then nothing of clock or calendar is sure."""
    asked = request(tmp_path)
    os.utime(asked.audio[0], (1_780_000_020, 1_780_000_020))
    report = grade(asked, site).stored.report
    assert report.time_source is TimeSource.FILE
    assert report.started_at.timestamp() == 1_780_000_000
    assert any("file's time" in warning for warning in report.warnings)


def test_every_event_has_exactly_one_transaction(tmp_path: Path, site: settings.Settings) -> None:
    """Unsorted, overlapping, beyond the end: each is judged once, and none of it is a fault."""
    events: list[dict[str, Any]] = [
        {"vehicle": "late", "arrived": 500, "left": 520, "toll": 5, "tendered": 5},
        VEHICLE,
        {"vehicle": "same time", "arrived": 5, "left": 30, "toll": 15, "tendered": 50},
    ]
    graded = grade(request(tmp_path, events=lane(tmp_path, *events)), site)
    report = graded.stored.report
    assert {t.vehicle for t in report.transactions} == {1, "late", "same time"}
    assert len(report.transactions) == 3
    late = next(t for t in report.transactions if t.vehicle == "late")
    assert late.outcome is Outcome.UNSURE
    assert any("late is still there" in warning for warning in report.warnings)
    assert any("order of arrival" in warning for warning in report.warnings)


def test_parts_are_one_recording(tmp_path: Path, site: settings.Settings) -> None:
    """Event times run on from the first part."""
    parts = (wav(tmp_path / "p1.wav", 8), wav(tmp_path / "p2.wav", 12))
    asked = request(tmp_path, audio=parts, events=lane(tmp_path, VEHICLE))
    graded = grade(asked, site)
    assert graded.stored.report.duration_ms == 20_000
    assert len(graded.stored.recording.parts) == 2
    assert graded.stored.report.transactions[0].outcome is Outcome.COMPLIANT


def test_stopped_in_the_middle_the_rest_is_unsure(site: settings.Settings) -> None:
    """What was heard stays; what was not listened to accuses nobody."""
    answers = iter([False] * 5 + [True])
    second = [utterance(5 + n, 22_000 + 3000 * n, 23_500 + 3000 * n) for n in range(5)]
    words = EXIT | {5 + n: text for n, text in EXIT.items()}
    listened = pipeline.listen(
        hearer([*SPOKEN, *second], words), [], duration_ms=40_000, stop=lambda: next(answers)
    )
    assert listened.until_ms == 22_000
    assert listened.gaps[-1] == Gap(start_ms=22_000, end_ms=40_000, reason=GapReason.RESTART)
    log = lane_log(
        LaneFile(),
        Options(lane=Lane.EXIT, started_at=dt.datetime.fromisoformat(TUESDAY)),
        file_start=dt.datetime.fromisoformat(TUESDAY),
    )
    report = pipeline.judged(listened, log, knowledge(site), duration_ms=40_000, model="fake")
    assert not report.complete
    assert (report.listened_ms, report.gap_ms) == (22_000, 18_000)
    assert report.count(Outcome.FAULT) == 0


def test_noise_alone_is_a_shift_without_vehicles(tmp_path: Path, site: settings.Settings) -> None:
    """A readable recording always has a report."""
    report = grade(request(tmp_path), site, []).stored.report
    assert report.transactions == ()
    assert report.score.value is None


def test_silence_with_events_is_all_unsure(tmp_path: Path, site: settings.Settings) -> None:
    """A dead microphone accuses nobody."""
    gap = Gap(start_ms=0, end_ms=20_000, reason=GapReason.MIC_LOST)
    graded = grade(request(tmp_path, events=lane(tmp_path, VEHICLE)), site, [gap])
    report = graded.stored.report
    assert [t.outcome for t in report.transactions] == [Outcome.UNSURE]
    assert (report.listened_ms, report.score.value) == (0, None)


def test_the_profile_of_the_whole_recording(tmp_path: Path, site: settings.Settings) -> None:
    """At peak the ticket and the thanks are optional."""
    asked = request(tmp_path, events=lane(tmp_path, VEHICLE), options=Options(profile=Profile.PEAK))
    (verdict,) = grade(asked, site, SPOKEN[:3]).stored.report.transactions
    assert verdict.profile is Profile.PEAK
    assert verdict.outcome is Outcome.COMPLIANT


@pytest.mark.parametrize(
    ("gaps", "total"),
    [
        ([], 0),
        ([(0, 100)], 100),
        ([(0, 100), (50, 150)], 150),
        ([(0, 100), (20, 30)], 100),
        ([(900, 1200)], 100),
        ([(1100, 1200)], 0),
    ],
)
def test_gaps_are_counted_once_and_within_the_recording(
    gaps: list[tuple[int, int]], total: int
) -> None:
    """Listened and not listened add up to the recording's length."""
    found = [Gap(start_ms=a, end_ms=b, reason=GapReason.MIC_LOST) for a, b in gaps]
    assert covered_ms(found, 1000) == total


@pytest.mark.parametrize(
    "changes",
    [
        {"audio": (Path("none.wav"),)},
        {"events": Path("none.json")},
        {"collector_channel": 1},
        {"station": ""},
        {"booth": "x" * 100},
        {"collector": "a\nb"},
    ],
)
def test_bad_input_stores_nothing(
    tmp_path: Path, site: settings.Settings, changes: dict[str, Any]
) -> None:
    """One clear line, and the database as it was."""
    with pytest.raises(BadInput):
        grade(request(tmp_path, **changes), site)
    assert list(pipeline.stored_shifts(site)) == []


@pytest.mark.slow
def test_two_channels_and_one_are_no_one_recording(tmp_path: Path, site: settings.Settings) -> None:
    """Parts that do not fit are met before any is graded."""
    parts = (wav(tmp_path / "m.wav", 1), wav(tmp_path / "b.wav", 1, channels=2))
    with pytest.raises(BadInput, match=r"b\.wav: 2 channels"):
        grade(request(tmp_path, audio=parts), site)


def test_a_disk_that_fills_up_loses_nothing_that_was_stored(
    tmp_path: Path, site: settings.Settings
) -> None:
    """The grading fails with one clear line; the one before is whole."""
    asked = request(tmp_path, events=lane(tmp_path, VEHICLE))
    grade(asked, site)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(*found: Any) -> Hearer:
        # From here on no file may grow beyond what is there.
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        return ears(SPOKEN, EXIT)(*found)

    try:
        with pytest.raises((Failed, BadInput), match=r"c\.db .*(disk|room)"):
            pipeline.grade(asked, site, progress=quiet, ears=full)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert pipeline.stored_report(site, "latest").grading.of == 1


def test_a_drill_is_not_graded_as_work(site: settings.Settings, tmp_path: Path) -> None:
    """What was sent as a try is refused by name, before anything is listened to."""
    asked = request(tmp_path)
    at = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    with database(site) as engine, engine.begin() as connection:
        who = people.add(connection, login="a", name="a", password="!", grants=[], at=at)
        new = NewAttempt(
            person_id=who,
            kind=DrillKind.AMOUNT,
            exercise=None,
            text="您好",
            helped=False,
            digest=sha256(asked.audio[0]),
        )
        drills.add(connection, new, at)
    with pytest.raises(BadInput, match=r"a\.wav: was sent as a drill"):
        pipeline.grade(asked, site, progress=quiet, ears=ears(SPOKEN, EXIT))
