"""What goes into and comes out of the database, beside the types of the judgement."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass
from pathlib import PureWindowsPath

from phrases.types import Lane, Score, ShiftReport, Span, TimeSource, Versions

NOBODY = "nobody"
"""the collector of vehicles of which it is not known who served them; no person may have this id"""
LONGEST_CODE = 64
"""characters of a station's, booth's, collector's or team's code"""


class StoreError(Exception):
    """The database cannot do it: one line that names it, what is wrong and what to do.

    Never holds a password, nor anything that was said.
    """


class UsageError(StoreError):
    """What the caller named or gave cannot be used; the database itself is well."""


class ConflictError(UsageError):
    """Somebody else was there first: what the caller decided on has changed meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftIdentity:
    """Who sat where and since when: what makes a shift the same shift.

    Raises UsageError for a code that is empty, too long, padded with spaces or unprintable.
    """

    station: str
    booth: str
    collector: str
    team: str | None = None
    """None: the collector's team as last known, if any"""
    started_at: dt.datetime
    """aware"""

    def __post_init__(self) -> None:
        _check_code("station", self.station)
        _check_code("booth", self.booth)
        _check_code("collector", self.collector)
        if self.team is not None:
            _check_code("team", self.team)
        if self.started_at.utcoffset() is None:
            raise UsageError("the shift's start has no offset from UTC: give one, such as +08:00")

    @property
    def shift_id(self) -> str:
        """16 hexadecimal characters, the same wherever they are computed."""
        start = self.started_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        key = "\x1f".join((self.station, self.booth, self.collector, start))
        return hashlib.sha256(key.encode()).hexdigest()[:16]


def _check_code(name: str, code: str) -> None:
    problem = None
    if not code:
        problem = "is empty"
    elif len(code) > LONGEST_CODE:
        problem = f"has {len(code)} characters, more than {LONGEST_CODE}"
    elif code != code.strip():
        problem = "begins or ends with a space"
    elif not code.isprintable():
        problem = "has a control character or one that is not valid Unicode"
    if problem:
        raise UsageError(f"the {name}'s id {problem}: give another")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a recording."""

    name: str
    """file name; its folders are not kept"""
    sha256: str
    """64 hexadecimal characters, of the file's bytes"""
    duration_ms: int
    """milliseconds"""

    @property
    def kept_name(self) -> str:
        """The name without folders, and with � for bytes that are not UTF-8."""
        name = PureWindowsPath(self.name).name
        return name.encode(errors="surrogateescape").decode(errors="replace").replace("\0", "�")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """What was graded; two recordings are the same if their sums are."""

    sha256: str
    """64 hexadecimal characters; `of` computes it"""
    parts: tuple[Part, ...]
    """in the order of time, at least one"""

    @classmethod
    def of(cls, parts: tuple[Part, ...]) -> Recording:
        """One file has its own sum; several have the sum of their sums, in order."""
        if len(parts) == 1:
            return cls(sha256=parts[0].sha256, parts=parts)
        joined = "".join(part.sha256 for part in parts).encode()
        return cls(sha256=hashlib.sha256(joined).hexdigest(), parts=parts)

    @property
    def duration_ms(self) -> int:
        """Milliseconds of all parts together."""
        return sum(part.duration_ms for part in self.parts)


class ClipReason(enum.StrEnum):
    """Why the sound of a vehicle is kept."""

    FAULT = "fault"
    UNSURE = "unsure"
    SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip(Span):
    """The sound of one vehicle of a report, as it was put away; or why it could not be."""

    vehicle_position: int
    """the vehicle's place in the report, from 0"""
    reason: ClipReason
    silenced: tuple[Span, ...]
    """what is not to be heard in it, by start"""
    sha256: str | None
    """of the encrypted file; None: it could not be kept"""
    size: int = 0
    """bytes of the encrypted file"""
    codec: str
    wrapped_by: str
    """which machine's key wraps the clip's own"""
    wrapped: str | None = None
    """the clip's own key, wrapped"""
    problem: str | None = None
    """why it could not be kept"""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradingInfo:
    """Which of a shift's gradings this is."""

    number: int
    """from 1, in the order of storing"""
    of: int
    """how many the shift has"""
    created_at: dt.datetime
    """aware, UTC"""
    complete: bool
    """False: the run was stopped in the middle"""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReport:
    """One grading of a shift, as it was stored."""

    shift_id: str
    identity: ShiftIdentity
    recording: Recording
    grading: GradingInfo
    report: ShiftReport


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftRow:
    """A shift in a list, with the figures of the grading that is shown."""

    shift_id: str
    identity: ShiftIdentity
    grading: GradingInfo
    lane: Lane
    time_source: TimeSource
    duration_ms: int
    """milliseconds"""
    listened_ms: int
    """milliseconds"""
    gap_ms: int
    """milliseconds"""
    vehicles: int
    compliant: int
    fault: int
    unsure: int
    score: Score
    versions: Versions
