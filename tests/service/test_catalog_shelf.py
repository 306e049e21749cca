"""What a station edits begins from its own files, whatever it calls them."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

from phrases.source import DATA
from service import bootstrap, catalog_shelf, settings
from service.catalog_shelf import Writer

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
VARIANT = '[[change]]\nid = "wait"\nvariants = ["稍等片刻"]\n'


def test_own_files_are_begun_from_and_rolled_back_to(tmp_path: Path) -> None:
    """A dialogue takes the place of its lane's; what ships and they can be used again."""
    own = tmp_path / "our-window.toml"
    shutil.copy(DATA / "dialogues" / "exit.toml", own)
    site = replace(settings.load({}, db=f"sqlite:///{tmp_path / 'c.db'}"), dialogues=(own,))
    files = catalog_shelf.of_settings(site)
    assert files == {"exit.toml": own.read_text("utf-8")}
    assert catalog_shelf.tried(site, files).faults == ()
    with bootstrap.database(site) as engine, engine.begin() as connection:
        who = Writer(connection=connection, person_id=None, now=NOW)
        catalog_shelf.save(who, 0, {**files, "phrases.toml": VARIANT})
        made, settled, known = catalog_shelf.publish(who, site, 1, "x")
        assert made == 1
        assert [path.name for path in settled.dialogues] == ["exit.toml"]
        assert known.catalog.version != bootstrap.knowledge(site).catalog.version
        again, back = catalog_shelf.use(who, site, None, "x")
        assert again.dialogues == (own,)
        assert back.catalog.version == bootstrap.knowledge(site).catalog.version
