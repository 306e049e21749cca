"""Count what is stored, in the transaction that stores it, so that a question need not.

`add` is for whoever stores vehicles, one by one or a shift at once; the counting is done by the
database, a statement for each table whatever the number of vehicles.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    SelectBase,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import aliased

from db import tables
from db.columns import Base, epoch_ms
from db.facts_tables import FactFinding, FactHour, FactStep, FactTotal, Shown
from db.insert import insert_on
from db.live_tables import OUT, VehicleMark
from phrases.types import Outcome, StepOutcome

FACTS: tuple[type[Base], ...] = (FactTotal, FactHour, FactStep, FactFinding)
"""the tables of figures"""
WEATHER = "context.weather"
"""code of a line that the weather asked for"""
_HOUR_MS = 3_600_000

Chosen = Callable[[Any, Any], ColumnElement[bool]]
"""Which vehicles: from the columns of the grading's id and of the vehicle's place, a condition."""


def add(connection: Connection, grading_id: int, positions: Collection[int] | None = None) -> None:
    """Count vehicles that were just stored (None: all of the grading), and settle what is shown.

    Each vehicle must be added once. To store the grading's own row again needs no more than
    `add` with no vehicles.
    """
    count(connection, grading_id, positions)
    settle(connection, grading_id)


def count(
    connection: Connection, grading_id: int, positions: Collection[int] | None = None
) -> None:
    """Count the vehicles into the grading's own figures, whether or not it is shown."""
    if positions is None:
        _count(connection, "whole", +1, grading_id=grading_id)
    elif positions:
        _count(connection, "places", +1, grading_id=grading_id, positions=sorted(positions))


def remove(
    connection: Connection, grading_id: int, positions: Collection[int] | None = None
) -> None:
    """Take vehicles out of the figures again, while their rows still are as they were counted.

    Whoever changes, marks or deletes a vehicle calls this before, and `count` after. A grading that
    is deleted takes its figures along by itself, but leaves its shift with nothing shown: call
    `settle` with another of the shift's gradings.
    """
    if positions is None:
        for table in FACTS:
            connection.execute(delete(table).where(table.__table__.c.grading_id == grading_id))
    elif positions:
        _count(connection, "places", -1, grading_id=grading_id, positions=sorted(positions))
        for table in FACTS:
            connection.execute(
                delete(table).where(
                    table.__table__.c.grading_id == grading_id,
                    *(table.__table__.c[name] == 0 for name in _measures(table)),
                )
            )


def settle(connection: Connection, grading_id: int) -> None:
    """Show the grading if its shift shows none, or if it is complete or the one shown is not.

    A stopped run hides no finished one. Whose the shift is, and which team's, is taken anew from
    what came with the grading; of one that is shown already nothing can be new.
    """
    if connection.scalar(_IS_SHOWN, {"grading_id": grading_id}) is not None:
        return
    now = _about(connection, tables.Grading.id == grading_id)
    shown = select(Shown.grading_id).where(Shown.shift_id == now["shift_id"])
    before = connection.scalar(shown)
    if before is not None:
        other = _about(connection, tables.Grading.id == before)
        if other["complete"] and not now["complete"]:
            now = other
    _point(connection, now)


def show(connection: Connection, grading_id: int) -> None:
    """Show this grading, whichever its shift showed before. LookupError if it is not stored."""
    _point(connection, _about(connection, tables.Grading.id == grading_id))


def recount(connection: Connection, grading_ids: Sequence[int] | None = None) -> None:
    """Count gradings (None: all) from their rows as if nothing had been counted of them yet."""
    for table in FACTS:
        every = delete(table)
        if grading_ids is not None:
            every = every.where(table.__table__.c.grading_id.in_(grading_ids))
        connection.execute(every)
    if grading_ids is None:
        _count(connection, "all", +1)
    else:
        _count(connection, "several", +1, grading_ids=grading_ids)


def rebuild(connection: Connection) -> None:
    """Count everything anew, and of every shift show its newest complete grading, or newest."""
    recount(connection)
    connection.execute(delete(Shown))
    ids = select(tables.Grading.id).order_by(tables.Grading.shift_id, tables.Grading.number)
    for grading_id in connection.scalars(ids).all():
        settle(connection, grading_id)


def counts(grading: Any, position: Any) -> ColumnElement[bool]:
    """Whether a vehicle counts, from the columns that name it: its last mark may take it out."""
    mark, later = aliased(VehicleMark), aliased(VehicleMark)
    undone = (
        select(later.id)
        .where(
            later.grading_id == mark.grading_id,
            later.vehicle_position == mark.vehicle_position,
            later.id > mark.id,
        )
        .exists()
    )
    out = select(mark.id).where(
        mark.grading_id == grading,
        mark.vehicle_position == position,
        mark.kind.in_(OUT),
        ~undone,
    )
    return ~out.exists()


_GRADING = bindparam("grading_id", type_=Integer)
_IS_SHOWN = select(Shown.shift_id).where(Shown.grading_id == _GRADING)
_CHOSEN: Mapping[str, Chosen] = {
    "all": lambda _, __: true(),
    "whole": lambda grading, _: grading == _GRADING,
    "several": lambda grading, _: grading.in_(bindparam("grading_ids", expanding=True)),
    "places": lambda grading, position: and_(
        grading == _GRADING, position.in_(bindparam("positions", expanding=True))
    ),
}


def _count(connection: Connection, which: str, sign: int, **values: Any) -> None:
    for statement in _counting(connection.dialect.name, which, sign):
        connection.execute(statement, values)


@lru_cache
def _counting(dialect: str, which: str, sign: int) -> tuple[Executable, ...]:
    """The statements that add what is chosen to the figures, or with -1 take it away.

    Kept, for to write them takes longer than to count a vehicle.
    """
    chosen = _CHOSEN[which]
    queries = {
        FactTotal: _totals(chosen),
        FactHour: _hours(chosen, dialect),
        FactStep: _steps(chosen),
        FactFinding: _findings(chosen),
    }
    made = []
    for table, query in queries.items():
        columns: Table = table.__table__  # type: ignore[assignment]
        new = insert_on(dialect, columns).from_select(
            [c.name for c in query.selected_columns], query
        )
        changed = {name: columns.c[name] + sign * new.excluded[name] for name in _measures(table)}
        made.append(
            new.on_conflict_do_update(index_elements=list(columns.primary_key), set_=changed)
        )
    return tuple(made)


def _measures(table: type[Base]) -> list[str]:
    return [column.name for column in table.__table__.columns if not column.primary_key]


def _of_outcome(column: Any, outcome: Outcome | StepOutcome) -> ColumnElement[int]:
    counted = func.sum(case((column == outcome, 1), else_=0))
    return cast(counted, Integer).label(outcome.value)


def _number() -> ColumnElement[int]:
    return cast(func.count(), Integer)


def _totals(chosen: Chosen) -> SelectBase:
    own = tables.Vehicle
    return (
        select(
            own.grading_id,
            own.lane,
            _number().label("vehicles"),
            *(_of_outcome(own.outcome, outcome) for outcome in Outcome),
        )
        .where(chosen(own.grading_id, own.position), counts(own.grading_id, own.position))
        .group_by(own.grading_id, own.lane)
    )


def _hours(chosen: Chosen, dialect: str) -> SelectBase:
    own, due = tables.Vehicle, tables.Due
    asked = cast(due.phrases, Text)
    weather = (
        select(
            due.grading_id,
            due.vehicle_position,
            case(
                (func.min(asked) == func.max(asked), func.min(asked)),
                else_=func.min(asked) + " " + func.max(asked),
            ).label("weather"),
        )
        .where(due.code == WEATHER, chosen(due.grading_id, due.vehicle_position))
        .group_by(due.grading_id, due.vehicle_position)
        .subquery()
    )
    # Apart from the counting, for PostgreSQL does not see that two expressions with parameters
    # are the same.
    each = (
        select(
            own.grading_id,
            own.lane,
            hour_of(dialect).label("hour"),
            own.profile,
            func.coalesce(weather.c.weather, literal("")).label("weather"),
            own.outcome,
        )
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .outerjoin(
            weather,
            and_(
                weather.c.grading_id == own.grading_id,
                weather.c.vehicle_position == own.position,
            ),
        )
        .where(chosen(own.grading_id, own.position), counts(own.grading_id, own.position))
        .subquery()
    )
    keys = [each.c[name] for name in ("grading_id", "lane", "hour", "profile", "weather")]
    return select(
        *keys,
        _number().label("vehicles"),
        *(_of_outcome(each.c.outcome, outcome) for outcome in Outcome),
    ).group_by(*keys)


def hour_of(dialect: str) -> ColumnElement[int]:
    """The hour of a vehicle's arrival by the site's clock."""
    local_ms = (
        epoch_ms(tables.Grading.started_at, dialect)
        + tables.Grading.utc_offset_s * 1000
        + tables.Vehicle.start_ms
    )
    return cast((local_ms % (24 * _HOUR_MS) + 24 * _HOUR_MS) // _HOUR_MS % 24, Integer)


def _steps(chosen: Chosen) -> SelectBase:
    step, own = tables.Step, tables.Vehicle
    keys = (step.grading_id, own.lane, step.step, step.mandatory)
    return (
        select(*keys, *(_of_outcome(step.outcome, outcome) for outcome in StepOutcome))
        .join(own, _is_of(step))
        .where(_both(chosen, step))
        .group_by(*keys)
    )


def _findings(chosen: Chosen) -> SelectBase:
    finding, own = tables.Finding, tables.Vehicle
    keys = (finding.grading_id, own.lane, finding.code, finding.status)
    return (
        select(*keys, _number().label("findings"))
        .join(own, _is_of(finding))
        .where(_both(chosen, finding))
        .group_by(*keys)
    )


def _both(chosen: Chosen, below: Any) -> ColumnElement[bool]:
    """Which rows, of the vehicle and of what is below it: the database concludes neither."""
    own = tables.Vehicle
    return and_(
        chosen(own.grading_id, own.position),
        chosen(below.grading_id, below.vehicle_position),
        counts(own.grading_id, own.position),
    )


def _is_of(below: type[tables.Step] | type[tables.Finding]) -> ColumnElement[bool]:
    own = tables.Vehicle
    return and_(own.grading_id == below.grading_id, own.position == below.vehicle_position)


def _about(connection: Connection, which: ColumnElement[bool]) -> Any:
    """What is shown of a grading, and whether it is complete."""
    query = (
        select(
            tables.Shift.id.label("shift_id"),
            tables.Grading.id.label("grading_id"),
            tables.Shift.started_at.label("shift_started_at"),
            tables.Grading.utc_offset_s,
            tables.Grading.complete,
            tables.Booth.station_id,
            tables.Shift.booth_id,
            tables.Shift.collector_id,
            tables.Shift.team_id,
        )
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .join(tables.Booth, tables.Booth.id == tables.Shift.booth_id)
        .where(which)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise LookupError("the grading is not stored")
    return row


def _point(connection: Connection, about: Any) -> None:
    whose = ("station_id", "booth_id", "collector_id", "team_id")
    row = {name: about[name] for name in ("shift_id", "grading_id", *whose)}
    row["started_at"] = about["shift_started_at"]
    row["day"] = day_of(about["shift_started_at"], about["utc_offset_s"])
    new = insert_on(connection.dialect.name, Shown).values(row)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["shift_id"],
            set_={name: new.excluded[name] for name in row if name != "shift_id"},
        )
    )


def day_of(started_at: dt.datetime, utc_offset_s: int) -> dt.date:
    """The day on which a shift began, by the site's clock."""
    return started_at.astimezone(dt.timezone(dt.timedelta(seconds=utc_offset_s))).date()
