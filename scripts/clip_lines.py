"""Draw the lines of labelled clips: what booths say, and what only sounds like it.

A near miss begins as a line of the catalog and goes on otherwise (您好 in 您好像…), or has
another word in it; nothing of the catalog is said in it, nor in other speech.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from phrases.amounts import parse
from phrases.normalize import fold
from phrases.pattern import Form
from phrases.schema import FORBIDDEN
from phrases.yuan import decimal
from scripts.corpus_text import Sentences, amount, catalog_lines, filled

Kind = Literal["phrase", "amount", "breath", "english", "near_miss", "other", "word"]

NOTHING = "-"
_AMOUNTS = 30
_BREATHS = 16
_NEAR = 30
_OTHERS = 50
_WORDS = 30
_SHORT = 3
_SHORTEST = 2
_RUN_ON = ("像走错道了", "多人排队", "久没来了", "得很", "他们家", "观看节目", "这个人", "像没来过")
_SWAPS = (
    "请拿好您的东西", "请您走这边", "早上没吃饭", "晚上加班", "祝您生日快乐", "一路堵车",
    "您慢慢走别急", "请系好鞋带", "周末加班", "新年放假", "请稍微让一下", "雨下得很大",
    "通行证丢了", "收费站到了", "找人问一下", "请大家安静", "谢谢他的好意", "再见到他",
)  # fmt: skip
"""Talk with a word or two of the catalog, and none of its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line to be said, and what it holds."""

    text: str
    expected: str
    """as `changshou evaluate` reads it"""
    kind: Kind
    language: str = "zh"


def draw_lines(
    forms: Sequence[Form], frequencies: Mapping[str, int], prose: Sequence[str], *, seed: int
) -> list[Line]:
    """All lines of a seed, of all kinds in turn, so that the first few show each."""
    rng = random.Random(f"lines {seed}")
    sentences = Sentences(frequencies, prose, forms, seed=-seed)
    drawn = [
        _phrases(forms, rng),
        [_amount(rng) for _ in range(_AMOUNTS)],
        [_breath(rng) for _ in range(_BREATHS)],
        _english(forms),
        _near_misses(forms, sentences, rng, seed),
        *_other(sentences, catalog_lines(forms)),
    ]
    lines = [line for kind in drawn for line in kind]
    rng.shuffle(lines)
    return lines


def _phrases(forms: Sequence[Form], rng: random.Random) -> list[Line]:
    """Each phrase in its standard wording, half of them in another one too."""
    lines = []
    by_phrase: dict[str, list[Form]] = {}
    for form in forms:
        if form.language == "zh":
            by_phrase.setdefault(form.phrase, []).append(form)
    for phrase, own in by_phrase.items():
        standard = [form for form in own if form.standard] or own
        wanted = [rng.choice(standard), *([rng.choice(own)] if rng.random() < 0.5 else [])]
        for form in dict.fromkeys(wanted):
            spoken = amount(rng)
            line = form.line.replace("{amount}", spoken)
            value = f"={_yuan(spoken)}" if "{amount}" in form.line else ""
            kind: Kind = "amount" if value else "phrase"
            lines.append(Line(text=filled(line, rng), expected=phrase + value, kind=kind))
    return lines


def _amount(rng: random.Random) -> Line:
    spoken = amount(rng)
    verb, phrase = rng.choice([("收您", "flow.received"), ("找您", "flow.change")])
    return Line(text=verb + spoken, expected=f"{phrase}={_yuan(spoken)}", kind="amount")


def _breath(rng: random.Random) -> Line:
    """Several lines as collectors run them together."""
    taken, given = amount(rng), amount(rng)
    pieces = [
        (rng.choice(["您好", "早上好", "下午好"]), None),
        (f"收您{taken}", f"flow.received={_yuan(taken)}"),
        (f"找您{given}", f"flow.change={_yuan(given)}"),
        (rng.choice(["请拿好通行票", "请拿好通行卡"]), None),
        ("谢谢", "flow.thanks"),
    ]
    named = {"您好": "greet.hello", "早上好": "greet.morning", "下午好": "greet.afternoon",
             "请拿好通行票": "ticket.take", "请拿好通行卡": "card.take"}  # fmt: skip
    first = rng.randint(0, 2)
    kept = pieces[first : first + rng.randint(2, 4)]
    expected = "+".join(phrase or named[text] for text, phrase in kept)
    return Line(text="，".join(text for text, _ in kept), expected=expected, kind="breath")


def _english(forms: Sequence[Form]) -> list[Line]:
    found: dict[str, list[str]] = {}
    for form in forms:
        if form.language == "en":
            found.setdefault(form.line, []).append(form.phrase)
    # A line of two phrases (Excuse me.) is credited to either.
    return [
        Line(text=line, expected=phrases[0], kind="english", language="en")
        for line, phrases in found.items()
        if len(phrases) == 1
    ]


def _near_misses(
    forms: Sequence[Form], sentences: Sentences, rng: random.Random, seed: int
) -> list[Line]:
    lines = [Line(text=text, expected=NOTHING, kind="near_miss") for text in _SWAPS[seed % 2 :: 2]]
    known = catalog_lines(forms)
    chinese = [f for f in forms if f.language == "zh" and not f.phrase.startswith(FORBIDDEN)]
    while len(lines) < _NEAR:
        clause = re.split("[，。！？、；：]", filled(rng.choice(chinese).line, rng))[0]
        run_on = len(clause) <= _SHORTEST
        kept = clause if run_on else clause[: len(clause) // 2 + 1]
        text = kept + (rng.choice(_RUN_ON) if run_on else sentences.word(rng))
        if run_on or not known.search(fold(text)):
            lines.append(Line(text=text, expected=NOTHING, kind="near_miss"))
    return lines


def _other(sentences: Sentences, known: re.Pattern[str]) -> Sequence[list[Line]]:
    """Sentences that hold no line of the catalog, and single words."""
    others: list[Line] = []
    singles: list[Line] = []
    number = 0
    while len(others) < _OTHERS or len(singles) < _WORDS:
        drawn = sentences[number]
        number += 1
        if drawn.kind != "other" or drawn.language != "zh" or known.search(fold(drawn.text)):
            continue
        single = len(drawn.text) <= _SHORT
        into, most = (singles, _WORDS) if single else (others, _OTHERS)
        if len(into) < most:
            kind: Kind = "word" if single else "other"
            into.append(Line(text=drawn.text, expected=NOTHING, kind=kind))
    return others, singles


def _yuan(spoken: str) -> str:
    fen = parse(spoken)
    if fen is None:
        raise ValueError("an amount that cannot be read was drawn")
    return decimal(fen)
