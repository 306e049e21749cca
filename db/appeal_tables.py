"""The tables of appeals: a collector's against what was confirmed, and the office's last word.

Rows are only ever added, which triggers hold; words can be blanked. Triggers refuse an appeal by
anybody else or too late, and an answer by who reviewed it, who was on the shift, or who is late.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class Appeal(Base):
    """That a collector does not accept what was confirmed."""

    __tablename__ = "appeal"
    __table_args__ = (Index(None, "due_at"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_decision.item_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    """until when it is to be answered: else it is decided for the collector"""
    text: Mapped[str]


class AppealAnswer(Base):
    """What became of an appeal, for good."""

    __tablename__ = "appeal_answer"
    __table_args__ = (CheckConstraint("granted OR person_id IS NOT NULL", name="named"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("appeal.item_id"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: nobody answered in time"""
    at: Mapped[dt.datetime]
    granted: Mapped[bool]
    """the finding stands no more"""
    reason: Mapped[str]
