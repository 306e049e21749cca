"""The stages together: what comes out of a recording, in order, whatever its chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from audio.cut import Item, cut, follow
from audio.enrol import enrol
from audio.files import stream
from audio.quality import Floats
from audio.types import RATE, AudioChunk, Faint, HearingSettings, Passed, Samples, Utterance
from audio.vad import FRAME
from phrases.types import Gap, GapReason, Side

SETTINGS = HearingSettings()
RECORDINGS = Path(__file__).parents[1] / "recordings"
RNG = np.random.default_rng(11)


class Whistles:
    """A detector for tests: what is mostly a tone of 1 kHz is speech."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> Floats:
        """The probability of each whole frame."""
        sound = np.concatenate((self._rest, samples))
        count = len(sound) // FRAME
        self._rest = sound[count * FRAME :]
        spectrum = np.abs(np.fft.rfft(sound[: count * FRAME].reshape(-1, FRAME))) ** 2
        near = spectrum[:, 30:35].sum(axis=1)
        share = near / np.maximum(spectrum.sum(axis=1), 1e-6)
        return np.where(share > 0.5, 0.95, 0.02).astype(np.float32)


def hiss(seconds: float, amplitude: float = 0.005) -> Samples:
    """A booth's noise."""
    return (amplitude * RNG.standard_normal(int(seconds * RATE))).astype(np.float32)


def word(seconds: float, amplitude: float = 0.2, hiss_amplitude: float = 0.005) -> Samples:
    """A word, as the detector of these tests knows them, over a booth's noise."""
    time = np.arange(int(seconds * RATE)) / RATE
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)
    sound = amplitude * syllables * np.sin(2 * np.pi * 1_000 * time)
    return sound.astype(np.float32) + hiss(seconds, hiss_amplitude)


def chunks(sound: Samples, size: int = 5 * RATE) -> Iterator[AudioChunk]:
    """The sound, [frames] or [frames, channels], in chunks of a size."""
    if sound.ndim == 1:
        sound = sound[:, None]
    for at in range(0, len(sound), size):
        yield AudioChunk(samples=sound[at : at + size], start_ms=at * 1000 // RATE)


def heard(
    *sounds: Samples,
    size: int = 5 * RATE,
    settings: HearingSettings = SETTINGS,
    near_only: bool = False,
    collector_channel: int = 0,
) -> list[Item]:
    """What is cut from the sounds, one after the other."""
    return list(
        cut(
            chunks(np.concatenate(sounds), size),
            settings=settings,
            near_only=near_only,
            collector_channel=collector_channel,
            detector=Whistles,
        )
    )


def utterances(items: Sequence[Item]) -> list[Utterance]:
    """The utterances among them."""
    return [item for item in items if isinstance(item, Utterance)]


def gaps(items: Sequence[Item]) -> list[Gap]:
    """The gaps among them."""
    return [item for item in items if isinstance(item, Gap)]


def shift() -> list[Samples]:
    """A quiet minute of six words."""
    return [sound for _ in range(6) for sound in (hiss(2.0), word(1.0))] + [hiss(2.0)]


def covers(gap: Gap, start_s: float, end_s: float, slack_ms: int = 120) -> bool:
    """Whether the gap is that stretch."""
    return (
        abs(gap.start_ms - start_s * 1000) <= slack_ms
        and abs(gap.end_ms - end_s * 1000) <= slack_ms
    )


def test_words_come_out_in_order_with_their_sound() -> None:
    """Each word is one utterance, numbered by start, its samples those of the recording."""
    sounds = shift()
    recording = np.concatenate(sounds)
    found = heard(*sounds)
    words = utterances(found)
    assert [one.number for one in words] == list(range(6))
    assert len(found) == 6
    for number, one in enumerate(words):
        assert one.start_ms == pytest.approx(2_000 + number * 3_000, abs=40)
        assert one.end_ms == pytest.approx(3_000 + number * 3_000, abs=40)
        first = (one.start_ms - one.pad_before_ms) * RATE // 1000
        assert np.array_equal(one.samples, recording[first : first + len(one.samples)])
        length_ms = one.pad_before_ms + (one.end_ms - one.start_ms) + one.pad_after_ms
        assert len(one.samples) == length_ms * RATE // 1000
        assert one.side is Side.NEAR


@pytest.mark.parametrize("size", [317, 16_000, 90_001])
def test_chunks_do_not_matter(size: int) -> None:
    """However the recording is decoded, the same comes out."""
    sounds = [*shift(), np.zeros(RATE, np.float32), *shift()]

    def outline(items: Sequence[Item]) -> list[tuple[str, int, int]]:
        return [(type(item).__name__, item.start_ms, item.end_ms) for item in items]

    assert outline(heard(*sounds, size=size)) == outline(heard(*sounds))


def test_a_dead_microphone_is_a_gap() -> None:
    """Zeros for a second in a booth with noise are a lost microphone, to the frame."""
    (gap,) = gaps(heard(*shift(), np.zeros(RATE, np.float32), *shift()))
    assert gap.reason is GapReason.MIC_LOST
    assert covers(gap, 20.0, 21.0)


def test_words_under_a_dead_microphone_are_in_the_gap() -> None:
    """A collector who speaks while the microphone is nearly dead is not called silent."""
    muted = np.concatenate((hiss(0.4), word(1.0), hiss(0.4))) * np.float32(0.001)
    (gap,) = gaps(heard(*shift(), muted, *shift()))
    assert gap.reason is GapReason.MIC_LOST
    assert covers(gap, 20.0, 21.8)


def test_loud_noise_is_a_gap_even_over_words() -> None:
    """Noise over the level of the words is a gap, whether or not somebody speaks in it."""
    drowned = hiss(2.0, 0.4) + np.concatenate((hiss(0.5), word(1.0), hiss(0.5)))
    (gap,) = gaps(heard(*shift(), drowned, *shift()))
    assert gap.reason is GapReason.TOO_NOISY
    assert covers(gap, 20.0, 22.0)


def test_a_horn_is_no_gap() -> None:
    """A burst shorter than half a second hides no step."""
    assert gaps(heard(*shift(), hiss(0.3, 0.4), *shift())) == []


@pytest.mark.parametrize("snr_db", [6.0, 10.0])
def test_ordinary_noise_is_no_gap(snr_db: float) -> None:
    """A booth where speech is six decibels over the noise can be listened to."""
    level = 0.2 * np.sqrt((0.55**2 + 0.45**2 / 2) / 2) * 10 ** (-snr_db / 20)
    sounds = [one for _ in range(8) for one in (hiss(2.0, level), word(1.0, 0.2, level))]
    assert gaps(heard(*sounds, hiss(2.0, level))) == []


def test_a_silent_recording_is_one_gap() -> None:
    """A file of zeros was not listened to, to its last millisecond."""
    (gap,) = heard(np.zeros(RATE * 20 + 777, np.float32))
    assert gap == Gap(start_ms=0, end_ms=20_048, reason=GapReason.MIC_LOST)


def test_pauses_of_a_clean_recording_are_no_gaps() -> None:
    """Where there is no noise at all, a pause is silence and not a lost microphone."""
    pause, long = np.zeros(int(1.5 * RATE), np.float32), np.zeros(6 * RATE, np.float32)
    sounds = [one for _ in range(6) for one in (pause, word(1.0, hiss_amplitude=0.0))]
    assert gaps(heard(*sounds, pause)) == []
    (gap,) = gaps(heard(*sounds, long, *sounds[1:], pause))
    assert covers(gap, 15.0, 21.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_unknown_samples_are_a_gap(value: float) -> None:
    """A stretch of NaN or infinite samples is a lost microphone, never a crash."""
    broken = np.full(RATE // 10, value, np.float32)
    found = heard(*shift(), broken, *shift())
    (gap,) = gaps(found)
    assert gap.reason is GapReason.MIC_LOST
    assert covers(gap, 20.0, 20.1)
    assert all(np.isfinite(one.samples).all() for one in utterances(found))


def test_clipped_sound_is_heard_and_noted() -> None:
    """Too loud a recording is used, and its clipping is in the quality."""
    loud = np.concatenate((hiss(2.0), 9 * word(1.0), hiss(2.0)))
    (one,) = utterances(heard(loud))
    assert one.quality.clipped > 0.2
    assert np.abs(one.samples).max() <= 1


def drivers() -> list[Samples]:
    """A shift in which a weak, flat voice answers each word of the collector."""
    exchange = []
    for _ in range(8):
        flat = np.full(int(0.8 * RATE), 0.9, np.float32)
        weak = 0.03 * flat * np.sin(2 * np.pi * 1_000 * np.arange(len(flat)) / RATE)
        exchange += [hiss(1.5), word(1.5), hiss(1.5), weak.astype(np.float32) + hiss(0.8)]
    return [*exchange, hiss(1.5)]


def test_a_weak_voice_on_one_channel_is_far() -> None:
    """The driver is listed as far and the collector as near."""
    sides = [one.side for one in utterances(heard(*drivers()))]
    assert sides == [Side.NEAR, Side.FAR] * 8


def test_a_clip_is_all_near() -> None:
    """In a clip to evaluate every voice is the collector's own."""
    assert {one.side for one in utterances(heard(*drivers(), near_only=True))} == {Side.NEAR}


def test_another_voice_that_follows_at_once_is_cut_off() -> None:
    """A far voice in the pause of a comma is an utterance of its own."""
    words = utterances(heard(hiss(1.0), word(1.0), hiss(0.3), word(1.0, 0.04), hiss(1.0)))
    assert len(words) == 2


def two_channels() -> Samples:
    """The collector on the first channel, a driver on the second, each weak on the other."""
    mine = np.concatenate((hiss(1.0), word(1.0), hiss(3.0)))
    other = np.concatenate((hiss(3.0), word(1.0), hiss(1.0)))
    return np.stack((mine + 0.1 * other, other + 0.1 * mine), axis=1)


@pytest.mark.parametrize("collector", [0, 1])
def test_two_channels_tell_who_speaks(collector: int) -> None:
    """The collector's channel decides, each voice is listed once, the other's as far."""
    words = utterances(heard(two_channels(), collector_channel=collector))
    sides = [Side.NEAR, Side.FAR]
    assert [one.side for one in words] == (sides if collector == 0 else sides[::-1])


def test_mono_on_two_channels_is_heard_once() -> None:
    """Two copies of one channel give the utterances of one."""
    sound = np.concatenate(shift())
    words = utterances(heard(np.stack((sound, sound), axis=1)))
    assert [one.side for one in words] == [Side.NEAR] * 6


def test_what_cannot_change_is_handed_out_early() -> None:
    """A long recording is not held in memory: what is older than the lookahead has come out."""
    settings = HearingSettings(lookahead_ms=10_000)
    done = list[int]()

    def watched() -> Iterator[AudioChunk]:
        for chunk in chunks(np.concatenate(shift() * 5)):
            if chunk.start_ms >= 60_000:
                assert done
                assert max(done) >= chunk.start_ms - 40_000
            yield chunk

    for item in cut(watched(), settings=settings, detector=Whistles):
        done.append(item.start_ms)
    assert done == sorted(done)


def test_who_listens_live_does_not_wait() -> None:
    """A word comes out within a second and a half of its end, the same as from the recording."""
    settings = HearingSettings(lookahead_ms=600)
    now = 0

    def watched() -> Iterator[AudioChunk]:
        nonlocal now
        for chunk in chunks(np.concatenate(shift() * 2), size=RATE // 5):
            now = chunk.start_ms
            yield chunk

    words, passed = list[Utterance](), 0
    for item in follow(watched(), settings=settings, detector=Whistles):
        if isinstance(item, Passed):
            assert item.at_ms >= passed
            passed = item.at_ms
        elif isinstance(item, Utterance):
            assert item.start_ms >= passed
            assert now - item.end_ms < 1_500
            words.append(item)
    known = utterances(heard(*shift() * 2))
    assert [(w.start_ms, w.end_ms) for w in words] == [(w.start_ms, w.end_ms) for w in known]
    assert passed >= now


def test_who_listens_live_hears_of_gaps_later() -> None:
    """They are found in blocks; time in which nothing was heard is one, also at the end."""
    lost = np.full(3 * RATE, np.nan, np.float32)
    sound = np.concatenate([*shift(), lost, *shift(), lost])
    settings = HearingSettings(lookahead_ms=600)
    items = follow(chunks(sound, size=RATE), settings=settings, detector=Whistles)
    found = [item for item in items if isinstance(item, Gap)]
    assert [gap.reason for gap in found] == [GapReason.MIC_LOST] * 2
    assert covers(found[0], 20.0, 23.0)
    assert covers(found[1], 43.0, 46.0)


def test_no_sound_is_nothing() -> None:
    """An empty stream has nothing in it."""
    assert list(cut(iter(()), settings=SETTINGS, detector=Whistles)) == []


def test_a_faint_voice_is_handed_on() -> None:
    """Speech that the detector half believes is neither cut nor forgotten."""

    class Doubts(Whistles):
        def feed(self, samples: Samples) -> Floats:
            return np.minimum(super().feed(samples), np.float32(0.3))

    soft = [one for _ in range(6) for one in (hiss(2.0), word(1.0, 0.02))]
    found = list(cut(chunks(np.concatenate(soft)), settings=SETTINGS, detector=Doubts))
    assert len(found) == 6
    assert all(isinstance(item, Faint) for item in found)


@pytest.mark.slow
def test_a_real_recording_with_dead_and_drowned_stretches() -> None:
    """With the real network, each such stretch of a recorded shift is a gap and nothing else is."""
    found = list(cut(stream([RECORDINGS / "lost.opus"]), settings=SETTINGS))
    lost = [(2.26, 3.36), (7.0, 8.58), (17.08, 18.62), (21.97, 24.14), (30.41, 31.77)]
    assert len(gaps(found)) == len(lost)
    for gap, (start_s, end_s) in zip(gaps(found), lost, strict=True):
        assert covers(gap, start_s, end_s)
    assert len(utterances(found)) == 7


def recorded(name: str) -> Samples:
    """A recording of one line."""
    chunks_of_it = stream([RECORDINGS / "prompts" / f"{name}.opus"])
    return np.concatenate([chunk.samples[:, 0] for chunk in chunks_of_it])


def beside_a_machine() -> Samples:
    """Thanks, a pause, the fare display, thanks at once, a pause, a person's safe trip."""
    lines = ("thanks", 1.0, "fare", "thanks", 1.0, "said_xiaobei", 1.0)
    sounds = [recorded(one) if isinstance(one, str) else hiss(one, 0.0005) for one in lines]
    whole = np.concatenate((hiss(1.0, 0.0005), *sounds))
    return (whole + hiss(len(whole) / RATE, 0.0005)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2])
def test_a_machines_prompt_is_far_and_words_beside_it_are_not(channels: int) -> None:
    """What is enrolled is dropped; people are heard, also those who say a prompt's words."""
    prompts = enrol([RECORDINGS / "prompts" / name for name in ("fare.opus", "safe_trip.opus")])
    sound = np.stack((beside_a_machine(),) * channels, axis=1)
    if channels == 2:
        sound[:, 1] = 0.1 * sound[:, 1] + hiss(len(sound) / RATE, 0.0005)[: len(sound)]
    found = list(cut(chunks(sound), settings=SETTINGS, prompts=prompts))
    sides = [one.side for one in utterances(found)]
    assert sides == [Side.NEAR, Side.FAR, Side.NEAR, Side.NEAR]
    near = list(cut(chunks(sound), settings=SETTINGS, prompts=prompts, near_only=True))
    assert Side.FAR not in {one.side for one in utterances(near)}


@pytest.mark.slow
def test_words_over_a_machines_prompt_are_a_gap() -> None:
    """What a prompt may have hidden is never called missing, and nobody is credited with it."""
    prompts = enrol([RECORDINGS / "prompts" / "safe_trip.opus"])
    machine, words = recorded("safe_trip"), recorded("thanks")
    machine[8_000 : 8_000 + len(words)] += words[: len(machine) - 8_000]
    sound = np.concatenate((hiss(1.0), machine, hiss(1.0)))
    found = list(cut(chunks(sound), settings=SETTINGS, prompts=prompts))
    assert {one.side for one in utterances(found)} == {Side.UNKNOWN}
    assert any(gap.reason is GapReason.TOO_NOISY for gap in gaps(found))
