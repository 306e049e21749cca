"""What other bars would have given, and what longer speech costs: the curves of the benchmark."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence

from phrases.pattern import Form
from scripts.bench_arms import Took
from scripts.bench_clips import Clip
from scripts.bench_figures import OTHERS, PHRASES, Answer, found, taken
from scripts.bench_text import plain
from service.fit import GRID

Point = dict[str, float]

RATIOS = tuple(range(30, 101, 2))
"""bars of fuzz.ratio that are tried, 0..100"""
_TALK = OTHERS | {"word"}
_LONGEST_BIN_S = 9


def sweep_of(took: Mapping[str, Took], clips: Sequence[Clip]) -> list[Point]:
    """For each bar of `fit.GRID`: the share of phrases missed, of other speech taken."""
    rows = [(clip, took[clip.file].sweep) for clip in clips]
    return [
        _point(
            bar,
            [sweep[0][n] == "1" for clip, sweep in rows if sweep and clip.kind in PHRASES],
            [sweep[1][n] == "1" for clip, sweep in rows if sweep and clip.kind in _TALK],
        )
        for n, bar in enumerate(GRID)
    ]


def fuzz_sweep(
    took: Mapping[str, Took], clips: Sequence[Clip], forms: Sequence[Form]
) -> list[Point]:
    """The same for a text by plain fuzz.ratio, for each of `RATIOS`."""
    rows = [(clip, *plain(took[clip.file].text, forms)) for clip in clips]
    points = []
    for bar in RATIOS:
        answers = [
            (clip, Answer(accepted=(guess,) if guess and ratio >= bar else ()))
            for clip, ratio, guess in rows
        ]
        points.append(
            _point(
                bar,
                [found(clip, answer) for clip, answer in answers if clip.kind in PHRASES],
                [taken(clip, answer) for clip, answer in answers if clip.kind in _TALK],
            )
        )
    return points


def by_length(took: Mapping[str, Took], measured: Mapping[str, Took]) -> list[Point]:
    """Median seconds of computing by whole seconds of speech, as `measured` cut it."""
    bins: defaultdict[int, list[float]] = defaultdict(list)
    for file, one in took.items():
        length = measured[file].utterance_s if file in measured else None
        if length:
            bins[min(int(length), _LONGEST_BIN_S)].append(one.seconds)
    return [
        {
            "from_s": length,
            "clips": len(seconds),
            "median_s": round(statistics.median(seconds), 4),
        }
        for length, seconds in sorted(bins.items())
    ]


def _point(bar: float, hits: Sequence[bool], wrong: Sequence[bool]) -> Point:
    return {
        "bar": bar,
        "missed": round(1 - sum(hits) / max(1, len(hits)), 4),
        "taken": round(sum(wrong) / max(1, len(wrong)), 4),
    }
