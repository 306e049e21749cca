"""The inbox's tables: what the centre has of each booth, and what it could not use."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class InboxStream(Base):
    """The messages of one booth's epoch."""

    __tablename__ = "inbox_stream"
    __table_args__ = (UniqueConstraint("booth_id", "epoch"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    epoch: Mapped[str]
    writer_id: Mapped[int] = mapped_column(ForeignKey("ledger_writer.id"), unique=True)
    """the booth's chain as it is kept here"""
    latest: Mapped[int] = mapped_column(BigInteger)
    """the highest number that came"""
    held: Mapped[int]
    """messages that wait for others"""
    first_at: Mapped[dt.datetime]
    """when its first batch came"""
    last_at: Mapped[dt.datetime]
    """when its last batch came"""


class InboxMessage(Base):
    """The receipt of a message: the same number comes once."""

    __tablename__ = "inbox"
    stream_id: Mapped[int] = mapped_column(ForeignKey("inbox_stream.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """of the message as it came, 32 bytes"""


class InboxHeld(Base):
    """A message that came before what it needs."""

    __tablename__ = "inbox_held"
    __table_args__ = (
        ForeignKeyConstraint(("stream_id", "seq"), ("inbox.stream_id", "inbox.seq")),
        Index(None, "stream_id", "needs"),
    )
    stream_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    needs: Mapped[int] = mapped_column(BigInteger)
    """the number of the message that must be stored before"""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """zlib over the message as it came"""


class InboxGrading(Base):
    """A grading that came from a booth."""

    __tablename__ = "inbox_grading"
    __table_args__ = (UniqueConstraint("stream_id", "opened"),)
    grading_id: Mapped[int] = mapped_column(
        ForeignKey("grading.id", ondelete="CASCADE"), primary_key=True
    )
    stream_id: Mapped[int] = mapped_column(ForeignKey("inbox_stream.id"))
    opened: Mapped[int] = mapped_column(BigInteger)
    """number of the message that began it"""
    number: Mapped[int]
    """its number within the shift, as the booth counts"""


class InboxAlarm(Base):
    """Something that came and that a person must look at."""

    __tablename__ = "inbox_alarm"
    __table_args__ = (UniqueConstraint("stream_id", "seq", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(ForeignKey("inbox_stream.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """of what came, 32 bytes"""
    at: Mapped[dt.datetime]
    status: Mapped[int]
    """409: the number came before with another body; 422: it cannot be stored"""
    why: Mapped[str]
    """for people; without a word of what came"""
