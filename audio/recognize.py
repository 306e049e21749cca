"""Recognise one utterance: Whisper through CTranslate2 on a short encoder window.

faster-whisper always pads to 30 s; here the window is as short as the weights allow, and 30 s only
where the short one shows a loop (FINDINGS, Speed). No text of the catalog is ever in
the prompt: it would forge compliance.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

from audio.quality import SILENT_DBFS
from audio.types import RATE, Utterance
from audio.watchdog import is_zero
from audio.window import UNTRAINED, WHOLE_S, Windows
from phrases.hallucinations import hurried, loops
from phrases.types import Span, Transcript

TOKENS_A_SECOND = 12
"""No speaker reaches this: a transcript that wants more tokens is a loop."""
TOKENS_AT_LEAST = 16
MOST_TOKENS = 448
"""What Whisper's decoder holds."""

POOR = -0.35
"""Mean natural-log probability under which a Mandarin transcript may be English misheard."""
ENGLISH_LIKELY = 0.5
"""Whisper's own probability of English from which the second decode is made: of the lines that were
said and heard right, none had under 0.8."""
ENGLISH_SURER = 0.0
"""Mean natural-log probability by which English must outdo Mandarin."""
ENGLISH_LEAST = -0.25
"""Mean natural-log probability under which English is made up: the surest that noise of every kind
gave (Good afternoon.) had -0.38; no line that was said and heard right had under -0.1."""
_LATIN = re.compile("[A-Za-z]{2}")
_SILENT = 10 ** (SILENT_DBFS / 20)

FRAMES_A_SECOND = 100
STEP_MS = 20
"""milliseconds of one position of the encoder"""
LANGUAGES = ("zh", "en")


class ModelError(ValueError):
    """The weights cannot be used; the text says which folder and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """Sound as the encoder has it."""

    encoded: ctranslate2.StorageView
    """encoder output, [1, frames of the window / 2, width]"""
    frames: int
    """mel frames of the sound itself, without the margin; 10 ms each"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearing:
    """One utterance as the model has it: the transcript and what a second look needs."""

    transcript: Transcript
    encoding: Encoding


class Recognizer:
    """Whisper weights, loaded once."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str,
        windows: Windows = UNTRAINED,
        threads: int = 0,
        compute_type: str = "int8",
    ) -> None:
        """Load a CTranslate2 Whisper folder; ModelError if it is not one.

        `threads` 0 lets CTranslate2 choose (at most 4, or the cores there are).
        """
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type=compute_type, intra_threads=threads
            )
            self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # both libraries raise bare Exception and RuntimeError
            raise ModelError(
                f"{folder.name}: is not a CTranslate2 Whisper model ({type(error).__name__}): "
                "give a folder with model.bin, config.json and tokenizer.json"
            ) from None
        self.model_id = model_id
        self._windows = windows
        self._features = FeatureExtractor(feature_size=self._model.n_mels)
        self.start = {language: self._start(language) for language in LANGUAGES}
        self.end = self._marker("<|endoftext|>")

    def _start(self, language: str) -> list[int]:
        names = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
        return [self._marker(name) for name in names]

    def _marker(self, name: str) -> int:
        token = self.tokenizer.token_to_id(name)
        if token is None:
            raise ModelError(f"the model's tokenizer has no {name}")
        return int(token)

    @property
    def model(self) -> ctranslate2.models.Whisper:
        """The loaded model, for scoring on the same encoding."""
        return self._model

    def hear(self, utterance: Utterance) -> Hearing:
        """The transcript of one utterance, with the 30 s window where the short one loops.

        It is English where the same encoding, decoded as English, is likelier by far. Digital
        silence holds no words: on it Whisper makes some up, others on another processor.
        """
        seconds = len(utterance.samples) / RATE
        short = self._windows.fit(seconds)
        hearing = self._decode(utterance, size_s=short)
        if is_zero(utterance.samples, _SILENT):
            return replace(hearing, transcript=replace(hearing.transcript, text=""))
        if short < WHOLE_S and is_loop(hearing.transcript.text, seconds):
            hearing = self._decode(utterance, size_s=WHOLE_S)
        if self._may_be_english(hearing):
            other = self._read(utterance, hearing.encoding, "en")
            least = max(ENGLISH_LEAST, hearing.transcript.logprob + ENGLISH_SURER)
            if other.transcript.logprob >= least and other.transcript.text.isascii():
                return other
        return hearing

    def hear_in(self, utterance: Utterance, language: str) -> Hearing:
        """The transcript in a language that is known, one of `LANGUAGES`."""
        return self._read(utterance, self.encode(utterance.samples), language)

    def _may_be_english(self, hearing: Hearing) -> bool:
        """Whether a second decode is worth its time: asked only of a poor transcript."""
        poor = hearing.transcript.logprob < POOR or _LATIN.search(hearing.transcript.text)
        if not poor:
            return False
        likely = dict(self._model.detect_language(hearing.encoding.encoded)[0])
        return bool(likely.get("<|en|>", 0.0) >= ENGLISH_LIKELY)

    def _decode(self, utterance: Utterance, *, size_s: int) -> Hearing:
        return self._read(utterance, self.encode(utterance.samples[: size_s * RATE], size_s), "zh")

    def _read(self, utterance: Utterance, encoding: Encoding, language: str) -> Hearing:
        result = self._model.generate(
            encoding.encoded,
            [self.start[language]],
            beam_size=1,
            max_length=min(MOST_TOKENS, len(self.start[language]) + tokens_cap(encoding.frames)),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        transcript = Transcript(
            utterance=utterance.number,
            start_ms=utterance.start_ms,
            end_ms=utterance.end_ms,
            side=utterance.side,
            text=self.tokenizer.decode(result.sequences_ids[0]).strip(),
            logprob=float(result.scores[0]),
            no_speech=float(result.no_speech_prob),
            snr_db=utterance.quality.snr_db,
            pauses=tuple(Span(start_ms=start, end_ms=end) for start, end in utterance.pauses_ms),
            language=language,
            model=self.model_id,
        )
        return Hearing(transcript=transcript, encoding=encoding)

    def encode(self, samples: npt.NDArray[np.float32], size_s: int | None = None) -> Encoding:
        """The encoder's view of samples at 16 kHz, in a window of so many seconds, or its own."""
        size_s = size_s or self._windows.fit(len(samples) / RATE)
        padded = np.zeros(size_s * RATE, np.float32)
        padded[: len(samples)] = samples
        mel = self._features(padded, padding=0)[:, : size_s * FRAMES_A_SECOND]
        batch = np.ascontiguousarray(mel[None], dtype=np.float32)
        return Encoding(
            encoded=self._model.encode(ctranslate2.StorageView.from_array(batch)),
            frames=math.ceil(len(samples) / RATE * FRAMES_A_SECOND),
        )


def tokens_cap(frames: int) -> int:
    """How many tokens a transcript of so many frames of sound may have."""
    return max(TOKENS_AT_LEAST, math.ceil(frames / FRAMES_A_SECOND * TOKENS_A_SECOND))


def is_loop(text: str, seconds: float) -> bool:
    """Whether a transcript repeats itself or has more characters than anybody says in the time."""
    return loops(text) or hurried(text, round(1000 * seconds))
