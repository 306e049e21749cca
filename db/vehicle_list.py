"""List vehicles of the gradings that are shown, a page at a time, the newest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from db import codec, facts, figures, tables
from db.columns import epoch_ms
from db.facts_tables import FactFinding, FactTotal, Shown
from db.figures_types import Asked, Listed, Place, Wanted
from phrases.types import FindingStatus

LONGEST = dt.timedelta(days=7)
"""no shift lasts longer: those that began earlier are not looked into for a vehicle"""


def vehicles(
    connection: Connection,
    asked: Asked,
    wanted: Wanted,
    *,
    after: Place | None = None,
    limit: int,
) -> list[Listed]:
    """At most `limit` vehicles that come after the one at `after` (None: from the first).

    They are those that the figures count.
    Shifts by their start, the latest first, and in each the latest vehicle first.
    """
    own = tables.Vehicle
    query = (
        _asked(connection, select(Shown.started_at, own.grading_id, own.position), asked, wanted)
        .order_by(Shown.started_at.desc(), Shown.grading_id.desc(), own.position.desc())
        .limit(limit)
    )
    if after is not None:
        place = tuple_(Shown.started_at, Shown.grading_id, own.position)
        # The first says again what the second does, for an index.
        query = query.where(Shown.started_at <= after[0], place < tuple_(*after))
    places = [(row.grading_id, row.position) for row in connection.execute(query)]
    if not places:
        return []
    # Apart from finding them: with all tables at once PostgreSQL plans badly.
    found = dict(_rows(connection, places))
    findings = _findings(connection, places)
    return [_listed(found[place], findings[place]) for place in places]


def count(connection: Connection, asked: Asked, wanted: Wanted) -> int:
    """How many vehicles all pages of the list have together."""
    query = _asked(connection, select(func.count()), asked, wanted)
    return int(connection.scalars(query).one())


def _asked(connection: Connection, columns: Any, asked: Asked, wanted: Wanted) -> Any:
    """These columns, of the vehicles that are asked for and wanted."""
    own = tables.Vehicle
    query = (
        columns.select_from(Shown)
        .join(own, own.grading_id == Shown.grading_id)
        .where(
            *figures.conditions(connection, asked, own),
            facts.counts(own.grading_id, own.position),
            *_wanted(wanted, connection.dialect.name),
        )
    )
    if wanted.code is not None:
        # A vehicle has a code once. From the finding to its vehicle: a rare one is found without
        # looking at all the vehicles of its shift.
        finding = tables.Finding
        same = and_(
            finding.grading_id == Shown.grading_id, finding.vehicle_position == own.position
        )
        query = query.join(finding, same).where(*_named(wanted, finding))
    if wanted.since is not None or wanted.until is not None:
        query = query.join(tables.Grading, tables.Grading.id == Shown.grading_id)
    return query


def _rows(
    connection: Connection, places: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], Any]]:
    """What is listed of each of these vehicles."""
    own, shift, grading = tables.Vehicle, tables.Shift, tables.Grading
    query = (
        select(
            own.grading_id,
            own.position,
            own.vehicle,
            own.is_number,
            own.lane,
            own.outcome,
            own.start_ms,
            own.end_ms,
            grading.started_at,
            grading.utc_offset_s,
            grading.number,
            shift.id.label("shift_id"),
            shift.started_at.label("shift_started_at"),
            tables.Station.code.label("station"),
            tables.Booth.code.label("booth"),
            tables.Collector.code.label("collector"),
            tables.Team.code.label("team"),
        )
        .select_from(own)
        .join(grading, grading.id == own.grading_id)
        .join(shift, shift.id == grading.shift_id)
        .join(tables.Booth, tables.Booth.id == shift.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .join(tables.Collector, tables.Collector.id == shift.collector_id)
        .outerjoin(tables.Team, tables.Team.id == shift.team_id)
        .where(_of(own.grading_id, own.position, places))
    )
    for row in connection.execute(query).mappings():
        yield (row["grading_id"], row["position"]), row


def _of(grading: Any, position: Any, places: Sequence[tuple[int, int]]) -> ColumnElement[bool]:
    """Which rows are of these vehicles, shift by shift: pairs in a list would use no index."""
    by_grading: defaultdict[int, list[int]] = defaultdict(list)
    for grading_id, place in places:
        by_grading[grading_id].append(place)
    return or_(
        *(and_(grading == key, position.in_(own)) for key, own in sorted(by_grading.items()))
    )


def _wanted(wanted: Wanted, dialect: str) -> list[ColumnElement[bool]]:
    own, finding = tables.Vehicle, tables.Finding
    found: list[ColumnElement[bool]] = []
    if wanted.outcome is not None:
        found.append(own.outcome == wanted.outcome)
        # The figures tell which shifts have none, so that their vehicles need not be looked at.
        some = getattr(FactTotal, wanted.outcome.value) > 0
        found.append(
            select(1)
            .where(FactTotal.grading_id == Shown.grading_id, some)
            .correlate(Shown)
            .exists()
        )
    if wanted.code is not None or wanted.status is not None:
        found.append(_has(wanted, FactFinding, FactFinding.grading_id == Shown.grading_id))
    if wanted.code is None and wanted.status is not None:
        same = and_(finding.grading_id == own.grading_id, finding.vehicle_position == own.position)
        found.append(_has(wanted, finding, same))
    started_ms = epoch_ms(tables.Grading.started_at, dialect)
    if wanted.since is not None:
        found.append(Shown.started_at >= wanted.since - LONGEST)
        found.append(started_ms + own.start_ms >= _ms(wanted.since))
    if wanted.until is not None:
        found.append(Shown.started_at < wanted.until)
        found.append(started_ms + own.start_ms < _ms(wanted.until))
    return found


def _has(wanted: Wanted, table: Any, same: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the table has a finding that is wanted."""
    rows = select(1).select_from(table).where(same, *_named(wanted, table))
    return rows.correlate(Shown, tables.Vehicle).exists()


def _named(wanted: Wanted, table: Any) -> list[ColumnElement[bool]]:
    named: list[ColumnElement[bool]] = []
    if wanted.code is not None:
        named.append(table.code == wanted.code)
    if wanted.status is not None:
        named.append(table.status == wanted.status)
    return named


def _ms(moment: dt.datetime) -> int:
    """Milliseconds from 1970."""
    return (moment - dt.datetime.fromtimestamp(0, dt.UTC)) // dt.timedelta(milliseconds=1)


def _findings(
    connection: Connection, places: Sequence[tuple[int, int]]
) -> Mapping[tuple[int, int], list[tuple[str, FindingStatus]]]:
    own = tables.Finding
    found: defaultdict[tuple[int, int], list[tuple[str, FindingStatus]]] = defaultdict(list)
    query = (
        select(own.grading_id, own.vehicle_position, own.code, own.status)
        .where(_of(own.grading_id, own.vehicle_position, places))
        .order_by(own.grading_id, own.vehicle_position, own.position)
    )
    for row in connection.execute(query):
        found[row.grading_id, row.vehicle_position].append((row.code, row.status))
    return found


def _listed(row: Any, findings: Sequence[tuple[str, FindingStatus]]) -> Listed:
    names = ("shift_id", "position", "station", "booth", "collector", "team")
    more = ("lane", "outcome", "start_ms", "end_ms")
    return Listed(
        place=(row["shift_started_at"], row["grading_id"], row["position"]),
        grading=row["number"],
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
        arrived_at=codec.local_start(row) + dt.timedelta(milliseconds=row["start_ms"]),
        findings=findings,
        **{name: row[name] for name in (*names, *more)},
    )
