"""A shift's score and how certain it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrases.score import shift_score
from phrases.types import (
    Finding,
    FindingStatus,
    Lane,
    Outcome,
    Profile,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)
from tests.phrases.scene import NOTHING_DUE, TABLE
from tests.phrases.tables import rows

ALL_SAID = dict.fromkeys(("greet", "received", "change", "ticket", "thanks"), "said")


def verdict(steps: Mapping[str, str], *, mandatory: bool = True) -> TransactionVerdict:
    """A vehicle with these outcomes."""
    return TransactionVerdict(
        start_ms=0,
        end_ms=10_000,
        vehicle=1,
        lane=Lane.EXIT,
        inferred=False,
        outcome=Outcome.COMPLIANT,
        steps=tuple(
            StepResult(step=name, mandatory=mandatory, outcome=StepOutcome(outcome))
            for name, outcome in steps.items()
        ),
        findings=tuple(
            Finding(
                code=f"{'amount' if outcome == 'wrong' else 'missing'}.{name}",
                status=FindingStatus.FAULT,
                step=name,
                reason="a test",
            )
            for name, outcome in steps.items()
            if outcome in ("missing", "wrong", "unsure")
        ),
        profile=Profile.NORMAL,
        due=NOTHING_DUE,
    )


@pytest.mark.parametrize("shift", rows("score", "shift"), ids=lambda shift: shift["rule"])
def test_score(shift: dict[str, Any]) -> None:
    """Every shift of the test data has its score, inside its interval."""
    score = shift_score([verdict(steps) for steps in shift["vehicles"]], TABLE)
    assert score.value == pytest.approx(shift["score"])
    assert score.low is not None
    assert score.high is not None
    assert score.value is not None
    assert 0 <= score.low <= score.value <= score.high <= 100


@pytest.mark.parametrize(
    "steps", [{}, {"greet": "unsure"}, {"greet": "excused", "thanks": "unsure"}]
)
def test_nothing_judged_is_no_score(steps: dict[str, str]) -> None:
    """Where nothing could be judged there is no score, rather than 0 or 100."""
    score = shift_score([verdict(steps)], TABLE)
    assert (score.value, score.low, score.high) == (None, None, None)


def test_optional_steps_do_not_count() -> None:
    """A step that is not mandatory neither earns nor costs."""
    both = [verdict({"greet": "said"}), verdict({"ticket": "said"}, mandatory=False)]
    assert shift_score(both, TABLE) == shift_score(both[:1], TABLE)


def test_a_perfect_shift_of_few_vehicles_proves_little() -> None:
    """The interval has width even where all vehicles are alike, and narrows with their number."""
    few = shift_score([verdict(ALL_SAID)] * 3, TABLE)
    many = shift_score([verdict(ALL_SAID)] * 300, TABLE)
    assert few.low is not None
    assert many.low is not None
    assert few.low < 60
    assert 98 < many.low < 100
    assert few.high == many.high == 100


def test_the_interval_is_close_to_what_the_textbook_gives() -> None:
    """Of 100 vehicles with one step each, 90 said: Wilson's interval, a little wider for t."""
    shift = [verdict({"greet": "said"})] * 90 + [verdict({"greet": "missing"})] * 10
    score = shift_score(shift, TABLE)
    assert score.low == pytest.approx(82.56, abs=0.3)
    assert score.high == pytest.approx(94.48, abs=0.3)


def test_phrases_of_one_vehicle_hang_together() -> None:
    """Faults heaped on few vehicles leave the score less certain than the same faults spread."""
    silent = dict.fromkeys(ALL_SAID, "missing")
    heaped = shift_score([verdict(silent)] * 4 + [verdict(ALL_SAID)] * 16, TABLE)
    one_each = [verdict(ALL_SAID | {name: "missing"}) for name in ALL_SAID]
    spread = shift_score(one_each * 4, TABLE)
    assert heaped.value == spread.value == pytest.approx(80)
    assert heaped.low is not None
    assert spread.low is not None
    assert heaped.low < spread.low


def test_a_cap_bounds_what_one_code_takes() -> None:
    """A station's cap holds for its code and for no other."""
    table = TABLE.model_copy(update={"caps": {"missing.greet": 10.0}})
    greet = verdict(ALL_SAID | {"greet": "missing"})
    thanks = verdict(ALL_SAID | {"thanks": "missing"})
    assert shift_score([greet], table).value == pytest.approx(90)
    assert shift_score([thanks], table).value == pytest.approx(85)


def test_only_confirmed_forbidden_phrases_take_points() -> None:
    """Each takes five points once a person has confirmed it, and never below nothing."""
    shift = [verdict(ALL_SAID)]
    assert shift_score(shift, TABLE, confirmed_forbidden=2).value == pytest.approx(90)
    assert shift_score(shift, TABLE, confirmed_forbidden=50).value == 0


@given(
    st.lists(
        st.dictionaries(st.sampled_from(list(ALL_SAID)), st.sampled_from(list(StepOutcome))),
        max_size=12,
    ),
    st.integers(0, 30),
)
def test_the_interval_holds_the_score(shift: list[dict[str, str]], forbidden: int) -> None:
    """Whatever happened, 0 <= low <= score <= high <= 100."""
    score = shift_score([verdict(steps) for steps in shift], TABLE, confirmed_forbidden=forbidden)
    if score.value is not None:
        assert score.low is not None
        assert score.high is not None
        assert 0 <= score.low <= score.value <= score.high <= 100
