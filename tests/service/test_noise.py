"""Noise never becomes a phrase: real ears, in every noise that can be made, at several levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from audio.cut import cut
from audio.noise import KINDS
from audio.recognize import Recognizer
from audio.types import RATE, AudioChunk, Faint, Utterance
from audio.weights import find
from phrases.catalog import load
from phrases.types import Decision, Gap, Heard
from service.bootstrap import WhisperEar
from service.hearing import Cutter, Hearer
from tests.fakes import utterance

pytestmark = pytest.mark.slow

SECONDS = 3
LEVELS = (0.003, 0.03, 0.2)
"""root mean square, of full scale"""


@pytest.fixture(scope="module")
def ear() -> WhisperEar:
    """The weights that ship."""
    weights = find()
    return WhisperEar(
        Recognizer(weights.folder, model_id=weights.id, windows=weights.windows, threads=2)
    )


def whole(chunks: Iterable[AudioChunk], **_: object) -> Iterator[Utterance | Gap | Faint]:
    """Takes all of the sound for one utterance of the collector, as a detector that errs would."""
    samples = np.concatenate([chunk.samples[:, 0] for chunk in chunks])
    yield replace(utterance(0, 0, len(samples) * 1000 // RATE), samples=samples)


@pytest.mark.parametrize("cutter", [cut, whole], ids=["as cut", "all taken for speech"])
@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_no_phrase(ear: WhisperEar, kind: str, cutter: Cutter) -> None:
    """Nothing is accepted in it, even where all of it is taken for speech."""
    hearer = Hearer(ear, load(), cutter=cutter)
    for number, level in enumerate(LEVELS):
        rng = np.random.default_rng([number, len(kind)])
        noise = KINDS[kind](SECONDS * RATE, RATE, rng) * np.float32(level)
        chunk = AudioChunk(samples=np.clip(noise, -1, 1)[:, None], start_ms=0)
        heard = [item for item in hearer.listen([chunk]) if isinstance(item, Heard)]
        accepted = [
            match.phrase
            for item in heard
            for match in item.matches
            if match.decision is Decision.ACCEPTED
        ]
        assert accepted == []


def test_silence_is_no_phrase(ear: WhisperEar) -> None:
    """A microphone that gives nothing, taken for speech, says nothing of the catalog."""
    chunk = AudioChunk(samples=np.zeros((SECONDS * RATE, 1), np.float32), start_ms=0)
    heard = list(Hearer(ear, load(), cutter=whole).listen([chunk]))
    assert [m for item in heard if isinstance(item, Heard) for m in item.matches] == []
