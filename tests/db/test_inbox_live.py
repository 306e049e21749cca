"""A live shift reaches the centre piece by piece, and can be proved there at every moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import outbox, reads
from db.facts_tables import FactTotal
from db.live import LiveStore
from db.live_types import Figures, Open
from db.verify import verify
from phrases.types import Score
from tests.db import samples
from tests.db.booths import NOW, lines, rows, take
from tests.db.test_facts import counted, recounted
from tests.db.test_live import CLIP

FIGURES = Figures(duration_ms=60_000, gap_ms=10_001, score=Score(value=None, low=None, high=None))


def live(engine: Engine, *, on: bool = True) -> Open:
    """A live shift with all pieces of the sample, each stored by itself, and closed."""
    whole = samples.report()
    empty = samples.report(
        transactions=(), utterances=(), gaps=(), warnings=(), score=FIGURES.score
    )
    with LiveStore(engine, samples.SIGNER, outbox=on) as unit:
        shift = unit.open_shift(samples.identity(), empty, how="login", from_ms=0)
        unit.commit()
        for verdict in whole.transactions:
            unit.add_heard(shift, whole.utterances[0])
            place = unit.add_vehicle(shift, verdict)
            unit.add_clip(shift, place, CLIP)
            unit.commit()
        unit.add_gap(shift, whole.gaps[0])
        unit.close_shift(shift, FIGURES)
        unit.commit()
    return shift


@pytest.fixture
def booth(tmp_path: Path, opened: Callable[[str], Engine]) -> Engine:
    """A booth's empty database."""
    return opened(f"sqlite:///{tmp_path / 'booth.db'}")


@pytest.mark.parametrize("shuffled", [False, True])
def test_each_piece_is_there_once_it_has_come(
    engine: Engine, booth: Engine, shuffled: bool
) -> None:
    """The chain holds after every message, in order or not, and at the end all is there."""
    shift = live(booth)
    batch = lines(booth)
    if shuffled:
        random.Random(1).shuffle(batch)
    for line in batch:
        assert take(engine, [line]).faults == ()
        assert verify(engine).problems == ()
    with booth.connect() as here, engine.connect() as there:
        assert rows(there) == rows(here)
        assert counted(there) == recounted(there)
        assert counted(there)[FactTotal]
    (own,), (chain,) = verify(booth).chains, verify(engine).chains
    assert (chain.head, chain.awaited) == (own.head, 0)
    own_report, report = (reads.report(e, shift.shift_id).report for e in (booth, engine))
    assert report == own_report
    assert report.complete


def test_what_lasts_is_shown_as_it_stands(sqlite_engine: Engine, booth: Engine) -> None:
    """A supervisor sees the vehicles of a shift that is not over."""
    shift = live(booth)
    take(sqlite_engine, lines(booth)[:-2])
    found = reads.report(sqlite_engine, shift.shift_id).report
    assert len(found.transactions) == 3
    (row,) = reads.shifts(sqlite_engine)
    assert (row.vehicles, row.compliant + row.fault + row.unsure) == (3, 3)
    assert not found.complete


def test_a_live_shift_that_is_older_follows(sqlite_engine: Engine, booth: Engine) -> None:
    """With all its seals, when the centre's address comes into the settings."""
    live(booth, on=False)
    assert outbox.fill(booth, at=NOW)
    assert not outbox.fill(booth, at=NOW)
    assert take(sqlite_engine, lines(booth)).faults == ()
    assert verify(sqlite_engine).problems == ()
    assert verify(sqlite_engine).chains[0].head == verify(booth).chains[0].head
