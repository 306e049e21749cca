"""Tries are judged in turn, none is lost when the server stops, none is counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from sqlalchemy import Engine, text

from audio.types import Samples
from db import drills, people
from db.access import Access
from db.drill_types import DrillKind, NewAttempt
from db.vault import Vault, open_vault
from service import drill_sound
from service.drill_judge import BROKEN, Judge, Opened
from service.drill_score import Tried
from service.errors import Failed
from tests.databases import with_tables
from tests.fakes import FakeCoach

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
TICKET = "phrase:ticket.take"


@dataclass(kw_only=True)
class Held:
    """A scorer that waits until it is let go, and may break down."""

    go: Event = field(default_factory=Event)
    begun: Event = field(default_factory=Event)
    breaks: bool = False

    def score(self, text: str, samples: Samples) -> Tried:
        """As the fake coach, in time."""
        self.begun.set()
        assert self.go.wait(30)
        if self.breaks:
            raise ValueError(text)
        return FakeCoach().score(text, samples)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database."""
    made = with_tables(tmp_path / "d.db")
    yield made
    made.dispose()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Where sounds lie."""
    return open_vault(tmp_path / "clips", tmp_path / "clips.key")


def sent(engine: Engine, vault: Vault, count: int = 1, *, lost: bool = False) -> list[int]:
    """Tries of somebody that wait."""
    with engine.begin() as connection:
        who = people.add(
            connection, login="trainee", name="somebody", password="!", grants=[], at=AT
        )
        made = []
        for _ in range(count):
            sealed = drill_sound.put(vault, np.full(8_000, 0.1, np.float32))
            new = NewAttempt(
                person_id=who,
                kind=DrillKind.PHRASE,
                exercise=TICKET,
                text="请拿好",
                helped=False,
                digest="",
            )
            made.append(drills.add(connection, new, AT, sound=sealed, wrapped_by=vault.wrapped_by))
            if lost:
                vault.remove(sealed.sha256)
    return made


def judge(engine: Engine, vault: Vault, scorer: Held) -> Judge:
    """One that opens the scorer."""
    access = Access(writer=engine, reader=engine)
    opened = Opened(scorer=scorer, versions={"model": "held"})
    return Judge(access, lambda: vault, lambda: opened, lambda: AT)


def test_tries_wait_in_line_and_see_how_many_are_ahead(engine: Engine, vault: Vault) -> None:
    """The first come is judged first; each knows its place."""
    scorer = Held()
    one = judge(engine, vault, scorer)
    tries = sent(engine, vault, 3)
    one.take(tries[0])
    assert scorer.begun.wait(30)
    places = [one.take(attempt).ahead for attempt in tries[1:]]
    assert places == [1, 2]
    first, last = one.place(tries[0]), one.place(tries[2])
    assert first is not None
    assert last is not None
    assert (first.ahead, last.ahead) == (0, 2)
    assert last.about_s > first.about_s > 0
    scorer.go.set()
    assert one.wait(30)
    assert one.place(tries[2]) is None
    one.close()
    with engine.connect() as connection:
        assert list(drills.waiting(connection)) == []
        assert len(drills.cards(connection, 1)) == 1
    assert list(vault.files()) == []


def test_what_waits_when_the_server_stops_is_judged_by_the_next(
    engine: Engine, vault: Vault
) -> None:
    """Nothing lost, nothing counted twice."""
    scorer = Held()
    first = judge(engine, vault, scorer)
    tries = sent(engine, vault, 3)
    for attempt in tries:
        first.take(attempt)
    assert scorer.begun.wait(30)
    scorer.go.set()
    first.close()
    with engine.connect() as connection:
        left = list(drills.waiting(connection))
    second = judge(engine, vault, scorer)
    assert second.resume() == len(left)
    second.take(tries[0])
    assert second.wait(30)
    second.close()
    with engine.connect() as connection:
        rows = drills.page(connection, 1, after=None, limit=9)
        assert [row["score"] for row in rows] == [100.0] * 3
        assert len(drills.practised(connection, 1, AT)) == 3


@pytest.mark.parametrize("lost", [True, False])
def test_what_breaks_down_is_our_fault(engine: Engine, vault: Vault, lost: bool) -> None:
    """It says so, counts for nothing, and the next is judged all the same; nothing stays."""
    scorer = Held(breaks=not lost)
    scorer.go.set()
    one = judge(engine, vault, scorer)
    (attempt,) = sent(engine, vault, lost=lost)
    one.take(attempt)
    assert one.wait(30)
    one.close()
    with engine.connect() as connection:
        row = drills.find(connection, attempt)
        assert row is not None
        assert (row["problem"], row["score"], row["sha256"]) == (BROKEN, None, None)
        assert list(drills.cards(connection, 1)) == []
    assert list(vault.files()) == []


def test_a_try_that_was_deleted_meanwhile_is_let_be(engine: Engine, vault: Vault) -> None:
    """Its trainee changed their mind while it waited."""
    scorer = Held()
    scorer.go.set()
    one = judge(engine, vault, scorer)
    (attempt,) = sent(engine, vault)
    with engine.begin() as connection:
        (name,) = drills.forget(connection, [attempt])
    vault.remove(name)
    one.take(attempt)
    assert one.wait(30)
    one.close()
    assert not scorer.begun.is_set()


def test_a_database_that_refuses_for_a_while_loses_nothing(engine: Engine, vault: Vault) -> None:
    """The try waits on, and is judged when the database is back."""
    scorer = Held()
    scorer.go.set()
    one = judge(engine, vault, scorer)
    (attempt,) = sent(engine, vault)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE drill_review RENAME TO put_away"))
    one.take(attempt)
    assert scorer.begun.wait(30)
    assert not one.wait(0.2)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE put_away RENAME TO drill_review"))
    assert one.wait(30)
    one.close()
    with engine.connect() as connection:
        row = drills.find(connection, attempt)
        assert row is not None
        assert (row["score"], row["problem"]) == (100.0, None)


def test_weights_that_cannot_be_used_are_said(
    engine: Engine, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """To whoever looks after the machine; the trainee is told that it was not their fault."""

    def opening() -> Opened:
        raise Failed("the weights are damaged")

    access = Access(writer=engine, reader=engine)
    one = Judge(access, lambda: vault, opening, lambda: AT)
    (attempt,) = sent(engine, vault)
    one.take(attempt)
    assert one.wait(30)
    one.close()
    assert "the weights are damaged" in caplog.text
    with engine.connect() as connection:
        row = drills.find(connection, attempt)
        assert row is not None
        assert row["problem"] == BROKEN
