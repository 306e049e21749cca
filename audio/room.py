"""Put speech into a room: distances, reflections, windows, loudspeakers, levels.

Rooms are boxes with mirror images of the source behind their walls, which gives the early echoes
of a booth's glass and the tail of a larger room from one rule. Arrays are mono; the unit of
lengths is the metre, of frequencies the hertz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Point = tuple[float, float, float]

_SOUND_M_S = 343.0
_MIRRORS = 7
_MAX_TAIL_S = 0.6
_MIRROR_JITTER_M = 0.02
_FRAME_S = 0.02
_ACTIVE_WITHIN_DB = 25.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """How a source reaches the microphone."""

    at: Point
    """metres from the room's corner"""
    gain_db: float
    """against the collector's level, before any line's own"""
    low_hz: float = 60.0
    """what lies below is lost on the way"""
    high_hz: float = 11_000.0
    """what lies above is lost on the way"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A box with a microphone and the places from which people and machines speak."""

    size: Point
    """metres"""
    reflection: float
    """0..1, share of the amplitude that a wall gives back"""
    echo_high_hz: float
    """above this walls swallow most"""
    microphone: Point
    paths: Mapping[str, Path]
    """by who speaks: collector, driver, machine, caller, colleague"""


def _room(
    size: Point, reflection: float, echo_high_hz: float, mouth_m: float, far: tuple[Path, ...]
) -> Room:
    x, y, z = size[0] / 2, size[1] / 2 - 0.2, 1.15
    near = Path(at=(x, y + mouth_m, z + 0.08), gain_db=0.0)
    driver, machine, colleague = far
    paths = {
        "collector": near,
        "driver": driver,
        "machine": machine,
        # An earpiece at the collector's head: faint, and as narrow as the line.
        "caller": Path(at=(x + 0.1, y + 0.2, z), gain_db=-16.0, low_hz=350.0, high_hz=3_300.0),
        "colleague": colleague,
    }
    return Room(
        size=size,
        reflection=reflection,
        echo_high_hz=echo_high_hz,
        microphone=(x, y, z),
        paths=MappingProxyType(paths),
    )


ROOMS: Mapping[str, Room] = MappingProxyType(
    {
        "booth": _room(
            (2.0, 2.4, 2.4),
            0.62,
            5_000.0,
            0.35,
            (
                Path(at=(0.15, 1.5, 1.3), gain_db=-11.0, low_hz=120.0, high_hz=3_400.0),
                Path(at=(0.3, 0.4, 1.0), gain_db=-7.0, low_hz=420.0, high_hz=4_200.0),
                Path(at=(1.8, 2.2, 1.5), gain_db=-9.0, high_hz=6_000.0),
            ),
        ),
        "glass": _room(
            (1.8, 2.8, 2.5),
            0.76,
            7_000.0,
            0.45,
            (
                Path(at=(0.1, 1.9, 1.4), gain_db=-9.0, low_hz=150.0, high_hz=2_900.0),
                Path(at=(0.2, 0.3, 1.2), gain_db=-5.0, low_hz=500.0, high_hz=3_800.0),
                Path(at=(1.6, 2.6, 1.5), gain_db=-8.0, high_hz=6_500.0),
            ),
        ),
        "open": _room(
            (2.6, 3.0, 2.6),
            0.5,
            4_000.0,
            0.5,
            (
                Path(at=(0.1, 2.2, 1.1), gain_db=-14.0, low_hz=100.0, high_hz=4_200.0),
                Path(at=(2.4, 0.3, 1.4), gain_db=-8.0, low_hz=380.0, high_hz=4_800.0),
                Path(at=(2.4, 2.8, 1.5), gain_db=-11.0, high_hz=5_000.0),
            ),
        ),
        "monitor": _room(
            (7.0, 5.0, 3.0),
            0.74,
            5_500.0,
            0.4,
            (
                Path(at=(6.0, 4.2, 1.6), gain_db=-12.0, high_hz=5_500.0),
                Path(at=(1.0, 0.6, 1.0), gain_db=-9.0, low_hz=400.0, high_hz=4_500.0),
                Path(at=(5.0, 1.0, 1.3), gain_db=-10.0, high_hz=7_000.0),
            ),
        ),
    }
)
"""by name: a padded booth, a booth of glass, one with an open window, a monitor room"""


def response(room: Room, path: Path, rate: int, rng: np.random.Generator) -> Samples:
    """Impulse response from a place to the microphone; the direct sound is 1 at sample 0."""
    offsets, bounces = [], []
    for axis in range(3):
        turns = np.arange(-_MIRRORS, _MIRRORS + 1)
        length = room.size[axis]
        images = np.concatenate(
            [2 * turns * length + path.at[axis], 2 * turns * length - path.at[axis]]
        )
        offsets.append(images - room.microphone[axis])
        bounces.append(np.concatenate([2 * np.abs(turns), np.abs(2 * turns - 1)]))
    distance = np.sqrt(
        offsets[0][:, None, None] ** 2
        + offsets[1][None, :, None] ** 2
        + offsets[2][None, None, :] ** 2
    )
    count = bounces[0][:, None, None] + bounces[1][None, :, None] + bounces[2][None, None, :]
    direct = float(distance[count == 0][0])
    echoes = count > 0
    # Perfect mirrors ring like a comb: real walls are not flat.
    far = distance[echoes] + rng.normal(0, _MIRROR_JITTER_M, int(echoes.sum()))
    delay = np.maximum(far - direct, 0) / _SOUND_M_S * rate
    gain = room.reflection ** count[echoes] * direct / np.maximum(far, direct)
    kept = delay < _MAX_TAIL_S * rate
    tail = np.zeros(int(_MAX_TAIL_S * rate) + 2)
    whole = delay[kept].astype(int)
    part = delay[kept] - whole
    np.add.at(tail, whole, gain[kept] * (1 - part))
    np.add.at(tail, whole + 1, gain[kept] * part)
    tail = band(tail.astype(np.float32), rate, 0.0, room.echo_high_hz).astype(np.float64)
    tail[0] += 1.0
    return tail.astype(np.float32)


def place(speech: Samples, room: Room, who: str, rate: int, rng: np.random.Generator) -> Samples:
    """Speech as the microphone hears it from where `who` is, at its former active level."""
    path = room.paths[who]
    heard = convolve(band(speech, rate, path.low_hz, path.high_hz), response(room, path, rate, rng))
    return heard * (active_rms(speech, rate) / max(active_rms(heard, rate), 1e-9))


def band(samples: Samples, rate: int, low_hz: float, high_hz: float, steep: int = 2) -> Samples:
    """What lies between two frequencies, without phase shift; Butterworth slopes of 2 × `steep`."""
    size = _fast_length(samples.size)
    frequency = np.fft.rfftfreq(size, 1 / rate)
    gain = 1 / np.sqrt(1 + (frequency / high_hz) ** (4 * steep))
    if low_hz > 0:
        gain *= 1 - 1 / np.sqrt(1 + (frequency / low_hz) ** (4 * steep))
    shaped = np.fft.irfft(np.fft.rfft(samples, size) * gain, size)[: samples.size]
    return shaped.astype(np.float32)


def convolve(samples: Samples, response: Samples) -> Samples:
    """Both, in full length."""
    length = samples.size + response.size - 1
    size = _fast_length(length)
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[:length].astype(np.float32)


def rms(samples: Samples) -> float:
    """Root mean square; 0 for no samples."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0


def active_rms(samples: Samples, rate: int) -> float:
    """Root mean square of the frames that are within 25 dB of the loudest: pauses do not count."""
    width = int(_FRAME_S * rate)
    if samples.size < width:
        return rms(samples)
    frames = samples[: samples.size // width * width].reshape(-1, width)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    loud = power > power.max() * 10 ** (-_ACTIVE_WITHIN_DB / 10)
    return float(np.sqrt(power[loud].mean())) if loud.any() else 0.0


def amplitude(decibels: float) -> float:
    """Factor of an amplitude."""
    return float(10 ** (decibels / 20))


def _fast_length(length: int) -> int:
    # Lengths with a large prime factor are slow to transform.
    step = 1 << max(0, length.bit_length() - 5)
    return -(-length // step) * step
