"""Stand-ins for the parts that hear: real implementations of the ports, with scripted words."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from audio.types import AudioChunk, Faint, Passed, Quality, Samples, Utterance
from phrases.advice import advice
from phrases.catalog import Catalog, load
from phrases.drill import CharVerdict, HeardTone, Judged, ToneVerdict, score
from phrases.match import Scorer
from phrases.types import Gap, Side, Transcript
from service.bootstrap import Ears, Knowledge, Progress
from service.drill_judge import Opened
from service.drill_score import Tried
from service.drill_trouble import TOLD, Trouble
from service.hearing import Hearer
from service.settings import Settings

RATE = 16_000


class FakeEar:
    """Says of each utterance what it was told, by the utterance's number."""

    model_id = "fake"

    def __init__(self, words: Mapping[int, str], broken: Iterable[int] = ()) -> None:
        self._words = words
        self._broken = set(broken)

    def hear(self, utterance: Utterance) -> tuple[Transcript, Scorer | None]:
        """The words of the script; RuntimeError for an utterance that is to break."""
        if utterance.number in self._broken:
            raise RuntimeError("the recogniser gave up")
        transcript = Transcript(
            utterance=utterance.number,
            start_ms=utterance.start_ms,
            end_ms=utterance.end_ms,
            side=utterance.side,
            text=self._words.get(utterance.number, ""),
            logprob=-0.1,
            snr_db=utterance.quality.snr_db,
            model=self.model_id,
        )
        return transcript, None


def utterance(
    number: int, start_ms: int, end_ms: int, side: Side = Side.NEAR, snr_db: float = 30.0
) -> Utterance:
    """Speech of that place and side; its sound says nothing, but is no silence."""
    return Utterance(
        number=number,
        samples=np.full((end_ms - start_ms) * RATE // 1000, 0.1, np.float32),
        start_ms=start_ms,
        end_ms=end_ms,
        pad_before_ms=0,
        pad_after_ms=0,
        side=side,
        quality=Quality(
            level_dbfs=-25.0,
            noise_dbfs=-25.0 - snr_db,
            snr_db=snr_db,
            clipped=0.0,
            decay_db=20.0,
            tilt_db=-10.0,
        ),
        pauses_ms=(),
        speech_ms=end_ms - start_ms,
    )


def cutter(items: Sequence[Utterance | Gap | Faint | Passed]) -> Callable[..., Iterator[Any]]:
    """Cuts any recording into these, whatever it sounds like."""

    def cut(
        chunks: Iterable[AudioChunk], **_: object
    ) -> Iterator[Utterance | Gap | Faint | Passed]:
        for _chunk in chunks:
            pass
        yield from items

    return cut


def hearer(
    items: Sequence[Utterance | Gap | Faint | Passed],
    words: Mapping[int, str],
    broken: Iterable[int] = (),
    catalog: Catalog | None = None,
) -> Hearer:
    """Hears the script in any recording, and matches it with the shipped catalog or another."""
    return Hearer(FakeEar(words, broken), catalog or load(), cutter=cutter(items))


def ears(
    items: Sequence[Utterance | Gap | Faint | Passed],
    words: Mapping[int, str],
    broken: Iterable[int] = (),
) -> Ears:
    """The same with the station's own catalog, as `pipeline.grade` makes its ears."""

    def make(site: Settings, known: Knowledge, progress: Progress) -> Hearer:  # noqa: ARG001
        return hearer(items, words, broken, known.catalog)

    return make


@contextmanager
def quiet(what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG001
    """Progress that nobody watches."""
    yield lambda _: None


def wav(
    path: Path, seconds: float, *, rate: int = RATE, channels: int = 1, level: float = 0.01
) -> Path:
    """A WAV file of faint noise, always the same."""
    frames = round(seconds * rate)
    noise = np.random.default_rng(1).standard_normal((frames, channels)) * level
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(noise, -1, 1) * 32767).astype("<i2").tobytes())
    return path


class FakeCoach:
    """Scores by loudness: silence is no speech; from 0.5 on the first character is wrong."""

    def score(self, text: str, samples: Samples) -> Tried:
        """As `service.drill_score.Coach`."""
        peak = float(np.abs(samples).max(initial=0.0))
        unsure = peak < 0.001
        chars = tuple(
            Judged(
                char=char,
                heard=_heard(number, peak),
                tone_expected=1,
                tone=HeardTone(
                    tone=ToneVerdict.UNSURE if unsure else ToneVerdict.RIGHT, heard=None
                ),
                start_ms=None if unsure else number * 200,
                end_ms=None if unsure else number * 200 + 200,
            )
            for number, char in enumerate(text)
        )
        result, doubt = score(chars)
        return Tried(
            text=text,
            chars=chars,
            score=result,
            unsure=doubt,
            advice=TOLD[Trouble.NO_SPEECH] if unsure else advice(chars, result),
        )


def _heard(number: int, peak: float) -> CharVerdict:
    if peak < 0.001:
        return CharVerdict.UNSURE
    return CharVerdict.WRONG if number == 0 and peak >= 0.5 else CharVerdict.RIGHT


def coach() -> Opened:
    """What `service.api.wiring` opens for drills."""
    return Opened(scorer=FakeCoach(), versions={"model": "fake"})
