"""The pitch of one syllable as people are shown it: a few points, in semitones, gaps where unsure.

About the speaker's own median, so a low voice lies over a high one's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio.pitch import Track
from phrases.types import Span

POINTS = 12
"""points of a syllable"""

Curve = tuple[float | None, ...]
"""semitones at even steps over a syllable; None: no sure pitch there"""


def curves(track: Track, spans: Sequence[Span]) -> tuple[Curve, ...]:
    """The curve of each syllable; all None where the utterance has no sure pitch."""
    known = track.hz[np.isfinite(track.hz)]
    if not len(known):
        return tuple((None,) * POINTS for _ in spans)
    with np.errstate(divide="ignore", invalid="ignore"):
        semitones = 12 * np.log2(track.hz / np.median(known))
    return tuple(_sampled(semitones[track.at(one.start_ms, one.end_ms)]) for one in spans)


def _sampled(part: np.ndarray) -> Curve:
    at = np.linspace(0, len(part) - 1, POINTS).round().astype(int)
    return tuple(None if np.isnan(one) else round(float(one), 2) for one in part[at])
