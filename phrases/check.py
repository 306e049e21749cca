"""Check the catalogs: every fault of every file, and which lines are easily confused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phrases.alike import Pair
from phrases.catalog import Catalog, load
from phrases.source import DataError, Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What is to be said of the data files."""

    faults: tuple[Fault, ...]
    """in the order of the files; empty if all can be used"""
    catalog: Catalog | None
    """None if there are faults in it"""

    @property
    def confusable(self) -> tuple[Pair, ...]:
        """Lines that differ by a syllable or a word, by id."""
        if self.catalog is None:
            return ()
        return tuple(sorted(self.catalog.confusable_forms, key=lambda p: sorted(p.phrases)))

    def lines(self) -> tuple[str, ...]:
        """The report for people, line by line."""
        if self.faults or self.catalog is None:
            count = len(self.faults)
            return (*map(str, self.faults), f"{count} {'fault' if count == 1 else 'faults'}")
        pairs = [
            f"  {p.one.phrase} / {p.other.phrase}: {p.one.line} / {p.other.line}"
            if len(p.phrases) > 1
            else f"  {p.one.phrase}: {p.one.line} / {p.other.line}"
            for p in self.confusable
        ]
        return (
            f"{len(self.catalog.phrases)} phrases in {len(self.catalog.forms)} wordings,"
            f" version {self.catalog.version}: no faults",
            f"{len(pairs)} confusable pairs, decided by which of the two fits better:",
            *pairs,
        )


def check(
    station: Sequence[Path] = (), *, others: Iterable[Callable[[Catalog | None], object]] = ()
) -> Report:
    """Load the shipped catalogs with the station's files, and report.

    `others` load the data that stands on the catalogs (dialogues, score tables): each is given
    the catalog, None if that has faults, and raises DataError with its own.
    """
    faults: list[Fault] = []
    catalog: Catalog | None = None
    try:
        catalog = load(station=station)
    except DataError as error:
        faults.extend(error.faults)
    for other in others:
        try:
            other(catalog)
        except DataError as error:
            faults.extend(error.faults)
    return Report(faults=tuple(faults), catalog=catalog)
