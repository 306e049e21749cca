"""Delete what is over its days, and erase a vehicle or a person who asks for it.

Each grading is erased in a transaction of its own, so whatever stops it, what is done holds and a
second run goes on. Files go after their rows: what a crash leaves is swept.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from db import clips as clip_rows
from db import (
    consequences,
    drills,
    erase,
    erasure_wants,
    holds,
    inbox_later,
    people,
    remarks,
    reviews,
    tables,
)
from db.clip_tables import Clip
from db.erasure_wants import Wish
from db.explain import plainly
from db.holds import Held
from db.keeping_tables import ErasedWhat, Erasure
from db.ledger import moment
from db.seal import Signer
from db.statements import ERASED
from db.vault import Vault
from service import bootstrap
from service.errors import BadInput, Failed
from service.settings import Settings

SWEPT_S = 3_600.0
"""seconds after which a clip's file that no row names is nobody's: its row may be on its way"""
_SLACK = dt.timedelta(days=1)
_NOTHING = Held()


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What was erased."""

    clips: int = 0
    gradings: int = 0
    """of which words were erased"""
    held: int = 0
    """gradings of which something is over its days and held"""
    swept: int = 0
    """files that no clip named"""
    messages: int = 0
    """of the lane"""
    tries: int = 0
    """of drills, and sounds of such"""


def tidy(site: Settings, now: dt.datetime) -> Done:
    """Delete clips and words that are over their days and not held, and sweep stray files.

    BadInput if the database cannot be used; Failed if this machine's clock is behind what is
    stored, for then nothing can be said of days, or if the database refuses.
    """
    with bootstrap.database(site) as engine:
        return tidied(site, engine, now)


def tidied(site: Settings, engine: Engine, now: dt.datetime) -> Done:
    """The same in a database that is open; `now` is aware. StoreError if it refuses."""
    vault = bootstrap.kept_vault(site, engine)
    with engine.connect() as connection:
        newest = connection.scalar(select(func.max(tables.Grading.created_at)))
    if newest is not None and newest > now + _SLACK:
        raise Failed("this machine's clock is behind what is stored: set it, then tidy")
    clips, clips_held = _old_clips(engine, vault, now, dt.timedelta(days=site.clip_days))
    gradings, words_held = _old_words(engine, now, dt.timedelta(days=site.word_days))
    gradings += _waiting(engine, now)
    messages = _old_messages(engine, now - dt.timedelta(days=site.word_days))
    tries = _old_tries(engine, vault, now, dt.timedelta(days=site.word_days))
    swept = 0 if vault is None else sweep(engine, vault)
    if clips or gradings or messages or tries:
        erase.compact(engine)
    return Done(
        clips=clips,
        gradings=gradings,
        held=len(clips_held | words_held),
        swept=swept,
        messages=messages,
        tries=tries,
    )


def sweep(engine: Engine, vault: Vault, older_than_s: float = SWEPT_S) -> int:
    """Delete the files that no clip names and that are older than this; how many."""
    oldest = time.time() - older_than_s
    names = [name for name, written in vault.files() if written <= oldest]
    with engine.connect() as connection:
        strays = set(names) - clip_rows.known(connection, names)
        strays -= drills.known_sounds(connection, strays)
    for name in strays:
        vault.remove(name)
    return len(strays)


def collector(
    site: Settings, station: str, code: str, now: dt.datetime, *, forced: str | None = None
) -> Done:
    """Erase all that is kept of a collector: words, clips, and whose it was.

    `forced` says why it is erased though some of it is held. BadInput if there is no such
    collector, if it is held and not forced, or if it cannot be erased yet.
    """
    with bootstrap.database(site) as engine:
        return collector_in(site, engine, station, code, now, forced=forced)


def collector_in(
    site: Settings,
    engine: Engine,
    station: str,
    code: str,
    now: dt.datetime,
    *,
    forced: str | None = None,
) -> Done:
    """The same in a database that is open."""
    vault, signer = bootstrap.kept_vault(site, engine), bootstrap.signer(site)
    files: list[str] = []
    with engine.begin() as connection:
        person = _collector(connection, station, code)
        gradings = connection.scalars(erase.gradings_of(person)).all()
        _may(connection, gradings, now, forced, "the collector")
        for grading in gradings:
            erase.words(connection, grading)
            files += erase.clips(connection, grading, None)
        recording = tables.Grading.recording_id
        used = select(recording).where(tables.Grading.id.in_(erase.gradings_of(person)))
        for one in connection.scalars(used.distinct()).all():
            erase.names(connection, one)
        reviews.blank_of(connection, gradings)
        consequences.blank_of(connection, person)
        for account in people.accounts_of(connection, person):
            files += drills.forget_person(connection, account)
        erase.collector(connection, person, now)
        made = erase.trace(connection, gradings, ErasedWhat.COLLECTOR, now, forced)
        remarks.state(connection, "erased", made, signer, moment(now))
    _remove(vault, files)
    erase.compact(engine)
    return Done(clips=len(files), gradings=len(gradings))


def vehicle(
    site: Settings, shift: str, name: str, now: dt.datetime, *, forced: str | None = None
) -> Done:
    """Erase the words and the clip of one vehicle, in every grading of its shift."""
    with bootstrap.database(site) as engine:
        return vehicle_in(site, engine, shift, name, now, forced=forced)


def vehicle_in(
    site: Settings,
    engine: Engine,
    shift: str,
    name: str,
    now: dt.datetime,
    *,
    forced: str | None = None,
) -> Done:
    """The same in a database that is open."""
    vault, signer = bootstrap.kept_vault(site, engine), bootstrap.signer(site)
    files: list[str] = []
    car, grading = tables.Vehicle, tables.Grading
    with engine.begin() as connection:
        found = connection.execute(
            select(car.grading_id, car.position)
            .join(grading, grading.id == car.grading_id)
            .where(grading.shift_id == shift, car.vehicle == name)
            .order_by(car.grading_id, car.position)
        ).all()
        if not found:
            raise BadInput("there is no such vehicle: 'changshou report SHIFT' lists them")
        gradings = sorted({row.grading_id for row in found})
        places = {row.grading_id: {row.position} for row in found}
        _may(connection, gradings, now, forced, "the vehicle", places)
        for row in found:
            erase.vehicle_words(connection, row.grading_id, row.position)
            files += erase.clips(connection, row.grading_id, [row.position])
            reviews.blank_of(connection, [row.grading_id], row.position)
            own, place = [row.grading_id], row.position
            made = erase.trace(connection, own, ErasedWhat.VEHICLE, now, forced, place)
            remarks.state(connection, "erased", made, signer, moment(now))
    _remove(vault, files)
    erase.compact(engine)
    return Done(clips=len(files), gradings=len(gradings))


def _old_clips(
    engine: Engine, vault: Vault | None, now: dt.datetime, days: dt.timedelta
) -> tuple[int, set[int]]:
    """How many were erased, and the gradings of which some are held."""
    old = select(Clip.grading_id).where(Clip.kept_at <= now - days, Clip.sha256.is_not(None))
    with engine.connect() as connection:
        gradings = connection.scalars(old.distinct().order_by(Clip.grading_id)).all()
    count, some_held = 0, set[int]()
    for grading in gradings:
        with engine.begin() as connection:
            held = holds.held(connection, [grading], now).get(grading, _NOTHING)
            due = select(Clip.vehicle_position).where(
                Clip.grading_id == grading, Clip.kept_at <= now - days, Clip.sha256.is_not(None)
            )
            places = set(connection.scalars(due))
            free = {place for place in places if not held.covers(place)}
            files = erase.clips(connection, grading, free)
        _remove(vault, files)
        count += len(files)
        if free != places:
            some_held.add(grading)
    return count, some_held


def _old_words(engine: Engine, now: dt.datetime, days: dt.timedelta) -> tuple[int, set[int]]:
    """How many gradings' words were erased, and the gradings of which some are held."""
    grading = tables.Grading
    done = select(Erasure.grading_id).where(
        Erasure.what.in_((ErasedWhat.WORDS, ErasedWhat.COLLECTOR))
    )
    old = select(grading.id).where(grading.created_at <= now - days, grading.id.not_in(done))
    with engine.connect() as connection:
        gradings = connection.scalars(old.order_by(grading.id)).all()
    count, some_held = 0, set[int]()
    for one in gradings:
        with engine.begin() as connection:
            if erase.busy(connection, [one]):
                continue
            held = holds.held(connection, [one], now).get(one, _NOTHING)
            erase.words(connection, one, held)
            if held:
                some_held.add(one)
                continue
            erase.trace(connection, [one], ErasedWhat.WORDS, now)
            _old_names(connection, one)
            count += 1
    return count, some_held


def _waiting(engine: Engine, now: dt.datetime) -> int:
    """Erase what a booth erased and was held here, once nothing holds it; of how many gradings."""
    waits = select(Erasure.grading_id).where(Erasure.waits)
    with engine.begin() as connection:
        gradings = sorted(set(connection.scalars(waits)))
        inbox_later.erased(connection, gradings, now)
        left = set(connection.scalars(waits))
    return len(set(gradings) - left)


def asked(engine: Engine, signer: Signer, wishes: Sequence[Wish], now: dt.datetime) -> int:
    """Erase at a booth what was erased at its centre; of how many gradings.

    What is held here, lasts, or waits to be sent is left for the next time. The files of clips
    are swept by `tidy`; without their keys they are noise. StoreError if the database refuses.
    """
    count = 0
    for wish in wishes:
        what = ErasedWhat.COLLECTOR if wish.vehicle is None else ErasedWhat.VEHICLE
        with plainly(engine), engine.begin() as connection:
            grading = erasure_wants.grading_of(connection, wish)
            if grading is None or erasure_wants.is_done(connection, grading, wish):
                continue
            held = holds.held(connection, [grading], now).get(grading)
            if erase.busy(connection, [grading]) is not None:
                continue
            if not erase.again(connection, grading, what, wish.vehicle, held):
                continue
            made = erase.trace(connection, [grading], what, now, place=wish.vehicle)
            remarks.state(connection, "erased", made, signer, moment(now))
            count += 1
    if count:
        erase.compact(engine)
    return count


def _old_names(connection: Connection, grading_id: int) -> None:
    """The names of a recording's files go when the words of its last grading have gone."""
    grading = tables.Grading
    own = select(grading.recording_id).where(grading.id == grading_id).scalar_subquery()
    erased = select(Erasure.grading_id).where(Erasure.what == ErasedWhat.WORDS)
    left = select(grading.id).where(grading.recording_id == own, grading.id.not_in(erased))
    if connection.execute(left.limit(1)).first() is None:
        erase.names(connection, connection.scalars(select(own)).one())


def _old_messages(engine: Engine, before: dt.datetime) -> int:
    """What the lane sent may name plates."""
    with engine.begin() as connection:
        return erase.lane_messages(connection, before)


def _old_tries(engine: Engine, vault: Vault | None, now: dt.datetime, days: dt.timedelta) -> int:
    """Delete tries at drills that are over their days, and the sound that was kept of others."""
    with engine.begin() as connection:
        sounds = list(drills.old_sounds(connection, now))
        old = drills.before(connection, now - days)
        files = [*sounds, *drills.forget(connection, old)]
    _remove(vault, files)
    return len(sounds) + len(old)


def _collector(connection: Connection, station: str, code: str) -> int:
    found = connection.scalar(
        select(tables.Collector.id)
        .join(tables.Station, tables.Station.id == tables.Collector.station_id)
        .where(tables.Station.code == station, tables.Collector.code == code)
    )
    if found is None or code.startswith(ERASED):
        raise BadInput("there is no such collector at this station: nothing was erased")
    return found


def _may(
    connection: Connection,
    gradings: Sequence[int],
    now: dt.datetime,
    forced: str | None,
    what: str,
    places: dict[int, set[int]] | None = None,
) -> None:
    """BadInput if it is held and not forced, or if it cannot be erased yet."""
    if (why := erase.busy(connection, gradings)) is not None:
        raise BadInput(f"{what} cannot be erased yet: {why}")
    found = holds.held(connection, gradings, now)
    if places is not None:
        found = {
            grading: held
            for grading, held in found.items()
            if any(held.covers(place) for place in places[grading])
        }
    if found and forced is None:
        raise BadInput(
            f"{what} is held by an open review, appeal, complaint or consequence, or one that was "
            "final less than a year ago: wait, or say with --force why it must be erased"
        )


def _remove(vault: Vault | None, files: Sequence[str]) -> None:
    if vault is not None:
        for name in files:
            vault.remove(name)
