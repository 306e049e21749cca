"""A vehicle's proof holds as it was stored; where something was changed it says what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, update

from db import tables
from db.evidence import evidence
from db.ledger_tables import LedgerEntry, LedgerKey, LedgerSeal, LedgerWords
from db.merkle import climbed
from db.people_types import Reach
from db.proof import Proof
from db.store import Store
from tests.db import samples

ALL = Reach(everything=True)
SHIFT = samples.identity().shift_id


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A shift graded twice."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    return engine


def proof(connection: Connection, position: int = 0) -> Proof:
    """The shown grading's, of a vehicle."""
    found = evidence(connection, ALL, SHIFT, position)
    assert found is not None
    assert found.proof is not None
    return found.proof


def test_what_was_stored_holds(filled: Engine) -> None:
    """Of every vehicle, each by an entry of its own, whose way ends at the sealed root."""
    with filled.connect() as connection:
        proofs = [proof(connection, position) for position in range(3)]
    assert all(one.holds and not one.erased for one in proofs)
    assert len({one.seq for one in proofs}) == 3
    for one in proofs:
        assert one.writer == "南昌西/3"
        assert one.first_seq < one.seq < one.last_seq
        assert climbed(bytes.fromhex(one.entry), one.beside).hex() == one.root


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (update(tables.Vehicle).values(end_ms=99_000), {"stated"}),
        (update(tables.Step).values(why="another"), {"stated"}),
        (update(LedgerWords).values(salt="00" * 16), {"stated"}),
        (update(LedgerWords).values(salt="none"), {"stated"}),
        (update(LedgerWords).values(salt=None), {"stated"}),
        (update(LedgerEntry).where(LedgerEntry.kind == "vehicle").values(at="now"), {"chained"}),
        (
            update(LedgerEntry).where(LedgerEntry.kind == "opened").values(hash="00" * 32),
            {"chained", "included"},
        ),
        (
            update(LedgerEntry).where(LedgerEntry.kind == "report").values(hash="00" * 32),
            {"included"},
        ),
        (update(LedgerSeal).values(root="00" * 32), {"included", "sealed"}),
        (update(LedgerSeal).values(signature="00" * 64), {"sealed"}),
        (update(LedgerKey).values(public_key="00" * 32), {"sealed"}),
    ],
)
def test_a_change_is_seen_where_it_was_made(
    filled: Engine, change: object, broken: set[str]
) -> None:
    """In the rows, the words, the chain, the tree or the seal; the rest still holds."""
    with filled.connect() as connection:
        connection.execute(change)  # type: ignore[call-overload]
        found = proof(connection)
        connection.rollback()
    names = ("stated", "chained", "included", "sealed")
    assert {name for name in names if not getattr(found, name)} == broken
    assert not found.holds


def test_erased_words_are_no_change(filled: Engine) -> None:
    """With their salt gone too, the rest is still shown to be as it was stated."""
    with filled.connect() as connection:
        connection.execute(update(LedgerWords).values(salt=None))
        connection.execute(update(tables.Step).values(heard=None, why=""))
        connection.execute(update(tables.Finding).values(heard=None, reason=""))
        found = proof(connection)
        connection.rollback()
    assert found.holds
    assert found.erased


def test_the_proof_is_the_shown_gradings(filled: Engine) -> None:
    """Another grading's rows do not pass for it."""
    with filled.connect() as connection:
        shown = evidence(connection, ALL, SHIFT, 0)
        assert shown is not None
        assert shown.shift.grading.number == 2
        first = update(tables.Vehicle).where(tables.Vehicle.grading_id == 1).values(end_ms=1)
        connection.execute(first)
        assert proof(connection) == shown.proof
        connection.rollback()


def test_what_the_ledger_does_not_state_has_no_proof(filled: Engine) -> None:
    """As a grading that is older than the ledger: nothing is claimed of it."""
    with filled.connect() as connection:
        connection.execute(update(LedgerSeal).values(grading_id=99))
        found = evidence(connection, ALL, SHIFT, 0)
        connection.rollback()
    assert found is not None
    assert found.proof is None


def test_the_evidence_of_a_vehicle(filled: Engine) -> None:
    """The verdict, and what was heard and not listened to in its time; nobody else's."""
    with filled.connect() as connection:
        found = evidence(connection, ALL, SHIFT, 0)
        assert found is not None
        report = samples.report()
        assert found.verdict == report.transactions[0]
        assert found.utterances == report.utterances
        assert found.gaps == ()
        assert found.warnings == report.warnings
        assert evidence(connection, ALL, SHIFT, 3) is None
        assert evidence(connection, ALL, "00", 0) is None
        assert evidence(connection, replace(ALL, everything=False), SHIFT, 0) is None
