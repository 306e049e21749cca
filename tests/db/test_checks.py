"""Checks by hand: drawn by chance, written once, and never changed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, Engine, select

from db import checks, people, rectifications, tables
from db.check_types import NewCheck, NewPlan, NewRectification, NewSample, Remark
from db.people_types import Reach
from db.rectifications import Entry
from db.store import Store
from db.types import ConflictError
from db.vault import Vault
from phrases import rectify
from phrases.checks import Cadence, Method, Night
from phrases.rectify import Move
from phrases.types import Lane
from tests.db import samples
from tests.db.altering import only_added_to

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)
ALL = Reach(everything=True)
NIGHT = Night(from_hour=20, until_hour=6)


@pytest.fixture
def station(engine: Engine, vault: Vault) -> int:
    """The sample's station with a shift whose clips are kept."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), samples.clips(vault))
        unit.commit()
    with engine.connect() as connection:
        return connection.scalars(select(tables.Station.id)).one()


def person(connection: Connection, login: str = "inspector") -> int:
    """Somebody who checks."""
    return people.add(connection, login=login, name="somebody", password="!", grants=[], at=AT)


def written(connection: Connection, station: int, **changes: object) -> int:
    """A check of the sample's collector."""
    collector, team = connection.execute(
        select(tables.Collector.id, tables.Collector.team_id)
    ).one()
    values = {
        "station_id": station,
        "method": Method.SPOT,
        "lane": Lane.EXIT,
        "day": DAY,
        "items": "1",
        "collector_id": collector,
        "team_id": team,
        "marks": {"speech.greet": (20.0, 15.5), "appearance.badge": (3.0, None)},
        "text": "声音小",
        **changes,
    }
    by = values.pop("by", None) or person(connection)
    return checks.add(connection, NewCheck(**values), by, AT)  # type: ignore[arg-type]


def sample(connection: Connection, station: int, seed: str, by: int, size: int = 2) -> int:
    """A sample of the day."""
    new = NewSample(
        station_id=station, since=DAY, until=DAY + dt.timedelta(days=1), size=size, seed=seed
    )
    return checks.draw_sample(connection, new, NIGHT, by, AT)


def test_a_sample_is_drawn_from_what_can_be_heard(engine: Engine, station: int) -> None:
    """Vehicles of shown gradings with a clip; the same seed draws the same, and it is stored."""
    with engine.begin() as connection:
        by = person(connection)
        first, again = (sample(connection, station, "a", by, size=50) for _ in range(2))
        rows = checks.drawn(connection, first)
        assert rows
        assert all(row["clip"] for row in rows)
        assert {row["booth"] for row in rows} == {"3"}
        same = checks.drawn(connection, again)
        key = ("grading_id", "vehicle_position", "night", "rain", "outcome", "of")
        assert [[r[k] for k in key] for r in rows] == [[r[k] for k in key] for r in same]
        # 10:00 in China, and weather is due for each of the sample's vehicles.
        assert {(row["night"], row["rain"]) for row in rows} == {(False, True)}
        assert checks.sample(connection, Reach(), first) is None
        kept = checks.sample(connection, ALL, first)
        assert kept is not None
        assert (kept["seed"], kept["size"]) == ("a", 50)


def test_a_vehicle_of_a_sample_says_which_check_was_made(engine: Engine, station: int) -> None:
    """Until it is withdrawn; so does the count of what is still to be looked at."""
    with engine.begin() as connection:
        by = person(connection)
        drawn = sample(connection, station, "a", by, size=1)
        (row,) = checks.drawn(connection, drawn)
        assert row["check"] is None
        made = written(
            connection,
            station,
            by=by,
            sample_id=drawn,
            grading_id=row["grading_id"],
            vehicle_position=row["vehicle_position"],
        )
        # A second check of it is no second vehicle.
        again = written(
            connection,
            station,
            by=by,
            sample_id=drawn,
            grading_id=row["grading_id"],
            vehicle_position=row["vehicle_position"],
        )
        assert [each["check"] for each in checks.drawn(connection, drawn)] == [made]
        assert checks.progress_of(connection, [drawn]) == {drawn: (1, 1)}
        for check in (made, again):
            checks.remark(connection, check, 1, Remark.WITHDRAWN, "误录", by=by, at=AT)
        assert [each["check"] for each in checks.drawn(connection, drawn)] == [None]
        assert checks.progress_of(connection, [drawn]) == {drawn: (1, 0)}


def test_samples_are_listed_the_newest_first(engine: Engine, station: int) -> None:
    """By those whose reach has the station, from where a page ended."""
    with engine.begin() as connection:
        by = person(connection)
        first, second = (sample(connection, station, seed, by) for seed in "ab")
        page = checks.samples(connection, ALL, after=None, limit=1)
        assert [row["id"] for row in page] == [second]
        page = checks.samples(connection, ALL, after=second, limit=5)
        assert [row["id"] for row in page] == [first]
        assert checks.samples(connection, Reach(), after=None, limit=5) == []


def test_a_check_comes_back_as_it_was_written(engine: Engine, station: int) -> None:
    """With its marks, its words and whose it is."""
    with engine.begin() as connection:
        made = written(connection, station)
        row = checks.find(connection, checks.anybodys(), made)
        assert row is not None
        assert (row["collector"], row["team"], row["day"]) == ("Z0107", "甲班", DAY)
        assert (row["remarks"], row["withdrawn"]) == (1, False)
        found = {m["item"]: (m["points"], m["given"]) for m in checks.marks(connection, made)}
        assert found == {"speech.greet": (20.0, 15.5), "appearance.badge": (3.0, None)}
        (said,) = checks.remarks(connection, made)
        assert (said["kind"], said["text"]) == (Remark.REPORT, "声音小")
        with pytest.raises(ConflictError, match="meanwhile"):
            checks.remark(connection, made, 0, Remark.SELF, "好", by=row["written_by"], at=AT)


def test_plans_count_what_was_checked_in_their_period(engine: Engine, station: int) -> None:
    """What was withdrawn is not counted, and an ended plan is ended once."""
    with engine.begin() as connection:
        by = person(connection)
        new = NewPlan(station_id=station, cadence=Cadence.DAILY, method=Method.SPOT, size=2)
        plan = checks.add_plan(connection, new, by, AT)
        made = written(connection, station, by=by, plan_id=plan)
        next_day = DAY + dt.timedelta(days=1)
        assert checks.done(connection, plan, DAY, next_day) == 1
        assert checks.done(connection, plan, next_day, next_day + dt.timedelta(days=1)) == 0
        checks.remark(connection, made, 1, Remark.WITHDRAWN, "误录", by=by, at=AT)
        assert checks.done(connection, plan, DAY, next_day) == 0
        assert [row["id"] for row in checks.plans(connection, ALL)] == [plan]
        assert checks.end_plan(connection, plan, by, AT)
        assert not checks.end_plan(connection, plan, by, AT)
        assert checks.plans(connection, ALL) == []


def open_one(connection: Connection, station: int, by: int) -> int:
    """Something to be put right."""
    entry = Entry(move=Move.OPENED, state=rectify.opened(AT, 7), person_id=by, text="工号牌")
    return rectifications.open_(connection, NewRectification(station_id=station), entry, AT)


def test_what_is_to_be_put_right_is_found_while_it_is_late(engine: Engine, station: int) -> None:
    """Its last entry says how it stands; a second writer is told."""
    with engine.begin() as connection:
        by = person(connection)
        made = open_one(connection, station, by)

        def late(days: int) -> list[int]:
            now = AT + dt.timedelta(days=days)
            rows = rectifications.page(connection, ALL, overdue=True, now=now, after=None, limit=9)
            return [row["id"] for row in rows]

        assert (late(7), late(8)) == ([], [made])
        row = rectifications.find(connection, ALL, made)
        assert row is not None
        state = rectify.done(rectifications.state_of(row), AT, by, 7)
        closed = rectify.looked_at(state, AT, by + 1, 7, right=True)
        entry = Entry(move=Move.DONE, state=state, person_id=by, text="已佩戴")
        assert rectifications.add(connection, made, 1, entry, AT) == 2
        with pytest.raises(ConflictError, match="meanwhile"):
            rectifications.add(connection, made, 1, entry, AT)
        entry = Entry(move=Move.PASSED, state=closed, person_id=by, text="属实")
        rectifications.add(connection, made, 2, entry, AT)
        assert late(100) == []
        row = rectifications.find(connection, ALL, made)
        assert row is not None
        assert rectifications.state_of(row) == closed


def test_nothing_is_changed_or_deleted(
    engine: Engine, station: int, subtests: pytest.Subtests
) -> None:
    """What was drawn, given and said stays as it was."""
    with engine.begin() as connection:
        by = person(connection)
        new = NewPlan(station_id=station, cadence=Cadence.DAILY, method=Method.SPOT, size=2)
        checks.add_plan(connection, new, by, AT)
        sample(connection, station, "a", by)
        written(connection, station, by=by)
        open_one(connection, station, by)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM check_plan",
        "UPDATE check_plan SET size = 9",
        "UPDATE check_sample SET seed = '1'",
        "DELETE FROM check_drawn",
        "UPDATE hand_check SET collector_id = NULL",
        "DELETE FROM hand_check",
        "UPDATE hand_mark SET given = 0",
        "DELETE FROM hand_mark",
        "UPDATE hand_remark SET text = 'another'",
        "UPDATE hand_remark SET text = '', kind = 'self'",
        "DELETE FROM hand_remark",
        "DELETE FROM rectification",
        "UPDATE rectification_entry SET closed_at = at",
        "UPDATE rectification_entry SET text = 'another'",
        "DELETE FROM rectification_entry",
    )


def test_words_can_go(engine: Engine, station: int) -> None:
    """Of checks after their days, of what was put right when it is closed; nothing else goes."""
    with engine.begin() as connection:
        by = person(connection)
        made = written(connection, station, by=by)
        right = open_one(connection, station, by)
        assert checks.blank(connection, AT - dt.timedelta(days=1)) == 0
        assert checks.blank(connection, AT) == 1
        assert rectifications.blank(connection, AT) == 0
        state = rectify.done(rectify.opened(AT, 7), AT, by, 7)
        closed = rectify.looked_at(state, AT, by + 1, 7, right=True)
        entry = Entry(move=Move.PASSED, state=closed, person_id=by, text="属实")
        rectifications.add(connection, right, 1, entry, AT)
        assert rectifications.blank(connection, AT) == 2
        assert [row["text"] for row in checks.remarks(connection, made)] == [""]
        assert [row["text"] for row in rectifications.history(connection, right)] == ["", ""]
        collector = connection.scalars(select(tables.Collector.id)).one()
        assert len(checks.about(connection, collector)) == 3
