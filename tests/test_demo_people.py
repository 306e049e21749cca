"""The demonstration's people are let in, and have something to look at and to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from db.engine import open_engine, upgrade
from db.store import Store
from db.vault import Vault
from scripts import demo_exam, demo_office, demo_people
from service import bootstrap, settings
from service.passwords import Passwords
from tests.db import samples

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


def test_all_are_let_in_and_reviews_are_drawn_once(tmp_path: Path) -> None:
    """A second start gives everybody the new password, and draws nothing again."""
    checker = Passwords(memory_kib=8, rounds=1)
    engine = open_engine(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        upgrade(engine)
        vault = Vault(tmp_path / "clips", bytes(32))
        whose = samples.identity(station=demo_people.STATION, collector=demo_people.COLLECTOR)
        with Store(engine, samples.SIGNER) as unit:
            unit.save(whose, samples.recording(), samples.report(), samples.clips(vault))
            unit.commit()
        demo_people.let_in(engine, checker, "first of three words", NOW)
        assert demo_people.draw(engine, NOW, WEEK) == 1
        demo_people.let_in(engine, checker, "second of three words", NOW)
        assert demo_people.draw(engine, NOW, WEEK) == 0
        site = settings.load({})
        known = bootstrap.knowledge(site)
        assert demo_exam.make(engine, known, NOW)
        assert not demo_exam.make(engine, known, NOW)
        assert demo_office.make(engine, site, known, NOW)
        assert not demo_office.make(engine, site, known, NOW)
        assert demo_office.keep_month(engine, site, NOW) == 0, "no vehicle is of that month here"
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT login, password FROM person").all()
        assert {row.login for row in rows} == {part.login for part in demo_people.PARTS}
        assert all(checker.matches("second of three words", row.password) for row in rows)
    finally:
        engine.dispose()
