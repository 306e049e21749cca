"""Load the phrase catalogs that ship, and a station's own files over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from phrases import alike
from phrases.pattern import Form, PatternError, forms
from phrases.schema import (
    CATALOGS,
    FORBIDDEN,
    CatalogFile,
    Change,
    PhraseTable,
    StationFile,
    StationPhrase,
    When,
)
from phrases.source import DATA, DataError, Fault, Table, read


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One line of the catalogs."""

    id: str
    catalog: str
    """name of the catalog, such as basic; `station` for a station's own"""
    line: str
    """the standard wording for people: punctuated, open slots as `{name}`"""
    when: When
    polite: bool
    """whether 你 in place of 您 earns a remark"""
    also: tuple[str, ...]
    """ids of phrases that do as well when this one is due"""
    note: str
    forms: tuple[Form, ...]
    """every accepted wording: the standard ones first, English last"""

    @property
    def forbidden(self) -> bool:
        """Whether it must not be said."""
        return self.id.startswith(FORBIDDEN)

    def expected(self, values: Mapping[str, str]) -> str:
        """The standard wording for people with its slots filled; ×× where no value is known."""
        standard = [form for form in self.forms if form.standard and form.language == "zh"]
        fitting = (f for f in standard if all(values.get(k, v) == v for k, v in f.slots.items()))
        return next(fitting, standard[0]).fill(values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """All phrases that are listened for."""

    phrases: Mapping[str, Phrase]
    """id to phrase, in the order of the files"""
    forms: tuple[Form, ...]
    """all forms of all phrases, in the same order"""
    parts: Mapping[str, frozenset[str]]
    """id to the ids that are said with it: sorry and wait in exception.wait"""
    confusable: frozenset[frozenset[str]]
    """pairs of ids of phrases that differ by a syllable or a word"""
    confusable_forms: tuple[alike.Pair, ...]
    """the same with their forms, and pairs of alternatives within one phrase"""
    off: frozenset[str]
    """ids of phrases that ship and that the station does not listen for"""
    version: str
    """hash of all phrases, the same on every machine"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """A phrase's table and where it stands."""

    file: str
    catalog: str
    table: PhraseTable


class _Draft:
    """The catalogs as they are put together, with every fault met on the way."""

    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}
        self.off: set[str] = set()
        self.faults: list[Fault] = []

    def read(self, path: Path, schema: type[Table]) -> Table | None:
        """The file's tables; None, with the faults kept, if it cannot be used."""
        try:
            return read(path, schema)
        except DataError as error:
            self.faults.extend(error.faults)
            return None

    def add(self, file: str, catalog: str, table: PhraseTable) -> None:
        """Add a phrase."""
        key = table.id
        if key in self.entries or key in self.off:
            where = f"in {self.entries[key].file}" if key in self.entries else "switched off"
            self.fault(file, key, f"this id is already {where}; change a phrase by [[change]]")
        elif key.startswith(FORBIDDEN) != (catalog == FORBIDDEN.rstrip(".")):
            problem = f"ids that begin with {FORBIDDEN!r} are those of the catalog of that name"
            self.fault(file, key, problem)
        else:
            self.entries[key] = _Entry(file=file, catalog=catalog, table=table)

    def change(self, file: str, change: Change) -> None:
        """Apply a station's change to a phrase."""
        entry = self.entries.get(change.id)
        if entry is None:
            self.fault(file, change.id, "no phrase has this id: nothing to change")
            return
        if change.off:
            del self.entries[change.id]
            self.off.add(change.id)
            return
        for text in set(change.without).difference(entry.table.variants):
            self.fault(file, f"{change.id}.without", f"{text!r} is no variant of it")
        kept = tuple(v for v in entry.table.variants if v not in change.without)
        given = change.model_dump(exclude={"id", "off", "without", "variants"}, exclude_none=True)
        if change.when is not None:
            given["when"] = change.when
        table = entry.table.model_copy(update={**given, "variants": kept + change.variants})
        self.entries[change.id] = _Entry(file=file, catalog=entry.catalog, table=table)

    def fault(self, file: str, key: str, problem: str) -> None:
        """Keep a fault."""
        self.faults.append(Fault(file=file, key=key, problem=problem))

    def spell_out(self, entry: _Entry) -> tuple[Form, ...]:
        """Every form of the phrase, each once; patterns that cannot be read are faults."""
        found: dict[tuple[str, object], Form] = {}
        for key, pattern, language, standard in _patterns(entry.table):
            try:
                for form in forms(
                    pattern, phrase=entry.table.id, language=language, standard=standard
                ):
                    found.setdefault((language, form.tokens), form)
            except PatternError as error:
                self.fault(entry.file, f"{entry.table.id}.{key}", str(error))
        return tuple(found.values())

    def check_ids(self) -> None:
        """Refuse references to ids that do not exist."""
        for key, entry in self.entries.items():
            for name in ("also", "apart", "shares_english"):
                for other in getattr(entry.table, name):
                    if other not in self.entries and other not in self.off:
                        self.fault(entry.file, f"{key}.{name}", f"no phrase has the id {other!r}")

    def check_apart(self, all_forms: Sequence[Form]) -> None:
        """Refuse lines of two phrases that cannot be told apart, and name the pair."""
        refused: set[frozenset[str]] = set()
        for one, other in alike.twins(all_forms):
            a, b = self.entries[one.phrase], self.entries[other.phrase]
            shared = {*a.table.shares_english, *b.table.shares_english} & {a.table.id, b.table.id}
            if one.language == "en" and shared:
                continue
            refused.add(frozenset((one.phrase, other.phrase)))
            where = f"{one.phrase} ({a.file}) and {other.phrase} ({b.file})"
            problem = f"{where} have the same line {one.line!r}"
            self.fault(b.file, other.phrase, problem)
        for one, other in alike.homophones([f for f in all_forms if f.language == "zh"]):
            a, b = self.entries[one.phrase], self.entries[other.phrase]
            if frozenset((one.phrase, other.phrase)) in refused or not _meet(a.table, b.table):
                continue
            where = f"{one.phrase} ({a.file}) and {other.phrase} ({b.file})"
            problem = f"{where} sound alike in one dialogue: {one.line!r} and {other.line!r}"
            self.fault(b.file, other.phrase, problem)


def load(*, station: Sequence[Path] = ()) -> Catalog:
    """The catalogs that ship, with the station's files applied in the order given.

    DataError lists every fault of every file: what the schema refuses, patterns that cannot be
    read, ids that repeat or are unknown, and lines that cannot be told apart.
    """
    return _load(tuple(station)) if station else _shipped()


@cache
def _shipped() -> Catalog:
    """What ships does not change while the program runs, and takes a while to compare."""
    return _load(())


def _load(station: Sequence[Path]) -> Catalog:
    draft = _Draft()
    for name in CATALOGS:
        shipped = draft.read(DATA / f"{name}.toml", CatalogFile)
        for table in shipped.phrase if shipped else ():
            draft.add(f"{name}.toml", name, table)
    for path in station:
        own = draft.read(path, StationFile)
        for table in own.phrase if own else ():
            draft.add(path.name, _catalog(table), table)
        for change in own.change if own else ():
            draft.change(path.name, change)
    spelled = {key: draft.spell_out(entry) for key, entry in draft.entries.items()}
    all_forms = tuple(form for some in spelled.values() for form in some)
    draft.check_ids()
    draft.check_apart(all_forms)
    if draft.faults:
        raise DataError(draft.faults)
    apart = {key: frozenset(entry.table.apart) for key, entry in draft.entries.items()}
    parts = alike.parts(all_forms, apart)
    pairs = alike.confusable(all_forms, parts)
    return Catalog(
        phrases={key: _phrase(entry, spelled[key]) for key, entry in draft.entries.items()},
        forms=all_forms,
        parts=parts,
        confusable=frozenset(pair.phrases for pair in pairs if len(pair.phrases) == 2),
        confusable_forms=pairs,
        off=frozenset(draft.off),
        version=_version(draft.entries),
    )


def _catalog(table: StationPhrase) -> str:
    return "forbidden" if table.id.startswith(FORBIDDEN) else table.catalog


def _phrase(entry: _Entry, found: tuple[Form, ...]) -> Phrase:
    table = entry.table
    return Phrase(
        id=table.id,
        catalog=entry.catalog,
        line=found[0].line,
        when=table.when,
        polite=table.polite,
        also=table.also,
        note=table.note,
        forms=found,
    )


def _patterns(table: PhraseTable) -> Iterator[tuple[str, str, str, bool]]:
    """Key, pattern, language and whether it is the standard, of each wording."""
    yield "zh", table.zh, "zh", True
    for at, pattern in enumerate(table.variants):
        yield f"variants.{at}", pattern, "zh", False
    for at, pattern in enumerate(table.en):
        yield f"en.{at}", pattern, "en", at == 0


def _meet(one: PhraseTable, other: PhraseTable) -> bool:
    """Whether the two belong to one dialogue; a phrase without a flow belongs to all."""
    a, b = one.when.flow, other.when.flow
    return a is None or b is None or not set(a).isdisjoint(b)


def _version(entries: Mapping[str, _Entry]) -> str:
    """Twelve hex digits of the SHA-256 of all phrases in canonical JSON."""
    tables = [
        entries[key].table.model_dump(mode="json", exclude={"note"}) for key in sorted(entries)
    ]
    text = json.dumps(tables, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]
