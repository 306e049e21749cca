"""The outbox's tables: what a booth has stored and the centre has not yet acknowledged.

A message is deleted once the centre has it, so the table is as long as the backlog.
"""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class MessageState(enum.Enum):
    """What is to be done with a message."""

    READY = "ready"
    """to be sent, in its turn"""
    REFUSED = "refused"
    """the centre would not have it: kept until a person has seen to it"""


class OutboxEpoch(Base):
    """A run of numbers that is never begun again: a new database has a new one."""

    __tablename__ = "outbox_epoch"
    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(unique=True)
    """16 random hexadecimal characters"""
    began_at: Mapped[dt.datetime]
    seq: Mapped[int] = mapped_column(BigInteger)
    """of the last message; 0: none yet"""
    sent: Mapped[int] = mapped_column(BigInteger)
    """messages that the centre has acknowledged"""


class OutboxMessage(Base):
    """One message that waits."""

    __tablename__ = "outbox"
    epoch_id: Mapped[int] = mapped_column(ForeignKey("outbox_epoch.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """from 1 within the epoch"""
    kind: Mapped[str]
    grading_id: Mapped[int | None]
    """what it is of; None: of the chain alone"""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """zlib over the message's canonical JSON"""
    size: Mapped[int]
    """bytes of the canonical JSON"""
    sha256: Mapped[str]
    """of the canonical JSON, 64 hexadecimal characters"""
    state: Mapped[MessageState]
    why: Mapped[str | None]
    """what the centre has against it"""
    stored_at: Mapped[dt.datetime]


class OutboxGrading(Base):
    """Under which number a grading's beginning was put in the outbox: what follows names it."""

    __tablename__ = "outbox_grading"
    grading_id: Mapped[int] = mapped_column(
        ForeignKey("grading.id", ondelete="CASCADE"), primary_key=True
    )
    epoch_id: Mapped[int] = mapped_column(ForeignKey("outbox_epoch.id"))
    opened: Mapped[int] = mapped_column(BigInteger)
    """the message's number"""


class OutboxRemark(Base):
    """An entry that states something said later (db/remarks), and that was put in the outbox."""

    __tablename__ = "outbox_remark"
    __table_args__ = (Index(None, "grading_id"),)
    writer_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """the entry"""
    epoch_id: Mapped[int] = mapped_column(ForeignKey("outbox_epoch.id"))
    grading_id: Mapped[int | None]
    """what it is of; NULL: of the booth"""
    message: Mapped[int] = mapped_column(BigInteger)
    """the message's number"""
