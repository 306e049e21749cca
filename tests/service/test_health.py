"""Whether a machine can go on: each check fails when it must, and only then."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import namedtuple

import pytest

from db.outbox import Backlog
from db.types import StoreError
from service import health
from service.health import LEAST_FREE, Measures, checks, measure
from service.listen import Started
from service.live_ears import Ears
from tests.service.api.conftest import filled, known, world
from tests.service.api.world import World

__all__ = ["filled", "known", "world"]

EMPTY = Backlog(epoch=None, seq=0, sent=0, waiting=0, size=0, refused=0, oldest=None)
Usage = namedtuple("Usage", ("total", "used", "free"))


def found(**changes: object) -> Measures:
    """A machine that is well, but for what is changed."""
    well: dict[str, object] = {
        "database": True, "free": LEAST_FREE, "clock_back": dt.timedelta(days=-1), "outbox": EMPTY,
    }  # fmt: skip
    return Measures(**(well | changes))  # type: ignore[arg-type]


def failing(measures: Measures) -> list[str]:
    """Names of the checks that fail."""
    return [name for name, problem in checks(measures).items() if problem is not None]


def test_a_machine_that_is_well_passes() -> None:
    """Also one of which little can be told yet."""
    assert failing(found()) == []
    assert failing(found(free=None, clock_back=None)) == []


def test_each_check_fails_by_itself() -> None:
    """A clock that is corrected by a second is no fault; one that lost a day is."""
    assert failing(found(database=False, outbox=None)) == ["database"]
    assert failing(found(free=LEAST_FREE - 1)) == ["disk"]
    assert failing(found(clock_back=dt.timedelta(seconds=1))) == []
    assert failing(found(clock_back=dt.timedelta(days=1))) == ["clock"]
    refused = Backlog(epoch="e", seq=2, sent=1, waiting=0, size=9, refused=1, oldest=None)
    assert failing(found(outbox=refused)) == ["outbox"]


def test_a_booth_s_ears_are_looked_at() -> None:
    """Where there are any: a machine that listens to nothing has no deaf microphone."""
    ears, at = Ears(model="m1"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert failing(found(ears=ears)) == ["microphone"]
    ears.take(Started(device="d", rate=16_000, channels=1, at=at))
    assert failing(found(ears=ears)) == []


def test_messages_that_wait_are_no_fault() -> None:
    """A box may be offline for days."""
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    waits = Backlog(epoch="e", seq=2, sent=0, waiting=2, size=9, refused=0, oldest=when)
    assert failing(found(outbox=waits)) == []


def test_what_is_measured_is_the_machines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The own chain's last entry, the disk of the database's folder."""
    services = world.services
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 8, 7))
    measures = measure(services.site, services.database, services.clock())
    assert measures.database
    assert measures.free == 7
    assert measures.clock_back is None
    assert failing(measures) == ["disk"]


def test_a_database_that_is_gone_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measuring itself goes on."""

    def refuse(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(health, "newest", refuse)
    measures = measure(world.services.site, world.services.database, world.services.clock())
    assert failing(measures) == ["database"]
