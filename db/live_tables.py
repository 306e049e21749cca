"""The tables of a box that listens: where its time stands, what is open, what the lane said.

What is stored of a live shift is in the tables of every other grading; here is what is only true
while it is open, and what people and the lane say of a vehicle after it was judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base, Ms


class LiveSession(Base):
    """A booth's time: all that is heard in it counts from one moment, however often it restarts."""

    __tablename__ = "live_session"
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"), primary_key=True)
    origin: Mapped[dt.datetime]
    """moment 0 by the machine's clock"""
    origin_ns: Mapped[int] = mapped_column(BigInteger)
    """moment 0 by the clock that is never set"""
    boot: Mapped[str]
    """the boot within which origin_ns counts"""
    known_ms: Mapped[Ms]
    """all that was heard before it is stored; what a restart loses begins here"""
    suspect_ms: Mapped[Ms | None]
    """from here on the machine's clock is not to be trusted; NULL: it is"""
    lane_before: Mapped[int]
    """the last message of the lane that is older than moment 0; 0: none is"""


class LiveGrading(Base):
    """A grading that is added to while its shift lasts."""

    __tablename__ = "live_grading"
    __table_args__ = (Index(None, "booth_id", "closed_at"),)
    grading_id: Mapped[int] = mapped_column(
        ForeignKey("grading.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    how: Mapped[str]
    """what opened it: login, roster, api, relief, proposal or start"""
    from_ms: Mapped[Ms]
    """where it begins in the booth's time"""
    until_ms: Mapped[Ms | None]
    """where it ends, known before its last vehicles are judged; NULL: it lasts"""
    closed_at: Mapped[dt.datetime | None]
    """when its end was stated; NULL: more may be added"""


class LiveSaying(Base):
    """A phrase that was accepted in a turn that is not over: gone once the turn's words are kept.

    What follows may make another of it, so it is in no ledger and in nobody's figures.
    """

    __tablename__ = "live_saying"
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phrase: Mapped[str]
    slots: Mapped[Mapping[str, str]]
    start_ms: Mapped[Ms]
    """in the booth's time"""
    end_ms: Mapped[Ms]
    score: Mapped[float]
    """0..1"""


OUT = ("not_me", "lane", "clock", "out")
"""kinds of marks that take a vehicle out of the counts"""


class VehicleMark(Base):
    """What was said of a vehicle after it was judged; the last mark counts.

    `not_me`, `lane` and `clock` take it out of the counts, `counts` (a person's decision) puts it
    back, `out` leaves it out.
    """

    __tablename__ = "vehicle_mark"
    __table_args__ = (
        Index(None, "grading_id", "vehicle_position"),
        Index(None, "writer_id", "seq"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    vehicle_position: Mapped[int]
    """of a booth's mark the vehicle may come to the centre later"""
    kind: Mapped[str]
    """not_me, lane, clock, counts or out"""
    by: Mapped[str]
    """who marked it: a person's id, or the program; empty: erased"""
    at: Mapped[dt.datetime]
    writer_id: Mapped[int | None]
    """whose chain states it; NULL: it is older than such entries"""
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """the entry"""


class LaneMessage(Base):
    """What the lane controller sent, as it came: kept whatever is wrong with it."""

    __tablename__ = "lane_message"
    __table_args__ = (
        UniqueConstraint("booth_id", "event", "came"),
        Index(None, "writer_id", "seq"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    event: Mapped[str]
    """the lane's own id of the message"""
    received_at: Mapped[dt.datetime]
    received_ms: Mapped[Ms]
    """in the booth's time"""
    at_ms: Mapped[Ms | None]
    """when it happened, in the booth's time, the lane's clock corrected; NULL: cannot be told"""
    body: Mapped[str]
    """JSON, as it came"""
    flag: Mapped[str | None]
    """what is wrong with it: late, doubled, contradictory, impossible or unreadable"""
    came: Mapped[int] = mapped_column(default=0)
    """at the centre, the booth's chain by which it came, without its body; 0: it came to us"""
    writer_id: Mapped[int | None]
    """whose chain states the flag; NULL: there is none, or it is older than such entries"""
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """the entry"""
