"""The faults that can be run in a test's time; the long runs are scripts/faults'."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from scripts import faults, fleet_parts
from scripts.faults_power import disk, power
from scripts.faults_slow import LOST, Figures, holds, slow
from scripts.faults_sync import booth_kill, centre_kill

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def ignore(done: int) -> None:
    """Nobody watches."""


def test_a_power_cut_loses_nothing_that_was_acknowledged() -> None:
    """With the program's own pragmas; the database and its ledger are sound each time."""
    found = power(12, ignore)
    assert found["acknowledged"] > 3
    assert (found["cuts"], found["lost"], found["damaged"]) == (12, 0, 0)


def test_the_same_cuts_do_lose_with_a_weaker_setting() -> None:
    """Else the test above could not fail."""
    assert power(12, ignore, synchronous="NORMAL")["lost"] > 0


def test_a_failing_disk_is_no_false_success() -> None:
    """What could not be stored is refused with an alarm, and goes in when there is room again."""
    found = disk(6, ignore)
    assert found["refused"] > 0
    assert (found["false_successes"], found["did_not_go_on"], found["damaged"]) == (0, 0, 0)


def test_a_centre_that_is_killed_loses_and_doubles_nothing() -> None:
    """Before a batch is stored, and after the commit and before that is said."""
    found = centre_kill(2, ignore)
    assert found["kills"] == 2
    assert fleet_parts.whole(found), found


def test_a_booth_that_is_killed_loses_and_doubles_nothing() -> None:
    """What it said that it stored is at the centre, once, and its chain holds there."""
    found = booth_kill(2, ignore)
    assert found["lost"] == 0
    assert fleet_parts.whole(found), found


@pytest.fixture(scope="module")
def slowed() -> dict[bool, Figures]:
    """With a file for what waits, and without; at the same time, for both but wait mostly."""
    with ThreadPoolExecutor() as pool:
        made = {spill: pool.submit(slow, 0.4, ignore, spill=spill) for spill in (True, False)}
    return {spill: one.result() for spill, one in made.items()}


def test_slow_recognition_loses_nothing_and_accuses_of_nothing(slowed: dict[bool, Figures]) -> None:
    """What waited in the file is heard as if it had not waited; late is not missing."""
    assert holds(slowed[True]), slowed[True]


def test_slow_recognition_without_a_file_does_lose(slowed: dict[bool, Figures]) -> None:
    """Else the test above could not fail; what is lost is a gap, and nothing is missing for it."""
    found = slowed[False]
    assert found["overruns"] > 0
    assert found["verdicts_other"] == found["missing_that_are_late"] == 0
    assert not holds(found)


GOOD = dict.fromkeys(LOST, 0) | {
    "slow_s": 60.0,
    "behind_most_s": 30.0,
    "spilled_most_mb": 1.0,
    "vehicles": 4,
    "memory_s": 10.0,
    "waited_in_memory_most_s": 9.8,
    "memory_warm_mb": 490.0,
    "memory_most_mb": 510.0,
    "memory_after_mb": 505.0,
}


@pytest.mark.parametrize(
    "bad",
    [
        *({name: 1} for name in LOST),
        {"behind_most_s": 2.0},
        {"waited_in_memory_most_s": 30.0},
        {"memory_most_mb": 701.0},
        {"memory_after_mb": 650.0},
        {"vehicles": 0},
    ],
)
def test_one_loss_is_enough(bad: dict[str, float]) -> None:
    """Slow recognition holds only where it was slow, memory was bounded and nothing was lost."""
    assert holds(GOOD)
    assert not holds(GOOD | bad)


def test_figures_that_do_not_hold_are_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, so that nobody need read the figures to notice."""
    lost = {"refused": 1, "false_successes": 1, "did_not_go_on": 0, "damaged": 0}
    broken = {"disk": faults.Fault(what="", run=lambda *_: lost, times=1,
                                   holds=faults.FAULTS["disk"].holds)}  # fmt: skip
    monkeypatch.setattr(faults, "FAULTS", broken)
    assert faults.main(["disk", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False
