"""What a booth tells its centre: one message for each entry of its chain, with its words beside it.

A message is a line of canonical JSON, and its SHA-256 is its identity. The entry goes as it stands
in the chain, so the centre can check it and keep it; what the entry hides goes beside it with its
salt. From both together the centre makes the rows (db/arrivals). docs/sync.md has the format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.canonical import canonical
from db.ledger import Added
from db.statements import Statement, Words

FORMAT = 1
"""of the messages of a grading; the centre must go on reading the two before"""
LATER = 2
"""of those that the first centres do not know: remarks"""
UTTERANCES = "utterances"
"""the kind of message that is of no entry's kind: what a report states by its root alone"""
ALONE = ("began", "key")
"""the kinds of entries that state nothing of a grading"""
REMARKS = ("mark", "lane", "erased")
"""the kinds of entries that say something later of what is stored (db/remarks)"""
IN_ONE = 100
"""utterances in one message at most"""
SEAL = ("seq", "first_seq", "root", "public_key", "signature")
"""what goes of a seal"""

Hidden = Mapping[int, tuple[str, str | None]]
"""salted hash and salt by place"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Whose messages they are."""

    station: str
    booth: str
    epoch: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message, ready to be kept."""

    seq: int
    kind: str
    """an entry's kind, or UTTERANCES"""
    line: bytes
    """canonical JSON in UTF-8, without a line's end"""

    @property
    def sha256(self) -> str:
        """64 hexadecimal characters."""
        return hashlib.sha256(self.line).hexdigest()


@dataclass(slots=True)
class Numbers:
    """The numbers that messages refer to, as they are given out."""

    last: int
    """of the last message of the epoch"""
    opened: int | None = None
    """of the message that began the grading; None: none did yet"""
    vehicle: int | None = None
    """of the last message with a vehicle; None: none was yet"""
    before: int | None = None
    """of the last message that said something later of the grading; None: none did yet"""

    def next(self) -> int:
        """One more."""
        self.last += 1
        return self.last


def of_entry(
    sender: Sender,
    numbers: Numbers,
    added: Added,
    *,
    opening: Mapping[str, Any],
    seal: Mapping[Any, Any] | None,
) -> Iterator[Message]:
    """The messages of one entry: a report's is followed by what was heard.

    Args:
        sender: whose they are.
        numbers: those given out so far; grows.
        added: the entry.
        opening: what goes with the entry that begins a grading, for no entry states it so early.
        seal: the one that ends with this entry.
    """
    kind = added.entry["kind"]
    seq = numbers.next()
    content: dict[str, Any] = {"entry": _entry(added.entry)}
    if seal is not None:
        content["seal"] = {name: seal[name] for name in SEAL}
    statement = added.statement
    if statement is not None:
        own = len(statement.said) - len(statement.heard)
        content["words"] = [_hidden(added.words, n, statement.said[n]) for n in range(own)]
        if kind == "opened":
            numbers.opened = seq
            content.update(opening)
        else:
            content["of"] = numbers.opened
        if kind == "vehicle":
            numbers.vehicle = seq
        elif kind == "clip" and numbers.vehicle is not None:
            content["needs"] = numbers.vehicle
        elif kind in REMARKS and numbers.before is not None:
            # The last mark of a vehicle counts, so their order matters.
            content["needs"] = numbers.before
    yield _message(sender, seq, kind, content)
    if statement is not None and statement.heard:
        yield from _utterances(sender, numbers, added, statement, seq)


def _utterances(
    sender: Sender, numbers: Numbers, added: Added, statement: Statement, report: int
) -> Iterator[Message]:
    """What was heard, which the report's entry states by its root alone."""
    own = len(statement.said) - len(statement.heard)
    for first in range(0, len(statement.heard), IN_ONE):
        some = range(first, min(first + IN_ONE, len(statement.heard)))
        utterances = [
            {
                "facts": statement.heard[n],
                "words": _hidden(added.words, own + n, statement.said[own + n]),
            }
            for n in some
        ]
        content = {
            "of": numbers.opened,
            "needs": report,
            "entry": added.entry["seq"],
            "place": own + first,
            "utterances": utterances,
        }
        yield _message(sender, numbers.next(), UTTERANCES, content)


def _entry(entry: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("seq", "at", "boot", "body", "previous", "hash")
    # Nanoseconds grow beyond what JSON reads exactly.
    return {**{name: entry[name] for name in names}, "monotonic_ns": str(entry["monotonic_ns"])}


def _hidden(words: Hidden, place: int, said: Words) -> list[Any]:
    """Salted hash, salt and what stands in the rows."""
    return [*words.get(place, (None, None)), said]


def _message(sender: Sender, seq: int, kind: str, content: Mapping[str, Any]) -> Message:
    form = LATER if kind in REMARKS else FORMAT
    head = {"format": form, "kind": kind, "seq": seq, "epoch": sender.epoch}
    whose = {"station": sender.station, "booth": sender.booth}
    line = canonical({**head, **whose, **content}).encode()
    return Message(seq=seq, kind=kind, line=line)


def joined(lines: Sequence[bytes]) -> bytes:
    """Several messages as a batch, before it is compressed."""
    return b"".join(line + b"\n" for line in lines)
