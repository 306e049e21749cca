"""Keep what two people heard blind: samples of vehicles, and two labels of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, exists, func, insert, select
from sqlalchemy.orm import aliased

from db import holds, tables
from db.clip_tables import Clip
from db.double_tables import DoubleItem, DoubleLabel, DoubleSample
from db.facts import counts
from db.facts_tables import Shown
from db.insert import insert_new
from db.keeping_tables import HoldReason
from db.people_types import Reach
from db.reach import within
from db.reviews import on_shift
from db.statements import ERASED
from db.types import NOBODY, ClipReason, ConflictError
from phrases.agreement import Heard, Key, Program
from phrases.review import Verdict
from phrases.types import FindingStatus, StepOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSample:
    """A sample to be drawn."""

    station_id: int
    code: str
    since: dt.date
    until: dt.date
    """the day after the last"""
    size: int
    others: int
    faults: int
    unsures: int
    silents: int
    seed: str


def found(
    connection: Connection, station_id: int, code: str, since: dt.date, until: dt.date
) -> Mapping[Program, tuple[int, list[Key]]]:
    """By what the program said: how many vehicles there are, and those that can be heard."""
    answers: dict[Program, tuple[int, list[Key]]] = {}
    for program, status in (
        (Program.FAULT, FindingStatus.FAULT),
        (Program.UNSURE, FindingStatus.UNSURE),
    ):
        query = _vehicles(station_id, since, until).where(_says(code, status))
        answers[program] = _number(connection, query), _heard(connection, query)
    step = code.partition(".")[2] if code.startswith(("missing.", "amount.")) else None
    query = _vehicles(station_id, since, until).where(~_says(code, None))
    if step is not None:
        own = tables.Step
        query = query.where(
            exists().where(
                own.grading_id == tables.Vehicle.grading_id,
                own.vehicle_position == tables.Vehicle.position,
                own.step == step,
                own.outcome == StepOutcome.SAID,
            )
        )
    # Those that were kept by chance stand for the rest: others were kept for another fault.
    by_chance = query.where(Clip.reason == ClipReason.SAMPLE)
    answers[Program.SILENT] = _number(connection, query), _heard(connection, by_chance)
    return answers


def keep(
    connection: Connection,
    new: NewSample,
    drawn: Sequence[tuple[Key, Program]],
    *,
    by: int,
    at: dt.datetime,
) -> int:
    """Write down a sample and hold what was drawn; its id."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(DoubleSample).values(**row, drawn_by=by, drawn_at=at).returning(DoubleSample.id)
    sample = connection.execute(made).scalar_one()
    for (grading, vehicle), program in drawn:
        hold = holds.place(
            connection, grading, vehicle, reason=HoldReason.REVIEW, by=str(by), at=at
        )
        connection.execute(
            insert(DoubleItem).values(
                sample_id=sample,
                grading_id=grading,
                vehicle_position=vehicle,
                program=program,
                hold_id=hold,
            )
        )
    return sample


def label(
    connection: Connection, item: int, person_id: int, verdict: Verdict, at: dt.datetime
) -> int:
    """Write down what somebody heard; whether it was the first or the second.

    ConflictError if they, or two others, have labelled it.
    """
    for number in (1, 2):
        made = connection.execute(
            insert_new(connection, DoubleLabel)
            .values(item_id=item, number=number, person_id=person_id, at=at, verdict=verdict)
            .returning(DoubleLabel.number)
        ).scalar_one_or_none()
        if made is not None:
            if number == 2:
                hold = select(DoubleItem.hold_id).where(DoubleItem.id == item)
                holds.settle(connection, connection.execute(hold).scalar_one(), at)
            return number
    own = select(DoubleLabel.at).where(
        DoubleLabel.item_id == item, DoubleLabel.person_id == person_id
    )
    if connection.scalar(own) is not None:
        raise ConflictError("you have labelled this clip: somebody else must be the second")
    raise ConflictError("two people have labelled this clip: go on to the next")


def waiting(
    connection: Connection,
    reach: Reach,
    person_id: int,
    *,
    station: str | None = None,
    after: int | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """What this person may still label, in the order drawn, without what the program said."""
    own, label_ = DoubleItem, DoubleLabel
    labelled = select(func.count()).where(label_.item_id == own.id).correlate(own).scalar_subquery()
    query = _blind().where(
        within(reach, station=tables.Station.id),
        Clip.sha256.is_not(None),
        labelled < 2,
        ~exists().where(label_.item_id == own.id, label_.person_id == person_id),
        ~on_shift(person_id),
    )
    if station is not None:
        query = query.where(tables.Station.code == station)
    if after is not None:
        query = query.where(own.id > after)
    return connection.execute(query.order_by(own.id).limit(limit)).mappings().all()


def find(connection: Connection, reach: Reach, item: int) -> RowMapping | None:
    """One vehicle of a sample, without what the program said; None: there is none within reach."""
    query = _blind().where(DoubleItem.id == item, within(reach, station=tables.Station.id))
    return connection.execute(query).mappings().one_or_none()


def was_there(connection: Connection, item: int, person_id: int) -> bool:
    """Whether a person was on the shift of it."""
    query = _blind().where(DoubleItem.id == item, on_shift(person_id))
    return connection.execute(query).first() is not None


def samples(connection: Connection, reach: Reach) -> Sequence[RowMapping]:
    """The samples within reach, the newest first, with how many vehicles and labels each has."""
    own, item = DoubleSample, DoubleItem
    vehicles = select(func.count()).where(item.sample_id == own.id).correlate(own)
    labels = (
        select(func.count())
        .select_from(DoubleLabel)
        .join(item, item.id == DoubleLabel.item_id)
        .where(item.sample_id == own.id)
        .correlate(own)
    )
    query = (
        select(
            own.__table__,
            tables.Station.code.label("station"),
            vehicles.scalar_subquery().label("vehicles"),
            labels.scalar_subquery().label("labels"),
        )
        .join(tables.Station, tables.Station.id == own.station_id)
        .where(within(reach, station=own.station_id))
        .order_by(own.id.desc())
    )
    return connection.execute(query).mappings().all()


def pairs(connection: Connection, sample: RowMapping) -> Mapping[Program, Heard]:
    """What two people heard of a sample, by what the program said."""
    of = {
        Program.FAULT: sample["faults"],
        Program.UNSURE: sample["unsures"],
        Program.SILENT: sample["silents"],
    }
    heard: dict[Program, list[tuple[Verdict, Verdict]]] = {program: [] for program in of}
    first, second = aliased(DoubleLabel), aliased(DoubleLabel)
    query = (
        select(DoubleItem.program, first.verdict, second.verdict)
        .join(first, and_(first.item_id == DoubleItem.id, first.number == 1))
        .join(second, and_(second.item_id == DoubleItem.id, second.number == 2))
        .where(DoubleItem.sample_id == sample["id"])
    )
    for program, one, other in connection.execute(query):
        heard[program].append((one, other))
    return {program: Heard(of=of[program], pairs=heard[program]) for program in Program}


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """Every clip of a collector that was drawn for two to hear, and what each heard."""
    own, shift, said = DoubleItem, tables.Shift, DoubleLabel
    query = (
        select(
            own.id.label("double"),
            shift.id.label("shift"),
            own.vehicle_position,
            DoubleSample.code,
            own.program,
            said.number,
            said.at,
            said.verdict,
        )
        .join(DoubleSample, DoubleSample.id == own.sample_id)
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(shift, shift.id == tables.Grading.shift_id)
        .outerjoin(said, said.item_id == own.id)
        .where(shift.collector_id == collector_id)
        .order_by(own.id, said.number)
    )
    return connection.execute(query).mappings().all()


def _vehicles(station_id: int, since: dt.date, until: dt.date) -> Any:
    """The vehicles of the days' shown gradings, each with its clip if there is one."""
    car = tables.Vehicle
    return (
        select(car.grading_id, car.position)
        .select_from(Shown)
        .join(car, car.grading_id == Shown.grading_id)
        .join(tables.Collector, tables.Collector.id == Shown.collector_id)
        .outerjoin(
            Clip, and_(Clip.grading_id == car.grading_id, Clip.vehicle_position == car.position)
        )
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            tables.Collector.code != NOBODY,
            ~tables.Collector.code.startswith(ERASED),
            counts(car.grading_id, car.position),
        )
    )


def _says(code: str, status: FindingStatus | None) -> Any:
    own = tables.Finding
    which = [
        own.grading_id == tables.Vehicle.grading_id,
        own.vehicle_position == tables.Vehicle.position,
        own.code == code,
    ]
    if status is not None:
        which.append(own.status == status)
    return exists().where(*which)


def _number(connection: Connection, query: Any) -> int:
    number = select(func.count()).select_from(query.subquery())
    return connection.execute(number).scalar_one()


def _heard(connection: Connection, query: Any) -> list[Key]:
    rows = connection.execute(query.where(Clip.sha256.is_not(None)))
    return [(row.grading_id, row.position) for row in rows]


def _blind() -> Any:
    """Every vehicle of a sample with what is asked of it: not whose it was, nor what was said."""
    own, car, shift = DoubleItem, tables.Vehicle, tables.Shift
    return (
        select(
            own.id,
            own.sample_id,
            DoubleSample.code,
            DoubleSample.station_id,
            tables.Station.code.label("station"),
            car.lane,
            Clip.sha256.label("clip"),
        )
        .join(DoubleSample, DoubleSample.id == own.sample_id)
        .join(tables.Station, tables.Station.id == DoubleSample.station_id)
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(shift, shift.id == tables.Grading.shift_id)
        .join(car, and_(car.grading_id == own.grading_id, car.position == own.vehicle_position))
        .outerjoin(
            Clip,
            and_(Clip.grading_id == own.grading_id, Clip.vehicle_position == own.vehicle_position),
        )
    )
