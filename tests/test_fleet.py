"""A small fleet and a small load: that they do what they say, not how fast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import bench, fleet

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def test_a_fleet_loses_and_doubles_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Every vehicle of every booth is at the centre once, and every chain holds there."""
    assert fleet.main(["3", "--seconds", "2", "--interval", "0.5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["booths"], found["verdicts"], found["whole"]) == (3, 12, True)


def test_what_the_load_counts_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The figure is of verdicts that the centre has, with their chains."""
    arguments = ["ingest", "--verdicts", "1000", "--booths", "2", "--json", "--out", str(tmp_path)]
    assert bench.main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdicts"], found["whole"]) == (1_000, True)
