"""The tables of consequences: what is proposed, on what, who decided, and what was said against it.

Rows are only ever added, which triggers hold; words can be blanked. Triggers and checks refuse a
consequence without evidence that stands, a named decider who was not there, and a cited rule for
an amount: docs/consequences.md lists them.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from phrases.consequences import Sanction


class AmountRule(Base):
    """That amounts are switched on at a station by its adopted rule, or off; the last counts."""

    __tablename__ = "amount_rule"
    __table_args__ = (
        CheckConstraint("NOT enabled OR (rule <> '' AND adopted_on IS NOT NULL)", name="cited"),
        CheckConstraint(
            "provision_fen BETWEEN 0 AND 20000 AND grave_least_fen BETWEEN 0 AND grave_most_fen "
            "AND grave_most_fen <= 50000",
            name="most",
        ),
    )
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    at: Mapped[dt.datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enabled: Mapped[bool]
    rule: Mapped[str]
    """its title and number"""
    adopted_on: Mapped[dt.date | None]
    provision_fen: Mapped[int]
    """for each provision"""
    grave_least_fen: Mapped[int]
    grave_most_fen: Mapped[int]
    pay_fen: Mapped[int | None]
    """a month's, that deductions are held against; NULL: not said"""
    minimum_fen: Mapped[int | None]
    """a month's minimum wage; NULL: not said"""


class Consequence(Base):
    """What is proposed against somebody, of one inspection: a draw, a check or a complaint."""

    __tablename__ = "consequence"
    __table_args__ = (
        CheckConstraint(
            "(draw_id IS NOT NULL AND check_id IS NULL AND complaint_id IS NULL) OR "
            "(draw_id IS NULL AND check_id IS NOT NULL AND complaint_id IS NULL "
            "AND proposed_by IS NOT NULL) OR "
            "(draw_id IS NULL AND check_id IS NULL AND complaint_id IS NOT NULL "
            "AND proposed_by IS NOT NULL)",
            name="one",
        ),
        UniqueConstraint("collector_id", "draw_id"),
        UniqueConstraint("check_id"),
        UniqueConstraint("complaint_id"),
        Index(None, "station_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("collector.id"))
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("review_draw.id"))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("hand_check.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: the program"""
    proposed_at: Mapped[dt.datetime]


class ConsequenceProvision(Base):
    """A provision that was broken, once whatever the number of vehicles."""

    __tablename__ = "consequence_provision"
    consequence_id: Mapped[int] = mapped_column(ForeignKey("consequence.id"), primary_key=True)
    provision: Mapped[str] = mapped_column(primary_key=True)


class ConsequenceEvidence(Base):
    """A finding that stands, and its clip."""

    __tablename__ = "consequence_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ("consequence_id", "provision"),
            ("consequence_provision.consequence_id", "consequence_provision.provision"),
        ),
        Index(None, "consequence_id"),
    )
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), primary_key=True)
    consequence_id: Mapped[int]
    provision: Mapped[str]
    sha256: Mapped[str]
    """of the clip's encrypted file, as it was when it was proposed"""
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))


class ConsequenceDecision(Base):
    """What a named person decided."""

    __tablename__ = "consequence_decision"
    __table_args__ = (
        CheckConstraint("imposed = (kind IS NOT NULL)", name="decided"),
        CheckConstraint(
            "(amount_fen IS NULL AND rule_number IS NULL AND COALESCE(kind, '') <> 'fine') OR "
            "(amount_fen IS NOT NULL AND amount_fen > 0 AND rule_number IS NOT NULL "
            "AND kind IS NOT NULL AND kind = 'fine')",
            name="fine",
        ),
    )
    consequence_id: Mapped[int] = mapped_column(ForeignKey("consequence.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    imposed: Mapped[bool]
    kind: Mapped[Sanction | None]
    """NULL: nothing follows"""
    amount_fen: Mapped[int | None]
    rule_number: Mapped[int | None]
    """of the station's rule of amounts"""
    appeal_until: Mapped[dt.datetime]
    reason: Mapped[str]


class ConsequenceAppeal(Base):
    """That whom it is about does not accept it."""

    __tablename__ = "consequence_appeal"
    consequence_id: Mapped[int] = mapped_column(
        ForeignKey("consequence_decision.consequence_id"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    text: Mapped[str]


class ConsequenceAnswer(Base):
    """What became of that, for good."""

    __tablename__ = "consequence_answer"
    __table_args__ = (CheckConstraint("granted OR person_id IS NOT NULL", name="named"),)
    consequence_id: Mapped[int] = mapped_column(
        ForeignKey("consequence_appeal.consequence_id"), primary_key=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: nobody answered in time"""
    at: Mapped[dt.datetime]
    granted: Mapped[bool]
    reason: Mapped[str]
