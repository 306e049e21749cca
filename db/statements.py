"""What the ledger states of a stored grading, read from its rows.

The same code states it when a grading is stored and when the ledger is verified, and both times
from the database: what was stated can differ from what is stored only if one of them was changed.

Ids, codes, figures and versions are stated as they are. What was said, names of people, files and
plates, and prose that may quote them are stated as salted hashes only.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from db import clips, merkle, reads, tables
from db.canonical import LARGEST, canonical
from db.codec import by_parent
from db.columns import Base
from db.inbox_tables import InboxGrading, InboxStream

FORMAT = 3
"""of what is stated; another column, or one less, is another format, and grows this number"""
FORMATS = (1, FORMAT)
"""of gradings that are stated as a whole; 1: before there were clips"""
LIVE = 2
"""the format of a grading that is stated piece by piece, as it is stored"""
ERASED = "erased:"
"""what a collector's id begins with once the person was erased; no other id may"""

Words = list[Any]
"""texts, some of them None, in lists within lists"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One entry's content, but for the salts."""

    kind: str
    """opened, vehicle, clip, utterance, gap or report"""
    facts: dict[str, Any]
    """what is stated as it is"""
    words: tuple[Words | None, ...]
    """what is stated as a salted hash, by place; None: there are no words, or none any more"""
    said: tuple[Words, ...]
    """what stands in the rows in the place of the words, also where that is nothing"""
    heard: tuple[dict[str, Any], ...] = field(default=())
    """of a report: the facts of each utterance, whose words have the last places"""
    live: bool = False
    """a report whose utterances were stated one by one"""

    def body(self, hashes: Sequence[str | None]) -> str:
        """The entry's body, with the salted hash of each place's words; None: it has none."""
        own = len(self.words) - len(self.heard)
        body = {**self.facts, "words": list(hashes[:own])}
        if self.kind == "report" and not self.live:
            leaves = [
                canonical({**facts, "words": words}).encode()
                for facts, words in zip(self.heard, hashes[own:], strict=True)
            ]
            body["heard"] = merkle.root(leaves).hex()
        return canonical(body)


def salted(salt: str, words: Words) -> str:
    """The salted hash of words: 64 hexadecimal characters. ValueError for what is no salt."""
    raw = bytes.fromhex(salt)
    if raw.hex() != salt:
        raise ValueError("a salt is written in small hexadecimal letters")
    return hashlib.sha256(raw + canonical(words).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A grading's rows."""

    station: str
    booth: str
    collector: str
    shift: str
    shift_started_at: dt.datetime
    recording: str
    """SHA-256"""
    recording_ms: int
    parts: Sequence[RowMapping]
    grading: Mapping[Any, Any]
    children: Mapping[type[Base], Sequence[RowMapping]]
    epoch: str | None
    """of the booth that sent it; None: it was stored here first"""
    clips: Sequence[RowMapping]

    @property
    def writer(self) -> str:
        """Whose chain states it, as the chain is called here."""
        name = writer(self.station, self.booth)
        return name if self.epoch is None else f"{name}/{self.epoch}"


def load(connection: Connection, grading_id: int) -> Stored | None:
    """The rows of a grading; None if it, its shift or its recording is not there."""
    grading = select(tables.Grading.__table__).where(tables.Grading.id == grading_id)
    row = connection.execute(grading).mappings().one_or_none()
    if row is None:
        return None
    whose = connection.execute(
        reads.shifts_with(
            tables.Recording.sha256.label("recording"),
            tables.Recording.duration_ms.label("recording_ms"),
        )
        .join(tables.Recording, tables.Recording.id == row["recording_id"])
        .where(tables.Shift.id == row["shift_id"])
    )
    found = whose.mappings().one_or_none()
    if found is None:
        return None
    came = connection.execute(
        select(InboxStream.epoch, InboxGrading.number)
        .join(InboxGrading, InboxGrading.stream_id == InboxStream.id)
        .where(InboxGrading.grading_id == grading_id)
    ).one_or_none()
    part = tables.Part.__table__
    parts = select(part).where(part.c.recording_id == row["recording_id"])
    return Stored(
        **found,
        parts=connection.execute(parts.order_by(part.c.position)).mappings().all(),
        # The booth stated the number that it had there.
        grading=row if came is None else {**row, "number": came.number},
        epoch=None if came is None else came.epoch,
        children=reads.children(connection, grading_id),
        clips=clips.of_grading(connection, grading_id),
    )


def statements(stored: Stored, form: int = FORMAT) -> Iterator[Statement]:
    """The opening, each vehicle with its clip, and the report; as `form`, one of FORMATS, has it.

    A grading of format 1 has no clips: one that it has all the same is stated, and so is seen.
    """
    yield opened(stored, form)
    found = {row["vehicle_position"]: row for row in stored.clips}
    for statement in vehicles(stored.children):
        yield statement
        place = statement.facts["position"]
        if place in found:
            yield from sounds([found[place]])
    yield _report(stored)


def pieces(stored: Stored) -> dict[str, list[Statement]]:
    """The same of a grading that is stored piece by piece: by kind, each kind in its order.

    Its report is there whether or not its end has been stated.
    """
    return {
        "opened": [opened(stored, LIVE)],
        "vehicle": list(vehicles(stored.children)),
        "clip": list(sounds(stored.clips)),
        "utterance": list(utterances(stored.children)),
        "gap": list(gaps(stored.children)),
        "report": [closed(stored.grading)],
    }


def opened(stored: Stored, form: int = FORMAT) -> Statement:
    """Whose it is, where and since when."""
    gone = stored.collector.startswith(ERASED)
    # The shift's id is made of the collector's, so it would tell whose the shift was.
    said = [stored.shift, stored.collector], [part["name"] for part in stored.parts]
    return Statement(
        kind="opened",
        facts={
            "format": form,
            "station": stored.station,
            "booth": stored.booth,
            "started_at": _plain(stored.shift_started_at),
            "grading": stored.grading["number"],
            "recording": stored.recording,
            "duration_ms": stored.recording_ms,
            "parts": [facts_of(part, "recording_id", "name") for part in stored.parts],
        },
        words=(None if gone else said[0], words_of(said[1])),
        said=said,
    )


def vehicles(children: Mapping[type[Base], Sequence[RowMapping]]) -> Iterator[Statement]:
    """Each vehicle with what was due, its steps and its findings."""
    below = {
        table: by_parent("vehicle_position", children[table])
        for table in (tables.Due, tables.Step, tables.Finding)
    }
    for row in children[tables.Vehicle]:
        due, steps, findings = (rows[row["position"]] for rows in below.values())
        keys = ("grading_id", "vehicle_position")
        facts = facts_of(row, "grading_id", *(() if row["is_number"] else ("vehicle",)))
        facts["due"] = [facts_of(line, *keys) for line in due]
        facts["steps"] = [facts_of(step, *keys, "heard", "why") for step in steps]
        facts["findings"] = [facts_of(finding, *keys, "heard", "reason") for finding in findings]
        words = [
            None if row["is_number"] else row["vehicle"],
            [[step["heard"], step["why"]] for step in steps],
            [[finding["heard"], finding["reason"]] for finding in findings],
        ]
        yield Statement(kind="vehicle", facts=facts, words=(words_of(words),), said=(words,))


def sounds(clips: Iterable[RowMapping]) -> Iterator[Statement]:
    """Each clip; its sum as words are, so that nothing of an erased one is left."""
    for row in clips:
        words = [row["sha256"]]
        facts = facts_of(row, "grading_id", "sha256")
        yield Statement(kind="clip", facts=facts, words=(words_of(words),), said=(words,))


def utterances(children: Mapping[type[Base], Sequence[RowMapping]]) -> Iterator[Statement]:
    """Each utterance with its phrases."""
    for facts, said in _utterances(children):
        yield Statement(kind="utterance", facts=facts, words=(words_of(said),), said=(said,))


def gaps(children: Mapping[type[Base], Sequence[RowMapping]]) -> Iterator[Statement]:
    """Each gap."""
    for gap in children[tables.Gap]:
        yield Statement(kind="gap", facts=facts_of(gap, "grading_id"), words=(), said=())


def closed(grading: Mapping[Any, Any]) -> Statement:
    """The figures of a grading that was stored piece by piece, at its end."""
    said: Words = list(grading["warnings"])
    return Statement(
        kind="report",
        facts=facts_of(grading, "id", "shift_id", "recording_id", "warnings"),
        words=(words_of(said),),
        said=(said,),
        live=True,
    )


def _report(stored: Stored) -> Statement:
    facts = closed(stored.grading).facts
    facts["gaps"] = [facts_of(gap, "grading_id") for gap in stored.children[tables.Gap]]
    said: list[Words] = [list(stored.grading["warnings"])]
    heard: list[dict[str, Any]] = []
    for of_utterance, words_of_it in _utterances(stored.children):
        heard.append(of_utterance)
        said.append(words_of_it)
    words = tuple(map(words_of, said))
    return Statement(kind="report", facts=facts, words=words, said=tuple(said), heard=tuple(heard))


def _utterances(
    children: Mapping[type[Base], Sequence[RowMapping]],
) -> Iterator[tuple[dict[str, Any], Words]]:
    """The facts and the words of each utterance."""
    matches = by_parent("utterance_position", children[tables.Match])
    of_match = ("grading_id", "utterance_position", "text", "why", "remark")
    for row in children[tables.Utterance]:
        found = matches[row["position"]]
        facts = {
            **facts_of(row, "grading_id", "text"),
            "matches": [facts_of(match, *of_match) for match in found],
        }
        matched = [[match["text"], match["why"], match["remark"]] for match in found]
        yield facts, [row["text"], matched]


def words_of(words: Words) -> Words | None:
    """What is stated of words as a salted hash; None: nothing is said in them."""
    return words if any_words(words) else None


def any_words(value: Any) -> bool:
    """Whether anything is said in it."""
    return any(map(any_words, value)) if isinstance(value, list) else bool(value)


def facts_of(row: Mapping[Any, Any], *without: str) -> dict[str, Any]:
    """The row's columns as canonical JSON takes them, but for those named."""
    return {name: _plain(value) for name, value in row.items() if name not in without}


def _plain(value: Any) -> Any:
    """The value as canonical JSON takes it, and the same whichever database gave it."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -LARGEST <= value <= LARGEST else str(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, float):
        # The shortest text that reads back as this very float; SQLite keeps no negative nought.
        return repr(value + 0.0)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def writer(station: str, booth: str) -> str:
    """The booth's name as the writer of a chain."""
    return f"{_escaped(station)}/{_escaped(booth)}"


def _escaped(code: str) -> str:
    """The code without a stroke, so that no two booths have one name."""
    return code.replace("%", "%25").replace("/", "%2F")


def places_of(writer: str) -> tuple[str, str]:
    """The station and the booth that a chain is of, from its name."""
    station, booth, *_ = writer.split("/")
    return _plain_code(station), _plain_code(booth)


def _plain_code(part: str) -> str:
    return part.replace("%2F", "/").replace("%25", "%")
