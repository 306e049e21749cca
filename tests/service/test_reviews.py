"""Reviews and the person they are about: in the copy that they may ask for, and gone with them."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from db import reviews
from db.people_types import Reach
from phrases.review import Verdict
from service import bootstrap, cli, erase, settings
from service.errors import BadInput
from tests.service import test_labels
from tests.service.test_labels import AT, decided

site = test_labels.site
ALL = Reach(everything=True)


def test_a_collector_may_have_a_copy_of_what_was_decided(
    site: settings.Settings, tmp_path: Path
) -> None:
    """Their own, with the reviewer's words and no name; what a spreadsheet would run is text."""
    decided(site, (Verdict.CONFIRMED, ""), (Verdict.DISMISSED, ""))
    to = tmp_path / "copy"
    asked = ["export-person", "--collector", "Z0107", "--station", "南昌西", "--out", str(to)]
    assert cli.run(asked) == 0
    with (to / "reviews.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["code"], row["verdict"], row["reason"]) == ("missing.thanks", "confirmed", "听了")
    assert "inspector" not in row.values()
    assert {"doubles.csv", "consequences.csv"} <= {path.name for path in to.iterdir()}


def test_words_go_with_the_person_and_the_decision_stays(site: settings.Settings) -> None:
    """It is held until a year after, so that it must be forced; another's words stay."""
    decided(site, (Verdict.CONFIRMED, "flow.thanks"), (Verdict.CONFIRMED, ""))
    later = AT + dt.timedelta(days=1)
    with pytest.raises(BadInput, match="held by an open review"):
        erase.collector(site, "南昌西", "Z0107", later)
    erase.collector(site, "南昌西", "Z0107", later, forced="要求删除")
    with bootstrap.database(site, read_only=True) as engine, engine.connect() as connection:
        first, second = (reviews.find(connection, ALL, item) for item in (1, 2))
    assert first is not None
    assert second is not None
    assert (first["reason"], first["heard"], first["verdict"]) == ("", "", Verdict.CONFIRMED)
    assert first["collector"].startswith("erased:")
    assert (second["reason"], second["collector"]) == ("听了", "Z0108")
