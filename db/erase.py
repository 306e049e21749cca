"""Erase words, clips and people: what was said goes with its salt, a clip with its key.

The ledger's proof holds afterwards (docs/ledger.md). Everything here is done in the caller's
transaction; `compact` then takes what was erased out of the database's own files.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, text, update

from db import ledger_tables, months, sqlite, tables
from db.clip_tables import Clip, ClipKey, ClipWanted
from db.columns import Base
from db.explain import plainly
from db.facts_tables import Shown
from db.holds import Held
from db.keeping_tables import ErasedWhat, Erasure
from db.live_tables import LaneMessage, LiveGrading, VehicleMark
from db.outbox_tables import OutboxMessage
from db.people_tables import Person, Roster, Session
from db.statements import ERASED

_AT_ONCE = 500
"""numbers in one statement"""
_NONE = Held()


def clips(connection: Connection, grading_id: int, places: Iterable[int] | None) -> list[str]:
    """Erase the clips of these vehicles (None: of all); the names of their files, to be deleted."""
    chosen = Clip.grading_id == grading_id
    if places is not None:
        chosen = chosen & Clip.vehicle_position.in_(sorted(places))
    found = connection.execute(
        select(Clip.vehicle_position, Clip.sha256).where(chosen, Clip.sha256.is_not(None))
    ).all()
    gone = {row.vehicle_position for row in found}
    for some in _some(gone):
        of_key = ClipKey.grading_id == grading_id, ClipKey.vehicle_position.in_(some)
        connection.execute(delete(ClipKey).where(*of_key))
        of_clip = Clip.grading_id == grading_id, Clip.vehicle_position.in_(some)
        connection.execute(update(Clip).where(*of_clip).values(sha256=None))
    _forget(
        connection,
        [
            (entry["writer_id"], entry["seq"], 0)
            for entry in _entries(connection, grading_id, "clip")
            if json.loads(entry["body"])["vehicle_position"] in gone
        ],
    )
    names = [str(row.sha256) for row in found]
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        connection.execute(delete(ClipWanted).where(ClipWanted.sha256.in_(part)))
    return names


def words(connection: Connection, grading_id: int, spare: Held = _NONE) -> None:
    """Erase the words of a grading but for what is spared: of vehicles, and what was said then."""
    if spare.everything:
        return
    vehicle = tables.Vehicle
    places = set(connection.scalars(select(vehicle.position).where(_of(vehicle, grading_id))))
    lost = places - spare.vehicles
    kept = _said_at(connection, grading_id, spare.vehicles)
    utterance = tables.Utterance
    numbers = set(connection.scalars(select(utterance.position).where(_of(utterance, grading_id))))
    _erase(connection, grading_id, lost, numbers - kept)
    if not spare:
        grading = tables.Grading
        connection.execute(update(grading).where(grading.id == grading_id).values(warnings=()))
        reports = _entries(connection, grading_id, "report")
        _forget(connection, [(entry["writer_id"], entry["seq"], 0) for entry in reports])


def vehicle_words(connection: Connection, grading_id: int, place: int) -> None:
    """Erase the words of one vehicle, and what was said while it was there."""
    said = _said_at(connection, grading_id, {place})
    _erase(connection, grading_id, {place}, said)


def names(connection: Connection, recording_id: int) -> None:
    """Erase the names of a recording's files, of which all its gradings have the salted hash."""
    part = tables.Part
    connection.execute(update(part).where(part.recording_id == recording_id).values(name=""))
    gradings = select(tables.Grading.id).where(tables.Grading.recording_id == recording_id)
    for grading_id in connection.scalars(gradings).all():
        for entry in _entries(connection, grading_id, "opened"):
            _forget(connection, [(entry["writer_id"], entry["seq"], 1)])


def collector(connection: Connection, collector_id: int, at: dt.datetime) -> str:
    """Put what stands for nobody in the place of a collector's id, wherever it stands.

    The ids of shifts are made of the collector's, so they are drawn anew. The account is closed.
    """
    nobody = f"{ERASED}{secrets.token_hex(8)}"
    person, shift = tables.Collector, tables.Shift
    code = connection.scalars(select(person.code).where(person.id == collector_id)).one()
    _unsay(connection, connection.scalars(gradings_of(collector_id)).all(), code)
    for grading_id in connection.scalars(gradings_of(collector_id)).all():
        for entry in _entries(connection, grading_id, "opened"):
            _forget(connection, [(entry["writer_id"], entry["seq"], 0)])
    shifts = connection.execute(
        select(shift.__table__).where(shift.collector_id == collector_id)
    ).mappings()
    for row in shifts.all():
        _rename(connection, row)
    connection.execute(delete(Roster).where(Roster.collector_id == collector_id))
    account = select(Person.id).where(Person.collector_id == collector_id)
    connection.execute(delete(Session).where(Session.person_id.in_(account)))
    # No hash begins so: no password fits.
    closed = {"login": nobody, "name": "", "password": "!", "totp_secret": None}
    connection.execute(
        update(Person)
        .where(Person.collector_id == collector_id)
        .values(**closed, disabled_at=func.coalesce(Person.disabled_at, at))
    )
    code, station = connection.execute(
        select(person.code, person.station_id).where(person.id == collector_id)
    ).one()
    months.rename(connection, station, code, nobody)
    own = update(person).where(person.id == collector_id)
    connection.execute(own.values(code=nobody, team_id=None))
    return nobody


def shift_collector(connection: Connection, shift_id: str) -> None:
    """Put nobody in the place of one shift's collector; that person's others stay as they are."""
    shift, person = tables.Shift, tables.Collector
    row = connection.execute(select(shift.__table__).where(shift.id == shift_id)).mappings().one()
    own = select(person.code, person.station_id).where(person.id == row["collector_id"])
    whose = connection.execute(own).one()
    if whose.code.startswith(ERASED):
        return
    gradings = connection.scalars(
        select(tables.Grading.id).where(tables.Grading.shift_id == shift_id)
    ).all()
    _unsay(connection, gradings, whose.code)
    nobody = {"station_id": whose.station_id, "code": f"{ERASED}{secrets.token_hex(8)}"}
    made = connection.execute(insert(person).values(nobody).returning(person.id)).scalar_one()
    for table in (shift, Shown):
        key = table.__table__.c["id" if table is shift else "shift_id"]
        connection.execute(update(table).where(key == shift_id).values(collector_id=made))
    _rename(connection, {**row, "collector_id": made})
    unnamed(connection, gradings)


def unnamed(connection: Connection, gradings: Iterable[int]) -> None:
    """Forget the salts of whose shifts these are, where the collector was erased."""
    for some in _some(gradings):
        gone = connection.scalars(
            select(tables.Grading.id)
            .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
            .join(tables.Collector, tables.Collector.id == tables.Shift.collector_id)
            .where(tables.Grading.id.in_(some), tables.Collector.code.startswith(ERASED))
        ).all()
        for grading_id in gone:
            for entry in _entries(connection, grading_id, "opened"):
                _forget(connection, [(entry["writer_id"], entry["seq"], 0)])


def again(
    connection: Connection,
    grading_id: int,
    what: ErasedWhat,
    place: int | None,
    held: Held | None,
) -> bool:
    """Erase what was erased of a grading, pieces of which may have come since.

    False: it is held, and must wait.
    """
    spare = held or _NONE
    if what is ErasedWhat.WORDS:
        words(connection, grading_id, spare)
        return True
    if what is ErasedWhat.VEHICLE:
        if place is None:
            return True  # it is older than the note of which vehicle it was
        if spare.covers(place):
            return False
        vehicle_words(connection, grading_id, place)
        clips(connection, grading_id, [place])
        return True
    if spare:
        return False
    words(connection, grading_id)
    clips(connection, grading_id, None)
    own = select(tables.Grading.shift_id, tables.Grading.recording_id)
    row = connection.execute(own.where(tables.Grading.id == grading_id)).one()
    names(connection, row.recording_id)
    shift_collector(connection, row.shift_id)
    return True


def settle(connection: Connection, erasure_id: int, *, waits: bool) -> None:
    """Note whether an erasure still waits for a hold to end."""
    own = Erasure.id == erasure_id, Erasure.waits.is_not(waits)
    connection.execute(update(Erasure).where(*own).values(waits=waits))


def _unsay(connection: Connection, gradings: Sequence[int], code: str) -> None:
    """Take a collector's id out of what they themselves said of vehicles."""
    mark = VehicleMark
    for some in _some(gradings):
        said = mark.grading_id.in_(some), mark.kind == "not_me", mark.by == code
        rows = connection.execute(select(mark.writer_id, mark.seq).where(*said)).all()
        _forget(connection, [(row.writer_id, row.seq, 0) for row in rows if row.seq is not None])
        connection.execute(update(mark).where(*said).values(by=""))


def lane_messages(connection: Connection, before: dt.datetime) -> int:
    """Delete what the lane sent up to then, with the salts of what is stated of it; how much."""
    old = LaneMessage.received_at <= before
    stated = select(LaneMessage.writer_id, LaneMessage.seq).where(old, LaneMessage.seq.is_not(None))
    for row in connection.execute(stated).all():
        _forget(connection, [(row.writer_id, row.seq, place) for place in (0, 1)])
    return connection.execute(delete(LaneMessage).where(old)).rowcount


def gradings_of(collector_id: int) -> Any:
    """The ids of all gradings of a collector's shifts."""
    joined = select(tables.Grading.id).join(
        tables.Shift, tables.Shift.id == tables.Grading.shift_id
    )
    return joined.where(tables.Shift.collector_id == collector_id).order_by(tables.Grading.id)


def busy(connection: Connection, gradings: Sequence[int]) -> str | None:
    """Why these gradings cannot be erased yet; None: nothing is against it."""
    for some in _some(gradings):
        still_open = select(LiveGrading.grading_id).where(
            LiveGrading.grading_id.in_(some), LiveGrading.closed_at.is_(None)
        )
        if connection.execute(still_open.limit(1)).first() is not None:
            return "a shift of it is still open: close it first"
        waiting = select(OutboxMessage.seq).where(OutboxMessage.grading_id.in_(some))
        if connection.execute(waiting.limit(1)).first() is not None:
            return "some of it waits to be sent to the centre: let that be done first"
    return None


def newest_collector(connection: Connection) -> dt.datetime | None:
    """When a collector was last erased, aware; None: nobody was, or nothing was stored of them."""
    erased = select(func.max(Erasure.erased_at)).where(Erasure.what == ErasedWhat.COLLECTOR)
    return connection.scalars(erased).one()


def trace(
    connection: Connection,
    gradings: Iterable[int],
    what: ErasedWhat,
    at: dt.datetime,
    forced: str | None = None,
    place: int | None = None,
) -> list[int]:
    """Write down that something was erased of these gradings; `place`: of this vehicle.

    The rows' ids: what a person decided is stated in the ledger (`db.remarks`).
    """
    row = {"what": what, "erased_at": at, "forced": forced, "vehicle_position": place}
    rows = [{"grading_id": grading, **row} for grading in gradings]
    if not rows:
        return []
    made = insert(Erasure).returning(Erasure.id, sort_by_parameter_order=True)
    return list(connection.scalars(made, rows))


def compact(engine: Engine) -> None:
    """Take what was erased out of the database's files; StoreError if somebody is in the way."""
    with plainly(engine):
        if engine.dialect.name == "sqlite":
            sqlite.compact(engine)
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in Base.metadata.sorted_tables:
                connection.execute(text(f'VACUUM "{table.name}"'))


def _erase(
    connection: Connection, grading_id: int, vehicles: set[int], utterances: set[int]
) -> None:
    for some in _some(vehicles):
        for table, blank in (
            (tables.Step, {"heard": None, "why": ""}),
            (tables.Finding, {"heard": None, "reason": ""}),
        ):
            own = _of(table, grading_id), table.__table__.c.vehicle_position.in_(some)
            connection.execute(update(table).where(*own).values(**blank))
        car = tables.Vehicle
        named = _of(car, grading_id), car.position.in_(some), car.is_number.is_(False)
        connection.execute(update(car).where(*named).values(vehicle=""))
    for some in _some(utterances):
        said, found = tables.Utterance, tables.Match
        own = _of(said, grading_id), said.position.in_(some)
        connection.execute(update(said).where(*own).values(text=None))
        own = _of(found, grading_id), found.utterance_position.in_(some)
        connection.execute(update(found).where(*own).values(text="", why="", remark=None))
    places = list[tuple[int, int, int]]()
    for kind, gone in (("vehicle", vehicles), ("utterance", utterances)):
        for entry in _entries(connection, grading_id, kind):
            if json.loads(entry["body"])["position"] in gone:
                places.append((entry["writer_id"], entry["seq"], 0))
    for entry in _entries(connection, grading_id, "report"):
        # Of a grading that is stated as a whole, the utterances' hashes follow the warnings'.
        places += [(entry["writer_id"], entry["seq"], number + 1) for number in utterances]
    _forget(connection, places)


def _said_at(connection: Connection, grading_id: int, places: Iterable[int]) -> set[int]:
    """The places of the utterances that lie in these vehicles' time, with what was judged of it."""
    found = set[int]()
    step, said = tables.Step, tables.Utterance
    for place in places:
        car = tables.Vehicle
        whole = select(car.start_ms, car.end_ms).where(_of(car, grading_id), car.position == place)
        parts = select(step.start_ms, step.end_ms).where(
            _of(step, grading_id), step.vehicle_position == place, step.start_ms.is_not(None)
        )
        spans = [*connection.execute(whole).all(), *connection.execute(parts).all()]
        if not spans:
            continue  # it has not come yet
        start, end = min(one.start_ms for one in spans), max(one.end_ms for one in spans)
        within = select(said.position).where(
            _of(said, grading_id), said.start_ms < end, said.end_ms > start
        )
        found |= set(connection.scalars(within))
    return found


def _rename(connection: Connection, shift: Mapping[Any, Any]) -> None:
    """Give a shift a drawn id, and have all that names it name that."""
    table, new = tables.Shift, secrets.token_hex(8)
    # The old row is still there, and two shifts of one booth cannot begin at one moment.
    aside = dt.datetime.max.replace(tzinfo=dt.UTC)
    connection.execute(insert(table), [{**shift, "id": new, "started_at": aside}])
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column is table.__table__.c.id:
                mine = update(other).where(key.parent == shift["id"])
                connection.execute(mine.values({key.parent.name: new}))
    connection.execute(delete(table).where(table.id == shift["id"]))
    back = update(table).where(table.id == new)
    connection.execute(back.values(started_at=shift["started_at"]))


def _entries(connection: Connection, grading_id: int, kind: str) -> Sequence[RowMapping]:
    """The ledger's entries of a kind that state something of a grading."""
    entry, seal = ledger_tables.LedgerEntry, ledger_tables.LedgerSeal
    query = (
        select(entry.writer_id, entry.seq, entry.body)
        .join(
            seal,
            (seal.writer_id == entry.writer_id)
            & (entry.seq >= seal.first_seq)
            & (entry.seq <= seal.seq),
        )
        .where(seal.grading_id == grading_id, entry.kind == kind)
    )
    return connection.execute(query).mappings().all()


def _forget(connection: Connection, places: Sequence[tuple[int, int, int]]) -> None:
    """Delete the salts of these places (writer, entry, place)."""
    row = ledger_tables.LedgerWords
    for writer, seq, place in places:
        own = row.writer_id == writer, row.seq == seq, row.place == place
        connection.execute(update(row).where(*own).values(salt=None))


def _of(table: Any, grading_id: int) -> Any:
    return table.grading_id == grading_id


def _some(numbers: Iterable[int]) -> list[list[int]]:
    """The numbers in parts that one statement takes."""
    every = sorted(set(numbers))
    return [every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)]
