"""Write a recording: WAV as it is, Opus, MP3 or FLAC through FFmpeg's libraries."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt

CODECS: Mapping[str, str] = MappingProxyType(
    {".opus": "libopus", ".ogg": "libopus", ".mp3": "libmp3lame", ".flac": "flac"}
)
"""file suffix to encoder; `.wav` needs none"""


def write(
    path: Path, samples: npt.NDArray[np.float32], rate: int, *, bits_per_second: int = 24_000
) -> None:
    """Write `samples`, shaped (channels, length), -1..1, as what the suffix of `path` says.

    ValueError for a suffix that is not known or a shape that is neither mono nor stereo. The
    bit rate is per channel and means nothing to WAV and FLAC.
    """
    if samples.ndim != 2 or samples.shape[0] not in (1, 2):
        raise ValueError(f"{path.name}: samples of shape {samples.shape}, not (1 or 2, length)")
    suffix = path.suffix.lower()
    if suffix != ".wav" and suffix not in CODECS:
        known = ", ".join((".wav", *CODECS))
        raise ValueError(f"{path.name}: cannot write {suffix or 'no suffix'}; use {known}")
    if suffix == ".wav":
        with wave.open(str(path), "wb") as out:
            out.setnchannels(samples.shape[0])
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(_interleaved(samples).astype("<i2").tobytes())
        return
    bit_rate = None if suffix == ".flac" else bits_per_second * samples.shape[0]
    _encode(str(path), CODECS[suffix], samples, rate, bit_rate)


def flac(samples: npt.NDArray[np.float32], rate: int) -> bytes:
    """The samples, shaped (channels, length), -1..1, as a FLAC file of 16 bits in memory."""
    file = io.BytesIO()
    _encode(file, "flac", samples, rate, None)
    return file.getvalue()


def _interleaved(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    whole = np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    return np.ascontiguousarray(whole.T).reshape(1, -1)


def _encode(
    file: str | BinaryIO,
    codec: str,
    samples: npt.NDArray[np.float32],
    rate: int,
    bit_rate: int | None,
) -> None:
    """Encode into a path, whose suffix says the format, or into a file in memory, as FLAC."""
    layout = "mono" if samples.shape[0] == 1 else "stereo"
    kind = None if isinstance(file, str) else "flac"
    # Bit-exact: else Ogg draws a serial number, and the same sound would not be the same file.
    options = {"fflags": "+bitexact"}
    with av.open(file, "w", format=kind, container_options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(_interleaved(samples), format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name, layout=layout, rate=rate, frame_size=960
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
