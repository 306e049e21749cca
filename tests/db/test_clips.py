"""Clips are stored with their grading, stated by the ledger, and held against their files."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from db import clips
from db.clip_tables import Clip, ClipKey
from db.store import Store
from db.tables import Grading
from db.vault import Vault, open_vault
from db.verify import verify
from tests.db import samples
from tests.db.altering import erase
from tests.db.test_vault import change_a_byte


def save(engine: Engine, vault: Vault) -> str:
    """The sample shift with its clips; the sum of the one that was kept."""
    kept = samples.clips(vault)
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), kept)
        unit.commit()
    return str(kept[0].sha256)


def problem(engine: Engine, vault: Vault) -> str:
    """What does not hold."""
    (found,) = verify(engine, vault).problems
    assert found.seq == 5
    return found.what


def test_clips_are_kept_with_their_grading(engine: Engine, vault: Vault) -> None:
    """Every field of them; the keys in a table of their own."""
    name = save(engine, vault)
    with engine.connect() as connection:
        first, second = clips.of_grading(connection, 1)
        wrapped = [clips.one(connection, 1, place)[1] for place in (0, 2)]
        assert clips.known(connection, [name, "0" * 64]) == {name}
    assert (first["sha256"], first["silenced"]) == (name, (900, 1_400, 5_000, 6_000))
    assert (second["sha256"], second["size"]) == (None, 0)
    assert "No space left" in second["problem"]
    assert first["kept_at"].tzinfo is not None
    assert wrapped[1] is None
    assert vault.get(name, str(wrapped[0])) == samples.SOUND


def test_what_was_kept_holds(engine: Engine, vault: Vault) -> None:
    """One clip that is there; the one that never was is no error and no erasure."""
    save(engine, vault)
    found = verify(engine, vault)
    assert found.problems == ()
    (chain,) = found.chains
    assert (chain.clips, chain.clips_elsewhere, chain.clips_erased) == (1, 0, 0)


def test_another_machines_clips_are_counted_apart(engine: Engine, vault: Vault) -> None:
    """Their files need not be here."""
    name = save(engine, vault)
    (vault.folder / name).unlink()
    for other in (None, open_vault(vault.folder, vault.folder / "other.key")):
        found = verify(engine, other)
        assert found.problems == ()
        assert (found.chains[0].clips, found.chains[0].clips_elsewhere) == (1, 1)


def test_a_file_that_is_missing_or_changed_is_named(engine: Engine, vault: Vault) -> None:
    """By its entry; the proof of a clip is the clip."""
    name = save(engine, vault)
    change_a_byte(vault.folder / name, Random(1))
    assert problem(engine, vault) == "has a clip that does not hold: the clip's file was changed"
    (vault.folder / name).unlink()
    assert problem(engine, vault).endswith("the clip's file is missing")


def test_an_erased_clip_is_no_error(engine: Engine, vault: Vault) -> None:
    """Key, sum and salt gone together, the file with them; how many is said."""
    name = save(engine, vault)
    with engine.begin() as connection:
        erase(connection, 1)
    vault.remove(name)
    found = verify(engine, vault)
    assert found.problems == ()
    (chain,) = found.chains
    assert (chain.clips, chain.clips_erased) == (0, 1)


def test_a_clip_is_not_erased_by_halves(engine: Engine, vault: Vault) -> None:
    """A key without its clip, and a clip without its key, were not erased by us."""
    save(engine, vault)
    with engine.begin() as connection:
        wrapped = connection.scalars(select(ClipKey.wrapped)).one()
        connection.execute(delete(ClipKey))
    assert "key is gone, though it was not erased" in problem(engine, vault)
    with engine.begin() as connection:
        row = {"grading_id": 1, "vehicle_position": 0, "wrapped": wrapped}
        connection.execute(insert(ClipKey), [row])
        erase(connection, 1)
        connection.execute(insert(ClipKey), [row])
    assert "is erased, though its key is there" in problem(engine, vault)


@pytest.mark.parametrize(
    "values",
    [
        {"reason": "sample"},
        {"start_ms": 501},
        {"silenced": (900, 1_400)},
        {"problem": "lost"},
        {"wrapped_by": "0" * 16},
        {"sha256": "0" * 64},
        {"sha256": None},
    ],
)
def test_what_is_said_of_a_clip_cannot_be_changed(
    engine: Engine, vault: Vault, values: dict[str, object]
) -> None:
    """Least of all where it was silenced: that could pass for somebody who said nothing."""
    save(engine, vault)
    with engine.begin() as connection:
        connection.execute(update(Clip).where(Clip.vehicle_position == 0).values(**values))
    assert problem(engine, vault)


def test_a_clip_put_in_later_is_noticed(engine: Engine, vault: Vault) -> None:
    """Evidence is stated when the verdict is, or never."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    (kept, _) = samples.clips(vault)
    with engine.begin() as connection:
        when = connection.scalars(select(Grading.created_at)).one()
        for table, rows in clips.rows([kept], when).items():
            connection.execute(insert(table), [{"grading_id": 1, **r} for r in rows])
    (found,) = verify(engine, vault).problems
    assert "another number of vehicles or clips" in found.what
