"""Two stations with their people; shifts of oneself, the team, the station and another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import select

from db import people, tables
from db.people_tables import Person as PersonRow
from db.people_types import Grant, Role
from db.store import Store
from phrases.types import Lane
from service import bootstrap, settings
from service.api.wiring import Services
from service.booth import Booth
from service.live import Keeper
from service.live_types import Place
from service.passwords import Passwords
from tests.db import samples
from tests.service import booths

CHEAP = Passwords(memory_kib=8, rounds=1)
"""a hash in a millisecond: what costs is tested elsewhere"""
PASSWORD = "three words and 4"
NOW = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)
STATION, OTHER = "南昌西", "other"
WHOSE = {
    "own": ("南昌西", "甲班", "0107"),
    "team": ("南昌西", "甲班", "0108"),
    "station": ("南昌西", "乙班", "0201"),
    "other": ("other", "甲班", "0107"),
}
"""whose a shift is, seen from the first's collector: station, team, collector"""


@dataclass(kw_only=True)
class Clock:
    """A clock that a test moves."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        """What it shows."""
        return self.now

    def pass_(self, **span: float) -> None:
        """Let so much time pass."""
        self.now += dt.timedelta(**span)


@dataclass(kw_only=True)
class World:
    """The API over a database with people and shifts in it."""

    client: TestClient
    """nobody is logged in"""
    services: Services
    clock: Clock
    shifts: dict[str, str]
    """whose to the shift's id"""
    logins: dict[Role, str] = field(default_factory=dict)

    def person(self, role: Role, login: str | None = None, *, everywhere: bool = False) -> str:
        """Somebody with this role at the first station (of its first team); their login."""
        name = login or role.value
        with self.services.database.writing() as connection:
            station = connection.scalars(
                select(tables.Station.id).where(tables.Station.code == STATION)
            ).one()
            team = connection.scalars(
                select(tables.Team.id).where(
                    tables.Team.station_id == station, tables.Team.code == "甲班"
                )
            ).one()
            collector = connection.scalars(
                select(tables.Collector.id).where(
                    tables.Collector.station_id == station, tables.Collector.code == "0107"
                )
            ).one()
            grant = Grant(
                role=role,
                station_id=None if everywhere else station,
                team_id=team if role is Role.TEAM_LEADER else None,
            )
            known = connection.scalar(
                select(PersonRow.id).where(PersonRow.collector_id == collector)
            )
            if role is Role.COLLECTOR and known is not None:
                # tests/service/api/office.py made it, for an appeal is the collector's own.
                people.change(connection, known, login=name, password=CHEAP.hash(PASSWORD))
                people.set_grants(connection, known, [grant])
                return name
            people.add(
                connection,
                login=name,
                name="somebody",
                password=CHEAP.hash(PASSWORD),
                grants=[grant],
                collector_id=collector if role is Role.COLLECTOR else None,
                at=self.clock(),
            )
        return name

    def log_in(self, login: str, password: str = PASSWORD) -> dict[str, str]:
        """The header of a session of theirs."""
        body = {"login": login, "password": password, "bearer": True}
        answer = self.client.post("/v1/session", json=body)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def as_(self, role: Role, *, everywhere: bool = False) -> dict[str, str]:
        """The header of a session of a person with this role, who is made at first."""
        if role not in self.logins:
            self.logins[role] = self.person(role, everywhere=everywhere)
        return self.log_in(self.logins[role])


def site(folder: Path, url: str | None = None) -> settings.Settings:
    """Settings with a database and a key of their own."""
    own = '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\n'
    (folder / "s.toml").write_text(own, encoding="utf-8")
    env = {"CHANGSHOU_CONFIG": str(folder / "s.toml")}
    return settings.load(env, db=url or f"sqlite:///{folder / 'c.db'}")


def fill(services: Services) -> dict[str, str]:
    """Store a shift of each; whose to its id."""
    shifts = {}
    vault = bootstrap.vault(services.site, services.database.writer)
    with Store(services.database.writer, samples.SIGNER) as unit:
        for whose, (station, team, collector) in WHOSE.items():
            identity = samples.identity(station=station, team=team, collector=collector)
            shifts[whose] = unit.save(
                identity, samples.recording(whose), samples.report(), samples.clips(vault)
            )
        unit.commit()
    return shifts


def booth_of(services: Services) -> Booth:
    """A booth of the first station that listens, with a lane controller and nobody in it."""
    place = Place(
        station=STATION,
        booth="3",
        lane=Lane.EXIT,
        zone=dt.UTC,
        lane_events=True,
        lateness_ms=3_000,
    )
    keeper = Keeper(
        services.database.writer,
        samples.SIGNER,
        place,
        services.known,
        model="fake",
        clock=booths.Clock(NOW),
    )
    keeper.start()
    keeper.listening()
    return Booth(keeper)
