"""Make the noises of a toll lane: engines, fans, rain, traffic, hum, other people.

Each kind is a function of a length, a rate and a random generator, and gives mono samples whose
root mean square is 1, so that the caller alone decides how loud it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from audio.room import band, convolve, rms

Samples = npt.NDArray[np.float32]
Noise = Callable[[int, int, np.random.Generator], Samples]

_IDLE_HZ = 26.0
_TRUCK_HZ = 17.0


def engine(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """A car idling at the window: firing pulses, a little uneven, and its exhaust."""
    return _idle(length, rate, rng, _IDLE_HZ * rng.uniform(0.9, 1.15), rough=0.2)


def truck(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """A diesel idling: slower, harder knocks that reach into the band of speech."""
    return _idle(length, rate, rng, _TRUCK_HZ * rng.uniform(0.9, 1.15), rough=0.6)


def ventilation(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """A fan or air conditioner: falling noise and the tone of its blades."""
    air = _white(length, rng, rate, slope=-0.7)
    air = band(air, rate, 90.0, 3_500.0, steep=1)
    time = np.arange(length) / rate
    blades = rng.uniform(140, 230)
    tone = sum(
        np.sin(2 * np.pi * blades * k * time + rng.uniform(0, 6.28)) / k**1.5 for k in (1, 2, 3)
    )
    return _unit(air / rms(air) + 0.25 * tone)


def rain(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """Rain on a roof: a hiss and single drops."""
    hiss = band(_white(length, rng, rate, slope=-0.2), rate, 700.0, 9_000.0, steep=1)
    drops = np.zeros(length, np.float32)
    count = max(1, int(45 * length / rate))
    np.add.at(drops, rng.integers(0, length, count), rng.gamma(1.2, 1.0, count))
    ring = np.arange(int(0.02 * rate)) / rate
    drop = np.exp(-ring * 320) * np.sin(2 * np.pi * rng.uniform(1_300, 2_400) * ring)
    splash = convolve(drops, drop.astype(np.float32))[:length]
    return _unit(hiss / rms(hiss) * _drift(length, rate, rng, 2.0) + 0.6 * splash / rms(splash))


def traffic(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """Cars passing on the other lanes: swells of a few seconds over a distant roar."""
    roar = band(_white(length, rng, rate, slope=-0.5), rate, 70.0, 2_200.0, steep=1)
    time = np.arange(length) / rate
    swell = np.full(length, 0.35)
    for moment in np.cumsum(rng.exponential(6.0, int(length / rate / 4) + 2)):
        width = rng.uniform(0.6, 1.8)
        swell += rng.uniform(0.5, 1.6) * np.exp(-(((time - moment) / width) ** 2))
    return _unit(roar * swell)


def hum(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """Mains hum with its harmonics over a little hiss, as from a poor cable."""
    time = np.arange(length) / rate
    tone = sum(np.sin(2 * np.pi * 50 * k * time + rng.uniform(0, 6.28)) / k for k in range(2, 12))
    return _unit(tone + 0.3 * _white(length, rng, rate, slope=0.0))


def wind(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """Gusts over the microphone: low, and never steady."""
    gusts = band(_white(length, rng, rate, slope=-1.0), rate, 60.0, 900.0, steep=1)
    return _unit(gusts * _drift(length, rate, rng, 7.0, every_s=0.7))


def white(length: int, rate: int, rng: np.random.Generator) -> Samples:
    """The same power at every frequency, as from a cheap amplifier."""
    return _unit(_white(length, rng, rate, slope=0.0))


KINDS: Mapping[str, Noise] = MappingProxyType(
    {kind.__name__: kind for kind in (engine, truck, ventilation, rain, traffic, hum, wind, white)}
)
"""by name; `babble` is apart, since it is made of speech"""


def babble(
    speech: Sequence[Samples], length: int, rate: int, rng: np.random.Generator, people: int = 6
) -> Samples:
    """Several people talking at once, further off, from the lines in `speech`."""
    crowd = np.zeros(length, np.float32)
    for _ in range(people):
        at = -int(rng.uniform(0, 2) * rate)
        while at < length:
            line = speech[int(rng.integers(len(speech)))]
            line = line / max(rms(line), 1e-9) * rng.uniform(0.6, 1.2)
            start, end = max(at, 0), min(at + line.size, length)
            if end > start:
                crowd[start:end] += line[start - at : end - at]
            at += line.size + int(rng.uniform(0.1, 0.9) * rate)
    return _unit(band(crowd, rate, 150.0, 3_800.0))


def _idle(
    length: int, rate: int, rng: np.random.Generator, firing_hz: float, *, rough: float
) -> Samples:
    harmonics = np.arange(1, 60)
    weights = rng.uniform(0.4, 1.0, harmonics.size) / harmonics ** (1.1 - 0.4 * rough)
    phases = rng.uniform(0, 2 * np.pi, harmonics.size)
    turn = np.arange(4_096) / 4_096
    wave = (weights[:, None] * np.cos(2 * np.pi * harmonics[:, None] * turn + phases[:, None])).sum(
        axis=0
    )
    speed = firing_hz * (1 + 0.03 * (_drift(length, rate, rng, 3.0) - 1))
    phase = np.cumsum(speed) / rate
    # No two explosions are equal: each has its own strength.
    strength = rng.normal(1.0, 0.15 + 0.3 * rough, int(phase[-1]) + 2)
    pulses = np.interp(phase % 1.0, turn, wave, period=1.0) * strength[phase.astype(int)]
    exhaust = band(_white(length, rng, rate, slope=-0.8), rate, 40.0, 2_500.0, steep=1)
    whole = pulses / rms(pulses.astype(np.float32)) + (0.4 + rough) * exhaust / rms(exhaust)
    return _unit(whole * _drift(length, rate, rng, 3.0))


def _white(length: int, rng: np.random.Generator, rate: int, *, slope: float) -> Samples:
    noise = rng.standard_normal(length).astype(np.float32)
    if slope == 0.0:
        return noise
    spectrum = np.fft.rfft(noise)
    frequency = np.fft.rfftfreq(length, 1 / rate)
    spectrum *= np.maximum(frequency, 30.0) ** slope
    return np.fft.irfft(spectrum, length).astype(np.float32)


def _drift(
    length: int, rate: int, rng: np.random.Generator, decibels: float, every_s: float = 2.5
) -> Samples:
    points = max(2, int(length / rate / every_s) + 2)
    levels = rng.normal(0, decibels / 2, points)
    where = np.linspace(0, points - 1, length)
    return (10 ** (np.interp(where, np.arange(points), levels) / 20)).astype(np.float32)


def _unit(samples: npt.NDArray[np.floating]) -> Samples:
    whole = np.asarray(samples, np.float32)
    return whole / np.float32(max(rms(whole), 1e-9))
