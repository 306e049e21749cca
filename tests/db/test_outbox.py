"""The outbox holds exactly what was stored and not yet acknowledged, and nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from db import outbox, tables
from db.canonical import canonical
from db.engine import open_engine, upgrade
from db.ledger import Added, entry_hash
from db.ledger_tables import LedgerEntry, LedgerSeal, LedgerWords
from db.outbox_tables import OutboxMessage
from db.statements import Statement, salted
from db.store import Store
from db.types import StoreError
from tests.db import samples

ALL = 1 << 30
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def save(engine: Engine, *, on: bool = True, commit: bool = True, **changes: object) -> None:
    """Store one grading of the sample shift."""
    with Store(engine, samples.SIGNER, outbox=on) as unit:
        unit.save(samples.identity(**changes), samples.recording(), samples.report())
        if commit:
            unit.commit()


def messages(engine: Engine) -> list[dict[str, Any]]:
    """What waits, read."""
    return [json.loads(one.line) for one in outbox.waiting(engine, count=ALL, size=ALL)]


def test_a_grading_is_put_in_entry_by_entry(engine: Engine) -> None:
    """Each entry of the chain goes as it stands, what was heard and the seal after them."""
    save(engine)
    found = messages(engine)
    kinds = ["began", "key", "opened", *3 * ["vehicle"], "report", "utterances"]
    assert [message["kind"] for message in found] == kinds
    assert [message["seq"] for message in found] == list(range(1, 9))
    assert [message.get("of") for message in found] == [None, None, None, *5 * [3]]
    with engine.connect() as connection:
        entries = connection.execute(select(LedgerEntry.__table__)).mappings().all()
        seal = connection.execute(select(LedgerSeal.__table__)).mappings().one()
    for message, row in zip(found, entries, strict=False):
        sent = {**message["entry"], "kind": message["kind"]}
        assert sent == {
            **{name: row[name] for name in sent if name != "monotonic_ns"},
            "monotonic_ns": str(row["monotonic_ns"]),
        }
        assert entry_hash("南昌西/3", sent) == sent["hash"]
    assert found[6]["seal"]["signature"] == seal["signature"]
    assert [m["seq"] for m in found if "seal" in m] == [7]
    assert {m["station"] + m["booth"] for m in found} == {"南昌西3"}
    assert len({m["epoch"] for m in found}) == 1


def test_what_an_entry_hides_goes_beside_it(engine: Engine) -> None:
    """With its salt, so that the centre can prove it as well; a place without words has none."""
    save(engine)
    _, _, opened, first, _, third, report, heard = messages(engine)
    ((hashed, salt, said),) = first["words"]
    assert salted(salt, said) == hashed
    assert said[1] == [["收您五十元", "as the lane says"], [None, ""]]
    assert opened["words"][0][2][1] == "Z0107"
    assert opened["team"] == "甲班"
    assert opened["grading"]["complete"] is True
    assert third["words"][0][2][0] == "赣A12345"
    assert report["words"][0][2] == ["no lane events: boundaries are inferred"]
    assert (heard["needs"], heard["entry"], heard["place"]) == (report["seq"], 7, 1)
    assert [one["words"][0] is None for one in heard["utterances"]] == [False, False, True, True]
    assert heard["utterances"][2]["words"] == [None, None, [None, []]]


def test_a_message_is_known_by_its_sum(sqlite_engine: Engine) -> None:
    """It is canonical JSON, and the sum that is kept is of that."""
    save(sqlite_engine)
    with sqlite_engine.connect() as connection:
        sums = connection.scalars(select(OutboxMessage.sha256).order_by(OutboxMessage.seq)).all()
    for one, kept in zip(outbox.waiting(sqlite_engine, count=ALL, size=ALL), sums, strict=True):
        assert canonical(json.loads(one.line)).encode() == one.line
        assert hashlib.sha256(one.line).hexdigest() == kept


def test_without_a_centre_nothing_is_put_in(sqlite_engine: Engine) -> None:
    """A box that stands alone does not fill its disk."""
    save(sqlite_engine, on=False)
    assert messages(sqlite_engine) == []
    assert outbox.backlog(sqlite_engine).epoch is None


def test_what_is_not_committed_is_not_put_in(sqlite_engine: Engine) -> None:
    """The outbox goes back with the rows, its numbers too."""
    save(sqlite_engine, commit=False)
    assert messages(sqlite_engine) == []
    save(sqlite_engine)
    assert [message["seq"] for message in messages(sqlite_engine)] == list(range(1, 9))


def test_where_the_outbox_cannot_be_written_nothing_is_stored(sqlite_engine: Engine) -> None:
    """There is no grading that the centre would never hear of."""

    def refuse(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO outbox "):
            raise OSError("no room")

    event.listen(sqlite_engine, "before_cursor_execute", refuse)
    with pytest.raises(OSError, match="no room"):
        save(sqlite_engine)
    event.remove(sqlite_engine, "before_cursor_execute", refuse)
    with sqlite_engine.connect() as connection:
        assert connection.scalar(select(LedgerEntry.seq)) is None


def test_what_is_older_follows(engine: Engine) -> None:
    """A box that gets a centre later sends what it stored before, once, as it was stated."""
    save(engine, on=False)
    save(engine, on=False, booth="4")
    save(engine)
    assert Counter(m["kind"] for m in messages(engine))["opened"] == 1
    assert outbox.fill(engine, at=NOW)
    assert outbox.fill(engine, at=NOW)
    assert not outbox.fill(engine, at=NOW)
    found = messages(engine)
    assert Counter(m["kind"] for m in found)["opened"] == 3
    assert [m["seq"] for m in found] == list(range(1, 23))
    assert Counter(m["booth"] for m in found) == {"3": 14, "4": 8}
    for message in found:
        for hashed, salt, said in message.get("words", []):
            assert hashed is None or salted(salt, said) == hashed


def test_erased_words_are_not_sent(sqlite_engine: Engine) -> None:
    """Of what was erased before it was put in, the salted hash goes alone."""
    save(sqlite_engine, on=False)
    with sqlite_engine.begin() as connection:
        of_first = (LedgerWords.seq == 4, LedgerWords.place == 0)
        connection.execute(update(LedgerWords).where(*of_first).values(salt=None))
        connection.execute(update(tables.Step).values(heard=None, why=""))
        connection.execute(update(tables.Finding).values(heard=None, reason=""))
    outbox.fill(sqlite_engine, at=NOW)
    vehicle = next(m for m in messages(sqlite_engine) if m["kind"] == "vehicle")
    ((hashed, salt, said),) = vehicle["words"]
    assert len(hashed) == 64
    assert salt is None
    assert said == [None, [[None, ""], [None, ""]], [[None, ""], [None, ""]]]


def test_messages_are_taken_in_order_and_by_size(engine: Engine) -> None:
    """As many as fit, and one at least, or the largest would never go."""
    save(engine)
    assert [m.seq for m in outbox.waiting(engine, count=2, size=ALL)] == [1, 2]
    assert [m.seq for m in outbox.waiting(engine, count=9, size=1)] == [1]
    sizes = [len(m.line) for m in outbox.waiting(engine, count=9, size=ALL)]
    assert len(outbox.waiting(engine, count=9, size=sum(sizes[:3]))) == 3


def test_what_the_centre_has_is_taken_out(engine: Engine) -> None:
    """And what it would not have is kept, apart, until it is tried again."""
    save(engine)
    (first, *_) = outbox.waiting(engine, count=1, size=ALL)
    outbox.settle(engine, first.epoch, stored={1, 2, 3}, refused={5: "422 is not a vehicle"})
    assert [m.seq for m in outbox.waiting(engine, count=9, size=ALL)] == [4, 6, 7, 8]
    state = outbox.backlog(engine)
    assert (state.seq, state.sent, state.waiting, state.refused) == (8, 3, 4, 1)
    assert state.size > 1_000
    assert state.oldest is not None
    outbox.settle(engine, first.epoch, stored={1, 2, 3}, refused={})
    assert outbox.backlog(engine).sent == 3
    assert outbox.retry(engine) == 1
    assert [m.seq for m in outbox.waiting(engine, count=2, size=ALL)] == [4, 5]
    save(engine)
    assert outbox.waiting(engine, count=99, size=ALL)[-1].seq == 14


def test_every_new_database_has_an_epoch_of_its_own(sqlite_engine: Engine, url: str) -> None:
    """A box that takes another's place never sends under the numbers of the old one."""
    save(sqlite_engine)
    other = open_engine(url)
    upgrade(other)
    save(other)
    assert messages(sqlite_engine)[0]["epoch"] != messages(other)[0]["epoch"]
    other.dispose()


def test_entries_of_a_grading_that_goes_on_are_put_in_as_they_come(engine: Engine) -> None:
    """A live shift is told vehicle by vehicle, under the number of its beginning."""
    save(engine)
    with engine.begin() as connection:
        entry = {**connection.execute(select(LedgerEntry.__table__)).mappings().all()[3]}
    stated = Statement(kind="vehicle", facts={}, words=(None,), said=([None, [], []],))
    with engine.begin() as connection:
        one = Added(entry={**entry, "seq": 8}, statement=stated, words={})
        outbox.put(connection, 1, [one], at=NOW)
        outbox.put(connection, 2, [one], at=NOW)  # of this one it knows nothing: it follows later
    assert [(m["kind"], m.get("of")) for m in messages(engine)][8:] == [("vehicle", 3)]


def test_a_grading_that_is_gone_cannot_be_put_in(sqlite_engine: Engine) -> None:
    """Somebody deleted rows: that is for the ledger to say, not to be sent."""
    save(sqlite_engine, on=False)
    with sqlite_engine.begin() as connection:
        connection.execute(update(LedgerSeal).values(grading_id=9))
    with pytest.raises(StoreError, match="verify the ledger"):
        outbox.fill(sqlite_engine, at=NOW)
