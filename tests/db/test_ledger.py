"""The chain grows by one link at a time, in the transaction that stores what it states."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db import ledger
from db.canonical import canonical
from db.ledger_tables import LedgerEntry, LedgerKey, LedgerSeal, LedgerWords
from db.seal import Signer, signed
from db.store import Store
from db.verify import verify
from tests.db import samples
from tests.postgres import Postgres


def save(engine: Engine, signer: Signer = samples.SIGNER, **changes: object) -> None:
    """Store one grading of the sample shift."""
    with Store(engine, signer) as unit:
        unit.save(samples.identity(**changes), samples.recording(), samples.report())
        unit.commit()


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    """A table's rows in order."""
    with engine.connect() as connection:
        query = select(table.__table__).order_by(*table.__table__.primary_key)
        return [dict(row) for row in connection.execute(query).mappings()]


def test_a_grading_is_stated_entry_by_entry(engine: Engine) -> None:
    """The chain begins, the key is introduced, then opening, vehicles and report."""
    save(engine)
    entries = rows(engine, LedgerEntry)
    kinds = ["began", "key", "opened", "vehicle", "vehicle", "vehicle", "report"]
    assert [entry["kind"] for entry in entries] == kinds
    assert [entry["seq"] for entry in entries] == list(range(1, 8))
    previous = "0" * 64
    for entry in entries:
        assert entry["previous"] == previous
        assert canonical(json.loads(entry["body"])) == entry["body"]
        previous = entry["hash"]
    opened, first, report = (json.loads(entries[n]["body"]) for n in (2, 3, 6))
    assert opened["recording"] == samples.recording().sha256
    assert [part["sha256"] for part in opened["parts"]] == [
        part.sha256 for part in samples.recording().parts
    ]
    assert [finding["code"] for finding in first["findings"]] == ["missing.thanks", "slow"]
    assert report["score"] == repr(2 / 3 * 100)
    assert report["model"] == "m1"


def test_an_entrys_hash_can_be_computed_by_anyone(engine: Engine) -> None:
    """As docs/ledger.md says: SHA-256 over canonical JSON of all else."""
    save(engine)
    entry = rows(engine, LedgerEntry)[3]
    text = json.dumps(
        {
            "at": entry["at"],
            "body": entry["body"],
            "boot": entry["boot"],
            "kind": "vehicle",
            "monotonic_ns": str(entry["monotonic_ns"]),
            "previous": entry["previous"],
            "seq": 4,
            "writer": "南昌西/3",
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_no_words_and_no_names_stand_in_an_entry(engine: Engine) -> None:
    """Only salted hashes of them, each with a salt of its own."""
    save(engine)
    bodies = "".join(entry["body"] for entry in rows(engine, LedgerEntry))
    for secret in ("收您五十元", "O'Brien", "稍等", "Z0107", "赣A12345", ".opus", "boundaries"):
        assert secret not in bodies
    words = rows(engine, LedgerWords)
    assert len({row["salt"] for row in words}) == len(words) == 8
    assert all(len(row["salt"]) == 32 for row in words)


def test_a_seal_is_over_the_gradings_entries(engine: Engine) -> None:
    """Signed with the writer's key, which the database keeps the public half of."""
    save(engine)
    save(engine)
    first, second = rows(engine, LedgerSeal)
    assert (first["first_seq"], first["seq"]) == (1, 7)
    assert (second["first_seq"], second["seq"]) == (8, 12)
    message = ledger.sealed_message("南昌西/3", 8, 12, second["root"])
    assert signed(samples.SIGNER.public_key, message, second["signature"])
    (key,) = rows(engine, LedgerKey)
    assert (key["seq"], key["public_key"]) == (2, samples.SIGNER.public_key)


def test_grading_again_appends_and_alters_nothing(engine: Engine) -> None:
    """What was stated stays as it was, to the letter."""
    save(engine)
    before = [rows(engine, table) for table in (LedgerEntry, LedgerSeal, LedgerWords)]
    save(engine)
    after = [rows(engine, table) for table in (LedgerEntry, LedgerSeal, LedgerWords)]
    for old, new in zip(before, after, strict=True):
        assert new[: len(old)] == old
        assert len(new) > len(old)


def test_another_machine_brings_its_own_key(engine: Engine) -> None:
    """A box that was replaced goes on with the chain, and says with which key."""
    other = Signer.new()
    for signer in (samples.SIGNER, other, samples.SIGNER, other):
        save(engine, signer)
    (chain,) = verify(engine).chains
    assert chain.keys == (samples.SIGNER.public_key, other.public_key)
    assert verify(engine).problems == ()


def test_without_commit_nothing_is_stated(engine: Engine) -> None:
    """The ledger goes back with the rows."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
    assert rows(engine, LedgerEntry) == []
    save(engine)
    assert verify(engine).problems == ()


def test_the_times_are_those_of_the_storing(engine: Engine) -> None:
    """Wall time by the caller's clock, and the machine's own counter within its boot."""
    now = dt.datetime(2026, 12, 1, 7, 0, tzinfo=samples.CHINA)
    with Store(engine, samples.SIGNER, clock=lambda: now) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    (entry, *_) = rows(engine, LedgerEntry)
    assert entry["at"] == "2026-11-30T23:00:00.000000+00:00"
    assert entry["monotonic_ns"] > 0
    assert entry["boot"] == ledger.moment(now).boot


def together(engines: list[Engine], times: int) -> None:
    """Each engine stores so many gradings of one booth, all at once."""
    start, failures = Barrier(len(engines)), list[BaseException]()

    def write(engine: Engine, number: int) -> None:
        start.wait()
        try:
            for _ in range(times):
                save(engine, collector=str(number))
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=write, args=pair) for pair in zip(engines, range(99), strict=False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_two_threads_share_a_chain(sqlite_engine: Engine) -> None:
    """One waits for the other, and no link is doubled."""
    together([sqlite_engine, sqlite_engine], 5)
    (chain,) = verify(sqlite_engine).chains
    assert (chain.entries, chain.seals) == (2 + 10 * 5, 10)
    assert verify(sqlite_engine).problems == ()


def test_machines_share_a_chain(postgres: Postgres, opened: Callable[[str], Engine]) -> None:
    """On PostgreSQL the writer's row is locked, so a second appender goes on from the first."""
    url = postgres.new_database()
    engines = [opened(url) for _ in range(4)]
    together(engines, 5)
    (chain,) = verify(engines[0]).chains
    assert (chain.entries, chain.seals) == (2 + 20 * 5, 20)
    assert verify(engines[0]).problems == ()


def test_what_is_not_stored_cannot_be_stated(engine: Engine) -> None:
    """There is nothing to state."""
    when = ledger.moment(dt.datetime.now(dt.UTC))
    with engine.connect() as connection, pytest.raises(LookupError, match="not stored"):
        ledger.append(connection, 1, samples.SIGNER, when)
