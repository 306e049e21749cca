"""`changshou labels export`: what people heard becomes a manifest that calibrate can read."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from db import people, review_draws, reviews
from db.review_draws import NewDraw
from db.reviews import Decision
from db.store import Store
from phrases.review import Drawn, Verdict, Why
from service import bootstrap, cli, settings
from service.evaluate import read_manifest
from service.labels import EVERY, MANIFEST
from tests.db import samples

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)


@pytest.fixture
def site(home: Path) -> settings.Settings:
    """Two collectors with a fault each that can be heard."""
    found = settings.load()
    with bootstrap.database(found) as engine, Store(engine, samples.SIGNER) as unit:
        vault = bootstrap.vault(found, engine)
        for code in ("Z0107", "Z0108"):
            unit.save(
                samples.identity(collector=code),
                samples.recording(code),
                samples.report(),
                samples.clips(vault),
            )
        unit.commit()
    assert home
    return found


def decided(site: settings.Settings, *said: tuple[Verdict, str]) -> None:
    """Draw the faults and decide them, in order, with what was heard."""
    with bootstrap.database(site) as engine, engine.begin() as connection:
        by = people.add(connection, login="inspector", name="x", password="!", grants=[], at=AT)
        found = [key for key, _, _ in review_draws.candidates(connection, 1, DAY, AT.date())]
        new = NewDraw(station_id=1, since=DAY, until=AT.date(), size=9, findings=2, seed="0" * 32)
        drawn = {Why.CHANCE: [Drawn(key=key, probability=1.0) for key in sorted(found)]}
        due = AT + dt.timedelta(days=7)
        review_draws.keep_draw(connection, new, drawn, at=AT, due_at=due)
        for item, (verdict, heard) in enumerate(said, start=1):
            decision = Decision(
                person_id=by, verdict=verdict, appeal_until=None, reason="听了", heard=heard
            )
            reviews.decide(connection, item, decision, AT)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_clip_goes_with_what_was_heard_in_it(site: settings.Settings, tmp_path: Path) -> None:
    """Decrypted, named by the manifest, which evaluate and calibrate read; one voice each."""
    decided(
        site,
        (Verdict.CONFIRMED, ""),
        (Verdict.DISMISSED, "flow.received=50+thanks.cooperation"),
    )
    to = tmp_path / "labels"
    assert cli.run(["labels", "export", str(to)]) == 0
    clips = read_manifest(to / MANIFEST, bootstrap.knowledge(site).catalog.phrases)
    assert [clip.label for clip in clips] == [
        # The sample hears 收您五十元 in each of two utterances of the vehicle's time.
        "flow.received=50+flow.received=50",
        "flow.received=50+thanks.cooperation",
    ]
    assert all(clip.path.read_bytes() == samples.SOUND for clip in clips)
    assert [(row["voice"], row["by"]) for row in rows(to, MANIFEST)] == [
        ("voice1", "derived"),
        ("voice2", "reviewer"),
    ]
    assert [row["verdict"] for row in rows(to, EVERY)] == ["confirmed", "dismissed"]
    assert to.stat().st_mode & 0o077 == 0
    assert (to / MANIFEST).stat().st_mode & 0o077 == 0


def test_what_cannot_be_told_is_listed_and_in_no_manifest(
    site: settings.Settings, tmp_path: Path
) -> None:
    """Thanks that were said after all may have been either phrase; who cannot tell says nothing."""
    decided(site, (Verdict.DISMISSED, ""), (Verdict.CANNOT_TELL, ""))
    to = tmp_path / "labels"
    assert cli.run(["labels", "export", str(to), "--station", "南昌西"]) == 0
    assert rows(to, MANIFEST) == []
    (only,) = rows(to, EVERY)
    assert (only["verdict"], only["expected"], only["file"]) == ("dismissed", "", "")
    assert not (to / "clips").exists()


def test_a_clip_that_is_gone_leaves_its_label(
    site: settings.Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The label stands in the list; it is said how many clips are not there."""
    decided(site, (Verdict.CONFIRMED, "-"), (Verdict.CONFIRMED, "-"))
    with bootstrap.database(site) as engine:
        vault = bootstrap.vault(site, engine)
        names = sorted(name for name, _ in vault.files())
    vault.remove(names[0])
    to = tmp_path / "labels"
    assert cli.run(["labels", "export", str(to)]) == 0
    assert len(rows(to, MANIFEST)) == 1
    assert len(rows(to, EVERY)) == 2
    assert "wrote 1 clips" in capsys.readouterr().err


def test_nothing_to_write_is_said(
    site: settings.Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of no labels, of other days, and where the folder is there: exit 2, and no folder is made."""
    to = tmp_path / "labels"
    assert cli.run(["labels", "export", str(to)]) == 2
    decided(site, (Verdict.CONFIRMED, ""))
    assert cli.run(["labels", "export", str(to), "--from", "2026-12-01"]) == 2
    assert "nobody has confirmed" in capsys.readouterr().err
    assert not to.exists()
    to.mkdir()
    assert cli.run(["labels", "export", str(to)]) == 2
    assert "exists already" in capsys.readouterr().err
