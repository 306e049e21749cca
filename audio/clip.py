"""Decode a clip from memory: its sound is never written unencrypted."""

from __future__ import annotations

import io

import av
import numpy as np

from audio.files import AudioError
from audio.types import RATE, AudioChunk


def decoded(content: bytes) -> AudioChunk:
    """A clip as it was encoded: FLAC, mono, 16 kHz. AudioError if it is none."""
    try:
        with av.open(io.BytesIO(content), "r") as file:
            frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
            rate, channels = file.streams.audio[0].rate, file.streams.audio[0].channels
    except (av.FFmpegError, IndexError, ValueError):
        raise AudioError("the clip is no sound") from None
    if not frames or (rate, channels) != (RATE, 1):
        raise AudioError("the clip is not mono at 16 kHz")
    whole = np.concatenate(frames, axis=1)[0]
    return AudioChunk(samples=(whole / 32_768.0).astype(np.float32)[:, np.newaxis], start_ms=0)
