"""A speaker without a model: the same buzz for the same line, as long as its text."""

from __future__ import annotations

import zlib

import numpy as np

from audio.voice import RATE, Samples

SECONDS_A_CHARACTER = 0.2


class Buzzer:
    """Says every line as a buzz whose pitch is the voice's; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []

    def say(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """A buzz of a fifth of a second a character, over the speed."""
        self.asked.append((text, voice, speed))
        length = int(len(text) * SECONDS_A_CHARACTER / speed * RATE)
        pitch = 100 + zlib.crc32(voice.encode()) % 150
        turns = np.arange(length) / RATE * pitch
        buzz = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 20))
        return np.asarray(0.3 * buzz, np.float32)
