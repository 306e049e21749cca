"""Let a line be heard otherwise than a studio would: noise, a room, a level, a telephone's band."""

from __future__ import annotations

import numpy as np

from audio.noise import KINDS
from audio.room import ROOMS, active_rms, amplitude, place
from audio.types import RATE, Samples
from scripts.resample import resample

_SNR_DB = (8.0, 30.0)
_LEVEL_DBFS = (-38.0, -16.0)
_IN_A_ROOM = 0.6
_BENT = (0.85, 1.18)
_PAD = RATE // 4


def studio(samples: Samples, rng: np.random.Generator) -> Samples:
    """The line as it was said, float32 [frames] at 16 kHz, with hardly any sound around it."""
    speech = np.pad(samples, _PAD)
    return (speech + rng.normal(0, 1e-4, len(speech))).astype(np.float32)


def bent(samples: Samples, rng: np.random.Generator) -> Samples:
    """By somebody with a longer or a shorter throat: slower and lower, or quicker and higher."""
    rate = round(rng.uniform(*_BENT) * RATE, -2)
    return studio(resample(samples, RATE, int(rate)), rng)


def staged(samples: Samples, rng: np.random.Generator) -> Samples:
    """The line, float32 [frames] at 16 kHz, with silence before and after it."""
    speech = np.pad(samples, _PAD)
    if rng.random() < _IN_A_ROOM:
        room = ROOMS[str(rng.choice(sorted(ROOMS)))]
        speech = place(speech, room, "collector", RATE, rng).astype(np.float32)
    kind = KINDS[str(rng.choice(sorted(KINDS)))]
    level = active_rms(speech, RATE)
    noise = kind(len(speech), RATE, rng) * np.float32(level * amplitude(-rng.uniform(*_SNR_DB)))
    whole = speech + noise
    whole = whole * np.float32(amplitude(rng.uniform(*_LEVEL_DBFS)) / max(level, 1e-6))
    return np.asarray(np.clip(whole, -1, 1), np.float32)
