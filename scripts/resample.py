"""Bring samples to another number of samples for the same sound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

_EDGE = 240


def resample(samples: Samples, up: int, down: int) -> Samples:
    """`up` samples for every `down`, band-limited; at the old rate it is slower and lower."""
    # What the transform takes for one period is padded, so that the end does not ring at the start.
    blocks = -(-(samples.size + 2 * _EDGE) // (2 * down))
    size, wanted = blocks * 2 * down, blocks * 2 * up
    spectrum = np.fft.rfft(samples, size)[: wanted // 2 + 1]
    made = np.fft.irfft(spectrum, wanted) * (up / down)
    return made[: -(-samples.size * up // down)].astype(np.float32)
