"""Read one TOML file against a strict schema, listing every fault with file and key.

People's pay hangs on these files: a misspelt key must be refused, not ignored, and somebody who
edits one wants all its faults at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

DATA = Path(__file__).parent / "data"
"""Folder of the data files that ship."""


class Strict(BaseModel):
    """A table of a data file: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing wrong with a data file."""

    file: str
    """name of the file"""
    key: str
    """dotted path of the key, empty for the whole file"""
    problem: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.file}: {self.key + ': ' if self.key else ''}{self.problem}"


class DataError(ValueError):
    """Data files that cannot be used; `faults` has every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


Table = TypeVar("Table", bound=BaseModel)


def read(path: Path, schema: type[Table]) -> Table:
    """The file as `schema`; DataError with every fault if it does not fit."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise DataError([Fault(file=path.name, key="", problem=problem)]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = f"is not valid TOML: {error}"
        raise DataError([Fault(file=path.name, key="", problem=problem)]) from None
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        raise DataError(
            Fault(file=path.name, key=".".join(map(str, e["loc"])), problem=e["msg"])
            for e in error.errors()
        ) from None
