"""Score readings of an utterance by sound: how likely each character is, given what was heard.

The decoder is run over the reading on the encoding that recognition has made already (teacher
forcing), which costs a tenth of a recognition. CTranslate2's `align` gives the probabilities.
The weights flip between simplified and traditional characters, so a reading is scored in the
script of the transcript that they wrote themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import ctranslate2
import numpy as np

from audio.recognize import Hearing, Recognizer
from phrases.normalize import traditional

LEAST = 1e-6
"""Probability under which a token counts as this: one odd token must not drown the rest."""


class Verifier:
    """Scores readings of one utterance; made for each utterance, cheap."""

    def __init__(self, recognizer: Recognizer, hearing: Hearing) -> None:
        self._recognizer = recognizer
        self._hearing = hearing
        self._known: dict[str, tuple[float, ...]] = {}

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """For each reading, the natural-log probability of each of its characters."""
        known = self._known
        missing = list(dict.fromkeys(r for r in readings if r and r not in known))
        if missing:
            rows = self._force([self._script(reading) for reading in missing])
            known.update(zip(missing, rows, strict=True))
        return tuple(known.get(r, ()) for r in readings)

    def _script(self, reading: str) -> str:
        """The reading in the script that the weights chose for this utterance."""
        text = self._hearing.transcript.text
        return traditional(reading) if traditional(text) == text else reading

    def _force(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        tokenizer = self._recognizer.tokenizer
        encodings = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
        start = self._recognizer.start[self._hearing.transcript.language][:-1]
        encoded = np.repeat(np.asarray(self._hearing.encoded), len(texts), axis=0)
        results = self._recognizer.model.align(
            ctranslate2.StorageView.from_array(encoded),
            start,
            [encoding.ids for encoding in encodings],
            self._hearing.frames,
        )
        return [
            _by_character(text, encoding.tokens, result)
            for text, encoding, result in zip(texts, encodings, results, strict=True)
        ]


def _by_character(
    text: str, tokens: Sequence[str], result: ctranslate2.models.WhisperAlignmentResult
) -> tuple[float, ...]:
    """Spread the tokens' log probabilities over the characters by their bytes.

    A token of Whisper is some bytes of UTF-8: less than a character, or several; its spelling
    has one character for each byte.
    """
    of_byte = [k for k, char in enumerate(text) for _ in char.encode()]
    row = [0.0] * len(text)
    at = 0
    for token, probability in zip(tokens, result.text_token_probs, strict=True):
        share = math.log(max(probability, LEAST)) / len(token)
        for _ in token:
            row[of_byte[at]] += share
            at += 1
    return tuple(row)
