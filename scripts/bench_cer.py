"""Character errors of weights on general Mandarin, in a short window and in one of 30 s.

Said and heard are compared in simplified characters without punctuation, numbers written out:
the two sets of weights write them differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rapidfuzz.distance import Levenshtein

from audio.recognize import Hearing, Recognizer
from audio.types import RATE, Quality, Samples, Utterance
from audio.window import WHOLE_S
from phrases.normalize import fold
from phrases.numerals import MOST, spell
from phrases.types import Side
from scripts.bench_arms import samples
from scripts.bench_clips import Clip
from scripts.bench_figures import CONDITIONS, error_rate

SHORT, LONG = "short", "30s"
_NUMBER = re.compile("[0-9]{1,7}")


class LongWindow(Recognizer):
    """The same weights with the window that Whisper was made for."""

    def hear(self, utterance: Utterance) -> Hearing:
        """The transcript in a window of 30 s."""
        return self._decode(utterance, size_s=WHOLE_S)


def errors(
    recognizers: dict[str, Recognizer], clips: Sequence[Clip], done: Callable[[int], None]
) -> dict[str, dict[str, object]]:
    """For each recogniser, the share of characters wrong, in all and by condition."""
    texts: dict[str, list[tuple[str, str, str]]] = {name: [] for name in recognizers}
    for number, clip in enumerate(clips):
        whole = utterance(samples(clip.path))
        for name, recognizer in recognizers.items():
            heard = recognizer.hear(whole).transcript.text
            texts[name].append((clip.condition, plain(clip.text), plain(heard)))
        done(number + 1)
    rates: dict[str, dict[str, object]] = {}
    for name, rows in texts.items():
        rates[name] = {"all": _rate(rows), "characters": sum(len(said) for _, said, _ in rows)}
        rates[name] |= {c: _rate([row for row in rows if row[0] == c]) for c in CONDITIONS}
    return rates


def plain(text: str) -> str:
    """A text as it is compared."""
    return _NUMBER.sub(lambda found: spell(min(int(found[0]), MOST)), fold(text))


def utterance(sound: Samples) -> Utterance:
    """A whole clip as one utterance."""
    length_ms = len(sound) * 1000 // RATE
    quality = Quality(
        level_dbfs=-20, noise_dbfs=-60, snr_db=30, clipped=0, decay_db=10, tilt_db=-10
    )
    return Utterance(
        number=0,
        samples=sound,
        start_ms=0,
        end_ms=length_ms,
        pad_before_ms=0,
        pad_after_ms=0,
        side=Side.NEAR,
        quality=quality,
        pauses_ms=(),
        speech_ms=length_ms,
    )


def _rate(rows: Sequence[tuple[str, str, str]]) -> float:
    return round(error_rate([(s, h) for _, s, h in rows], Levenshtein.distance), 4)
