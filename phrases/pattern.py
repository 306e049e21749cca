"""Read a phrase's pattern, such as `收您{amount}` or `[祝您]一路平安`, and spell out its forms.

Catalogs are written by people who know booths, not code: a pattern is the sentence itself with
four kinds of brackets, and a mistake in one names the character at which it stands.

    [a]  [a|b]        may be left out
    {a|b}             one of these
    {name:a|b|*}      one of these, kept as the slot `name`; `*` is any few words
    {amount}          a sum of money with its unit, parsed, never guessed
    {direction} {cause} {time} {name}   a few words that differ each time
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

ANY = "*"
"""The alternative that stands for any few words."""

AMOUNT = "amount"
WORDS = "words"


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """Words that must be said."""

    text: str
    """letters and digits only; English in lower case with single spaces"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A place whose words differ each time."""

    name: str
    kind: str
    """"amount": parsed as money, unit included; "words": a few words"""
    min_chars: int
    max_chars: int
    """length in characters, of words"""


Token = Literal | Slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One wording of a phrase, flat: no choices are left in it."""

    phrase: str
    """phrase id"""
    language: str
    """zh or en"""
    tokens: tuple[Token, ...]
    """never two literals in a row, never two slots of words in a row, at least one literal"""
    line: str
    """the wording for people: with punctuation, free slots as `{name}`"""
    slots: Mapping[str, str] = field(default_factory=dict, hash=False)
    """values fixed by the alternative that this form took"""
    standard: bool
    """whether it comes from the handbook's own wording, not from a variant"""

    @property
    def key(self) -> str:
        """All its words in a row, each free slot as `<kind>`: equal for forms that sound alike."""
        return "".join(t.text if isinstance(t, Literal) else f"<{t.kind}>" for t in self.tokens)

    def fill(self, values: Mapping[str, str]) -> str:
        """The line with its slots filled for people: 元 behind an amount, ×× for the unknown."""
        filled = self.line
        for token in self.tokens:
            if isinstance(token, Slot):
                value = values.get(token.name, "××" if token.kind == WORDS else "×")
                unit = "元" if token.kind == AMOUNT else ""
                filled = filled.replace(f"{{{token.name}}}", value + unit)
        return filled


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A place where the pattern leaves a choice."""

    options: tuple[str, ...]
    """raw texts; "" where it may be left out, `*` for any few words"""
    name: str | None
    """the slot that keeps what was chosen"""


Part = str | Slot | Choice
"""A parsed piece of a pattern; a string is raw text with its punctuation."""

SLOTS: Mapping[str, Slot] = {
    slot.name: slot
    for slot in (
        Slot(name="amount", kind=AMOUNT, min_chars=1, max_chars=12),
        Slot(name="direction", kind=WORDS, min_chars=1, max_chars=8),
        Slot(name="cause", kind=WORDS, min_chars=1, max_chars=8),
        Slot(name="time", kind=WORDS, min_chars=1, max_chars=8),
        Slot(name="name", kind=WORDS, min_chars=1, max_chars=10),
    )
}
"""Slots that a pattern may leave open."""

OTHER_MAX_CHARS = 10
"""Longest `*`, in characters: a few words, not a second sentence."""


LEAST = 2
"""Fewest fixed characters of a wording; an amount needs only one beside it."""
LEAST_BESIDE_WORDS = 3
"""The same beside a slot of any words, which matches whatever is said."""


class PatternError(ValueError):
    """A pattern that cannot be read; the text names the character, counted from 1."""

    def __init__(self, pattern: str, at: int, problem: str) -> None:
        super().__init__(f"{pattern!r}, character {at + 1}: {problem}")


def parse(pattern: str) -> tuple[Part, ...]:
    """The pattern's parts in order; PatternError names the first character that is wrong."""
    parts: list[Part] = []
    text_from = at = 0
    while at < len(pattern):
        char = pattern[at]
        if char in "]}":
            raise PatternError(pattern, at, f"{char!r} closes nothing")
        if char in "|*":
            raise PatternError(pattern, at, f"{char!r} stands outside brackets")
        if char not in "[{":
            at += 1
            continue
        if pattern[text_from:at]:
            parts.append(pattern[text_from:at])
        end = _closing(pattern, at)
        read = _optional if char == "[" else _braces
        parts.append(read(pattern, at + 1, pattern[at + 1 : end]))
        text_from = at = end + 1
    if pattern[text_from:]:
        parts.append(pattern[text_from:])
    return tuple(parts)


def forms(pattern: str, *, phrase: str, language: str, standard: bool) -> tuple[Form, ...]:
    """Every wording that the pattern allows, each once, the fullest first.

    PatternError if it cannot be read, or if some wording would have no words of its own or two
    open slots that nothing parts.
    """
    found: dict[tuple[Token, ...], Form] = {}
    parts = parse(pattern)
    spelled = [part.options if isinstance(part, Choice) else (part,) for part in parts]
    for choice in product(*spelled):
        pieces: list[str | Slot] = []
        fixed: dict[str, str] = {}
        for part, chosen in zip(parts, choice, strict=True):
            if not isinstance(part, Choice) or chosen != ANY:
                pieces.append(chosen)
                if isinstance(part, Choice) and part.name is not None:
                    fixed[part.name] = words(str(chosen), language)
            else:
                name = part.name or ANY
                pieces.append(Slot(name=name, kind=WORDS, min_chars=1, max_chars=OTHER_MAX_CHARS))
        tokens = _tokens(pattern, pieces, language)
        line = "".join(p if isinstance(p, str) else f"{{{p.name}}}" for p in pieces)
        form = Form(
            phrase=phrase,
            language=language,
            tokens=tokens,
            line=line.strip("，,、 "),
            slots=fixed,
            standard=standard,
        )
        found.setdefault(tokens, form)
    return tuple(found.values())


def words(text: str, language: str) -> str:
    """The letters and digits of `text`; in English in lower case with single spaces."""
    if language == "zh":
        return "".join(c for c in text if unicodedata.category(c)[0] in "LN")
    kept = (c for c in text.lower() if c.isspace() or unicodedata.category(c)[0] in "LN")
    return " ".join("".join(kept).split())


def _closing(pattern: str, at: int) -> int:
    """Where the bracket that opens at `at` closes."""
    wanted = "]" if pattern[at] == "[" else "}"
    for end in range(at + 1, len(pattern)):
        if pattern[end] in "[{":
            raise PatternError(pattern, end, "brackets inside brackets")
        if pattern[end] in "]}":
            if pattern[end] != wanted:
                raise PatternError(pattern, end, f"{wanted!r} is wanted here")
            return end
    raise PatternError(pattern, at, f"{pattern[at]!r} is never closed")


def _options(pattern: str, at: int, inside: str) -> tuple[str, ...]:
    """The alternatives of a bracket whose inside begins at `at`."""
    options = tuple(inside.split("|"))
    for option in options:
        if not words(option, "zh") and option != ANY:
            raise PatternError(pattern, at, "an alternative is empty")
        if ANY in option and option != ANY:
            raise PatternError(pattern, at + option.index(ANY), "'*' must stand alone")
        at += len(option) + 1
    return options


def _optional(pattern: str, at: int, inside: str) -> Choice:
    """`[a|b]`, its inside beginning at `at`."""
    options = _options(pattern, at, inside)
    if ANY in options:
        raise PatternError(pattern, at, "'*' may only stand in {name:…}")
    return Choice(options=(*options, ""), name=None)


def _braces(pattern: str, at: int, inside: str) -> Slot | Choice:
    """`{name}`, `{a|b}` or `{name:a|b}`, its inside beginning at `at`."""
    name, colon, rest = inside.partition(":")
    if colon:
        if not (name.isascii() and name.isidentifier()):
            raise PatternError(pattern, at, f"{name!r} is no slot name (a-z and _)")
        if name in SLOTS:
            raise PatternError(pattern, at, f"slot {name!r} has a grammar: give no alternatives")
        return Choice(options=_options(pattern, at + len(colon + name), rest), name=name)
    if "|" in inside:
        options = _options(pattern, at, inside)
        if ANY in options:
            raise PatternError(pattern, at, "'*' may only stand in {name:…}")
        return Choice(options=options, name=None)
    if inside not in SLOTS:
        known = ", ".join(SLOTS)
        raise PatternError(pattern, at, f"unknown slot {inside!r}; known are {known}")
    return SLOTS[inside]


def _tokens(pattern: str, pieces: list[str | Slot], language: str) -> tuple[Token, ...]:
    """The pieces of one wording as tokens, neighbouring texts joined."""
    tokens: list[Token] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if words(text, language):
            tokens.append(Literal(text=words(text, language)))
        text = ""
        if tokens and isinstance(tokens[-1], Slot):
            raise PatternError(pattern, 0, f"nothing parts {tokens[-1].name!r} and {piece.name!r}")
        if any(isinstance(t, Slot) and t.name == piece.name for t in tokens):
            raise PatternError(pattern, 0, f"slot {piece.name!r} stands twice")
        tokens.append(piece)
    if words(text, language):
        tokens.append(Literal(text=words(text, language)))
    own = sum(len(token.text) for token in tokens if isinstance(token, Literal))
    kinds = {token.kind for token in tokens if isinstance(token, Slot)}
    least = LEAST_BESIDE_WORDS if WORDS in kinds else 1 if kinds else LEAST
    if own < least:
        problem = f"a wording has {own} fixed characters; {least} are needed to know it by"
        raise PatternError(pattern, 0, problem)
    return tuple(tokens)
