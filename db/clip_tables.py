"""The tables of clips: what sound is kept of which vehicle, and the keys to it.

A key is in a table of its own, so that deleting its row is all that it takes to erase a clip.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base, Ms
from db.types import ClipReason


class _OfVehicle:
    """A row of a vehicle, named by it."""

    grading_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    vehicle_position: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class Clip(_OfVehicle, Base):
    """The sound of one vehicle, as it was kept or should have been."""

    __tablename__ = "clip"
    __table_args__ = (
        ForeignKeyConstraint(
            ("grading_id", "vehicle_position"),
            ("vehicle.grading_id", "vehicle.position"),
            ondelete="CASCADE",
        ),
        Index(None, "sha256", unique=True),
        Index(None, "kept_at"),
    )
    reason: Mapped[ClipReason]
    start_ms: Mapped[Ms]
    end_ms: Mapped[Ms]
    silenced: Mapped[tuple[int, ...]]
    """where it was silenced: start and end in turn, milliseconds from the recording's start"""
    sha256: Mapped[str | None]
    """of the encrypted file, which it names; NULL: erased, or never kept"""
    size: Mapped[int]
    """bytes of the file; 0: never kept"""
    codec: Mapped[str]
    wrapped_by: Mapped[str]
    """which machine's key wraps the clip's own"""
    problem: Mapped[str | None]
    """why it was never kept"""
    kept_at: Mapped[dt.datetime]


class ClipKey(_OfVehicle, Base):
    """The key to a clip; no row: nobody can hear it any more."""

    __tablename__ = "clip_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ("grading_id", "vehicle_position"),
            ("clip.grading_id", "clip.vehicle_position"),
            ondelete="CASCADE",
        ),
    )
    wrapped: Mapped[str]
    """wrapped by the machine's key (RFC 3394), 80 hexadecimal characters"""
    wrapped_by: Mapped[str | None]
    """which machine's key, at a centre to which the booth sent its clip; NULL: as the clip says"""


class ClipWanted(Base):
    """A clip that a centre has asked its booth for, and that has not come."""

    __tablename__ = "clip_wanted"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    """of the encrypted file"""
    asked_at: Mapped[dt.datetime]
    problem: Mapped[str | None]
    """why the booth cannot send it; NULL: it has not said"""
