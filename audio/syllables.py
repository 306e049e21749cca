"""Find when each character of a known text was said, by where Whisper's decoder looked.

The decoder is run over the text on the encoding that is there (teacher forcing); dynamic time
warping over its attention gives each token a time (Whisper's word timestamps; CTranslate2's
`align`). A character's end is the next one's beginning, drawn in to where there is sound.
"""

from __future__ import annotations

import ctranslate2
import numpy as np

from audio.pitch import HOP_MS, Track
from audio.recognize import STEP_MS, Encoding, Recognizer
from phrases.types import Span

_QUIET_DB = 25.0
"""decibels under the utterance's loudest frame from which there is no speech"""
_SHORTEST_MS = 60


def times(
    recognizer: Recognizer, encoding: Encoding, text: str, track: Track, language: str = "zh"
) -> tuple[Span, ...]:
    """When each character was said, in milliseconds from the start of the sound.

    A character that was not said has some time all the same: nothing is to be made of it alone.
    """
    tokens = recognizer.tokenizer.encode(text, add_special_tokens=False)
    (result,) = recognizer.model.align(
        ctranslate2.StorageView.from_array(np.asarray(encoding.encoded)),
        recognizer.start[language][:-1],
        [tokens.ids],
        encoding.frames,
    )
    first_step: dict[int, int] = {}
    for token, step in result.alignments:
        first_step.setdefault(token, step)
    # A token is some bytes of UTF-8: a character begins with the token of its first byte.
    begins = list[int]()
    at = 0
    starts_at = {0}
    for char in text:
        at += len(char.encode())
        starts_at.add(at)
    byte = 0
    for number, token in enumerate(tokens.tokens):
        step = first_step.get(number, begins[-1] // STEP_MS if begins else 0)
        begins += [step * STEP_MS for place in range(byte, byte + len(token)) if place in starts_at]
        byte += len(token)
    return _spans(begins[: len(text)], track)


def _spans(begins: list[int], track: Track) -> tuple[Span, ...]:
    loud = np.flatnonzero(track.loud_db >= track.loud_db.max(initial=-100.0) - _QUIET_DB)
    low = int(loud[0]) * HOP_MS if len(loud) else 0
    high = (int(loud[-1]) + 1) * HOP_MS if len(loud) else 0
    found = list[Span]()
    bounds = [min(max(begin, low), high) for begin in begins]
    for start, end in zip(bounds, [*bounds[1:], high], strict=True):
        part = track.at(start, max(end, start + HOP_MS))
        inside = np.flatnonzero(
            track.loud_db[part] >= track.loud_db.max(initial=-100.0) - _QUIET_DB
        )
        if len(inside):
            end = min(end, (part.start + int(inside[-1]) + 1) * HOP_MS)
        found.append(Span(start_ms=start, end_ms=max(end, start + _SHORTEST_MS)))
    return tuple(found)
