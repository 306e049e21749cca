"""Two people who heard the same clips: how far they agree, and how right the program is."""

from __future__ import annotations

import pytest

from phrases.agreement import Heard, Pair, Program, agreement, confirmed, drawn, kappa, mixed
from phrases.interval import wilson
from phrases.review import Verdict

YES, NO, CANNOT = Verdict.CONFIRMED, Verdict.DISMISSED, Verdict.CANNOT_TELL


def pairs(both: int, first: int = 0, second: int = 0, neither: int = 0) -> list[Pair]:
    """So many that both confirm, only one of them, or nobody."""
    return [(YES, YES)] * both + [(YES, NO)] * first + [(NO, YES)] * second + [(NO, NO)] * neither


def test_kappa_is_cohens() -> None:
    """His own example of 1960 in two categories: 20, 5, 10 and 15 of 50 are 0.4."""
    found = kappa(pairs(20, 5, 10, 15))
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.2
    assert found.high > 0.6


@pytest.mark.parametrize(("listed", "value"), [(pairs(5, neither=5), 1.0), (pairs(0, 5, 5), -1.0)])
def test_kappa_at_its_ends_is_not_certain(listed: list[Pair], value: float) -> None:
    """Ten clips on which two always agree, or never, prove little."""
    found = kappa(listed)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert found.high - found.low > 0.3


@pytest.mark.parametrize("listed", [[], pairs(9), [(CANNOT, CANNOT)] * 3])
def test_kappa_of_one_answer_cannot_be_said(listed: list[Pair]) -> None:
    """Who only ever heard faults may agree by chance."""
    assert kappa(listed) is None


def test_what_only_one_confirms_is_not_confirmed() -> None:
    """It counts against the program; what neither can tell counts not at all."""
    assert confirmed([(YES, YES), (YES, NO), (YES, CANNOT), (CANNOT, CANNOT)]) == (1, 3)


def test_precision_and_recall_weigh_what_each_stands_for() -> None:
    """One of ten that passed was a fault, and ten thousand passed: most faults are not found."""
    found = agreement(
        {
            Program.FAULT: Heard(of=100, pairs=pairs(50)),
            Program.UNSURE: Heard(of=100, pairs=pairs(5, neither=5)),
            Program.SILENT: Heard(of=10_000, pairs=pairs(1, neither=9)),
        }
    )
    assert found.pairs == 70
    assert found.precision is not None
    assert (found.precision.low, found.precision.high) == wilson(1.0, 50)
    assert found.recall is not None
    assert found.recall.value == pytest.approx(100 / (100 + 50 + 1000))
    assert found.recall.low < 0.03
    assert found.recall.high > 0.15


def test_what_nobody_heard_says_nothing() -> None:
    """Without clips that passed there is no recall; where none passed, there are none to hear."""
    heard = {Program.FAULT: Heard(of=9, pairs=pairs(9)), Program.UNSURE: Heard(of=0, pairs=[])}
    assert agreement(heard).recall is None
    assert agreement({**heard, Program.SILENT: Heard(of=7, pairs=[])}).recall is None
    whole = agreement({**heard, Program.SILENT: Heard(of=0, pairs=[])})
    assert whole.recall is not None
    assert whole.recall.value == 1.0
    assert agreement({}).precision is None


def test_chance_alone_decides_what_is_heard_and_when() -> None:
    """The same for the same seed, whatever the order; another seed, another sample."""
    keys = [(grading, 0) for grading in range(100)]
    assert drawn(keys, 10, "a") == drawn(reversed(keys), 10, "a")
    assert drawn(keys, 10, "a") != drawn(keys, 10, "b")
    assert sorted(mixed(keys, "a")) == keys
    assert mixed(keys, "a") != keys
