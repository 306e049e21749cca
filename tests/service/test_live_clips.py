"""A live vehicle's sound is kept as a recording's is: silenced, encrypted, stated, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from audio.types import RATE
from db import clips as rows
from db.types import ClipReason
from db.vault import Vault, open_vault
from db.verify import verify
from phrases.types import Gap, GapReason, Outcome, Side, Span
from service import live_clips
from service.bootstrap import Knowledge
from service.clips import Choice
from service.live_clips import LiveClips
from service.live_seat import Sitter
from service.live_types import Judged, Unkept
from tests.databases import with_tables
from tests.db import samples
from tests.phrases.scene import event, hear
from tests.service.booths import LOUD, Booth, known, play
from tests.service.test_clips import decoded, voice

MS = RATE // 1000
ALWAYS = Choice(share=1.0)
SCENE = hear(
    [
        *("11 greet.hello", "13 flow.received=50", "15 flow.change=35", "17 ticket.take"),
        *("19 flow.thanks", "41 greet.hello", "43 flow.received=20", "45 flow.change=5"),
    ]
)
EVENTS = (
    event(vehicle="A1", arrived=10, left=25, toll=15, tendered=50),
    event(vehicle="A2", arrived=40, left=55, toll=15, tendered=20),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return known(tmp_path_factory.mktemp("data"))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return open_vault(tmp_path / "clips", tmp_path / "clips.key")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A booth's database."""
    made = with_tables(tmp_path / "booth.db")
    yield made
    made.dispose()


def memory(vault: Vault, seconds: int, choice: Choice = ALWAYS) -> LiveClips:
    """Clips of a booth that has heard so much sound, of which all voices are known."""
    made = LiveClips(vault, choice)
    made.sound(0, np.full(seconds * RATE, LOUD, np.float32))
    made.passed(seconds * 1_000)
    return made


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_shift_keeps_the_sound_of_its_vehicles(
    engine: Engine, data: Knowledge, vault: Vault, share: float
) -> None:
    """Of the one at fault always, of the other when it is drawn; the ledger states both."""
    choice = Choice(share=share, draw=lambda: 0.5)
    booth = Booth(engine, data, lane_events=True, clips=LiveClips(vault, choice))
    booth.keeper.start(Sitter(collector="ann"))
    booth.clock.pass_ms(250)
    booth.keeper.listening()  # the first sound comes a moment after the booth's time begins
    driver = voice(Side.FAR, 21_000, 22_000)
    play(
        booth,
        heard=sorted((*SCENE, driver), key=lambda h: h.start_ms),
        events=EVENTS,
        duration_ms=120_000,
    )
    booth.keeper.finish()
    with engine.connect() as connection:
        found = rows.of_grading(connection, 1)
        keys = [rows.one(connection, 1, row["vehicle_position"])[1] for row in found]
    assert [row["reason"] for row in found] == [
        *([ClipReason.SAMPLE] if share else []),
        ClipReason.FAULT,
    ]
    assert [row["problem"] for row in found] == [None] * len(found)
    assert len(list(vault.files())) == len(found)
    (chain,) = verify(engine, vault).chains
    assert (chain.clips, verify(engine, vault).problems) == (len(found), ())
    if share:
        first, key = found[0], keys[0]
        assert key is not None
        assert first["silenced"] == (20_950, 22_550)
        heard = decoded(vault.get(first["sha256"], key))
        at = first["start_ms"]
        assert not heard[(20_950 - at) * MS : (22_550 - at) * MS].any()
        assert heard[(20_950 - at) * MS - 1]
        assert heard[(22_550 - at) * MS]
        assert len(heard) == (first["end_ms"] - at) * MS
    vault.folder.rename(vault.folder.with_name("elsewhere"))
    (problem,) = verify(engine, vault).problems
    assert "clip that does not hold" in problem.what


def test_nobodys_vehicle_has_no_clip(engine: Engine, data: Knowledge, vault: Vault) -> None:
    """There is nobody whom it could be evidence for or against."""
    booth = Booth(engine, data, lane_events=True, clips=LiveClips(vault, ALWAYS))
    booth.keeper.start()
    booth.keeper.listening()
    play(booth, heard=SCENE, events=EVENTS, duration_ms=120_000)
    booth.keeper.finish()
    assert list(vault.files()) == []


def test_a_clip_that_cannot_be_written_costs_no_verdict(
    engine: Engine, data: Knowledge, vault: Vault
) -> None:
    """It is told, and the row says why."""
    vault.folder.write_text("a file where the folder should be", encoding="utf-8")
    booth = Booth(engine, data, lane_events=True, clips=LiveClips(vault, ALWAYS))
    booth.keeper.start(Sitter(collector="ann"))
    booth.keeper.listening()
    play(booth, heard=SCENE, events=EVENTS, duration_ms=120_000)
    booth.keeper.finish()
    assert sum(isinstance(one, Judged) for one in booth.told) == 2
    told = [one.problem for one in booth.told if isinstance(one, Unkept)]
    with engine.connect() as connection:
        assert [row["problem"] for row in rows.of_grading(connection, 1)] == told
    assert len(told) == 2
    assert verify(engine, vault).problems == ()


def test_a_voice_that_is_not_told_of_yet_is_not_kept(vault: Vault) -> None:
    """The margin after a vehicle ends where nobody knows yet who speaks."""
    held = memory(vault, 30)
    verdict = samples.verdict(start_ms=2_000, end_ms=29_500, steps=())
    clip = held.keep(verdict, [Span(start_ms=0, end_ms=60_000)])
    assert clip is not None
    assert (clip.start_ms, clip.end_ms) == (1_500, 29_700)


def test_no_time_of_another_is_kept(vault: Vault) -> None:
    """Nor what could not be listened to."""
    held = memory(vault, 30)
    held.told(Gap(start_ms=4_000, end_ms=5_000, reason=GapReason.TOO_NOISY))
    verdict = samples.verdict(start_ms=2_000, end_ms=9_000, steps=())
    clip = held.keep(verdict, [Span(start_ms=1_800, end_ms=9_100)])
    assert clip is not None
    bounds = [(span.start_ms, span.end_ms) for span in clip.silenced]
    assert bounds == [(1_500, 1_800), (4_000, 5_000), (9_100, 9_500)]


def test_sound_that_is_no_longer_in_memory(vault: Vault) -> None:
    """What is left of it is kept; where nothing is, the row says so."""
    held = LiveClips(vault, ALWAYS)
    for start in range(0, live_clips.HELD_MS + 10_000, 1_000):
        held.sound(start, np.full(RATE, LOUD, np.float32))
    held.passed(live_clips.HELD_MS + 10_000)
    always = [Span(start_ms=0, end_ms=2**53)]
    gone = held.keep(samples.verdict(start_ms=2_000, end_ms=8_000, steps=()), always)
    assert gone is not None
    assert (gone.sha256, gone.problem) == (None, live_clips.FORGOTTEN)
    rest = held.keep(samples.verdict(start_ms=2_000, end_ms=20_000, steps=()), always)
    assert rest is not None
    assert (rest.start_ms, rest.problem) == (10_000, None)


def test_without_a_vault_nothing_is_held() -> None:
    """A setting keeps no sound, and then none is in memory either."""
    held = LiveClips(None, ALWAYS)
    held.sound(0, np.full(RATE, LOUD, np.float32))
    held.passed(1_000)
    fault = samples.verdict(start_ms=0, end_ms=900, outcome=Outcome.FAULT)
    assert held.keep(fault, [Span(start_ms=0, end_ms=2_000)]) is None
