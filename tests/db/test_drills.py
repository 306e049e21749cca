"""Drills are a person's own, counted only where they were judged, and never become work."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from db import drills, own_misses, people, tables
from db.drill_tables import DrillCard, DrillReview, DrillSound
from db.drill_types import DrillKind, Judgement, Memory, NewAttempt, Review
from db.store import Store
from db.types import Clip, StoreError
from db.vault import Vault
from tests.db import samples

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TICKET = "phrase:ticket.take"
NEW = NewAttempt(
    person_id=1,
    kind=DrillKind.PHRASE,
    exercise=TICKET,
    text="请拿好通行票",
    helped=False,
    digest="d" * 64,
)
GOOD = Judgement(
    result={"chars": [{"char": "请", "heard": "right"}], "unsure": 0},
    score=92.5,
    problem=None,
    versions={"model": "fake"},
)
UNJUDGED = Judgement(result={}, score=None, problem="no_speech", versions={})
MEMORY = Memory(state=1, step=1, stability=2.3, difficulty=5.0, due=AT + DAY, last_review=AT)
REVIEW = Review(exercise=TICKET, rating=3, memory=MEMORY)


def person(connection: Connection, login: str = "trainee") -> int:
    """Somebody who practises."""
    return people.add(connection, login=login, name="somebody", password="!", grants=[], at=AT)


def tried(
    connection: Connection, who: int, vault: Vault | None = None, until: dt.datetime | None = None
) -> int:
    """A try that waits."""
    sealed = vault.put(b"what was said") if vault else None
    new = replace(NEW, person_id=who)
    return drills.add(connection, new, AT, sound=sealed, wrapped_by="k", until=until)


def test_a_try_is_judged_once(engine: Engine) -> None:
    """It waits, is judged, and what a second judge would write is dropped."""
    with engine.begin() as connection:
        who = person(connection)
        one, other = tried(connection, who), tried(connection, who)
        assert list(drills.waiting(connection)) == [one, other]
        assert drills.waits(connection, who) == 2
        assert drills.judge(connection, one, GOOD, AT, REVIEW)
        assert not drills.judge(connection, one, UNJUDGED, AT)
        row = drills.find(connection, one, who)
        assert row is not None
        assert (row["score"], row["result"], row["judged_at"]) == (92.5, GOOD.result, AT)
        assert list(drills.waiting(connection)) == [other]
        assert [each["id"] for each in drills.page(connection, who, after=None, limit=9)] == [
            other,
            one,
        ]
        assert drills.find(connection, one, person(connection, "another")) is None


def test_a_card_remembers_each_review(engine: Engine) -> None:
    """One card for a person and an exercise; its memory is that of the last try."""
    with engine.begin() as connection:
        who = person(connection)
        for days in (0, 1):
            memory = replace(MEMORY, due=AT + DAY * (days + 1), last_review=AT + DAY * days)
            review = replace(REVIEW, memory=memory)
            drills.judge(connection, tried(connection, who), GOOD, AT + DAY * days, review)
        (card,) = drills.cards(connection, who)
        assert drills.memory(card) == replace(MEMORY, due=AT + DAY * 2, last_review=AT + DAY)
        assert card["made_at"] == AT
        numbers = select(DrillReview.number, DrillReview.rating).order_by(DrillReview.number)
        assert connection.execute(numbers).all() == [(1, 3), (2, 3)]


def test_what_could_not_be_judged_is_no_review(engine: Engine) -> None:
    """The database itself refuses it, and a review of another's try or card."""
    with engine.begin() as connection:
        who, other = person(connection), person(connection, "another")
        good, bad = tried(connection, who), tried(connection, who)
        drills.judge(connection, good, GOOD, AT, REVIEW)
        drills.judge(connection, bad, UNJUDGED, AT)
        card = connection.scalars(select(DrillCard.id)).one()
        foreign = tried(connection, other)
        drills.judge(connection, foreign, GOOD, AT)
    for attempt in (bad, foreign):
        with pytest.raises(DBAPIError, match="judged"), engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO drill_review (card_id, number, attempt_id, at, rating) "
                    f"VALUES ({card}, 2, {attempt}, '2026-11-24 10:00:00', 1)"
                )
            )
    with engine.connect() as connection:
        assert drills.practised(connection, who, AT - DAY) == [AT]


def test_sound_goes_when_it_is_judged_unless_it_is_kept(engine: Engine, vault: Vault) -> None:
    """And what is kept goes when its days are over."""
    with engine.begin() as connection:
        who = person(connection)
        short, long = tried(connection, who, vault), tried(connection, who, vault)
        assert drills.keep(connection, long, AT + DAY)
        assert drills.drop_sound(connection, short, kept=False) is not None
        assert drills.drop_sound(connection, long, kept=False) is None
        assert not drills.keep(connection, short, AT + DAY)
        name = connection.scalars(select(DrillSound.sha256)).one()
        assert drills.known_sounds(connection, [name, "0" * 64]) == {name}
        assert drills.old_sounds(connection, AT) == []
        assert list(drills.old_sounds(connection, AT + DAY)) == [name]


def test_a_try_that_is_deleted_leaves_what_it_taught(engine: Engine, vault: Vault) -> None:
    """The card stays; of an erased person nothing does."""
    with engine.begin() as connection:
        who = person(connection)
        one = tried(connection, who, vault, AT + DAY)
        drills.judge(connection, one, GOOD, AT, REVIEW)
        assert len(drills.forget(connection, [one])) == 1
        assert connection.scalars(select(DrillReview.attempt_id)).all() == [None]
        kept = tried(connection, who, vault, AT + DAY)
        assert drills.before(connection, AT) == [kept]
        assert len(drills.forget_person(connection, who)) == 1
        assert list(drills.cards(connection, who)) == []
        assert list(drills.of_person(connection, who)) == []


def store(engine: Engine, clips: Sequence[Clip] = ()) -> None:
    """Grade the sample's recording as a shift."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), clips)
        unit.commit()


def test_a_drill_cannot_be_graded_as_work(engine: Engine) -> None:
    """The recording of a try is refused as a recording of a shift, and as a clip of evidence."""
    with engine.begin() as connection:
        who = person(connection)
        own = replace(NEW, person_id=who, digest=samples.recording().parts[0].sha256)
        drills.add(connection, own, AT)
    with pytest.raises(StoreError, match="refused a statement"):
        store(engine)
    with engine.connect() as connection:
        assert connection.scalars(select(tables.Grading.id)).all() == []


def test_a_drills_sound_is_no_evidence(engine: Engine, vault: Vault) -> None:
    """No clip can be of the file that a drill's sound is."""
    clips = samples.clips(vault)
    with engine.begin() as connection:
        made = drills.add(connection, replace(NEW, person_id=person(connection)), AT)
        name = next(clip.sha256 for clip in clips if clip.sha256)
        connection.execute(
            text(
                "INSERT INTO drill_sound (attempt_id, sha256, size, wrapped, wrapped_by) "
                f"VALUES ({made}, '{name}', 1, '', '')"
            )
        )
    with pytest.raises(StoreError, match="refused a statement"):
        store(engine, clips)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("hand_mark", "(check_id, item, points, given) VALUES (1, 'drill.score', 5, 0)"),
        ("hand_mark", "(check_id, item, points, given) VALUES (1, 'exam.result', 5, 0)"),
        ("consequence_provision", "(consequence_id, provision) VALUES (1, 'exam')"),
    ],
)
def test_a_drill_is_nothing_that_points_or_provisions_are_for(
    engine: Engine, table: str, values: str
) -> None:
    """Whatever a station writes into its own files."""
    with pytest.raises(DBAPIError, match="not work"), engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} {values}"))


OF_DRILLS = ("drill_", "exam", "sitting", "training")


def test_nothing_that_is_scored_refers_to_a_drill(engine: Engine) -> None:
    """Of the database as it is: only tables of drills have keys to tables of drills."""
    found = inspect(engine)
    wrong = [
        f"{table} -> {key['referred_table']}"
        for table in found.get_table_names()
        if not table.startswith(OF_DRILLS)
        for key in found.get_foreign_keys(table)
        if key["referred_table"].startswith(OF_DRILLS)
    ]
    assert wrong == []
    assert found.get_view_names() == []
    ours = [table for table in found.get_table_names() if table.startswith(OF_DRILLS)]
    referred = {key["referred_table"] for table in ours for key in found.get_foreign_keys(table)}
    # Nor does one of theirs lean on a result of work.
    assert {name for name in referred if not name.startswith(OF_DRILLS)} <= {"person", "station"}


def test_nothing_that_scores_reads_a_drill() -> None:
    """Of the code: only what serves drills, erases and exports names their tables."""
    folder = Path(drills.__file__).parent
    may = ("drill", "exam", "training")
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith(may):
            assert "db.drill" not in path.read_text(encoding="utf-8"), path.name


def test_own_misses_are_faults_that_stand(engine: Engine) -> None:
    """Of the collector's last shifts, with the step and what was expected."""
    store(engine)
    with engine.connect() as connection:
        who = connection.scalars(select(tables.Collector.id)).one()
        since = samples.identity().started_at - DAY
        found = own_misses.misses(connection, who, since)
        faults = (
            connection.execute(
                select(tables.Finding.step).where(
                    tables.Finding.status == "fault", tables.Finding.step.is_not(None)
                )
            )
            .scalars()
            .all()
        )
        assert faults
        assert Counter(row["step"] for row in found) == Counter(faults)
        assert own_misses.misses(connection, who, samples.identity().started_at + DAY) == []
        assert own_misses.misses(connection, who + 1, since) == []
