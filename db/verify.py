"""Verify the ledger: every chain, every seal, and what they state against what is stored.

Each chain is walked from its first entry and left at the first one that is bad: what follows a
bad entry proves nothing. Nothing of what was said or of who said it stands in a problem. With the
vault, the files of clips are held against what is stated of them too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, select

from db import clips, ledger, merkle, remarks, tables
from db.canonical import canonical
from db.explain import plainly
from db.inbox_tables import InboxGrading, InboxStream
from db.ledger_tables import LedgerEntry, LedgerKey, LedgerSeal, LedgerWords, LedgerWriter
from db.live_tables import LiveGrading
from db.seal import signed
from db.statements import FORMATS, LIVE, Statement, Words, load, pieces, salted, statements
from db.vault import ClipError, Vault

UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, AttributeError)
"""what reading a row raises whose value is none that the program wrote"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """The first thing that does not hold in a chain, or a grading that is in none."""

    writer: str
    """station/booth"""
    seq: int | None
    """the entry; None: it is of no entry"""
    what: str
    """for people"""

    def __str__(self) -> str:
        entry = "" if self.seq is None else f", entry {self.seq}"
        return f"{self.writer}{entry}: {self.what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A writer's chain as far as it holds."""

    writer: str
    """station/booth"""
    entries: int
    seals: int
    erased: int
    """words that were deleted with their salt"""
    awaited: int
    """of a booth's chain at the centre: entries beyond what has come whole and sealed"""
    clips: int
    """clips whose key is there"""
    clips_erased: int
    """clips that were deleted with their key"""
    clips_elsewhere: int
    """of the clips, those whose files were not looked at: another machine's key opens them"""
    head: str
    """hash of the last entry that holds"""
    keys: tuple[str, ...]
    """public keys that sealed it, in the order of their first use"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What came of it."""

    chains: tuple[Chain, ...]
    before: int
    """gradings that are older than the ledger: nothing is known of them"""
    problems: tuple[Problem, ...]
    """the first of each chain; empty: the ledger holds"""


class _Bad(Exception):
    """An entry does not hold."""

    def __init__(self, seq: int | None, what: str) -> None:
        super().__init__(what)
        self.seq = seq
        self.what = what


def verify(engine: Engine, vault: Vault | None = None) -> Verified:
    """Walk every chain; never writes. StoreError if the database cannot be read.

    Without the vault only the rows of clips are looked at, not their files.
    """
    with plainly(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # One state of the whole, though others append meanwhile.
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return examine(connection, vault)


def examine(connection: Connection, vault: Vault | None = None) -> Verified:
    """The same, of what one transaction sees."""
    start = ledger.before(connection)
    writers = select(LedgerWriter.__table__).order_by(LedgerWriter.name)
    walks = [
        _Walk(connection, writer, start, vault)
        for writer in connection.execute(writers).mappings().all()
    ]
    problems = [problem for walk in walks if (problem := walk.problem()) is not None]
    problems += _strays(connection)
    if (kind := remarks.unstated(connection)) is not None:
        what = f"a row that an entry of kind {kind} should state is in none"
        problems.append(Problem(writer="unknown", seq=None, what=what))
    before, unstated = _unstated(connection, start)
    return Verified(
        chains=tuple(walk.chain() for walk in walks),
        before=before,
        problems=(*problems, *unstated),
    )


def _strays(connection: Connection) -> list[Problem]:
    """Chains whose writer's own row is gone."""
    known = select(LedgerWriter.id)
    for table in (LedgerEntry, LedgerSeal, LedgerKey, LedgerWords):
        stray = select(table.writer_id).where(table.writer_id.not_in(known)).limit(1)
        if connection.execute(stray).first() is not None:
            what = f"a row of {table.__tablename__} is of a writer that is not there"
            return [Problem(writer="unknown", seq=None, what=what)]
    return []


def _unstated(connection: Connection, start: int) -> tuple[int, list[Problem]]:
    """How many gradings are older than the ledger, and the first that is newer but not in it."""
    stated = select(LedgerSeal.grading_id)
    came = select(InboxGrading.grading_id)
    missing = select(tables.Grading.id).where(tables.Grading.id.not_in(stated))
    old = missing.where(tables.Grading.id <= start).subquery()
    before = connection.scalar(select(func.count()).select_from(old)) or 0
    # What comes from a booth is stated when its seal has come; each chain's end holds that.
    new = (
        missing.where(tables.Grading.id > start, tables.Grading.id.not_in(came))
        .order_by(tables.Grading.id)
        .limit(1)
    )
    grading = connection.scalar(new)
    if grading is None:
        return before, []
    try:
        stored = load(connection, grading)
    except UNREADABLE:
        stored = None
    writer = stored.writer if stored else "unknown"
    number = (
        f"grading {stored.grading['number']} of shift {stored.shift}" if stored else "a grading"
    )
    return before, [Problem(writer=writer, seq=None, what=f"{number} is stored but in no entry")]


class _Walk:
    """A walk along one chain."""

    def __init__(
        self, connection: Connection, writer: RowMapping, start: int, vault: Vault | None
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._id = writer["id"]
        self._name = str(writer["name"])
        own, *epoch = self._name.rsplit("/", self._name.count("/") - 1)
        self._own_name = own
        """as the writer itself calls its chain"""
        self._came = bool(epoch)
        """whether a booth sent it"""
        self._awaited = Counter[str]()
        """by kind: entries of a booth's chain that wait for others"""
        self._end = (writer["seq"], writer["hash"])
        self._start = start
        self._seq = 0
        self._hash = ledger.NOTHING
        self._seals = 0
        self._erased = 0
        self._clips = 0
        self._clips_erased = 0
        self._clips_elsewhere = 0
        self._words = 0
        self._keys: list[str] = []
        self._remarks = Counter[str]()
        """by kind: entries that state something said later, whose rows are there"""
        self._gone: set[tuple[int, int]] = set()
        """entries and places of messages that were deleted when their days were over"""
        self._live: dict[int, dict[str, list[Statement]]] = {}
        """number of a grading that is stated piece by piece to what is not stated of it so far"""

    def problem(self) -> Problem | None:
        """The first thing that does not hold; None: the chain holds."""
        try:
            self._walk()
        except _Bad as bad:
            return Problem(writer=str(self._name), seq=bad.seq, what=bad.what)
        except UNREADABLE:
            what = "cannot be read: a value in it, or in the rows that it states, is none of ours"
            return Problem(writer=str(self._name), seq=self._seq + 1, what=what)
        return None

    def chain(self) -> Chain:
        """The chain as far as the walk went."""
        return Chain(
            writer=str(self._name),
            entries=self._seq,
            seals=self._seals,
            erased=self._erased,
            awaited=self._awaited.total(),
            clips=self._clips,
            clips_erased=self._clips_erased,
            clips_elsewhere=self._clips_elsewhere,
            head=self._hash,
            keys=tuple(self._keys),
        )

    def _walk(self) -> None:
        seals = select(LedgerSeal.__table__).where(LedgerSeal.writer_id == self._id)
        if self._came:
            self._origin()
            seals = seals.where(LedgerSeal.seq <= self._end[0])
        for seal in self._connection.execute(seals.order_by(LedgerSeal.seq)).mappings().all():
            self._seal(seal)
        entry = LedgerEntry
        later = select(func.min(entry.seq)).where(entry.writer_id == self._id)
        beyond = self._connection.scalar(later.where(entry.seq > self._seq))
        if self._came:
            self._rest()
        elif beyond is not None:
            raise _Bad(beyond, "is under no seal")
        self._left_over()
        for kind in remarks.TABLES:
            if remarks.count(self._connection, self._id, kind, self._seq) != self._remarks[kind]:
                raise _Bad(
                    None, f"a row is said to be stated by an entry of kind {kind} that is not"
                )
        if self._end[0] != self._seq:
            if self._end[0] > self._seq:
                raise _Bad(self._seq + 1, f"is missing: the chain had {self._end[0]} entries")
            raise _Bad(self._seq, f"is beyond the chain's end, which is said to be {self._end[0]}")
        if self._end[1] != self._hash:
            raise _Bad(self._seq, "is not the entry that the chain is said to end with")
        self._count(LedgerKey, len(self._keys), "public keys")
        self._count(LedgerWords, self._words, "salted hashes")

    def _count(self, table: type[LedgerKey] | type[LedgerWords], wanted: int, what: str) -> None:
        rows = select(func.count()).select_from(table).where(table.writer_id == self._id)
        rows = rows.where(table.seq <= self._seq)
        if self._connection.scalar(rows) != wanted:
            raise _Bad(None, f"there are {what} that no entry has")

    def _origin(self) -> None:
        """A chain that came from a booth is of an epoch of which messages came."""
        name = self._name.rpartition("/")[2]
        query = select(InboxStream.epoch).where(InboxStream.writer_id == self._id)
        if self._connection.scalar(query) != name:
            raise _Bad(None, "is said to have come from a booth, and nothing came under its epoch")

    def _rest(self) -> None:
        """What a booth's chain has beyond its end waits for what has not come."""
        entry, seal = LedgerEntry, LedgerSeal
        later = (entry.writer_id == self._id, entry.seq > self._seq)
        kinds = select(entry.kind, func.count()).where(*later).group_by(entry.kind)
        self._awaited = Counter({row[0]: row[1] for row in self._connection.execute(kinds)})
        after = select(func.min(seal.seq)).where(seal.writer_id == self._id, seal.seq > self._seq)
        end = self._connection.scalar(after)
        if end is None:
            return
        come = self._connection.scalar(select(func.count()).where(*later, entry.seq <= end)) or 0
        if come >= end - self._seq:
            raise _Bad(end, "has come whole with all before it, but is beyond the chain's end")

    def _seal(self, seal: RowMapping) -> None:
        """The entries under one seal, the seal, and the rows that they state."""
        if seal["first_seq"] != self._seq + 1:
            raise _Bad(self._seq + 1, f"is not where the seal of entry {seal['seq']} begins")
        entry = LedgerEntry.__table__
        under = select(entry).where(
            entry.c.writer_id == self._id, entry.c.seq > self._seq, entry.c.seq <= seal["seq"]
        )
        entries = self._connection.execute(under.order_by(entry.c.seq)).mappings().all()
        seq, last = self._seq, self._hash
        for row in entries:
            seq += 1
            if row["seq"] != seq:
                raise _Bad(seq, "is missing")
            if row["previous"] != last:
                raise _Bad(seq, "does not follow the entry before it")
            last = ledger.entry_hash(self._own_name, row)
            if row["hash"] != last:
                raise _Bad(seq, "was changed: its hash is another")
        if seq != seal["seq"]:
            raise _Bad(seq + 1, f"is missing: a seal goes to entry {seal['seq']}")
        rest = self._first(entries)
        self._signature(seal, entries)
        self._stated(seal, rest)
        self._seq, self._hash = seq, last
        self._seals += 1

    def _first(self, entries: Sequence[RowMapping]) -> Sequence[RowMapping]:
        """Take what begins the chain and introduces keys; the entries that follow."""
        rest = list(entries)
        if self._seq == 0:
            began = rest.pop(0)
            start = self._start
            if self._came:
                # The booth's own, in its own numbers.
                start = json.loads(began["body"])["before"]
            body = canonical({"before": start})
            if began["kind"] != "began" or began["body"] != body:
                raise _Bad(1, "says otherwise where the ledger began")
        if rest and rest[0]["kind"] == "key":
            row = rest.pop(0)
            query = select(LedgerKey.public_key).where(
                LedgerKey.writer_id == self._id, LedgerKey.seq == row["seq"]
            )
            key = self._connection.scalar(query)
            if key is None or row["body"] != canonical({"public_key": key}) or key in self._keys:
                raise _Bad(row["seq"], "introduces another public key than is kept")
            self._keys.append(key)
        return rest

    def _signature(self, seal: RowMapping, entries: Sequence[RowMapping]) -> None:
        root = merkle.root([bytes.fromhex(row["hash"]) for row in entries]).hex()
        if seal["root"] != root:
            raise _Bad(seal["seq"], "has a seal over other entries")
        if seal["public_key"] not in self._keys:
            raise _Bad(seal["seq"], "has a seal by a key that no entry introduces")
        message = ledger.sealed_message(self._own_name, seal["first_seq"], seal["seq"], root)
        if not signed(seal["public_key"], message, seal["signature"]):
            raise _Bad(seal["seq"], "has a seal whose signature does not hold")

    def _stated(self, seal: RowMapping, entries: Sequence[RowMapping]) -> None:
        """Hold each entry against the rows of the grading, or of what was said later."""
        if seal["grading_id"] == remarks.OF_NONE:
            entries, stated = self._said_later(entries)
        else:
            stated = self._statements(seal, entries)
        if [row["kind"] for row in entries] != [statement.kind for statement in stated]:
            raise _Bad(seal["seq"], "states another number of vehicles or clips than are stored")
        words = LedgerWords
        query = select(words.seq, words.place, words.hash, words.salt).where(
            words.writer_id == self._id,
            words.seq >= seal["first_seq"],
            words.seq <= seal["seq"],
        )
        kept: dict[tuple[int, int], Any] = {
            (row.seq, row.place): row
            for row in self._connection.execute(query)
            if (row.seq, row.place) not in self._gone
        }
        for row, statement in zip(entries, stated, strict=True):
            seq = row["seq"]
            found = [kept.pop((seq, place), None) for place in range(len(statement.words))]
            hashes = [
                self._hashed(seq, place, said, found[place])
                for place, said in enumerate(statement.words)
            ]
            if statement.kind != "clip":
                self._erased += sum(one is not None and one.salt is None for one in found)
            if statement.body(hashes) != row["body"]:
                raise _Bad(
                    seq, f"states otherwise than is stored: {_where(row, statement, hashes)}"
                )
        if kept:
            raise _Bad(min(kept)[0], "has a salted hash of words that it does not state")
        for row in entries:
            if row["kind"] == "clip":
                place = json.loads(row["body"])["vehicle_position"]
                clip, wrapped = clips.one(self._connection, seal["grading_id"], place)
                self._clip(row["seq"], clip, wrapped)

    def _said_later(
        self, entries: Sequence[RowMapping]
    ) -> tuple[Sequence[RowMapping], list[Statement]]:
        """The entries under a seal of no grading whose rows are there, and what they state."""
        left, found = [], []
        for row in entries:
            if row["kind"] not in remarks.TABLES:
                raise _Bad(row["seq"], "is of a newer changshou: verify it with that one")
            self._remarks[row["kind"]] += 1
            pair = remarks.stated(self._connection, self._id, row)
            if pair is not None:
                left.append(row)
                found.append(pair[1])
            elif row["kind"] != "lane" or not self._forgotten(row["seq"]):
                raise _Bad(row["seq"], "states something said later that is no longer stored")
        return left, found

    def _forgotten(self, seq: int) -> bool:
        """Whether a message of the lane was deleted with its salts, as it is after its days."""
        words = LedgerWords
        query = select(words.place, words.salt).where(words.writer_id == self._id)
        rows = self._connection.execute(query.where(words.seq == seq)).all()
        self._remarks["lane"] -= 1
        self._words += len(rows)
        self._erased += len(rows)
        self._gone |= {(seq, row.place) for row in rows}
        return all(row.salt is None for row in rows)

    def _clip(self, seq: int, clip: RowMapping, wrapped: str | None) -> None:
        """A clip is there with its key and its file, or none of them is, or a booth has them."""
        if clip["sha256"] is None:
            if wrapped is not None:
                raise _Bad(seq, "has a clip that is erased, though its key is there")
            self._clips_erased += clip["problem"] is None
            return
        if wrapped is not None and (clip["key_by"] is not None) is not self._came:
            raise _Bad(seq, "has a clip whose key is said to be wrapped by another machine's")
        if wrapped is None and not self._came:
            raise _Bad(seq, "has a clip whose key is gone, though it was not erased")
        self._clips += 1
        if wrapped is None or self._vault is None or clip["opened_by"] != self._vault.wrapped_by:
            self._clips_elsewhere += 1
            return
        try:
            self._vault.get(clip["sha256"], wrapped)
        except ClipError as error:
            raise _Bad(seq, f"has a clip that does not hold: {error}") from None

    def _statements(self, seal: RowMapping, entries: Sequence[RowMapping]) -> list[Statement]:
        """What the entries under a seal should state."""
        grading = seal["grading_id"]
        if grading not in self._live:
            stored = load(self._connection, grading)
            if stored is None:
                raise _Bad(seal["first_seq"], "states a grading that is no longer stored")
            if stored.writer != self._name:
                raise _Bad(seal["first_seq"], "states a grading of another booth")
            begun = json.loads(entries[0]["body"]) if entries else {}
            form = begun.get("format")
            if isinstance(form, int) and form in FORMATS:
                return list(statements(stored, form))
            if form != LIVE:
                raise _Bad(seal["first_seq"], "is of a newer changshou: verify it with that one")
            self._live[grading] = pieces(stored)
        rest = self._live[grading]
        found = list[Statement]()
        for row in entries:
            if not rest.get(row["kind"]):
                raise _Bad(row["seq"], f"states a {row['kind']} that is not stored")
            found.append(rest[row["kind"]].pop(0))
        return found

    def _left_over(self) -> None:
        """Nothing of a grading that is stated piece by piece may be without its entry."""
        if self._came:
            # Rows of entries that wait for others are stored already.
            kinds = Counter(
                kind
                for rest in self._live.values()
                for kind, left in rest.items()
                for _ in left
                if kind != "report"
            )
            if not kinds <= self._awaited:
                raise _Bad(None, "a piece of a live shift is stored but in no entry")
            return
        for grading, rest in self._live.items():
            mine = select(LiveGrading.closed_at).where(LiveGrading.grading_id == grading)
            open_ = self._connection.execute(mine).scalar_one() is None
            if bool(rest.pop("report")) is not open_:
                what = "was reopened" if open_ else "is closed, and its end is in no entry"
                raise _Bad(None, f"a live shift {what}")
            if any(rest.values()):
                kind = next(kind for kind, left in rest.items() if left)
                raise _Bad(None, f"a {kind} of a live shift is stored but in no entry")

    def _hashed(self, seq: int, place: int, said: Words | None, kept: Any) -> str | None:
        """The salted hash of a place's words, checked where the salt is there."""
        if kept is None:
            if said is not None:
                raise _Bad(seq, "has stored words whose salted hash is gone or never was")
            return None
        self._words += 1
        if re.fullmatch("[0-9a-f]{64}", kept.hash) is None:
            raise _Bad(seq, "has a salted hash that is none")
        if kept.salt is None:
            if said is not None:
                raise _Bad(seq, "has stored words whose salt is gone: they prove nothing")
        elif said is None:
            raise _Bad(seq, "has stored words that are gone, though their salt is there")
        elif len(kept.salt) != 2 * ledger.SALT_BYTES or salted(kept.salt, said) != kept.hash:
            raise _Bad(seq, f"has other stored words than were stated (place {place})")
        return str(kept.hash)


def _where(entry: RowMapping, statement: Statement, hashes: Sequence[str | None]) -> str:
    """The names under which the entry and the rows differ."""
    stated, stored = json.loads(entry["body"]), json.loads(statement.body(hashes))
    names = sorted(n for n in {*stated, *stored} if stated.get(n) != stored.get(n))
    return ", ".join(names)
