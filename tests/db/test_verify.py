"""Whatever is changed behind the program's back is noticed; what was not changed is not accused."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from db import ledger, tables
from db.columns import Base
from db.engine import VERSION_TABLE, open_engine, upgrade
from db.ledger_tables import LedgerEntry, LedgerSeal, LedgerStart, LedgerWords, LedgerWriter
from db.seal import Signer
from db.store import Store
from db.types import StoreError, UsageError
from db.vault import Vault
from db.verify import Problem, examine, verify
from phrases.types import Finding, Outcome
from tests.db import samples
from tests.db.altering import alter, erase

SEED = 20261125
ALTERATIONS = int(os.environ.get("CHANGSHOU_ALTERATIONS", "2000"))
"""how many at least; 10,000 take minutes, and find nothing that is not of a kind with these"""
ODD = ("昨天他说的话", "赣A12345", "Z0107")
"""what must never stand in a problem"""


def fill(engine: Engine, vault: Vault | None = None) -> None:
    """A shift graded twice, and another booth's; with a vault, the first with clips."""
    clips = samples.clips(vault) if vault else ()
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), clips)
        unit.save(samples.identity(), samples.recording(), samples.report(complete=False))
        unit.save(samples.identity(booth="4"), samples.recording("two"), samples.report())
        unit.commit()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with a ledger."""
    fill(engine)
    return engine


@pytest.fixture
def open_one(sqlite_engine: Engine) -> Iterator[Connection]:
    """A filled SQLite database's connection, whose changes are not kept."""
    fill(sqlite_engine)
    with sqlite_engine.connect() as connection:
        yield connection


def only(connection: Connection) -> Problem:
    """The one problem."""
    (problem,) = examine(connection).problems
    return problem


def test_what_was_not_touched_holds(filled: Engine, url: str) -> None:
    """Two chains, three seals, no problem; also for one who may only read."""
    found = verify(filled)
    assert found.problems == ()
    assert found.before == 0
    assert [(c.writer, c.entries, c.seals, c.erased) for c in found.chains] == [
        ("南昌西/3", 12, 2, 0),
        ("南昌西/4", 7, 1, 0),
    ]
    assert all(chain.keys == (samples.SIGNER.public_key,) for chain in found.chains)
    filled.dispose()
    reader = open_engine(url, read_only=True)
    upgrade(reader)
    assert verify(reader) == found
    reader.dispose()


def test_an_empty_database_holds(engine: Engine) -> None:
    """Nothing was stored, nothing is wrong."""
    assert verify(engine).problems == ()


def altered(engine: Engine, times: int, vault: Vault | None = None) -> Counter[str]:
    """Alter that often, each time the untouched database; what was altered and not noticed."""
    random, missed = Random(SEED), Counter[str]()
    with engine.connect() as connection:
        for _ in range(times):
            done = alter(connection, random)
            found = examine(connection, vault)
            missed[done] += not found.problems
            for problem in found.problems:
                assert not any(odd in str(problem) for odd in ODD)
            connection.rollback()
    return +missed


def test_alterations_are_noticed_on_either_database(engine: Engine, vault: Vault) -> None:
    """PostgreSQL's rows prove as much as SQLite's."""
    fill(engine, vault)
    assert altered(engine, 40, vault) == {}


@pytest.mark.slow
def test_every_alteration_is_noticed(sqlite_engine: Engine, vault: Vault) -> None:
    """Of entries, seals, keys, salts, clips, and of every row that they state."""
    fill(sqlite_engine, vault)
    assert altered(sqlite_engine, ALTERATIONS, vault) == {}


def test_words_may_be_deleted_with_their_salt(filled: Engine) -> None:
    """The proof still holds, and says how often it was done."""
    with filled.begin() as connection:
        for grading in connection.scalars(select(tables.Grading.id)).all():
            erase(connection, grading)
    found = verify(filled)
    assert found.problems == ()
    assert [chain.erased > 0 for chain in found.chains] == [True, True]
    with filled.connect() as connection:
        left = connection.scalars(select(LedgerEntry.body)).all()
    assert not any(odd in body for odd in ODD for body in left)


@pytest.mark.slow
def test_what_was_not_erased_is_still_held(sqlite_engine: Engine) -> None:
    """After the words are gone, a verdict can no more be changed than before."""
    fill(sqlite_engine)
    with sqlite_engine.begin() as connection:
        for grading in (1, 2, 3):
            erase(connection, grading)
    assert altered(sqlite_engine, 100) == {}


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        (tables.Utterance, {"text": None}, "that are gone|other stored words"),
        (tables.Utterance, {"text": ODD[0]}, "other stored words"),
        (tables.Finding, {"heard": None}, "other stored words"),
        (tables.Vehicle, {"outcome": Outcome.COMPLIANT}, "otherwise than is stored: outcome$"),
        (tables.Finding, {"code": "missing.greet"}, "otherwise than is stored: findings$"),
        (tables.Grading, {"score": 100.0}, "otherwise than is stored: score$"),
        (tables.Match, {"phrase": "flow.change"}, "otherwise than is stored: heard$"),
        (tables.Collector, {"code": "0108"}, "other stored words"),
        (tables.Shift, {"started_at": samples.START + dt.timedelta(1)}, "stored: started_at$"),
        (LedgerWords, {"salt": None}, "whose salt is gone"),
        (LedgerWords, {"hash": "A" * 64}, "salted hash that is none"),
        (LedgerEntry, {"at": "2026"}, "was changed"),
        (LedgerSeal, {"signature": "0" * 128}, "signature does not hold"),
        (LedgerSeal, {"public_key": Signer.new().public_key}, "key that no entry introduces"),
        (LedgerWriter, {"seq": 99}, r"is missing: the chain had 99"),
    ],
)
def test_what_is_wrong_is_said(
    open_one: Connection, table: type[Base], values: dict[str, object], said: str
) -> None:
    """With the writer and the entry, and without any words."""
    open_one.execute(update(table).values(values))
    first = examine(open_one).problems[0]
    assert first.writer == "南昌西/3"
    assert first.seq is not None
    with pytest.raises(StoreError, match=said):
        raise StoreError(first.what)
    assert not any(odd in first.what for odd in ODD)


def test_salt_and_words_cannot_be_traded_for_other_words(open_one: Connection) -> None:
    """Without its salt a word proves nothing, so none may be there."""
    open_one.execute(update(tables.Utterance).values(text="收您一百元"))
    open_one.execute(update(LedgerWords).values(salt=None))
    assert "salt is gone" in examine(open_one).problems[0].what


def test_an_entry_that_is_cut_out_or_off_is_missed(open_one: Connection) -> None:
    """Each is named by the place where it should be."""
    open_one.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    booth = select(LedgerWriter.id).where(LedgerWriter.name == "南昌西/3").scalar_subquery()
    with open_one.begin_nested() as undo:
        open_one.execute(delete(LedgerEntry).where(LedgerEntry.seq == 4))
        assert examine(open_one).problems[0].seq == 4
        undo.rollback()
    last = LedgerEntry.writer_id == booth, LedgerEntry.seq == 12
    open_one.execute(delete(LedgerEntry).where(*last))
    assert only(open_one) == Problem(
        writer="南昌西/3", seq=12, what="is missing: a seal goes to entry 12"
    )
    open_one.execute(delete(LedgerSeal).where(LedgerSeal.seq == 12))
    assert examine(open_one).problems[0].what == "is under no seal"


def test_a_finding_put_in_or_a_grading_taken_out_is_noticed(open_one: Connection) -> None:
    """Rows that were never stated, and statements of rows that are gone."""
    with open_one.begin_nested() as undo:
        row = {"grading_id": 1, "vehicle_position": 1, "position": 0, "code": "missing.greet"}
        row |= {"status": "fault", "reason": ""}
        open_one.execute(insert(tables.Finding), [row])
        assert only(open_one).seq == 5
        undo.rollback()
    open_one.execute(delete(tables.Grading).where(tables.Grading.id == 3))
    assert only(open_one).what == "states a grading that is no longer stored"


def test_a_grading_that_bypassed_the_ledger_is_named(open_one: Connection) -> None:
    """One row written by hand, or a ledger taken away as a whole."""
    open_one.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    row = dict(open_one.execute(select(tables.Grading.__table__)).mappings().first() or {})
    open_one.execute(insert(tables.Grading), [{**row, "id": 77, "number": 77}])
    problem = only(open_one)
    assert (problem.writer, problem.seq) == ("南昌西/3", None)
    assert "grading 77 of shift" in problem.what
    for table in ("seal", "words", "key", "entry", "writer"):
        open_one.exec_driver_sql(f"DELETE FROM ledger_{table}")
    assert "is stored but in no entry" in only(open_one).what


def test_the_start_of_the_ledger_cannot_be_moved(open_one: Connection) -> None:
    """Else a new grading could be passed off as an old one."""
    open_one.execute(insert(LedgerStart).values(grading_id=3))
    assert examine(open_one).problems[0].seq == 1


def test_a_value_of_a_wrong_kind_is_named(open_one: Connection) -> None:
    """SQLite takes any text into any column; that is no reason to break down."""
    open_one.exec_driver_sql("UPDATE grading SET created_at = 'yesterday' WHERE id = 1")
    assert "cannot be read" in only(open_one).what


def test_an_older_database_gets_a_ledger(url: str, opened: Callable[[str], Engine]) -> None:
    """Its gradings are reported as older than the ledger, and new ones are stated."""
    engine = opened(url)
    fill(engine)
    with engine.begin() as connection:
        first = [getattr(kept, "__table__", None) for kept in vars(tables).values()]
        for table in reversed(Base.metadata.sorted_tables):
            if table not in first:
                connection.execute(text(f"DROP TABLE {table.name}"))
        if engine.dialect.name == "postgresql":
            ours = (
                "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
            for function in connection.scalars(text(ours)).all():
                # With the triggers that newer revisions put on the first one's tables.
                connection.execute(text(f"DROP FUNCTION {function} CASCADE"))
        else:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for trigger in connection.scalars(text(triggers)).all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    upgrade(engine)
    assert (verify(engine).before, verify(engine).problems) == (3, ())
    fill(engine)
    found = verify(engine)
    assert (found.before, found.problems) == (3, ())
    assert sum(chain.seals for chain in found.chains) == 3


def test_the_ledger_states_what_every_report_may_hold(engine: Engine) -> None:
    """Odd figures and long texts are stated and verified all the same."""
    finding = Finding(code="slow", status=samples.verdict().findings[0].status, reason="长" * 5000)
    odd = samples.match(acoustic_score=float("-inf"), char_score=-0.0, score=1e-300, start_ms=2**60)
    report = samples.report(
        transactions=(samples.verdict("a/b%c", findings=(finding,) * 50),),
        utterances=(samples.heard(matches=(odd,)), samples.heard(utterance=2, matches=())),
        gaps=(),
        warnings=(),
    )
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(station="a/b", booth="%2F"), samples.recording(), report)
        empty = samples.report(transactions=(), utterances=(), gaps=(), warnings=())
        unit.save(samples.identity(team=None), samples.recording(), empty)
        unit.commit()
    found = verify(engine)
    assert found.problems == ()
    assert [chain.writer for chain in found.chains] == ["a%2Fb/%252F", "南昌西/3"]
    assert found.chains[0].head != ledger.NOTHING


def test_an_id_that_stands_for_erased_people_is_refused(engine: Engine) -> None:
    """A shift cannot be stored under nobody."""
    with Store(engine, samples.SIGNER) as unit, pytest.raises(UsageError, match="begins with"):
        unit.save(samples.identity(collector="erased:1"), samples.recording(), samples.report())
