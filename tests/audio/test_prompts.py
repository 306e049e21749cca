"""Prompts: a replay is recognised through rooms and noise, the same words of people never."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.enrol import enrol
from audio.files import stream
from audio.noise import KINDS
from audio.prompts import Played, Prompt, PromptError, Spotter, prompt
from audio.room import ROOMS, active_rms, place
from audio.types import RATE, Samples

RECORDINGS = Path(__file__).parents[1] / "recordings" / "prompts"
FARE, TRIP = enrol([RECORDINGS / "fare.opus", RECORDINGS / "safe_trip.opus"])
SAID = ("said_yunyang", "said_xiaobei", "said_yunxi", "said_faster", "said_slower")


def recorded(name: str) -> Samples:
    """One of the recordings."""
    chunks = stream([RECORDINGS / f"{name}.opus"])
    return np.concatenate([chunk.samples[:, 0] for chunk in chunks])


def booth(
    sound: Samples,
    *,
    who: str = "machine",
    room: str = "booth",
    snr_db: float = 20.0,
    kind: str = "engine",
    level: float = 0.05,
) -> Samples:
    """The sound a second into a recording, as a microphone in the booth hears it."""
    rng = np.random.default_rng(5)
    pause = np.zeros(RATE, np.float32)
    padded = np.concatenate((pause, sound / np.float32(active_rms(sound, RATE)), pause))
    heard = place(padded, ROOMS[room], who, RATE, rng)
    noise = KINDS[kind](len(heard), RATE, rng) * np.float32(10 ** (-snr_db / 20))
    return ((heard + noise) * np.float32(level)).astype(np.float32)


def found(sound: Samples, *prompts: Prompt, size: int = 5 * RATE) -> list[Played]:
    """The prompts that are spotted in the sound."""
    spotter = Spotter(prompts or (FARE, TRIP))
    pieces = (sound[at : at + size] for at in range(0, len(sound), size))
    return [one for piece in pieces for one in spotter.feed(piece)] + spotter.finish()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(("snr_db", "kind"), [(20.0, "engine"), (10.0, "rain"), (5.0, "traffic")])
def test_a_prompt_is_recognised_in_rooms_and_noise(room: str, snr_db: float, kind: str) -> None:
    """Each is found once, where it is, as itself, and alone where the noise lets that be known."""
    for one, name in ((FARE, "fare"), (TRIP, "safe_trip")):
        (played,) = found(booth(recorded(name), room=room, snr_db=snr_db, kind=kind))
        assert played.name == one.name
        assert played.start_ms == pytest.approx(1_200, abs=120)
        assert played.end_ms - played.start_ms == len(one.sound) * 1000 // RATE
        assert snr_db < 10 or played.over == ()  # a car that swells over it is something else


@pytest.mark.parametrize("level", [0.002, 0.01, 0.2])
def test_loudness_does_not_matter(level: float) -> None:
    """A machine turned down is the same machine."""
    assert len(found(booth(recorded("fare"), level=level))) == 1


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("room", ["booth", "glass", "open"])
def test_the_same_words_said_by_a_person_are_no_prompt(name: str, room: str) -> None:
    """Other voices, and the machine's own voice at another speed, are heard, not dropped."""
    assert found(booth(recorded(name), who="collector", room=room)) == []


def test_another_amount_is_another_prompt() -> None:
    """What differs from what was enrolled is not recognised as it."""
    assert found(booth(recorded("safe_trip")), FARE) == []


@pytest.mark.parametrize("over_db", [0.0, 6.0, 12.0])
def test_words_over_a_prompt_are_noted(over_db: float) -> None:
    """Where somebody talks over it, the prompt is never said to have been alone."""
    machine = booth(recorded("safe_trip"))
    words = booth(recorded("thanks"), who="collector", snr_db=60.0)
    at = int(0.35 * RATE)
    machine[at : at + len(words)] += words[: len(machine) - at] * np.float32(10 ** (over_db / 20))
    for played in found(machine):
        assert any(span.overlaps(1_500, 2_100) for span in played.over)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1_111, 16_000, 400_000])
def test_pieces_do_not_matter(size: int) -> None:
    """However the recording is fed, the same prompts come out, in order, across all blocks."""
    pause = np.zeros(15 * RATE, np.float32)
    once = booth(recorded("fare"))
    sound = np.concatenate((once, pause, booth(recorded("safe_trip")), pause, once, pause, once))
    whole = found(sound, size=len(sound))
    assert [one.name for one in whole] == ["fare.opus", "safe_trip.opus", "fare.opus", "fare.opus"]
    assert found(sound, size=size) == whole


def test_what_is_settled_comes_no_more() -> None:
    """A prompt never begins before a moment that was called settled."""
    spotter = Spotter((FARE, TRIP))
    sound = np.tile(booth(recorded("fare")), 20)
    settled = 0
    for at in range(0, len(sound), 3 * RATE):
        played = spotter.feed(sound[at : at + 3 * RATE])
        assert all(one.start_ms >= settled for one in played)
        settled = spotter.settled_ms
    assert settled > 0


def test_silence_broken_sound_and_noise_hold_no_prompt() -> None:
    """Nothing is found where there is nothing, and nothing fails on it."""
    rng = np.random.default_rng(2)
    assert found(np.zeros(30 * RATE, np.float32)) == []
    assert found(np.full(3 * RATE, np.nan, np.float32)) == []
    assert found(rng.standard_normal(30 * RATE).astype(np.float32)) == []
    assert found(np.zeros(100, np.float32)) == []


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        (np.zeros(2 * RATE, np.float32), "silent"),
        (np.full(40 * RATE, 0.1, np.float32), "at most 15 s"),
        (np.full(16 * RATE, 0.1, np.float32), "at most 15 s"),
        (np.full(RATE // 4, 0.1, np.float32), "at least 0.5 s"),
        (np.zeros(0, np.float32), "at least 0.5 s"),
    ],
)
def test_a_recording_that_cannot_serve_is_refused(sound: Samples, why: str) -> None:
    """Silence, a click or a song is no prompt."""
    with pytest.raises(PromptError, match=why):
        prompt("x", sound)
