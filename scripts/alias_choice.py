"""Choose which wrong transcripts may stand for a phrase: those that can hardly be anything else.

An alias sends other speech to the sound as a phrase that nobody said, so it must be neither another
line of the catalog, nor nearer to one, nor what people say anyway.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from phrases.aliases import ALIKE, LEAST_CHARACTERS, Alias, is_frame
from phrases.align import fits, size
from phrases.hallucinations import is_hallucination, loops
from phrases.layout import lay_out
from phrases.normalize import fold, polite
from phrases.pattern import Form, Literal
from phrases.pinyin import default_weights, likeness, syllables
from phrases.types import Side, Transcript
from scripts.corpus_text import catalog_lines

LEAST_CLIPS = 3
"""Clips in which a phrase must have been written so."""
SHARE = 0.8
"""Part of all clips written so that must be of that phrase."""
SHORT = 2
"""Syllables up to which a phrase wants twice the clips, all of them its own."""
LENGTHS = (0.5, 1.5)
"""Shortest and longest alias, in lengths of the line."""
USUAL = 20
"""Occurrences in jieba's corpus from which a word is one that people say."""
_NUMERAL = "[0-9零两一二三四五六七八九十百]"

Heard = tuple[Form, str]
"""What was said, and the folded text that was written."""


class Speech:
    """What people say besides the catalog's lines."""

    def __init__(self, frequencies: Mapping[str, int], prose: Iterable[str]) -> None:
        """Take words with how often they are used, and lines that people wrote."""
        self._words = "\n".join(word for word, count in frequencies.items() if count >= USUAL)
        self._prose = "\n".join(polite(line) for line in prose)

    def has(self, text: str) -> bool:
        """Whether the text is, or is a part of, a usual word or of a clause that was written."""
        return text in self._words or text in self._prose

    def has_before_number(self, text: str) -> bool:
        """Whether somebody wrote it with a number after it."""
        return re.search(re.escape(text) + _NUMERAL, self._prose) is not None


def frame_of(text: str) -> str | None:
    """What stands before the one amount that ends a text; None if that is not what it is."""
    said = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=text)
    row = lay_out([said], [text]).money
    amounts = [k for k, unit in enumerate(row) if unit.fen is not None]
    if not row or amounts != [len(row) - 1]:
        return None
    return "".join(unit.text for unit in row[:-1])


def wrong(form: Form, written: str) -> str | None:
    """What was written in place of the form, folded; None if it was right, or is of no use."""
    if is_hallucination(written) or loops(written):
        return None
    text: str | None = polite(fold(written))
    if text and is_frame(form):
        text = frame_of(text)
    return None if not text or text == polite(_words(form)) else text


def choose(heard: Iterable[Heard], forms: Sequence[Form], speech: Speech) -> list[Alias]:
    """The aliases among these wrong transcripts, in the order of `forms`, the commonest first."""
    counts: dict[str, Counter[Form]] = defaultdict(Counter)
    for form, text in heard:
        counts[text][form] += 1
    chinese = [form for form in forms if form.language == "zh"]
    lines = catalog_lines(forms)
    place = {form: number for number, form in enumerate(forms)}
    found: list[tuple[int, Alias]] = []
    for text, said in counts.items():
        form = min(said, key=lambda f: (-said[f], place[f]))
        clips = sum(count for f, count in said.items() if f.phrase == form.phrase)
        if (
            _is_often(form, clips, said.total())
            and not lines.search(text)
            and not _is_nearer_to_another(text, form, chinese)
            and not (speech.has_before_number(text) if is_frame(form) else speech.has(text))
        ):
            alias = Alias(heard=text, phrase=form.phrase, line=form.line, clips=clips)
            found.append((place[form], alias))
    return [a for _, a in sorted(found, key=lambda p: (p[0], -p[1].clips, p[1].heard))]


def _is_often(form: Form, clips: int, all_clips: int) -> bool:
    """Whether it was written often enough, and hardly for anything else."""
    if not is_frame(form) and size(form) <= SHORT:
        return clips >= 2 * LEAST_CLIPS and clips == all_clips
    return clips >= LEAST_CLIPS and clips >= SHARE * all_clips


def _is_nearer_to_another(text: str, form: Form, forms: Sequence[Form]) -> bool:
    """Whether it sounds as near to another phrase, or is of no use beside the likeness by sound."""
    words = polite(_words(form))
    shortest, longest = (share * len(words) for share in LENGTHS)
    if not max(LEAST_CHARACTERS, shortest) <= len(text) <= longest:
        return True
    said = text + ("十元" if is_frame(form) else "")
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=said)
    layout = lay_out([heard], [said])
    sounds, weights = syllables(text), default_weights()
    own = likeness(sounds, syllables(words), weights)
    for other in forms:
        # Found by sound anyway, or it holds another phrase.
        if fits(other, layout.money, weights, least=ALIKE):
            return True
        alike = is_frame(other) == is_frame(form) and other.phrase != form.phrase
        if alike and likeness(sounds, syllables(polite(_words(other))), weights) >= own:
            return True
    return False


def _words(form: Form) -> str:
    return "".join(token.text for token in form.tokens if isinstance(token, Literal))
