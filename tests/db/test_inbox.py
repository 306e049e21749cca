"""The centre has what the booth has, once, whatever happens on the way, and can prove it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, update

from db import arrivals, outbox, reads, tables
from db.arrivals import Unfit
from db.canonical import canonical
from db.inbox import HELD
from db.inbox_tables import InboxAlarm, InboxGrading, InboxHeld, InboxMessage, InboxStream
from db.ledger_tables import LedgerEntry, LedgerSeal, LedgerWords, LedgerWriter
from db.outbox_tables import OutboxGrading, OutboxMessage
from db.verify import verify
from tests.db import samples
from tests.db.booths import NOW, counts, lines, rows, save, take


@pytest.fixture
def booth(tmp_path: Path, opened: Callable[[str], Engine]) -> Engine:
    """A booth with one grading to send."""
    engine = opened(f"sqlite:///{tmp_path / 'booth.db'}")
    save(engine)
    return engine


def test_the_centre_has_what_the_booth_has(engine: Engine, booth: Engine) -> None:
    """To the last column, words too, and the report reads the same."""
    received = take(engine, lines(booth))
    assert (received.stored, received.known, received.held, received.faults) == (8, 0, 0, ())
    assert received.latest == 8
    with booth.connect() as here, engine.connect() as there:
        assert rows(there) == rows(here)
        (shift,) = there.scalars(select(tables.Shift.id)).all()
    own, got = reads.report(booth, shift), reads.report(engine, shift)
    assert (own.identity, own.recording) == (got.identity, got.recording)
    assert own.report == got.report


def test_the_chain_is_kept_and_verified(engine: Engine, booth: Engine) -> None:
    """Under the booth's epoch: entries, salted hashes, keys and seals as the booth has them."""
    save(booth, collector="0108")
    take(engine, lines(booth))
    verified = verify(engine)
    assert verified.problems == ()
    (own,) = verify(booth).chains
    (chain,) = verified.chains
    assert chain.writer.startswith("南昌西/3/")
    assert (chain.entries, chain.seals, chain.awaited) == (own.entries, own.seals, 0)
    assert (chain.head, chain.keys) == (own.head, own.keys)


def test_a_repeat_is_stored_once(engine: Engine, booth: Engine) -> None:
    """A lost acknowledgement costs nothing but the sending."""
    for _ in range(2):
        take(engine, lines(booth)[:5])
    before = counts(engine)
    received = take(engine, lines(booth)[2:5])
    assert (received.stored, received.known, received.faults) == (0, 3, ())
    assert counts(engine) == before
    received = take(engine, [*lines(booth), *lines(booth)])
    assert (received.stored, received.known) == (3, 13)
    assert verify(engine).problems == ()


@pytest.mark.parametrize("seed", range(3))
def test_any_order_will_do(engine: Engine, booth: Engine, seed: int) -> None:
    """What came too early waits, and is stored when what it needs has come."""
    save(booth, samples.long_report(10, 250), collector="0108")
    draw = random.Random(seed)
    batch = lines(booth)
    draw.shuffle(batch)
    while batch:
        some, batch = batch[:4], batch[4:]
        assert take(engine, some).faults == ()
        assert verify(engine).problems == ()
    with booth.connect() as here, engine.connect() as there:
        ours, theirs = rows(here), rows(there)
        assert {n: sorted(v) for n, v in ours.items()} == {n: sorted(v) for n, v in theirs.items()}
        assert there.scalar(select(func.count()).select_from(InboxHeld)) == 0
        assert there.scalar(select(InboxStream.held)) == 0
    (chain,) = verify(engine).chains
    assert chain.head == verify(booth).chains[0].head


def test_what_waits_is_no_part_of_the_chain_yet(engine: Engine, booth: Engine) -> None:
    """A hole is told as what it is, neither as forgery nor as whole."""
    batch = lines(booth)
    take(engine, [*batch[:4], *batch[5:]])
    verified = verify(engine)
    assert verified.problems == ()
    assert (verified.chains[0].entries, verified.chains[0].awaited) == (0, 6)
    assert reads.shifts(engine)[0].grading.complete
    take(engine, batch[4:5])
    assert (verify(engine).chains[0].entries, verify(engine).chains[0].awaited) == (7, 0)


def test_until_the_report_comes_the_grading_is_not_complete(engine: Engine, booth: Engine) -> None:
    """Its vehicles are there, and it does not pass for more than it is."""
    take(engine, lines(booth)[:5])
    (shift,) = reads.shifts(engine)
    assert not shift.grading.complete
    assert counts(engine)["vehicle"] == 2


def test_another_body_under_a_number_is_an_alarm(engine: Engine, booth: Engine) -> None:
    """It is refused, noted once, and what came first stays."""
    batch = lines(booth)
    take(engine, batch)
    other = json.loads(batch[3]) | {"of": 2}
    for _ in range(2):
        received = take(engine, [batch[2], canonical(other).encode(), batch[4]])
        assert received.known == 2
        ((fault),) = received.faults
        assert (fault.line, fault.seq, fault.status) == (1, 4, 409)
    with engine.connect() as connection:
        (alarm,) = connection.execute(select(InboxAlarm.seq, InboxAlarm.status)).all()
    assert tuple(alarm) == (4, 409)
    assert verify(engine).problems == ()


def changed(line: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A message with something else in it."""
    message = json.loads(line)
    change(message)
    return json.dumps(message, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("place", "change", "why"),
    [
        (3, lambda m: m["entry"].update(body=m["entry"]["body"] + " "), "hash does not hold"),
        (3, lambda m: m["entry"].update(at="1970"), "hash does not hold"),
        (3, lambda m: m["entry"].pop("boot"), "not written as"),
        (3, lambda m: m["entry"].update(seq="4"), "no number"),
        (3, lambda m: m["words"][0][2][1][0].__setitem__(0, "其他"), "not those that were stated"),
        (3, lambda m: m["words"][0].__setitem__(1, None), "without their salt"),
        (3, lambda m: m["words"][0].__setitem__(0, "00" * 32), "not those that were stated"),
        (3, lambda m: m.update(words=[[None, None, [None, [], []]]]), "not those that the entry"),
        (3, lambda m: m.update(words=7), "not written as"),
        (3, lambda m: m.pop("words"), "not written as"),
        (2, lambda m: m["grading"].pop("model"), "grading.model is missing"),
        (2, lambda m: m["grading"].update(score=5), "grading.score has a value"),
        (2, lambda m: m["grading"].update(lane="sky"), "grading.lane has a value"),
        (2, lambda m: m["grading"].update(vehicles=2**31), "grading.vehicles has a value"),
        (2, lambda m: m["grading"].update(created_at="2026-01-01"), "grading.created_at has"),
        (2, lambda m: m["grading"].update(colour="red"), "grading.colour is not known"),
        (2, lambda m: m["grading"].update(number=7), "another than stated"),
        (2, lambda m: m.update(team=""), "team's id is empty"),
        (6, lambda m: m["seal"].update(signature="00" * 64), "signature does not hold"),
        (6, lambda m: m["seal"].update(seq=1), "does not end with"),
        (7, lambda m: m["utterances"][0]["facts"].update(side="up"), "utterance.side has"),
        (7, lambda m: m.update(utterances=7), "not written as"),
    ],
)
def test_what_does_not_hold_is_refused(
    sqlite_engine: Engine,
    tmp_path: Path,
    opened: Callable[[str], Engine],
    place: int,
    change: Callable[[dict[str, Any]], object],
    why: str,
) -> None:
    """One by one, with the reason and without a word of what was said; the others are stored."""
    booth = opened(f"sqlite:///{tmp_path / 'booth.db'}")
    save(booth)
    batch = lines(booth)
    batch[place] = changed(batch[place], change)
    received = take(sqlite_engine, batch)
    (fault,) = received.faults
    assert (fault.line, fault.seq, fault.status) == (place, place + 1, 422), fault.why
    assert why in fault.why
    if place == 2:
        assert received.held == 5
    else:
        assert received.stored == 7
    received = take(sqlite_engine, lines(booth))
    assert received.faults == ()
    assert verify(sqlite_engine).problems == ()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b"7", 400),
        (b"[" * 100_000, 400),
        (b'{"seq":1.5}', 400),
        (b'{"seq":NaN}', 400),
        (b'{"seq":' + b"9" * 6_000 + b"}", 400),
        (b'{"seq":0}', 400),
        (b'{"seq":true}', 400),
        (b'{"seq":1,"format":2}', 422),
        (b'{"seq":1,"format":1,"epoch":7}', 422),
        (b'{"seq":1,"format":1,"epoch":"0123456789abcdef","kind":["key"]}', 422),
        (b'{"seq":1,"format":1,"epoch":"0123456789abcdef","kind":"song"}', 422),
        (b'{"seq":1,"format":1,"epoch":"0123456789abcdef","kind":"key","station":"x"}', 403),
    ],
)
def test_what_is_no_message_is_refused(sqlite_engine: Engine, line: bytes, status: int) -> None:
    """With what is wrong; nothing of it is stored, and nothing breaks."""
    received = take(sqlite_engine, [line])
    (fault,) = received.faults
    assert fault.status == status
    assert received.stored == 0


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\uDC00x"])
@pytest.mark.parametrize("within", [False, True])
def test_texts_that_no_database_keeps_are_refused(bad: str, within: bool) -> None:
    """NUL and lone surrogates, in the message and in the entry's body."""
    text = json.dumps(f'{{"a":"{bad}"}}') if within else f'"{bad}"'
    head = '"epoch":"0123456789abcdef","format":1,"kind":"key","seq":1,"station":"南昌西"'
    line = f'{{"booth":"3","entry":{{"body":{text}}},{head}}}'.encode()
    with pytest.raises(Unfit, match="NUL"):
        arrivals.head(line, "南昌西", "3")


def test_a_backslash_is_no_fault(sqlite_engine: Engine, booth: Engine) -> None:
    r"""A text with \ud in it, which is six characters, is kept."""
    finding = samples.report().transactions[0].findings[0]
    odd = samples.verdict(7, findings=(replace(finding, heard="\\ud800 \\u0000"),))
    save(booth, samples.report(transactions=(odd,)), collector="0108")
    assert take(sqlite_engine, lines(booth)).faults == ()
    assert verify(sqlite_engine).problems == ()


def test_what_the_database_refuses_does_not_keep_the_rest_out(
    engine: Engine, booth: Engine
) -> None:
    """A chain that forks: its one doubled entry is refused, the others are stored."""
    take(engine, lines(booth)[:6])
    with engine.begin() as connection:
        connection.execute(delete(InboxMessage).where(InboxMessage.seq == 5))
    received = take(engine, lines(booth))
    ((fault),) = received.faults
    assert (fault.seq, fault.status) == (5, 422)
    assert "database refuses" in fault.why
    assert (received.stored, received.known) == (2, 5)
    with engine.connect() as connection:
        assert connection.scalar(select(InboxAlarm.status)) == 422


def test_what_waits_is_bounded(sqlite_engine: Engine, booth: Engine, monkeypatch: Any) -> None:
    """A booth whose beginning never comes cannot fill the centre."""
    monkeypatch.setattr("db.inbox.HELD", 2)
    assert HELD > 100
    received = take(sqlite_engine, lines(booth)[3:])
    assert received.held == 2
    assert [fault.status for fault in received.faults] == [429, 429, 429]
    received = take(sqlite_engine, lines(booth))
    assert (received.faults, received.known) == ((), 2)
    assert verify(sqlite_engine).problems == ()


def test_a_batch_is_of_one_epoch(sqlite_engine: Engine, booth: Engine) -> None:
    """Two boxes at once are two batches."""
    one = lines(booth)[0]
    other = changed(one, lambda m: m.update(epoch="0" * 16))
    with pytest.raises(Unfit, match="one epoch"):
        take(sqlite_engine, [one, other])


def test_a_box_that_was_replaced_has_its_own_stream(
    engine: Engine, booth: Engine, tmp_path: Path, opened: Callable[[str], Engine]
) -> None:
    """Both chains are kept, and gradings that both call the first of the shift."""
    other = opened(f"sqlite:///{tmp_path / 'other.db'}")
    save(other)
    for box in (booth, other):
        assert take(engine, lines(box)).faults == ()
    verified = verify(engine)
    assert verified.problems == ()
    assert len(verified.chains) == 2
    assert counts(engine)["grading"] == 2
    (shift,) = reads.shifts(engine)
    assert (shift.grading.number, shift.grading.of) == (2, 2)
    with engine.connect() as connection:
        assert set(connection.scalars(select(InboxGrading.number))) == {1}


def test_a_grading_made_at_the_centre_stands_beside(engine: Engine, booth: Engine) -> None:
    """The centre has its own chain of the booth, and both hold."""
    take(engine, lines(booth))
    save(engine)
    save(booth)
    take(engine, lines(booth))
    verified = verify(engine)
    assert verified.problems == ()
    assert [chain.writer.count("/") for chain in verified.chains] == [1, 2]
    assert counts(engine)["grading"] == 3


def test_an_erased_collector_comes_as_erased(sqlite_engine: Engine, booth: Engine) -> None:
    """A booth may erase before it has sent; the centre gets neither the id nor the words."""
    with booth.begin() as connection:
        connection.execute(update(tables.Collector).values(code="erased:1"))
        gone = (LedgerWords.seq == 3, LedgerWords.place == 0)
        connection.execute(update(LedgerWords).where(*gone).values(salt=None))
        connection.execute(delete(OutboxMessage))
        connection.execute(delete(OutboxGrading))
    outbox.fill(booth, at=NOW)
    assert take(sqlite_engine, lines(booth)).faults == ()
    verified = verify(sqlite_engine)
    assert verified.problems == ()
    assert verified.chains[0].erased == 1
    assert reads.shifts(sqlite_engine)[0].identity.collector == "erased:1"


@pytest.mark.parametrize(
    "change",
    [
        delete(LedgerSeal),
        update(LedgerWriter).values(seq=0, hash="0" * 64),
        update(LedgerWriter).values(name="南昌西/3"),
        update(LedgerWriter).values(name="南昌西/3/0000000000000000"),
        update(InboxStream).values(epoch="0000000000000000"),
        update(LedgerEntry).where(LedgerEntry.seq == 5).values(body="{}"),
        update(InboxGrading).values(number=2),
        update(tables.Vehicle).values(end_ms=1),
        delete(InboxGrading),
    ],
)
def test_a_change_at_the_centre_is_noticed(
    sqlite_engine: Engine, booth: Engine, change: Any
) -> None:
    """The centre's copy is held by the same proof."""
    take(sqlite_engine, lines(booth))
    assert verify(sqlite_engine).problems == ()
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(change)
    assert verify(sqlite_engine).problems


def test_nothing_to_read_is_nothing_stored(sqlite_engine: Engine) -> None:
    """An empty batch is no fault, and opens no stream."""
    assert take(sqlite_engine, []).stored == 0
    with sqlite_engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(InboxStream)) == 0


def test_what_the_first_version_sent_is_read(sqlite_engine: Engine) -> None:
    """An old box keeps working with a new centre: a recorded and a live shift, as they were sent.

    If this fails, a column was added or renamed: let `arrivals` give it a value for messages that
    do not have it. The file is never written anew.
    """
    sent = (Path(__file__).parent / "messages-1.jsonl").read_bytes().splitlines()
    received = take(sqlite_engine, sent)
    assert (received.stored, received.faults) == (len(sent), ())
    assert verify(sqlite_engine).problems == ()
    assert counts(sqlite_engine) == {
        "grading": 2,
        "vehicle": 6,
        "due": 8,
        "step": 8,
        "finding": 8,
        "utterance": 7,
        "match": 10,
        "gap": 3,
    }
