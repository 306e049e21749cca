"""What is erased is gone from every row, and the ledger's proof holds all the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from db import erase, holds, tables
from db.clip_tables import ClipKey
from db.columns import Base
from db.holds import Held
from db.keeping_tables import HoldReason
from db.live import LiveStore
from db.live_types import Figures
from db.people_tables import Person, Roster, Session
from db.store import Store
from db.vault import ClipError, Vault
from db.verify import verify
from tests.db import samples

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
SECRETS = ("收您五十元", "稍等", "O'Brien", "赣A12345", "one-1.opus", "characters agree", "Z0107")
"""what the sample shift holds of words, plates, files and people"""


def fill(engine: Engine, vault: Vault) -> str:
    """The sample shift, graded twice, the first time with clips; the id of the shift."""
    with Store(engine, samples.SIGNER) as unit:
        shift = unit.save(
            samples.identity(), samples.recording(), samples.report(), samples.clips(vault)
        )
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    return shift


def everything(engine: Engine) -> str:
    """All rows of all tables as text."""
    with engine.connect() as connection:
        return "\n".join(
            repr(dict(row))
            for table in Base.metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
        )


def test_a_gradings_words_are_erased_and_the_proof_holds(engine: Engine, vault: Vault) -> None:
    """The other grading of the same shift keeps its own."""
    fill(engine, vault)
    with engine.begin() as connection:
        erase.words(connection, 1)
    assert verify(engine, vault).problems == ()
    with engine.begin() as connection:
        erase.words(connection, 2)
        erase.names(connection, 1)
    found = verify(engine, vault)
    assert found.problems == ()
    assert (found.chains[0].erased, found.chains[0].clips) == (14, 1)
    left = everything(engine)
    assert [word for word in SECRETS[:-1] if word in left] == []


def test_a_clip_is_erased_with_its_key(engine: Engine, vault: Vault) -> None:
    """What is left of the file is noise, though a copy of it was put away."""
    fill(engine, vault)
    with engine.begin() as connection:
        wrapped = connection.scalars(select(ClipKey.wrapped)).one()
        (name,) = erase.clips(connection, 1, None)
        assert erase.clips(connection, 1, None) == []
    found = verify(engine, vault)
    assert found.problems == ()
    assert (found.chains[0].clips, found.chains[0].clips_erased) == (0, 1)
    assert name not in everything(engine)
    assert wrapped not in everything(engine)
    with pytest.raises(ClipError):
        vault.get(name, "00" * 40)


def test_one_vehicle_is_erased_and_no_other(engine: Engine, vault: Vault) -> None:
    """Its steps, findings and plate, what was said in its time, and nothing else."""
    away = samples.verdict("赣B1", start_ms=50_000, end_ms=60_000, steps=())
    later = samples.heard(utterance=9, start_ms=52_000, end_ms=53_000, matches=())
    later = samples.heard(
        utterance=9,
        start_ms=52_000,
        end_ms=53_000,
        text="谢谢您",
        matches=(samples.match(text="谢谢您", start_ms=52_000, end_ms=53_000),),
    )
    report = samples.report(
        transactions=(samples.verdict("赣A12345"), away), utterances=(samples.heard(), later)
    )
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), report)
        unit.commit()
    with engine.begin() as connection:
        erase.vehicle_words(connection, 1, 0)
    assert verify(engine, vault).problems == ()
    left = everything(engine)
    assert "赣B1" in left
    assert "谢谢您" in left
    assert "赣A12345" not in left
    assert "收您五十元" not in left


def test_what_is_held_is_spared(engine: Engine, vault: Vault) -> None:
    """A vehicle under appeal keeps its words and what was said then; the rest goes."""
    fill(engine, vault)
    with engine.begin() as connection:
        erase.words(connection, 1, Held(vehicles=frozenset({2})))
        erase.words(connection, 2, Held(everything=True))
        kept = connection.execute(
            select(tables.Vehicle.vehicle).where(tables.Vehicle.grading_id == 1)
        ).scalars()
        assert "赣A12345" in set(kept)
        heard = select(tables.Step.heard).where(tables.Step.grading_id == 1)
        assert set(connection.scalars(heard)) == {None}
        heard = select(tables.Step.heard).where(tables.Step.grading_id == 2)
        assert "收您五十元" in set(connection.scalars(heard))
    assert verify(engine, vault).problems == ()


def test_a_hold_lasts_a_year_beyond_its_end(engine: Engine, vault: Vault) -> None:
    """Open for as long as it is not final."""
    fill(engine, vault)
    with engine.begin() as connection:
        one = holds.place(connection, 1, 2, reason=HoldReason.APPEAL, by="7", at=NOW)
        holds.place(connection, 2, None, reason=HoldReason.REVIEW, by="7", at=NOW)
        later = NOW + dt.timedelta(days=3_000)
        assert holds.held(connection, [1, 2, 3], later) == {
            1: Held(vehicles=frozenset({2})),
            2: Held(everything=True),
        }
        holds.settle(connection, one, NOW)
        assert 1 in holds.held(connection, [1], NOW + dt.timedelta(days=364))
        assert holds.held(connection, [1], NOW + dt.timedelta(days=365)) == {}
    assert Held(vehicles=frozenset({2})).covers(2)
    assert not Held(vehicles=frozenset({2})).covers(1)
    assert not Held()


def account(connection: Any, collector: int) -> None:
    """An account of the collector's, logged in, and a roster."""
    given = {"id": 1, "login": "zhang.san", "name": "张三", "password": "$argon2id$x"}
    person = given | {"collector_id": collector, "totp_confirmed": False, "totp_used": -1}
    connection.execute(insert(Person), [person | {"created_at": NOW, "totp_secret": "S3CRET"}])
    session = {"token_hash": "t", "person_id": 1, "created_at": NOW, "seen_at": NOW}
    connection.execute(insert(Session), [session | {"expires_at": NOW}])
    roster = {"booth_id": 1, "collector_id": collector, "starts_at": NOW, "ends_at": NOW}
    connection.execute(insert(Roster), [roster])


def test_a_person_is_erased_everywhere(engine: Engine, vault: Vault) -> None:
    """No row of any table tells who it was, not even the ids made of theirs; the proof holds."""
    shift = fill(engine, vault)
    with Store(engine, samples.SIGNER) as unit:
        other = unit.save(
            samples.identity(collector="0200"), samples.recording("two"), samples.report()
        )
        unit.commit()
    with engine.begin() as connection:
        account(connection, 1)
        for grading in connection.scalars(erase.gradings_of(1)).all():
            erase.words(connection, grading)
            erase.clips(connection, grading, None)
        erase.names(connection, 1)
        nobody = erase.collector(connection, 1, NOW)
    found = verify(engine, vault)
    assert found.problems == ()
    left = everything(engine)
    for secret in ("Z0107", shift, "zhang.san", "张三", "S3CRET", "$argon2id$x", "one-1.opus"):
        assert secret not in left
    assert nobody in left
    assert "0200" in left
    assert other in left
    with engine.connect() as connection:
        row = connection.execute(select(tables.Shift.__table__).where(tables.Shift.id != other))
        assert row.mappings().one()["started_at"] == samples.START.astimezone(dt.UTC)


def test_what_is_not_finished_cannot_be_erased(
    tmp_path: Path, opened: Callable[[str], Engine]
) -> None:
    """An open shift would write the words again, and the centre waits for what is unsent."""
    engine = opened(f"sqlite:///{tmp_path / 'live.db'}")
    with LiveStore(engine, samples.SIGNER) as unit:
        shift = unit.open_shift(samples.identity(), samples.report(), how="login", from_ms=0)
        unit.add_vehicle(shift, samples.verdict("赣A12345"))
        unit.add_heard(shift, samples.heard())
        unit.commit()
    with engine.connect() as connection:
        assert "still open" in str(erase.busy(connection, [1]))
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.close_shift(shift, Figures(duration_ms=1, gap_ms=0, score=samples.report().score))
        unit.commit()
    with engine.begin() as connection:
        assert erase.busy(connection, [1]) is None
        erase.words(connection, 1)
    assert verify(engine).problems == ()
    assert [word for word in SECRETS[:4] if word in everything(engine)] == []
    with Store(engine, samples.SIGNER, outbox=True) as unit:
        unit.save(samples.identity(booth="9"), samples.recording(), samples.report())
        unit.commit()
    with engine.connect() as connection:
        assert "sent to the centre" in str(erase.busy(connection, [2]))


def test_what_was_erased_is_not_in_the_files(
    sqlite_engine: Engine, sqlite_file: Path, vault: Vault
) -> None:
    """Neither in free pages nor in the log; before, it was."""
    fill(sqlite_engine, vault)

    def found() -> list[str]:
        files = [p for p in sqlite_file.parent.iterdir() if p.name.startswith(sqlite_file.name)]
        content = b"".join(path.read_bytes() for path in files if path.is_file())
        return [word for word in SECRETS if word.encode() in content]

    assert found() == list(SECRETS)
    with sqlite_engine.begin() as connection:
        for grading in (1, 2):
            erase.words(connection, grading)
        erase.names(connection, 1)
        erase.collector(connection, 1, NOW)
    erase.compact(sqlite_engine)
    assert found() == []
    assert verify(sqlite_engine, vault).problems == ()


def test_compacting_a_server_is_its_own_vacuum(engine: Engine, vault: Vault) -> None:
    """On either database it may be called at any time."""
    fill(engine, vault)
    erase.compact(engine)
    assert verify(engine, vault).problems == ()
