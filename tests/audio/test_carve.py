"""Carving: a prompt goes, the words beside it stay, and half a word is nobody's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from audio.carve import carve
from audio.ear import Draft
from audio.prompts import Played
from audio.segment import Speech
from audio.types import RATE
from phrases.types import Side, Span

PAD_MS = 300


def draft(*runs: tuple[int, int]) -> Draft:
    """Speech in these stretches, in milliseconds, all within one utterance."""
    start, end = runs[0][0], runs[-1][1]
    pauses = tuple((one[1], two[0]) for one, two in pairwise(runs))
    first, last = (start - PAD_MS) * RATE // 1000, (end + PAD_MS) * RATE // 1000
    return Draft(
        speech=Speech(
            start_ms=start,
            end_ms=end,
            pad_before_ms=PAD_MS,
            pad_after_ms=PAD_MS,
            pauses_ms=pauses,
            speech_ms=sum(b - a for a, b in runs),
        ),
        samples=np.arange(first, last, dtype=np.float32),
        before_ms=PAD_MS,
        after_ms=PAD_MS,
    )


def played(start_ms: int, end_ms: int, *over: tuple[int, int]) -> Played:
    """A prompt, with what lay over it."""
    spans = tuple(Span(start_ms=start, end_ms=end) for start, end in over)
    return Played(start_ms=start_ms, end_ms=end_ms, name="x", likeness=0.8, over=spans)


def outline(parts: list[Draft]) -> list[tuple[int, int, Side | None]]:
    """When each part is, and whose."""
    return [(part.speech.start_ms, part.speech.end_ms, part.whose) for part in parts]


def test_speech_without_a_prompt_stays_as_it_is() -> None:
    """A prompt at another time changes nothing."""
    one = draft((1_024, 2_048))
    assert carve(one, [played(3_000, 4_000)], PAD_MS) == [one]


def test_a_prompt_alone_is_far() -> None:
    """Its own ragged edges, and the room's tail, go with it."""
    (part,) = carve(draft((1_024, 2_208)), [played(1_070, 2_050)], PAD_MS)
    assert part.whose is Side.FAR


def test_words_beside_a_prompt_are_heard() -> None:
    """Words before and after it are utterances of their own, with sound that is only theirs."""
    one = draft((1_024, 1_664), (1_856, 3_008), (3_200, 3_840))
    parts = carve(one, [played(1_860, 2_900)], PAD_MS)
    assert outline(parts) == [
        (1_024, 1_664, None),
        (1_856, 2_912, Side.FAR),
        (3_200, 3_840, None),
    ]
    for part in parts:
        first = (part.speech.start_ms - part.before_ms) * RATE // 1000
        length_ms = part.before_ms + part.speech.end_ms - part.speech.start_ms + part.after_ms
        assert part.samples[0] == first
        assert len(part.samples) == length_ms * RATE // 1000
    assert parts[0].after_ms == 1_856 - 1_664
    assert parts[2].before_ms == 3_200 - 2_912


def test_two_prompts_in_a_row_leave_what_is_between() -> None:
    """Each is far, and the word between them is not."""
    one = draft((1_024, 2_048), (2_240, 2_880), (3_072, 4_096))
    parts = carve(one, [played(1_030, 2_040), played(3_080, 4_090)], PAD_MS)
    assert [part.whose for part in parts] == [Side.FAR, None, Side.FAR]


def test_speech_that_runs_on_from_a_prompt_is_unknown() -> None:
    """Half a word may lie under the prompt: 五十五 must not become 五."""
    parts = carve(draft((1_024, 3_072)), [played(1_030, 2_040)], PAD_MS)
    assert [part.whose for part in parts] == [Side.FAR, Side.UNKNOWN]


def test_a_prompt_with_something_over_it_is_unknown() -> None:
    """What was said there is heard, but counts for nothing and hides nothing."""
    parts = carve(draft((1_024, 2_048)), [played(1_030, 2_040, (1_400, 1_700))], PAD_MS)
    assert [part.whose for part in parts] == [Side.UNKNOWN]


def test_words_that_began_over_a_prompt_are_unknown() -> None:
    """A line that starts under the prompt's end is not heard whole."""
    one = draft((1_024, 2_048), (2_176, 3_072))
    parts = carve(one, [played(1_030, 2_040, (1_700, 2_040))], PAD_MS)
    assert [part.whose for part in parts] == [Side.UNKNOWN, Side.UNKNOWN]


def test_words_far_from_what_lay_over_a_prompt_are_heard() -> None:
    """A cough at the prompt's beginning casts no doubt on what follows its end."""
    one = draft((1_024, 2_048), (2_240, 3_072))
    parts = carve(one, [played(1_030, 2_040, (1_100, 1_300))], PAD_MS)
    assert [part.whose for part in parts] == [Side.UNKNOWN, None]
