"""Re-grade shifts in bulk: begin, add a grading to one shift at a time, and show them all.

A re-grade adds gradings that wait. What would change is told from their figures and those of the
gradings that they would take the place of, before anybody makes them the ones that are shown.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.orm import aliased

from db import facts, figures, reads, tables
from db.explain import plainly
from db.facts_tables import FactFinding, FactTotal, Shown
from db.figures_types import Asked
from db.live_tables import OUT, VehicleMark
from db.regrade_tables import Regrade, RegradeShift
from db.seal import Signer
from db.statements import ERASED
from db.store import Store
from db.types import NOBODY, UsageError
from phrases.types import Outcome, ShiftReport

Again = Callable[[Connection, int, ShiftReport], ShiftReport]
"""Judges a stored report anew, of the grading with this id; Left if it cannot."""
VERSIONS = ("catalog", "dialogue", "score_table", "calendar", "model", "thresholds")
"""what makes two gradings of one recording the same"""


class What(enum.StrEnum):
    """What a re-grading goes by."""

    TABLE = "table"
    """another score table, on what is stored"""
    CLIPS = "clips"
    """a second hearing of the clips, and the score table"""


class Left(Exception):
    """A shift is left as it is; says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a re-grading is, and what would change."""

    regrade_id: int
    score_table: str
    """its version"""
    shifts: int
    done: int
    left: Mapping[str, int]
    """reason to the shifts that cannot be re-graded"""
    same: int
    """shifts done whose verdicts do not change"""
    before: Mapping[str, int]
    """vehicles, compliant, fault and unsure of the shifts done, as they were"""
    after: Mapping[str, int]
    """the same, as they would be"""
    findings: Mapping[tuple[str, str], tuple[int, int]]
    """code and status to how many there were and would be, where that changes"""
    shown_at: dt.datetime | None
    """aware; None: it waits"""

    @property
    def waiting(self) -> int:
        """Shifts that are still to be done."""
        return self.shifts - self.done - sum(self.left.values())


def begin(
    connection: Connection, asked: Asked, *, what: What, score_table: str, table_json: str,
    by: str, at: dt.datetime,
) -> tuple[int, list[str]]:  # fmt: skip
    """A new re-grading of the shifts asked for, as they are shown now; its id and theirs."""
    row = {"created_at": at, "by": by, "score_table": score_table, "table_json": table_json}
    row |= {"what": what}
    made = connection.execute(insert(Regrade).values(row).returning(Regrade.id))
    regrade_id = made.scalar_one()
    query = (
        select(Shown.shift_id, Shown.grading_id)
        .join(tables.Grading, tables.Grading.id == Shown.grading_id)
        .where(*figures.conditions(connection, asked, None), tables.Grading.complete.is_(True))
        .order_by(Shown.day, Shown.shift_id)
    )
    shifts = [
        {"regrade_id": regrade_id, "shift_id": row.shift_id, "before_id": row.grading_id}
        for row in connection.execute(query)
    ]
    if not shifts:
        raise UsageError("no complete shift is stored that fits: nothing is to be re-graded")
    connection.execute(insert(RegradeShift), shifts)
    return regrade_id, [str(shift["shift_id"]) for shift in shifts]


def rules_of(engine: Engine, regrade_id: int) -> tuple[What, str]:
    """What shifts are re-graded by, and the score table as JSON. UsageError if there is none."""
    with plainly(engine), engine.connect() as connection:
        found = _regrade(connection, regrade_id)
        return What(found.what), found.table_json


def one(engine: Engine, signer: Signer, regrade_id: int, shift_id: str, again: Again) -> bool:
    """Re-grade one shift, unless that is done; whether a grading was added.

    The shift's row is locked, so that two workers with the same job add one grading; and what was
    added is noted in the same transaction, so that a worker that is killed leaves all or nothing.
    """
    with Store(engine, signer) as unit, plainly(engine):
        connection = unit.connection
        lock = select(tables.Shift.id).where(tables.Shift.id == shift_id).with_for_update()
        connection.execute(lock)
        own = (RegradeShift.regrade_id == regrade_id, RegradeShift.shift_id == shift_id)
        query = select(RegradeShift.before_id, RegradeShift.after_id, RegradeShift.left)
        row = connection.execute(query.where(*own)).one_or_none()
        if row is None or row.after_id is not None or row.left is not None:
            return False
        left = _hindrance(connection, row.before_id)
        added = False
        after = None
        if left is None:
            of = select(tables.Grading.number, tables.Grading.recording_id)
            before = connection.execute(of.where(tables.Grading.id == row.before_id)).one()
            stored = reads.report_in(connection, shift_id, before.number).report
            try:
                report = again(connection, row.before_id, stored)
                after = _like(connection, shift_id, report)
                if after is None:
                    after = unit.add(shift_id, before.recording_id, report, shown=False)
                    added = True
            except Left as error:
                left = str(error)
        values = {"after_id": after, "left": left}
        connection.execute(update(RegradeShift).where(*own).values(values))
        unit.commit()
    return added


def progress(engine: Engine, regrade_id: int) -> Progress:
    """How far it is, and what would change. UsageError if there is none."""
    with plainly(engine), engine.connect() as connection:
        regrade = _regrade(connection, regrade_id)
        own = RegradeShift.regrade_id == regrade_id
        states = connection.execute(
            select(RegradeShift.left, func.count(RegradeShift.after_id), func.count())
            .where(own)
            .group_by(RegradeShift.left)
        ).all()
        before, after = (
            _vehicles(connection, regrade_id, column)
            for column in (RegradeShift.before_id, RegradeShift.after_id)
        )
        changed = _changed(connection, regrade_id)
        done = sum(done for _, done, _ in states)
        return Progress(
            regrade_id=regrade_id,
            score_table=regrade.score_table,
            shifts=sum(number for _, _, number in states),
            done=done,
            left={left: number for left, _, number in states if left is not None},
            same=done - _differ(connection, regrade_id),
            before=before,
            after=after,
            findings=changed,
            shown_at=regrade.shown_at,
        )


def show(engine: Engine, regrade_id: int, *, by: str, at: dt.datetime) -> tuple[int, int]:
    """Make its gradings the ones that are shown; how many, and how many shifts had changed since.

    UsageError while shifts wait to be done, or if it was shown before.
    """
    so_far = progress(engine, regrade_id)
    if so_far.waiting:
        raise UsageError(f"{so_far.waiting} shifts are not re-graded yet: wait for the workers")
    with plainly(engine), engine.begin() as connection:
        regrade = select(Regrade.shown_at).where(Regrade.id == regrade_id).with_for_update()
        if connection.scalar(regrade) is not None:
            raise UsageError(f"re-grading {regrade_id} is shown already")
        query = select(RegradeShift.shift_id, RegradeShift.before_id, RegradeShift.after_id)
        query = query.where(RegradeShift.regrade_id == regrade_id)
        shown = changed = 0
        for shift_id, before, after in connection.execute(query).all():
            if after is None:
                continue
            now = select(Shown.grading_id).where(Shown.shift_id == shift_id).with_for_update()
            if connection.scalar(now) == before:
                facts.show(connection, after)
                shown += 1
            else:
                changed += 1
        values = {"shown_at": at, "shown_by": by}
        connection.execute(update(Regrade).where(Regrade.id == regrade_id).values(values))
    return shown, changed


def _regrade(connection: Connection, regrade_id: int) -> Regrade:
    row = connection.execute(select(Regrade.__table__).where(Regrade.id == regrade_id)).mappings()
    found = row.one_or_none()
    if found is None:
        raise UsageError(f"there is no re-grading {regrade_id}")
    return Regrade(**found)


def _hindrance(connection: Connection, grading_id: int) -> str | None:
    """Why a grading cannot be judged anew from its rows."""
    code = connection.scalar(
        select(tables.Collector.code)
        .join(Shown, Shown.collector_id == tables.Collector.id)
        .where(Shown.grading_id == grading_id)
    )
    if code is None:
        return "another grading is shown since"
    if code == NOBODY:
        return "its vehicles are nobody's"
    if code.startswith(ERASED):
        return "the person was erased"
    marked = select(VehicleMark.id).where(
        VehicleMark.grading_id == grading_id, VehicleMark.kind.in_(OUT)
    )
    if connection.scalar(marked.limit(1)) is not None:
        # The marks are the grading's own; in a new one these vehicles would count again.
        return "vehicles of it are marked"
    return None


def _like(connection: Connection, shift_id: str, report: ShiftReport) -> int | None:
    """A complete grading of the shift that has these very versions."""
    same = [getattr(tables.Grading, name) == getattr(report.versions, name) for name in VERSIONS]
    query = select(func.max(tables.Grading.id)).where(
        tables.Grading.shift_id == shift_id, tables.Grading.complete.is_(True), *same
    )
    return connection.scalar(query)


def _vehicles(connection: Connection, regrade_id: int, column: object) -> dict[str, int]:
    names = ("vehicles", *(outcome.value for outcome in Outcome))
    sums = (func.coalesce(func.sum(getattr(FactTotal, name)), 0).label(name) for name in names)
    query = (
        select(*sums)
        .join(RegradeShift, column == FactTotal.grading_id)
        .where(RegradeShift.regrade_id == regrade_id, RegradeShift.after_id.is_not(None))
    )
    row = connection.execute(query).mappings().one()
    return {name: int(row[name]) for name in names}


def _changed(connection: Connection, regrade_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    found = []
    for column in (RegradeShift.before_id, RegradeShift.after_id):
        query = (
            select(FactFinding.code, FactFinding.status, func.sum(FactFinding.findings))
            .join(RegradeShift, column == FactFinding.grading_id)
            .where(RegradeShift.regrade_id == regrade_id, RegradeShift.after_id.is_not(None))
            .group_by(FactFinding.code, FactFinding.status)
        )
        rows = connection.execute(query)
        found.append(Counter({(code, status.value): int(n) for code, status, n in rows}))
    before, after = found
    return {
        key: (before[key], after[key])
        for key in sorted({*before, *after})
        if before[key] != after[key]
    }


def _differ(connection: Connection, regrade_id: int) -> int:
    """How many shifts have a vehicle whose outcome changes."""
    was, now = aliased(tables.Vehicle), aliased(tables.Vehicle)
    query = (
        select(func.count(func.distinct(RegradeShift.shift_id)))
        .join(was, was.grading_id == RegradeShift.before_id)
        .join(now, (now.grading_id == RegradeShift.after_id) & (now.position == was.position))
        .where(RegradeShift.regrade_id == regrade_id, was.outcome != now.outcome)
    )
    return connection.scalar(query) or 0
