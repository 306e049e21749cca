"""Listen to a booth in which nobody speaks to anybody: noise for half an hour, made as it is heard.

Engines, lorries, rain, traffic, wind and a crowd of which no line is of the catalog, each for a
minute at a loudness of its own, one passing into the next. It is synthetic noise: no recordings
of real lanes are at hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from audio.noise import KINDS, babble
from audio.types import RATE, AudioChunk
from phrases.types import Decision, Heard
from scripts.bench_figures import label
from scripts.bench_text import expected
from service.hearing import Hearer

Samples = npt.NDArray[np.float32]

SCENES = (
    ("engine",), ("traffic",), ("rain",), ("babble",), ("truck", "rain"), ("babble", "traffic"),
    ("wind",), ("engine", "babble"), ("ventilation", "traffic"), ("babble", "rain"),
)  # fmt: skip
"""the noises of each minute, in turn"""
CROWD = "babble"
_MINUTE = 60
_SEED = 1717
_LOUDNESS = (0.01, 0.12)
_FADE_S = 0.5
_CHUNK_S = 5


def noise(minutes: int, crowd: Sequence[Samples]) -> Iterator[AudioChunk]:
    """So many minutes of it; `crowd` are the lines that the crowd says, at 16 kHz."""
    for minute in range(minutes):
        rng = np.random.default_rng([_SEED, minute])
        length = _MINUTE * RATE
        mix = np.zeros(length, np.float32)
        for kind in SCENES[minute % len(SCENES)]:
            if kind == CROWD:
                mix += babble(crowd, length, RATE, rng, people=int(rng.integers(3, 7)))
            else:
                mix += KINDS[kind](length, RATE, rng)
        edge = np.minimum(np.arange(length), np.arange(length)[::-1]) / (_FADE_S * RATE)
        level = np.float32(np.exp(rng.uniform(*np.log(_LOUDNESS))))
        mix = np.clip(mix * level * (0.2 + 0.8 * np.minimum(1, edge)), -1, 1).astype(np.float32)
        for start in range(0, length, _CHUNK_S * RATE):
            yield AudioChunk(
                samples=mix[start : start + _CHUNK_S * RATE, None],
                start_ms=minute * _MINUTE * 1000 + start * 1000 // RATE,
            )


def empty(
    hearer: Hearer, minutes: int, crowd: Sequence[Samples], done: Callable[[int], None]
) -> dict[str, object]:
    """What the ears take from it, if every voice counts as the collector's."""
    hearer.watch = None
    accepted: list[str] = []
    unsure = utterances = 0
    spent = -time.perf_counter()
    making = 0.0

    def chunks() -> Iterator[AudioChunk]:
        nonlocal making
        source = noise(minutes, crowd)
        while True:
            before = time.perf_counter()
            chunk = next(source, None)
            making += time.perf_counter() - before
            if chunk is None:
                return
            done(chunk.start_ms // (_MINUTE * 1000) + 1)
            yield chunk

    for item in hearer.listen(chunks(), near_only=True):
        if isinstance(item, Heard):
            utterances += 1
            accepted += [
                label(expected(m)) for m in item.matches if m.decision is Decision.ACCEPTED
            ]
            unsure += sum(m.decision is Decision.UNSURE for m in item.matches)
    spent += time.perf_counter()
    hours = minutes / 60
    return {
        "minutes": minutes,
        "accepted": len(accepted),
        "accepted_per_hour": round(len(accepted) / hours, 3),
        "what": sorted(accepted),
        "unsure": unsure,
        "utterances": utterances,
        "compute_share": round((spent - making) / (minutes * _MINUTE), 4),
    }
