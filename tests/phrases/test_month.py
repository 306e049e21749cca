"""A month's score: by exposure, with its interval, of the parts of which something was seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrases.checks import Part
from phrases.dialogue_data import load_table
from phrases.month import (
    Exposure,
    StepCount,
    exposure,
    load,
    month_score,
    needs_microphone,
)
from phrases.source import DATA, DataError
from phrases.types import Lane

RULES = load()
TABLE = load_table()
SHIPPED = (DATA / "month.toml").read_text(encoding="utf-8")


def shift(good: float, whole: float = 1000, unsure: float = 0) -> Exposure:
    """A shift whose steps weigh 10 each."""
    return Exposure(good=good, whole=whole, unsure=unsure, things=round(whole / 10))


def seen(good: float, whole: float = 10) -> Exposure:
    """A check by hand that saw three items."""
    return Exposure(good=good, whole=whole, things=3)


def count(step: str, said: int, missing: int = 0, wrong: int = 0, unsure: int = 0) -> StepCount:
    """A step of the exit lane."""
    return StepCount(
        lane=Lane.EXIT, step=step, said=said, missing=missing, wrong=wrong, unsure=unsure
    )


def test_a_shift_is_worth_its_weights() -> None:
    """What was said of what was due and judged; unsure stands beside it, wrong earns nothing."""
    counts = [count("greet", 8, missing=2), count("received", 5, wrong=4, unsure=1)]
    found = exposure(counts, TABLE)
    assert found == Exposure(good=8 * 20 + 5 * 25, whole=10 * 20 + 9 * 25, unsure=25, things=19)
    assert exposure([count("nothing", 5)], TABLE) == Exposure(good=0, whole=0)


def test_a_cap_takes_no_more_than_it_says() -> None:
    """As in a shift's own score: ten points at most, however often it was missed."""
    capped = TABLE.model_copy(update={"caps": {"missing.greet": 10.0, "amount.change": 1.0}})
    counts = [count("greet", 0, missing=10), count("received", 10), count("change", 5, wrong=5)]
    found = exposure(counts, capped)
    assert 100 * found.good / found.whole == pytest.approx(100 - 10 - 1)


def test_the_parts_make_a_hundred() -> None:
    """Speech 70, and 10 for each part that was seen by hand."""
    found = month_score(
        [shift(900), shift(950), shift(1000)],
        {
            Part.APPEARANCE: [seen(10)],
            Part.GESTURES: [seen(5)],
            Part.CONDUCT: [seen(10), seen(0)],
        },
        RULES,
    )
    assert found.value == pytest.approx(70 * 0.95 + 10 + 5 + 5)
    assert found.covered == 100
    assert found.parts[Part.CONDUCT].groups == 2


def test_what_was_not_seen_is_left_out_and_said() -> None:
    """The others make up the hundred; without any speech there is no score."""
    found = month_score([shift(900)] * 3, {Part.APPEARANCE: [seen(10)]}, RULES)
    assert found.value == pytest.approx((70 * 0.9 + 10) / 0.8)
    assert (found.covered, found.parts[Part.CONDUCT].share) == (80, None)
    nothing = month_score([], {Part.APPEARANCE: [seen(10)]}, RULES)
    assert (nothing.value, nothing.low, nothing.high, nothing.covered) == (None, None, None, 10)


def test_speech_checked_by_hand_counts_as_one_vehicle_more() -> None:
    """Together with what was heard, by its weight."""
    hand = Exposure(good=0, whole=100, things=5)
    both = month_score([shift(900)] * 2, {Part.SPEECH: [hand]}, RULES)
    assert both.parts[Part.SPEECH].share == pytest.approx(1800 / 2100)
    assert both.parts[Part.SPEECH].groups == 3


def test_who_had_more_vehicles_is_not_worse_off() -> None:
    """Ten times the vehicles with ten times the misses: the same score, a narrower interval."""
    few = month_score([shift(9, 10), shift(8, 10), shift(10, 10)], {}, RULES)
    many = month_score([shift(900), shift(800), shift(1000)] * 10, {}, RULES)
    assert few.value == pytest.approx(many.value)
    assert few.low is not None
    assert many.low is not None
    assert few.low < many.low


def test_a_month_without_a_fault_is_worth_its_steps() -> None:
    """Not only its shifts, or nobody perfect could be told from anybody; one shift says little."""
    perfect = month_score([shift(1000)] * 20, {}, RULES)
    assert (perfect.value, perfect.high) == (100, 100)
    assert perfect.low is not None
    assert 99 < perfect.low < 100
    one = month_score([shift(1000)], {}, RULES)
    assert one.low is not None
    assert one.low < 50
    nothing = month_score([shift(0)] * 20, {}, RULES)
    assert (nothing.value, nothing.low) == (0, 0)


def test_a_fine_is_taken_from_the_whole() -> None:
    """With its interval, and not below nothing."""
    free = month_score([shift(900)] * 5, {}, RULES)
    fined = month_score([shift(900)] * 5, {}, RULES, fine=5)
    assert free.value is not None
    assert fined.value == pytest.approx(free.value - 5)
    assert month_score([shift(900)] * 5, {}, RULES, fine=500).value == 0


shifts = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 20)).map(
        lambda n: shift(10 * min(n[0], n[1]), 10 * n[1], 10 * n[2])
    ),
    max_size=8,
)
checks = st.dictionaries(
    st.sampled_from(Part),
    st.lists(st.integers(0, 10).map(lambda given: seen(given)), max_size=4),
)


@given(shifts=shifts, checks=checks)
def test_a_score_lies_within_its_interval(
    shifts: list[Exposure], checks: dict[Part, list[Exposure]]
) -> None:
    """Between 0 and 100, whatever was seen."""
    found = month_score(shifts, checks, RULES)
    if found.value is None:
        assert found.low is found.high is None
        return
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 100
    assert 0 <= found.unsure <= 1
    assert 0 < found.covered <= 100


@given(shifts=shifts, unsure=st.integers(0, 1000))
def test_what_is_unsure_changes_no_score(shifts: list[Exposure], unsure: int) -> None:
    """It stands beside it."""
    deaf = [replace(one, unsure=one.unsure + unsure) for one in shifts]
    assert month_score(deaf, {}, RULES).value == month_score(shifts, {}, RULES).value


def test_a_microphone_is_looked_at_before_its_collector() -> None:
    """Over twice the station's share of unsure, and not by chance."""
    station = [shift(900, unsure=50)] * 50
    assert not needs_microphone([shift(900, unsure=90)] * 5, station, RULES)
    assert needs_microphone([shift(900, unsure=150)] * 5, station, RULES)
    assert not needs_microphone([shift(9, 10, unsure=3)], station, RULES)
    assert not needs_microphone([], station, RULES)
    assert needs_microphone([shift(0, 0, unsure=500), shift(90, 100, 500)], station, RULES)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("speech = 70", "speech = 71", "points: must add up to 100"),
        ("conduct = 10\n", "", "points: must have"),
        ("two = 95", "two = 99", "stars: must grow"),
        ("one = 85", "one = 20", "goals: cannot grow"),
        ("times = 2", "times = 1", "unsure.times"),
        ("all = 90", "all = 190", "targets.all"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    """Scores hang on it: each fault is named with its key."""
    file = tmp_path / "month.toml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(file)
    assert says in str(caught.value)
