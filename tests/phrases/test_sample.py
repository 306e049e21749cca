"""A sample is chance and nothing else, and no kind of vehicle is passed over."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from phrases.sample import Stratum, draw
from phrases.types import Outcome

Vehicles = list[tuple[tuple[int, int], Stratum]]

strata = st.builds(
    Stratum,
    booth=st.sampled_from(["1", "2"]),
    night=st.booleans(),
    rain=st.booleans(),
    outcome=st.sampled_from(Outcome),
)
vehicles = st.dictionaries(
    st.tuples(st.integers(1, 50), st.integers(0, 500)), strata, max_size=80
).map(lambda found: list(found.items()))


def kind(booth: str = "1", **changes: object) -> Stratum:
    """A kind of vehicle."""
    given = {"night": False, "rain": False, "outcome": Outcome.COMPLIANT, **changes}
    return Stratum(booth=booth, **given)  # type: ignore[arg-type]


@given(vehicles=vehicles, size=st.integers(1, 30), seed=st.text(max_size=8))
def test_every_kind_has_its_turn(vehicles: Vehicles, size: int, seed: str) -> None:
    """As many as asked for, none twice; no kind has two more than another that has more left."""
    drawn = draw(vehicles, size, seed)
    assert len(drawn) == min(size, len(vehicles))
    assert len({one.key for one in drawn}) == len(drawn)
    held = dict(vehicles)
    assert all(held[one.key] == one.stratum for one in drawn)
    there = Counter(held.values())
    assert all(one.of == there[one.stratum] for one in drawn)
    taken = Counter(one.stratum for one in drawn)
    most = max(taken.values(), default=0)
    assert all(taken[each] >= min(most - 1, there[each]) for each in there)


@given(vehicles=vehicles, size=st.integers(1, 30), seed=st.text(max_size=8))
def test_the_same_seed_draws_the_same(vehicles: Vehicles, size: int, seed: str) -> None:
    """Whatever the order in which the database gives them."""
    assert set(draw(vehicles, size, seed)) == set(draw(vehicles[::-1], size, seed))


def test_within_a_kind_each_is_as_likely() -> None:
    """Over many seeds, each of ten is drawn about as often."""
    ten: Vehicles = [((1, place), kind()) for place in range(10)]
    often = Counter(draw(ten, 1, str(seed))[0].key for seed in range(2_000))
    assert len(often) == 10
    assert all(130 < number < 270 for number in often.values())


def test_rare_kinds_are_drawn() -> None:
    """One night in the rain among a thousand passes is in a sample of four."""
    many: Vehicles = [((1, place), kind()) for place in range(1_000)]
    rare = kind(night=True, rain=True, outcome=Outcome.FAULT)
    drawn = draw([*many, ((2, 0), rare)], 4, "seed")
    assert [one.of for one in drawn if one.stratum == rare] == [1]
    assert len([one for one in drawn if one.stratum == kind()]) == 3
