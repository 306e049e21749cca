"""The centre knows of a booth's clips, proved, without having their sound or their keys."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import clips
from db.clip_tables import ClipKey
from db.store import Store
from db.vault import Vault
from db.verify import verify
from tests.db import samples
from tests.db.booths import lines, take


@pytest.mark.parametrize("seed", range(3))
def test_the_centre_has_the_rows_and_not_the_keys(
    engine: Engine, tmp_path: Path, opened: Callable[[str], Engine], vault: Vault, seed: int
) -> None:
    """In whatever order the messages come; a key that was never sent is no alarm."""
    booth = opened(f"sqlite:///{tmp_path / 'booth.db'}")
    with Store(booth, samples.SIGNER, outbox=True) as unit:
        kept = samples.clips(vault)
        unit.save(samples.identity(), samples.recording(), samples.report(), kept)
        unit.commit()
    batch = lines(booth)
    random.Random(seed).shuffle(batch)
    for line in batch:
        assert take(engine, [line]).faults == ()
    with booth.connect() as here, engine.connect() as there:
        ours, theirs = clips.of_grading(here, 1), clips.of_grading(there, 1)
        assert [dict(row) for row in ours] == [dict(row) for row in theirs]
        assert len(theirs) == 2
        assert there.execute(select(ClipKey.wrapped)).all() == []
    found = verify(engine, vault)
    assert found.problems == ()
    (chain,) = found.chains
    assert (chain.clips, chain.clips_elsewhere) == (1, 1)
