"""Propose the phrase that the recogniser is known to write in these other words.

Some mishearings (招名 for 找您) are so unlike the phrase that likeness by sound does not put it on
the shortlist. The table of those met on made-up speech (scripts/make_aliases) brings it back. It
only proposes: nothing is accepted by an alias until the sound itself bears the phrase out. So a
table of another model or catalog does no harm; what it names and is no longer there is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field
from rapidfuzz.distance import Levenshtein

from phrases.align import size
from phrases.catalog import Catalog
from phrases.layout import Layout, Unit
from phrases.normalize import fold, polite
from phrases.pattern import AMOUNT, Form, Literal
from phrases.shortlist import Candidate
from phrases.source import DATA, DataError, Fault, Strict, read

ALIKE = 0.8
"""Likeness that an alias counts for, under that of any text that is enough by itself; also from
which a candidate of another phrase at its place is the likelier one."""
LEAST_CHARACTERS = 2

Heard = Annotated[dict[str, Annotated[int, Field(gt=0)]], Field(min_length=1)]
"""What was written to the number of clips in which it was."""


class AliasesFile(Strict):
    """The schema of aliases.toml."""

    model: str
    """id of the weights that misheard"""
    catalog: str
    """version of the catalog that was said"""
    clips: int
    """heard in all"""
    phrases: dict[str, dict[str, Heard]]
    """phrase id to the line that was said to what was written"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """Other words in which the recogniser writes a phrase."""

    heard: str
    """folded, 你 as 您; of a frame round an amount, what stands before the amount"""
    phrase: str
    """id"""
    line: str
    """the form's line, as it was said"""
    clips: int
    """in which it was written"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aliases:
    """The aliases of a data file."""

    model: str
    catalog: str
    clips: int
    """heard in all"""
    by_text: Mapping[str, Alias]
    sizes: tuple[int, ...]
    """their lengths in characters, each once"""


def load(path: Path = DATA / "aliases.toml") -> Aliases:
    """The aliases of a data file; DataError lists every fault."""
    table = read(path, AliasesFile)
    faults: list[Fault] = []
    found: dict[str, Alias] = {}
    for phrase, lines in table.phrases.items():
        for line, texts in lines.items():
            for heard, clips in texts.items():
                alias = Alias(heard=heard, phrase=phrase, line=line, clips=clips)
                if problem := _problem(alias, found):
                    key = f"phrases.{phrase}.{line}.{heard}"
                    faults.append(Fault(file=path.name, key=key, problem=problem))
                else:
                    found[heard] = alias
    if faults:
        raise DataError(faults)
    return Aliases(
        model=table.model,
        catalog=table.catalog,
        clips=table.clips,
        by_text=found,
        sizes=tuple(sorted({len(heard) for heard in found})),
    )


def _problem(alias: Alias, known: Mapping[str, Alias]) -> str | None:
    """What is wrong with an alias by itself, if anything."""
    if alias.heard != polite(fold(alias.heard)):
        return "is not folded: simplified characters without punctuation, 您 for 你"
    if len(alias.heard) < LEAST_CHARACTERS:
        return f"has under {LEAST_CHARACTERS} characters"
    if alias.heard in known:
        return f"is an alias of {known[alias.heard].phrase} already"
    return None


@cache
def default_aliases() -> Aliases:
    """The aliases that ship."""
    return load()


def check(aliases: Aliases, catalog: Catalog, *, file: str = "aliases.toml") -> tuple[Fault, ...]:
    """What does not fit the catalog: ids and lines that are gone, aliases that are wordings."""
    wordings = {polite(_words(f)): f.phrase for f in catalog.forms if f.language == "zh"}
    faults: list[Fault] = []
    for alias in aliases.by_text.values():
        problem = None
        if alias.phrase not in catalog.phrases:
            problem = "no phrase has this id"
        elif form_of(alias, catalog) is None:
            problem = f"the phrase has no wording {alias.line!r} that can be misheard as a whole"
        elif alias.heard in wordings:
            problem = f"is a wording of {wordings[alias.heard]}"
        if problem:
            key = f"phrases.{alias.phrase}.{alias.line}.{alias.heard}"
            faults.append(Fault(file=file, key=key, problem=problem))
    return tuple(faults)


def form_of(alias: Alias, catalog: Catalog) -> Form | None:
    """The form that was said; None if the catalog no longer has it."""
    phrase = catalog.phrases.get(alias.phrase)
    fitting = (f for f in (phrase.forms if phrase else ()) if f.line == alias.line)
    form = next(fitting, None)
    return form if form is not None and (_is_fixed(form) or is_frame(form)) else None


def is_frame(form: Form) -> bool:
    """Whether the form is fixed words with a sum of money after them."""
    if len(form.tokens) != 2:
        return False
    first, last = form.tokens
    return isinstance(first, Literal) and not isinstance(last, Literal) and last.kind == AMOUNT


def propose(
    layout: Layout, catalog: Catalog, found: Sequence[Candidate], aliases: Aliases
) -> tuple[Candidate, ...]:
    """A candidate for each alias in the turn, but where one of `found` fits about as well.

    It takes what was said when the alias was written to have been said now.
    """
    return tuple(
        candidate
        for candidate in _proposed(layout, catalog, aliases)
        if not any(other.pinyin >= ALIKE and other.meets(candidate) for other in found)
    )


def _proposed(layout: Layout, catalog: Catalog, aliases: Aliases) -> Iterator[Candidate]:
    text = "".join(polite(unit.text) for unit in layout.chars)
    for size_ in aliases.sizes:
        for first in range(len(text) - size_ + 1):
            alias = aliases.by_text.get(text[first : first + size_])
            form = form_of(alias, catalog) if alias is not None else None
            if form is not None:
                yield from _candidate(form, layout, first, first + size_)


def _candidate(form: Form, layout: Layout, first: int, last: int) -> Iterator[Candidate]:
    """The form in the place of what was heard; none if its amount is not there."""
    amount: Unit | None = None
    if not _is_fixed(form):
        amount = next((u for u in layout.money if u.fen is not None and u.first == last), None)
        if amount is None:
            return
        last = amount.last
    units = layout.chars[first:last]
    if units[0].turn != units[-1].turn:
        return  # no sound holds both
    wording = _words(form) + (amount.text if amount else "")
    yield Candidate(
        form=form,
        first=first,
        last=last,
        size=size(form),
        pinyin=ALIKE,
        chars=Levenshtein.normalized_similarity(wording, "".join(unit.text for unit in units)),
        wording=wording,
        fen=amount.fen if amount else None,
        alias=True,
    )


def _is_fixed(form: Form) -> bool:
    return all(isinstance(token, Literal) for token in form.tokens)


def _words(form: Form) -> str:
    """The form's fixed words."""
    return "".join(token.text for token in form.tokens if isinstance(token, Literal))
