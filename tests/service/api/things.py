"""Something of each kind that is one's own, the team's, the station's, or another's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Connection, insert

from db import audit, clips, devices, people, places, rosters, tables
from db.inbox_tables import InboxAlarm, InboxStream
from db.ledger_tables import LedgerWriter
from db.people_types import Deed, Grant, Reach, Role
from service import bootstrap
from tests.service.api.follow import follow
from tests.service.api.office import office
from tests.service.api.school import school
from tests.service.api.world import CHEAP, NOW, WHOSE, World

EVERYTHING = Reach(everything=True)


@dataclass(kw_only=True)
class Things:
    """What there is to ask for: whose to its id."""

    shifts: Mapping[str, str]
    rosters: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    clips: dict[str, str] = field(default_factory=dict)
    complaints: dict[str, int] = field(default_factory=dict)
    """about each"""
    plans: dict[str, int] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, int] = field(default_factory=dict)
    """checks that nobody has said anything to yet"""
    rectifications: dict[str, int] = field(default_factory=dict)
    put_right: dict[str, int] = field(default_factory=dict)
    """rectifications that wait to be looked at again"""
    reviews: dict[str, int] = field(default_factory=dict)
    """findings that wait to be decided"""
    against: dict[str, int] = field(default_factory=dict)
    """findings that were confirmed"""
    appealed: dict[str, int] = field(default_factory=dict)
    """those whose appeal waits for an answer"""
    to_propose: dict[str, int] = field(default_factory=dict)
    """checks that a second person stands by"""
    consequences: dict[str, int] = field(default_factory=dict)
    """those that wait for a decision"""
    imposed: dict[str, int] = field(default_factory=dict)
    protested: dict[str, int] = field(default_factory=dict)
    """those whose appeal waits for an answer"""
    doubles: dict[str, int] = field(default_factory=dict)
    """clips that wait for two labels"""
    exams: dict[str, int] = field(default_factory=dict)
    to_end: dict[str, int] = field(default_factory=dict)
    """exams that go on"""
    sat: dict[str, int] = field(default_factory=dict)
    """sittings that are settled"""
    trainings: dict[str, int] = field(default_factory=dict)
    to_cancel: dict[str, int] = field(default_factory=dict)
    """trainings that are to come"""
    pupils: dict[str, int] = field(default_factory=dict)
    whose: Mapping[str, tuple[str, str, str]] = field(default_factory=lambda: WHOSE)
    """station, team and collector"""
    numbers: count[int] = field(default_factory=lambda: count(1))

    def new(self) -> str:
        """A code that nothing has."""
        return f"new{next(self.numbers)}"

    def new_key(self) -> str:
        """A key that no booth has."""
        return f"{next(self.numbers):064x}"

    def new_events(self) -> dict[str, object]:
        """A message of the lane that there was not."""
        number = self.new()
        event = {"id": number, "kind": "arrived", "at": NOW.isoformat(), "vehicle": number}
        return {"events": [event]}

    def new_roster(self, whose: str) -> dict[str, object]:
        """A roster that nobody has."""
        station, team, collector = self.whose[whose]
        start = NOW + dt.timedelta(days=next(self.numbers))
        return {
            "station": station,
            "booth": "3",
            "team": team,
            "collector": collector,
            "starts_at": start.isoformat(),
            "ends_at": (start + dt.timedelta(hours=8)).isoformat(),
        }

    def new_person(self, whose: str) -> dict[str, object]:
        """A person that there is not."""
        return {
            "login": self.new(),
            "name": "somebody",
            "password": "three words and 4",
            "roles": [{"role": "monitor", "station": self.whose[whose][0]}],
        }

    def new_complaint(self, whose: str) -> dict[str, object]:
        """A complaint that nobody has made."""
        station, _, collector = self.whose[whose]
        return {
            "station": station,
            "collector": collector,
            "channel": "phone",
            "received_at": NOW.isoformat(),
            "text": "没有找零",
        }

    def new_check(self, whose: str) -> dict[str, object]:
        """A check that nobody has made."""
        station, _, collector = self.whose[whose]
        return {
            "station": station,
            "collector": collector,
            "method": "mystery",
            "day": f"{NOW:%Y-%m-%d}",
            "marks": {"appearance.badge": 3},
            "text": "规范",
        }

    def new_exam(self, whose: str) -> dict[str, object]:
        """An exam that nobody has set."""
        return {
            "station": self.whose[whose][0],
            "title": "十一月考试",
            "items": [{"exercise": "phrase:ticket.take"}, {"text": "收您100元找您85元"}],
            "pass_mark": 80,
            "minutes": 15,
        }

    def new_training(self, whose: str) -> dict[str, object]:
        """A training that nobody has planned."""
        return {
            "station": self.whose[whose][0],
            "course": "唱收唱付",
            "place": "会议室",
            "starts_at": NOW.isoformat(),
            "ends_at": (NOW + dt.timedelta(hours=2)).isoformat(),
            "people": [self.pupils[whose]],
        }


def things(world: World) -> Things:
    """One of each kind of each."""
    made = Things(shifts=world.shifts)
    vault = bootstrap.vault(world.services.site, world.services.database.writer)
    for day, (whose, (station, team, collector)) in enumerate(WHOSE.items()):
        with world.services.database.writing() as connection:
            station_id = places.station(connection, station, EVERYTHING)
            assert station_id is not None
            booth = places.find(connection, tables.Booth, station_id=station_id, code="3")
            team_id = places.find(connection, tables.Team, station_id=station_id, code=team)
            assert booth is not None
            collector_id = places.collector(connection, station_id, collector)
            start = NOW - dt.timedelta(days=10 + day)
            roster = rosters.add(
                connection,
                booth_id=booth,
                collector_id=collector_id,
                team_id=team_id,
                starts_at=start,
                ends_at=start + dt.timedelta(hours=8),
            )
            assert roster is not None
            made.rosters[whose] = roster
            found = clips.page(
                connection, EVERYTHING, shift=world.shifts[whose], after=None, limit=1
            )
            made.clips[whose] = found[0]["sha256"]
            deed = Deed(action="clip.read", collector_id=collector_id, station_id=station_id)
            audit.note(connection, deed, NOW)
            office(connection, made, whose, (station_id, team_id, collector_id))
            follow(connection, made, whose, (station_id, team_id, collector_id))
            if whose in ("station", "other"):
                school(connection, vault, made, whose, station_id)
                device = devices.add(connection, booth, f"{day:064x}", NOW)
                assert device is not None
                made.devices[whose] = device
                _alarm(connection, booth, station)
                made.people[whose] = people.add(
                    connection,
                    login=f"somebody.{whose}",
                    name="somebody",
                    password=CHEAP.hash("three words and 4"),
                    grants=[Grant(role=Role.MONITOR, station_id=station_id)],
                    at=NOW,
                )
    return made


def _alarm(connection: Connection, booth: int, station: str) -> None:
    """A message of the booth that a person must look at."""
    writer = insert(LedgerWriter).values(name=f"{station}/3/e", seq=0, hash="0" * 64)
    key = connection.execute(writer.returning(LedgerWriter.id)).scalar_one()
    stream = {
        "booth_id": booth, "epoch": "e", "writer_id": key, "latest": 1, "held": 0,
        "first_at": NOW, "last_at": NOW,
    }  # fmt: skip
    made = connection.execute(insert(InboxStream).values(stream).returning(InboxStream.id))
    alarm = {
        "stream_id": made.scalar_one(), "seq": 1, "sha256": b"0" * 32, "at": NOW, "status": 409,
        "why": "another message came under this number",
    }  # fmt: skip
    connection.execute(insert(InboxAlarm).values(alarm))
