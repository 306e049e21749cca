"""What is proposed rests on intervals: nobody stands out by chance."""

from __future__ import annotations

from phrases.awards import Guide, Share, Stars, foremost, goals, guide, ranked, stars, targets
from phrases.month import MonthScore, load

RULES = load()


def score(value: float | None, wide: float = 1.0) -> MonthScore:
    """A month's score with an interval of this half width."""
    return MonthScore(
        value=value,
        low=None if value is None else value - wide,
        high=None if value is None else value + wide,
        parts={},
        covered=100,
        unsure=0,
    )


def test_the_guide_is_reached_by_a_whole_interval() -> None:
    """Else it is open, and never alone decides anything."""
    found = [guide(score(value), 95) for value in (97, 95.5, 94.5, 93, None)]
    assert found == [Guide.REACHED, Guide.OPEN, Guide.OPEN, Guide.BELOW, Guide.NONE]


def test_stars_say_how_sure_they_are() -> None:
    """By the score, with what the interval makes sure and what it leaves possible."""
    assert stars(score(95.5, 1), RULES) == Stars(sure=1, proposed=2, most=2)
    assert stars(score(97.5, 1), RULES) == Stars(sure=2, proposed=2, most=3)
    assert stars(score(None), RULES) == Stars(sure=0, proposed=0, most=0)


def test_who_stands_out_is_above_others_for_certain() -> None:
    """All who may be first; nobody where all are alike; never who cannot be proposed."""
    found = {"a": score(97), "b": score(96), "c": score(90), "d": score(None)}
    assert foremost(found) == ("a", "b")
    assert foremost(found, but=["a"]) == ("b",)
    assert foremost({"a": score(97, 5), "b": score(96, 5)}) == ()
    assert foremost({"a": score(97)}) == ()
    assert foremost({"d": score(None)}) == ()
    assert "d" not in ranked(found)


def test_goals_and_targets_count_what_they_are_of() -> None:
    """So many of so many, against so many percent; of none there is no saying."""
    found = goals([stars(score(v), RULES) for v in (99, 96, 91, 80)], RULES)
    assert found == (
        Share(reached=3, of=4, target=85),
        Share(reached=2, of=4, target=50),
        Share(reached=1, of=4, target=30),
    )
    assert [share.met for share in found] == [False, True, False]
    town = RULES.model_copy(update={"stations": RULES.stations.model_copy(update={"town": ("x",)})})
    reached = targets({"x": 94.0, "y": 95.0, "z": 96.0}, 95, town)
    assert reached == {
        "all": Share(reached=2, of=3, target=90),
        "town": Share(reached=0, of=1, target=100),
        "rural": Share(reached=2, of=2, target=85),
    }
    assert [share.met for share in reached.values()] == [False, False, True]
    assert targets({}, 95, RULES)["all"].met is None
