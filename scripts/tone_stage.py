"""Let a line be heard otherwise than a studio would: noise, a room, a level, a telephone's band."""

from __future__ import annotations

import numpy as np

from audio.noise import KINDS
from audio.room import ROOMS, active_rms, amplitude, place
from audio.types import RATE, Samples

_SNR_DB = (8.0, 30.0)
_LEVEL_DBFS = (-38.0, -16.0)
_IN_A_ROOM = 0.6


def staged(samples: Samples, rng: np.random.Generator) -> Samples:
    """The line, float32 [frames] at 16 kHz, with silence before and after it."""
    pad = np.zeros(RATE // 4, np.float32)
    speech = np.concatenate((pad, samples, pad))
    if rng.random() < _IN_A_ROOM:
        room = ROOMS[str(rng.choice(sorted(ROOMS)))]
        speech = place(speech, room, "collector", RATE, rng).astype(np.float32)
    kind = KINDS[str(rng.choice(sorted(KINDS)))]
    level = active_rms(speech, RATE)
    noise = kind(len(speech), RATE, rng) * np.float32(level * amplitude(-rng.uniform(*_SNR_DB)))
    whole = speech + noise
    whole = whole * np.float32(amplitude(rng.uniform(*_LEVEL_DBFS)) / max(level, 1e-6))
    return np.asarray(np.clip(whole, -1, 1), np.float32)
