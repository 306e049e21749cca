"""Nobody is ranked before somebody from whom they cannot be told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phrases.places import Place, alike, places

Interval = tuple[float, float]
intervals = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
        lambda ends: (float(min(ends)), float(max(ends)))
    ),
    max_size=12,
)


def test_three_of_which_two_are_alike() -> None:
    """The first is first for certain; the other two share the places that are left."""
    assert places([(60, 70), (90, 95), (65, 80)]) == (
        Place(best=2, worst=3),
        Place(best=1, worst=1),
        Place(best=2, worst=3),
    )
    assert places([]) == ()


@given(given=intervals)
def test_a_place_says_no_more_than_the_intervals(given: list[Interval]) -> None:
    """One is before another in every order only if its whole interval is higher."""
    found = places(given)
    for own, place in zip(given, found, strict=True):
        above = sum(other[0] > own[1] for other in given)
        maybe = sum(other[1] >= own[0] for other in given)
        assert (place.best, place.worst) == (1 + above, maybe)
        assert 1 <= place.best <= place.worst <= len(given)
    for one, first in zip(given, found, strict=True):
        for other, second in zip(given, found, strict=True):
            if alike(one, other):
                assert first.best <= second.worst
                assert second.best <= first.worst
            elif one[0] > other[1]:
                assert first.best < second.worst


@given(given=intervals)
def test_the_order_given_says_nothing(given: list[Interval]) -> None:
    """Whoever is listed first is not placed for it."""
    turned = places(given[::-1])
    assert places(given) == turned[::-1]


@given(given=intervals, wider=st.integers(0, 5))
def test_who_is_less_sure_has_more_places(given: list[Interval], wider: int) -> None:
    """A wider interval never narrows anybody's places."""
    loose = [(low - wider, high + wider) for low, high in given]
    for tight, free in zip(places(given), places(loose), strict=True):
        assert free.best <= tight.best
        assert free.worst >= tight.worst
