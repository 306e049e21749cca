"""The tables of complaints: rows are only ever added, which triggers hold; words can be blanked.

How it stands with a complaint is said by its last entry. What somebody said or who they are stands
apart, so that it can go when its days are over.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from phrases.complaint import Channel, Event, Level


class Complaint(Base):
    """A complaint, as it was taken."""

    __tablename__ = "complaint"
    __table_args__ = (Index(None, "station_id", "id"), Index(None, "collector_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    channel: Mapped[Channel]
    received_at: Mapped[dt.datetime]
    """when it was made: a letter is older than its reading"""
    taken_at: Mapped[dt.datetime]
    taken_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """who took it first, and owns it"""
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"))
    """whom it is about; NULL: nobody, or not known yet"""
    about_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), unique=True)
    """the complaint whose handling this one is about"""
    harm: Mapped[bool]
    """it did harm in public"""


class ComplaintEntry(Base):
    """One line of a complaint's history, and how it stood from then on."""

    __tablename__ = "complaint_entry"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: nobody did, its time was over"""
    event: Mapped[Event]
    level: Mapped[Level]
    due_at: Mapped[dt.datetime]
    escalates_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    proven: Mapped[bool | None]
    apologised: Mapped[bool | None]


class ComplaintText(Base):
    """The words of an entry, and who said them; a trigger lets them be blanked, and no more."""

    __tablename__ = "complaint_text"
    __table_args__ = (
        ForeignKeyConstraint(
            ("complaint_id", "number"), ("complaint_entry.complaint_id", "complaint_entry.number")
        ),
    )
    complaint_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    contact: Mapped[str]
    """who complained and how to reach them; empty: not known, or blanked"""


class ComplaintLink(Base):
    """What a complaint is about: a vehicle, or with no place a whole grading, and held for it."""

    __tablename__ = "complaint_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ("complaint_id", "number"), ("complaint_entry.complaint_id", "complaint_entry.number")
        ),
        Index(None, "grading_id"),
    )
    complaint_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """of the entry"""
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"))
    vehicle_position: Mapped[int | None]
    """its place in the grading; NULL: the whole shift"""
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))
