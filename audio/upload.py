"""Decode what a browser sends: a sound file of any kind, or bare samples, never written to disk."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np

from audio.files import AudioError
from audio.types import RATE, Samples

LONGEST_S = 60
"""seconds that are taken"""
SLOWEST = 8_000
"""hertz of a file, at least: under it the sounds that tell s from sh are not there"""
_TOO_LONG = f"the recording is longer than {LONGEST_S} s: say the line alone"


def pcm(content: bytes, rate: int) -> Samples:
    """Bare samples (s16le, mono) as float32 [frames]. AudioError if they are none."""
    if rate != RATE:
        raise AudioError(
            f"the samples are sent at {rate} Hz: send 16000 Hz, or a WAV file, which says its rate"
        )
    if len(content) % 2:
        raise AudioError("half a sample is missing: send samples of 16 bits, little-endian, mono")
    if len(content) > 2 * RATE * LONGEST_S:
        raise AudioError(_TOO_LONG)
    return (np.frombuffer(content, "<i2") / 32_768.0).astype(np.float32)


def file(content: bytes) -> Samples:
    """A sound file's first channel at 16 kHz, float32 [frames]. AudioError if there is none."""
    found, count = list[Samples](), 0
    try:
        with av.open(io.BytesIO(content), "r") as container:
            if not container.streams.audio:
                raise AudioError("the file has no sound: send WAV, FLAC, Opus or WebM")
            stream = container.streams.audio[0]
            rate = stream.codec_context.sample_rate
            if rate < SLOWEST:
                raise AudioError(f"the recording has {rate} Hz: record at 16000 Hz or more")
            for block in _blocks(container):
                found.append(block)
                count += len(block)
                if count > RATE * LONGEST_S:
                    raise AudioError(_TOO_LONG)
    except (av.FFmpegError, IndexError, ValueError) as error:
        if isinstance(error, AudioError):
            raise
        raise AudioError(
            "the body is no sound file that can be read: send WAV, FLAC, Opus or WebM"
        ) from None
    whole = np.concatenate(found) if found else np.zeros(0, np.float32)
    return np.nan_to_num(whole, nan=0.0, posinf=0.0, neginf=0.0)


def _blocks(container: av.container.InputContainer) -> Iterator[Samples]:
    resampler: av.AudioResampler | None = None
    for frame in container.decode(audio=0):
        if resampler is None:
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        frame.pts = None
        for made in resampler.resample(frame):
            yield np.ascontiguousarray(made.to_ndarray()[0], np.float32)
    if resampler is not None:
        for made in resampler.resample(None):
            yield np.ascontiguousarray(made.to_ndarray()[0], np.float32)
