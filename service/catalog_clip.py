"""Hear a stored clip by other catalogs: which phrases are in it, the sound asked as in a booth."""

from __future__ import annotations

from typing import Any

from audio import clip
from audio.recognize import Recognizer
from phrases.types import Heard
from service.bootstrap import Knowledge, WhisperEar
from service.hearing import Hearer
from service.try_line import told


def heard(content: bytes, recognizer: Recognizer, known: Knowledge) -> list[dict[str, Any]]:
    """The phrases of a clip in their order, accepted or unsure. AudioError if it is no sound."""
    hearer = Hearer(WhisperEar(recognizer), known.catalog, thresholds=known.thresholds)
    # Whoever else spoke was silenced when it was kept.
    items = hearer.listen([clip.decoded(content)], near_only=True)
    return told(
        (match for item in items if isinstance(item, Heard) for match in item.matches), known
    )
