"""The latest findings of shifts that run come from every booth, by when they were made."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from db.people_types import Reach, Role
from db.store import Store
from phrases.types import FindingStatus
from service.accounts import Active
from service.api import findings
from service.api.access import Caller
from tests.db import samples
from tests.service.api.world import NOW, World


def running(world: World, booth: str, began: dt.timedelta, *at_s: int) -> str:
    """A shift that began so long ago and runs, with a finding at each of these seconds."""
    finding = samples.verdict().findings[0]
    vehicles = tuple(
        samples.verdict(
            number,
            start_ms=at * 1000 - 500,
            end_ms=at * 1000 + 500,
            findings=(replace(finding, at_ms=at * 1000, status=FindingStatus.FAULT),),
        )
        for number, at in enumerate(at_s)
    )
    start = NOW - began
    report = samples.report(complete=False, started_at=start, transactions=vehicles)
    who = samples.identity(booth=booth, started_at=start)
    with Store(world.services.database.writer, samples.SIGNER) as unit:
        unit.save(who, samples.recording(booth), report)
        unit.commit()
    return who.shift_id


def caller(world: World, reach: Reach) -> Caller:
    """Somebody with that reach."""
    token = world.as_(Role.SUPERVISOR)["Authorization"].removeprefix("Bearer ")
    active = world.services.accounts.active(token)
    assert isinstance(active, Active)
    return Caller(active=active, reach=reach)


def test_the_latest_of_every_booth(world: World) -> None:
    """No booth hides another; a shift that began long ago runs no more, whatever it says."""
    one = running(world, "6", dt.timedelta(hours=2), 60, 5000, 7000)
    two = running(world, "7", dt.timedelta(hours=1), 100, 3000)
    running(world, "8", dt.timedelta(hours=40), 500)
    everybody = caller(world, Reach(everything=True))
    found = findings.running(everybody, world.services, 4)
    assert [(each.shift, each.at_s) for each in found] == [
        (one, 7000),
        (two, 3000),
        (one, 5000),
        (two, 100),
    ]
    assert len(findings.running(everybody, world.services, 12)) == 5
    assert findings.running(caller(world, Reach()), world.services, 12) == []
