"""One database as a server uses it: several may read at once, beside whoever writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from db.explain import plainly


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The engine that writes and the one that only reads, of the same database."""

    writer: Engine
    reader: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept if the block ends well; StoreError where it is refused."""
        with plainly(self.writer), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees what was kept; StoreError where it is refused."""
        with plainly(self.reader), self.reader.connect() as connection:
            yield connection
