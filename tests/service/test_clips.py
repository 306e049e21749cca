"""What is kept of a vehicle's sound: why, from where to where, and never a driver's voice."""

from __future__ import annotations

import io
import json
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from audio.files import AudioError
from audio.types import RATE, AudioChunk, Samples, Utterance
from db import clips as clip_rows
from db.types import ClipReason
from db.vault import Vault, open_vault
from phrases.types import Gap, GapReason, Heard, Outcome, Side, Span
from service import bootstrap, cli, clips, pipeline, settings
from service.clips import Choice, Plan
from tests.db import samples
from tests.fakes import ears, quiet, utterance, wav
from tests.service.test_pipeline import EXIT, SPOKEN, VEHICLE, lane, request

MS = RATE // 1000


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return open_vault(tmp_path / "clips", tmp_path / "clips.key")


def voice(side: Side, start_ms: int, end_ms: int, *, said: bool = False) -> Heard:
    """An utterance, with a phrase of the catalog in it or without."""
    matches = (samples.match(),) if said else ()
    text = "话" if side is not Side.FAR else None
    return samples.heard(start_ms=start_ms, end_ms=end_ms, side=side, text=text, matches=matches)


def bounds(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Starts and ends."""
    return [(span.start_ms, span.end_ms) for span in spans]


def hushed(*heard: Heard, **more: Any) -> list[tuple[int, int]]:
    """What is silenced of ten seconds."""
    return bounds(
        clips.hushed(Span(start_ms=0, end_ms=10_000), heard, more.pop("gaps", ()), **more)
    )


def decoded(content: bytes) -> npt.NDArray[np.int16]:
    """A clip's sound, 16 bits as they are."""
    with av.open(io.BytesIO(content), "r") as file:
        whole = np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], axis=1)
    sound: npt.NDArray[np.int16] = whole[0]
    return sound


@pytest.mark.parametrize(
    ("outcome", "drawn", "wanted"),
    [
        (Outcome.FAULT, 0.99, ClipReason.FAULT),
        (Outcome.UNSURE, 0.99, ClipReason.UNSURE),
        (Outcome.COMPLIANT, 0.0999, ClipReason.SAMPLE),
        (Outcome.COMPLIANT, 0.1, None),
    ],
)
def test_faults_unsure_ones_and_a_sample_are_kept(
    outcome: Outcome, drawn: float, wanted: ClipReason | None
) -> None:
    """Of the others as many as the settings say."""
    choice = Choice(share=0.1, draw=lambda: drawn)
    assert clips.reason(samples.verdict(outcome=outcome), choice) is wanted


def test_a_share_of_nought_samples_nobody() -> None:
    """Whatever is drawn."""
    verdict = samples.verdict(outcome=Outcome.COMPLIANT)
    assert clips.reason(verdict, Choice(share=0.0, draw=lambda: 0.0)) is None


def test_a_clip_spans_the_vehicle_and_all_that_was_judged_of_it() -> None:
    """With half a second around, within the recording, and ten minutes at most."""
    verdict = samples.verdict(start_ms=2_000, end_ms=9_000)
    assert clips.span(verdict, 60_000) == Span(start_ms=1_500, end_ms=9_500)
    late = replace(verdict.steps[0], start_ms=1_000, end_ms=12_000)
    verdict = replace(verdict, steps=(late,))
    assert clips.span(verdict, 60_000) == Span(start_ms=500, end_ms=12_500)
    assert clips.span(verdict, 9_100) == Span(start_ms=500, end_ms=9_100)
    assert clips.span(verdict, 500) is None
    assert clips.span(replace(verdict, end_ms=10**7), 10**8) == Span(start_ms=500, end_ms=600_500)


def test_far_voices_are_silenced_with_what_surrounds_them() -> None:
    """And two that follow each other closely with what lies between them."""
    assert hushed(voice(Side.FAR, 1_000, 2_000)) == [(700, 2_300)]
    close = (voice(Side.FAR, 1_000, 2_000), voice(Side.FAR, 2_500, 3_000))
    assert hushed(*close) == [(700, 3_300)]
    assert hushed(voice(Side.FAR, 0, 100), voice(Side.FAR, 9_900, 12_000)) == [
        (0, 400),
        (9_600, 10_000),
    ]


def test_the_collectors_words_beside_a_far_voice_are_kept() -> None:
    """The edge of silence is where the collector speaks; but a driver's own time is silent."""
    near = voice(Side.NEAR, 2_100, 4_000)
    assert hushed(voice(Side.FAR, 1_000, 2_000), near) == [(700, 2_100)]
    assert hushed(near, voice(Side.FAR, 4_200, 5_000)) == [(4_000, 5_300)]
    assert hushed(near, voice(Side.FAR, 3_000, 3_500)) == [(3_000, 3_500)]


def test_a_near_voice_is_kept_whatever_it_said() -> None:
    """Who reviews a fault must be able to hear what was not understood."""
    assert hushed(voice(Side.NEAR, 1_000, 2_000), voice(Side.NEAR, 3_000, 4_000, said=True)) == []


def test_a_voice_that_may_be_anybodys_is_kept_only_with_a_phrase() -> None:
    """Else it is nobody's business, as with its words."""
    assert hushed(voice(Side.UNKNOWN, 1_000, 2_000, said=True)) == []
    assert hushed(voice(Side.UNKNOWN, 1_000, 2_000)) == [(700, 2_300)]


def test_where_nobody_listened_or_the_booth_is_nobodys_all_is_silenced() -> None:
    """Nobody knows who speaks there."""
    gap = Gap(start_ms=4_000, end_ms=5_000, reason=GapReason.RESTART)
    assert hushed(gaps=[gap]) == [(4_000, 5_000)]
    nobody = [Span(start_ms=4_500, end_ms=99_000)]
    assert hushed(voice(Side.NEAR, 4_600, 4_900), gaps=[gap], nobody=nobody) == [(4_000, 10_000)]


def plan(**changes: Any) -> Plan:
    """A vehicle of two seconds, silenced in its middle."""
    given: dict[str, Any] = {
        "vehicle": Span(start_ms=60_000, end_ms=62_000),
        "position": 3,
        "reason": ClipReason.FAULT,
        "hushed": (Span(start_ms=60_500, end_ms=61_250),),
    }
    return Plan(**given | changes)


def noise(seconds: float) -> Samples:
    """Sound without a zero in it."""
    drawn = np.random.default_rng(3).uniform(0.01, 0.5, round(seconds * RATE))
    return drawn.astype(np.float32)


def test_what_is_kept_can_be_heard_again_but_for_what_was_silenced(vault: Vault) -> None:
    """Sample by sample."""
    clip = clips.keep(vault, noise(2), plan())
    assert clip is not None
    assert (clip.vehicle_position, clip.start_ms, clip.end_ms) == (3, 60_000, 62_000)
    assert (clip.codec, clip.problem, clip.wrapped_by) == ("flac", None, vault.wrapped_by)
    heard = decoded(vault.get(str(clip.sha256), str(clip.wrapped)))
    wanted = np.round(noise(2) * 32_767).astype(np.int16)
    assert not heard[500 * MS : 1_250 * MS].any()
    wanted[500 * MS : 1_250 * MS] = 0
    np.testing.assert_array_equal(heard, wanted)


def test_sound_that_ends_early_makes_a_shorter_clip(vault: Vault) -> None:
    """It says how far it goes."""
    clip = clips.keep(vault, noise(0.25), plan())
    assert clip is not None
    assert (clip.start_ms, clip.end_ms) == (60_000, 60_250)


def test_of_silence_alone_no_clip_is_kept(vault: Vault) -> None:
    """There would be nothing to hear: the microphone was lost, or only the driver spoke."""
    assert clips.keep(vault, np.zeros(2 * RATE, np.float32), plan()) is None
    assert clips.keep(vault, noise(2), plan(hushed=(plan().vehicle,))) is None
    assert clips.keep(vault, noise(0), plan()) is None
    assert list(vault.files()) == []


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """As if the disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_clip_that_cannot_be_written_says_so(vault: Vault) -> None:
    """It is a clip without a sum, and an alarm; several of one cause are one alarm."""
    with no_file_over(500):
        lost = clips.keep(vault, noise(2), plan())
    assert lost is not None
    assert (lost.sha256, lost.wrapped, lost.size) == (None, None, 0)
    assert "a clip cannot be written" in str(lost.problem)
    (alarm,) = clips.alarms([lost, lost])
    assert alarm.startswith("2 vehicles are stored without a clip: ")
    assert list(clips.alarms([replace(lost, problem=None, sha256="0")])) == []


def test_a_recording_that_is_gone_costs_the_clips_only(vault: Vault) -> None:
    """Hours of listening are stored all the same."""

    def chunks() -> Iterator[AudioChunk]:
        yield AudioChunk(samples=noise(3)[:, None], start_ms=0)
        raise AudioError("a.wav: no such file")

    verdicts = tuple(
        samples.verdict(n, start_ms=n * 5_000, end_ms=n * 5_000 + 9) for n in (0, 1, 2)
    )
    verdicts = tuple(replace(verdict, steps=()) for verdict in verdicts)
    found = clips.of_recording(
        vault,
        samples.report(transactions=verdicts, utterances=(), gaps=()),
        chunks(),
        channel=0,
        choice=Choice(share=0),
        progress=quiet,
    )
    assert [clip.sha256 is None for clip in found] == [False, True, True]
    assert {clip.problem for clip in found[1:]} == {"the recording can no longer be read"}


DRIVER = utterance(5, 10_900, 11_400, Side.FAR)
MISSING = {0: "您好", 1: "收您五十元", 2: "找您三十五元"}


def graded(home: Path, items: Sequence[Utterance | Gap], words: dict[int, str], **more: Any) -> Any:
    """A vehicle, graded by `changshou grade`'s own pipeline."""
    asked = request(home, events=lane(home, VEHICLE), **more)
    site = settings.load()
    draw = more.pop("draw", lambda: 0.999)
    return pipeline.grade(asked, site, progress=quiet, ears=ears(items, words), draw=draw)


def kept() -> tuple[Vault, list[dict[str, Any]]]:
    """The vault, and the rows of the first grading's clips with their keys."""
    site = settings.load()
    with bootstrap.database(site, read_only=True) as engine, engine.connect() as connection:
        found = clip_rows.of_grading(connection, 1)
        rows = [dict(clip_rows.one(connection, 1, row["vehicle_position"])[0]) for row in found]
        return bootstrap.vault(site, engine), rows


def test_a_faults_clip_never_holds_the_drivers_voice(home: Path) -> None:
    """From the recording's file to what is decrypted: zeros where the driver spoke."""
    graded(home, [*SPOKEN[:3], DRIVER], MISSING)
    vault, (row,) = kept()
    assert (row["reason"], row["start_ms"], row["end_ms"]) == (ClipReason.FAULT, 500, 18_500)
    assert row["silenced"] == (10_600, 11_700)
    heard = decoded(vault.get(row["sha256"], row["wrapped"]))
    assert not heard[10_100 * MS : 11_200 * MS].any()
    with av.open(str(home / "a.wav")) as file:
        whole = np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], axis=1)[0]
    said = whole[500 * MS : 18_500 * MS].astype(int)
    inside = np.arange(len(heard)) // MS
    outside = (inside < 10_100) | (inside >= 11_200)
    assert np.abs(heard[outside] - said[outside]).max() <= 1
    assert vault.folder == home / "shifts.db-clips"


def test_of_two_channels_the_collectors_is_kept(home: Path) -> None:
    """The driver's is nowhere."""
    asked = wav(home / "two.wav", 20, channels=2)
    graded(home, SPOKEN[:3], MISSING, audio=(asked,), collector_channel=1)
    vault, (row,) = kept()
    heard = decoded(vault.get(row["sha256"], row["wrapped"]))
    with av.open(str(asked)) as file:
        both = np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], axis=1)[0]
    second = both[1::2][500 * MS : 18_500 * MS].astype(int)
    assert np.abs(heard - second).max() <= 1


def test_a_compliant_vehicle_is_kept_only_when_it_is_drawn(home: Path) -> None:
    """Most people's sound is never written."""
    graded(home, SPOKEN, EXIT)
    vault, rows = kept()
    assert rows == []
    assert list(vault.files()) == []
    asked = request(home, events=lane(home, VEHICLE))
    site = settings.load()
    pipeline.grade(asked, site, progress=quiet, ears=ears(SPOKEN, EXIT), draw=lambda: 0.0)
    assert len(list(vault.files())) == 1


def test_a_setting_keeps_no_clips(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of faults either, and no key is made."""
    (home / "s.toml").write_text("[keeping]\nclips = false\n", encoding="utf-8")
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(home / "s.toml"))
    graded(home, SPOKEN[:3], MISSING)
    assert not (home / ".local" / "share" / "changshou" / "clips.key").exists()
    assert not (home / "shifts.db-clips").exists()


def test_a_full_disk_costs_the_clip_and_not_the_verdict(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict is stored, says that it has no clip, and the ledger says so too."""
    graded(home, SPOKEN, EXIT)
    asked = request(
        home,
        audio=(wav(home / "loud.wav", 60, level=0.3),),
        events=lane(home, {**VEHICLE, "left": 59}),
    )
    # The database's files are smaller than a minute of loud noise.
    with no_file_over(900_000):
        result = pipeline.grade(
            asked, settings.load(), progress=quiet, ears=ears(SPOKEN[:3], MISSING)
        )
    (alarm,) = result.alarms
    assert alarm.startswith("1 vehicle is stored without a clip: ")
    assert alarm in result.stored.report.warnings
    assert result.stored.report.transactions[0].outcome is Outcome.FAULT
    assert cli.run(["verify-ledger", "--json"]) == 0
    (chain,) = json.loads(capsys.readouterr().out)["chains"]
    assert (chain["clips"], chain["clips_erased"]) == (0, 0)


def test_verifying_names_a_clip_that_was_changed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also from the command line."""
    graded(home, SPOKEN[:3], MISSING)
    assert cli.run(["verify-ledger"]) == 0
    assert "under 1 seal, 1 clip\n" in capsys.readouterr().out
    (file,) = (home / "shifts.db-clips").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert cli.run(["verify-ledger"]) == 1
    assert "entry 5: has a clip that does not hold" in capsys.readouterr().out
    file.unlink()
    assert cli.run(["verify-ledger"]) == 1
    assert "the clip's file is missing" in capsys.readouterr().out
