"""What is said to learn how it is misheard: each fixed line of the catalog, and amounts in frames.

Three voices say each standard wording, one each of the others. zm_yunyang is not among them: it is
held out, for the figures (scripts/make_clips).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from phrases.aliases import is_frame
from phrases.pattern import Form, Slot
from scripts.corpus_text import amount

VOICES = (
    "zf_xiaobei:0.7+zf_xiaoxiao:0.3",
    "zm_yunxi:0.8+zf_xiaoxiao:0.2",
    "zf_xiaoxiao:0.6+zm_yunxi:0.4",
)
SPEEDS = (0.9, 1.05, 1.2)
_AMOUNTS = 6
"""sums of money that are said in each frame"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """One line as one voice says it."""

    form: Form
    text: str
    """the form's line with its amount, if it has one"""
    voice: str
    speed: float


def takes(forms: Sequence[Form], *, seed: int) -> list[Take]:
    """All that is to be said, the standard wordings first.

    A wording with a slot of any words is left out: each time something else is misheard in it.
    Of amounts only the standard 收您… and 找您… kind is taken: a few fixed words, then the sum.
    """
    rng = random.Random(f"aliases {seed}")
    chinese = [form for form in forms if form.language == "zh"]
    fixed = [form for form in chinese if not any(isinstance(t, Slot) for t in form.tokens)]
    lines = [(form, form.line) for form in fixed if form.standard for _ in VOICES]
    lines += [
        (form, form.line.replace("{amount}", amount(rng)))
        for form in chinese
        if form.standard and is_frame(form)
        for _ in range(_AMOUNTS)
    ]
    lines += [(form, form.line) for form in fixed if not form.standard]
    return [
        Take(
            form=form,
            text=text,
            voice=VOICES[number % len(VOICES)],
            speed=SPEEDS[(number // len(VOICES)) % len(SPEEDS)],
        )
        for number, (form, text) in enumerate(lines)
    ]
