"""The tables of what must stay and of what went: holds, and the traces of erasures."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class HoldReason(enum.StrEnum):
    """Why something must stay."""

    REVIEW = "review"
    APPEAL = "appeal"
    COMPLAINT = "complaint"
    CONSEQUENCE = "consequence"


class Hold(Base):
    """What of a grading must not be deleted, though its days are over."""

    __tablename__ = "hold"
    __table_args__ = (Index(None, "grading_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    vehicle_position: Mapped[int | None]
    """NULL: all of its vehicles"""
    reason: Mapped[HoldReason]
    placed_by: Mapped[str]
    """a person's id, or the program"""
    placed_at: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None]
    """NULL: not final yet"""


class ErasedWhat(enum.StrEnum):
    """What was erased of a grading."""

    WORDS = "words"
    """all its words, when their days were over"""
    VEHICLE = "vehicle"
    """a vehicle's words and clip"""
    COLLECTOR = "collector"
    """words, clip, and whose it was"""


class Erasure(Base):
    """That something was erased; of what it was, nothing."""

    __tablename__ = "erasure"
    __table_args__ = (Index(None, "grading_id"), Index(None, "writer_id", "seq"))
    id: Mapped[int] = mapped_column(primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    what: Mapped[ErasedWhat]
    erased_at: Mapped[dt.datetime]
    forced: Mapped[str | None]
    """why it was erased though it was held; NULL: it was not held"""
    vehicle_position: Mapped[int | None]
    """NULL: all of it, or it is older than this column"""
    waits: Mapped[bool] = mapped_column(default=False)
    """a booth erased it, and here it is held: it goes when the hold ends"""
    writer_id: Mapped[int | None]
    """whose chain states it; NULL: none (its days were over, or it is older than such entries)"""
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """the entry"""
