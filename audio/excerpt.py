"""Take stretches out of a recording as it passes by, and silence what must not be kept of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from audio.types import RATE, AudioChunk, Samples
from phrases.types import Span

_MS = RATE // 1000


def excerpts(
    chunks: Iterable[AudioChunk], spans: Sequence[Span], *, channel: int = 0
) -> Iterator[Samples]:
    """The sound of each span, float32 [frames], mono; one that outlasts the recording is shorter.

    Only what the next span may need is in memory, and nothing after the last one is decoded.

    Args:
        chunks: the recording, without a break.
        spans: by start; they may overlap.
        channel: which one, of two; with one it does not matter.
    """
    waiting = deque(spans)
    held = deque[tuple[int, Samples]]()  # first sample's number in the recording, samples
    for chunk in chunks:
        mono = chunk.samples[:, channel if chunk.samples.shape[1] > 1 else 0]
        held.append((chunk.start_ms * _MS, mono))
        end = chunk.start_ms * _MS + len(mono)
        while waiting and waiting[0].end_ms * _MS <= end:
            yield _cut(held, waiting.popleft())
        if not waiting:
            return
        needed = waiting[0].start_ms * _MS
        while held and held[0][0] + len(held[0][1]) <= needed:
            held.popleft()
    for span in waiting:
        yield _cut(held, span)


def silenced(samples: Samples, start_ms: int, spans: Iterable[Span]) -> Samples:
    """A copy of mono samples that begin at `start_ms`, with zeros in the spans, and for NaN."""
    quiet = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    for span in spans:
        first = max(0, (span.start_ms - start_ms) * _MS)
        quiet[first : max(first, (span.end_ms - start_ms) * _MS)] = 0.0
    return quiet


def _cut(held: Iterable[tuple[int, Samples]], span: Span) -> Samples:
    first, last = span.start_ms * _MS, span.end_ms * _MS
    parts = [
        samples[max(0, first - start) : max(0, last - start)]
        for start, samples in held
        if start < last and start + len(samples) > first
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
