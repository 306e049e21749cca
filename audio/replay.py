"""Tell whether a stretch of sound is a replay of a recording, and what lies over it.

The same recording through any loudspeaker and room keeps its waveform, piece by piece at one lag;
no human voice and no second utterance of the same words does. Pure: arrays in, arrays out.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from audio.quality import Flags, Floats, to_db
from audio.types import RATE, Samples

_MS = RATE // 1000
HOP = 256
"""samples from one window of band levels to the next"""
WINDOW = 1_024
"""samples in a window of band levels"""
BANDS_HZ = (350.0, 3_800.0)
_BANDS = 20
PIECE = RATE // 4
"""samples of a piece that must be found as a whole"""
_SECTION = 6
"""pieces whose common lag is sought first"""
_REACH = 24 * _MS
_SLIP = 8
"""samples by which one piece may lie off its neighbour's lag: clocks differ"""
_LEAST = 0.15
_WEAK_DB = 15.0
_DECAY_DB = 2.0
"""decibels by which a room's tail falls from one frame to the next: 60 dB in half a second"""
_OVER_DB = 5.0
_OVER_NOISE_DB = 3.0
_OVER_BANDS = 0.15
_OVER_FRAMES = 8
_UNDER_DB = 15.0


def levels(sound: Samples) -> Floats:
    """Decibels of each band in successive windows, float32 [frames, bands]."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32))
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return to_db(power @ _BAND_OF_BIN * np.float32(4 / WINDOW**2))


def _band_of_bin() -> Floats:
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    edges = np.geomspace(*BANDS_HZ, _BANDS + 1)
    return ((hertz >= edges[:-1]) & (hertz < edges[1:])).astype(np.float32)


_BAND_OF_BIN = _band_of_bin()


def whitened(sound: Samples) -> Samples:
    """The sound with a flat spectrum over the bands, so that no vowel decides alone."""
    size = fast_length(len(sound))
    spectrum = np.fft.rfft(sound, size)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    power = spectrum.real**2 + spectrum.imag**2
    width = max(1, int(250.0 * size / RATE))
    summed = np.concatenate(([0.0], np.cumsum(power)))
    bins = np.arange(len(power))
    low, high = np.maximum(bins - width, 0), np.minimum(bins + width + 1, len(power))
    usual = (summed[high] - summed[low]) / (high - low)
    inside = (hertz >= BANDS_HZ[0]) & (hertz < BANDS_HZ[1])
    gain = inside / np.sqrt(usual + 1e-9 * usual.max() + 1e-20)
    return np.fft.irfft(spectrum * gain, size)[: len(sound)].astype(np.float32)


def pieces(white: Samples, sound: Samples, at: int) -> tuple[int, Floats, Floats] | None:
    """The sample at which the prompt begins, and each piece's likeness and share of its sound."""
    bounds = np.linspace(0, len(white), max(1, round(len(white) / PIECE)) + 1).astype(int)
    power = np.array([np.sum(white[a:b] ** 2) for a, b in pairwise(bounds)])
    weight = np.where(to_db(power) > to_db(power).max() - _WEAK_DB, power, 0)
    count = len(power)
    best: tuple[float, int, int] = (0.0, 0, 0)
    for first in range(0, count, _SECTION):
        last = min(count, first + _SECTION)
        begin, end = bounds[first], bounds[last]
        low = max(0, at + begin - _REACH)
        curve = _correlation(white[begin:end], sound[low : at + end + _REACH])
        if len(curve) and (peak := float(curve.max())) > best[0]:
            best = (peak, low + int(curve.argmax()) - begin, first)
    if best[0] < _LEAST:
        return None
    likeness = np.zeros(count, np.float32)
    for order in (range(best[2], count), range(best[2] - 1, -1, -1)):
        lag = best[1]
        for piece in order:
            begin, end = bounds[piece], bounds[piece + 1]
            low = max(0, lag + begin - _SLIP)
            curve = _correlation(white[begin:end], sound[low : lag + end + _SLIP])
            if not len(curve):
                continue
            likeness[piece] = curve.max()
            if likeness[piece] >= 2 * _LEAST:
                lag = low + int(curve.argmax()) - begin
    noise = _quiet(sound)
    for piece in range(count):  # what noise takes from a weak piece's likeness is given back
        begin, end = max(0, best[1] + bounds[piece]), best[1] + bounds[piece + 1]
        own = 1 - noise / max(float(np.mean(sound[begin:end] ** 2)), 1e-12)
        likeness[piece] /= np.sqrt(max(own, 0.15))
    return best[1], likeness, (weight / weight.sum()).astype(np.float32)


def over(own: Samples, sound: Samples, start: int, held: Flags) -> Flags:
    """For each frame of the prompt, whether more is heard than the prompt makes there."""
    padded = np.pad(sound[max(0, start) :], (max(0, -start), 0))
    expected, heard = levels(own), levels(padded[: len(own)])
    frames = min(len(expected), len(heard))
    expected, heard = expected[:frames], heard[:frames]
    parts = np.array_split(expected, len(held))
    sure = np.concatenate([np.full(len(part), ok) for part, ok in zip(parts, held, strict=True)])
    strong = (expected > expected[sure].max(axis=0) - _WEAK_DB) & sure[:, None]
    gain = np.array(
        [np.percentile((heard - expected)[strong[:, b], b], 40) for b in range(_BANDS)], np.float32
    )
    expected = expected + gain
    peak = expected.max(axis=0)
    for frame in range(1, frames):
        expected[frame] = np.maximum(expected[frame], expected[frame - 1] - _DECAY_DB)
    noise = np.percentile(levels(sound), 10, axis=0) + _OVER_NOISE_DB
    bar = to_db(10 ** (expected / 10) + 10 ** (noise / 10)) + _OVER_DB
    more = (heard > bar) & (heard > peak - _UNDER_DB)
    many = np.mean(more, axis=1) >= _OVER_BANDS
    near = np.convolve(many, np.ones(_OVER_FRAMES), mode="same") >= _OVER_FRAMES / 2
    return np.asarray(near, np.bool_)


def fast_length(length: int) -> int:
    """A length not under this that is quick to transform."""
    step = 1 << max(0, length.bit_length() - 4)
    return -(-length // step) * step


def _correlation(part: Samples, sound: Samples) -> Floats:
    """0..1 for each place of the part in the sound."""
    if len(sound) < len(part):
        return np.zeros(0, np.float32)
    size = fast_length(len(sound))
    alike = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)
    energy = np.concatenate(([0.0], np.cumsum(sound.astype(np.float64) ** 2)))
    both = (energy[len(part) :] - energy[: -len(part)]) * np.sum(part**2, dtype=np.float64)
    places = len(sound) - len(part) + 1
    return np.abs(alike[:places] / np.sqrt(np.maximum(both, 1e-12))).astype(np.float32)


def _quiet(sound: Samples) -> float:
    """The power of what is always there."""
    frames = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    return float(np.percentile(np.mean(frames**2, axis=1), 10))
