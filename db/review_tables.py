"""The tables of reviews: what was drawn to be looked at, and what a reviewer decided, once.

Rows are only ever added, which triggers hold; words can be blanked. The key of a decision is the
finding's, so of two at once one is kept; a trigger refuses who was on the shift, and who is late.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from phrases.review import Verdict, Why


class ReviewDraw(Base):
    """Findings of a station's days, drawn at random: who has the seed can draw them again."""

    __tablename__ = "review_draw"
    __table_args__ = (UniqueConstraint("station_id", "until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    since: Mapped[dt.date]
    """the first day of the shifts"""
    until: Mapped[dt.date]
    """the day after the last"""
    size: Mapped[int]
    """how many were to be drawn by chance"""
    findings: Mapped[int]
    """from how many"""
    seed: Mapped[str]
    """32 hexadecimal characters"""
    drawn_at: Mapped[dt.datetime]


class ReviewItem(Base):
    """A finding that is to be looked at."""

    __tablename__ = "review_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ("grading_id", "vehicle_position", "position"),
            ("finding.grading_id", "finding.vehicle_position", "finding.position"),
        ),
        UniqueConstraint("grading_id", "vehicle_position", "position"),
        Index(None, "draw_id"),
        Index(None, "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("review_draw.id"))
    grading_id: Mapped[int]
    vehicle_position: Mapped[int]
    position: Mapped[int]
    """of the finding"""
    why: Mapped[Why]
    probability: Mapped[float]
    """0..1, with which it was drawn"""
    due_at: Mapped[dt.datetime]
    """from when on it lapses"""
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))


class ReviewDecision(Base):
    """What became of it."""

    __tablename__ = "review_decision"
    __table_args__ = (Index(None, "person_id"), Index(None, "at"))
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    verdict: Mapped[Verdict]
    appeal_until: Mapped[dt.datetime | None]
    """until when the collector may appeal; NULL: there is nothing to appeal against"""
    reason: Mapped[str]
    heard: Mapped[str]
    """what the clip holds, as a manifest has it (flow.received=50+flow.thanks); empty: not said"""
