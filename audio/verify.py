"""Score readings of an utterance by sound: how likely each character is, given what was heard.

The decoder is run over the reading on the encoding that recognition has made already (teacher
forcing), which costs a tenth of a recognition. CTranslate2's `align` gives the probabilities of
the text, but none to the end of the transcript: that is asked of `generate`, with the reading as
what it has to begin with. The weights flip between simplified and traditional characters, so a
reading is scored in the script of the transcript that they wrote themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import ctranslate2
import numpy as np

from audio.recognize import LANGUAGES, Encoding, Hearing, Recognizer
from audio.types import RATE
from phrases.normalize import traditional

LEAST = 1e-6
"""Probability under which a token counts as this: one odd token must not drown the rest."""
_NOISE_S = 2.0
_NOISE_AMPLITUDE = 0.01


class Verifier:
    """Scores readings of one utterance; made for each utterance, cheap."""

    def __init__(self, recognizer: Recognizer, hearing: Hearing, noise: Noise) -> None:
        self._recognizer = recognizer
        self._hearing = hearing
        self._noise = noise
        self._known: dict[str, tuple[float, ...]] = {}

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """For each reading, the natural-log probability of each of its characters."""
        known = self._known
        missing = list(dict.fromkeys(r for r in readings if r and r not in known))
        if missing:
            heard = self._hearing
            scripts = [self._script(reading) for reading in missing]
            rows = _force(self._recognizer, heard.encoding, scripts, heard.transcript.language)
            known.update(zip(missing, rows, strict=True))
        return tuple(known.get(r, ()) for r in readings)

    def noise(self, wordings: Sequence[str]) -> tuple[float, ...]:
        """For each wording, the mean per character that noise alone would give it."""
        return tuple(map(self._noise.prior, wordings))

    def end(self, reading: str) -> float:
        """The natural-log probability that the transcript ends after the reading."""
        heard, tokenizer = self._hearing, self._recognizer.tokenizer
        ids = tokenizer.encode(self._script(reading), add_special_tokens=False).ids
        result = self._recognizer.model.generate(
            heard.encoding.encoded,
            [[*self._recognizer.start[heard.transcript.language], *ids]],
            beam_size=1,
            max_length=max(8, 2 * len(ids) + 2),  # CTranslate2 halves it
            return_logits_vocab=True,
            suppress_blank=False,
            suppress_tokens=[],
        )[0]
        logits = np.asarray(result.logits[0][len(ids)], np.float64)
        highest = logits.max()
        return float(
            logits[self._recognizer.end] - highest - np.log(np.exp(logits - highest).sum())
        )

    def _script(self, reading: str) -> str:
        """The reading in the script that the weights chose for this utterance."""
        text = self._hearing.transcript.text
        return traditional(reading) if traditional(text) == text else reading


class Noise:
    """What the weights make of noise in which nobody speaks: their leaning to each wording.

    Weights that know a catalog hear it everywhere (FINDINGS, Adapting the weights), so a wording
    must be likelier than this. Faint white noise of a fixed seed stands for all noise.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        samples = np.random.default_rng(1).standard_normal(int(_NOISE_S * RATE))
        self._encoding = recognizer.encode((_NOISE_AMPLITUDE * samples).astype(np.float32))
        self._known: dict[str, float] = {}

    def prior(self, wording: str) -> float:
        """Mean natural-log probability of its characters; asked once of each wording."""
        if wording not in self._known:
            (row,) = _force(self._recognizer, self._encoding, [wording], LANGUAGES[0])
            self._known[wording] = sum(row) / len(row)
        return self._known[wording]


def _force(
    recognizer: Recognizer, encoding: Encoding, texts: Sequence[str], language: str
) -> list[tuple[float, ...]]:
    written = [recognizer.tokenizer.encode(text, add_special_tokens=False) for text in texts]
    encoded = np.repeat(np.asarray(encoding.encoded), len(texts), axis=0)
    results = recognizer.model.align(
        ctranslate2.StorageView.from_array(encoded),
        recognizer.start[language][:-1],
        [tokens.ids for tokens in written],
        encoding.frames,
    )
    return [
        _by_character(text, tokens.tokens, result)
        for text, tokens, result in zip(texts, written, results, strict=True)
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
