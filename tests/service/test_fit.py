"""The fit learns what the clips say, within the signs that are known; the bars hold the targets."""

from __future__ import annotations

import random

import pytest

from phrases.evidence import Thresholds, Weights, default_thresholds
from service import fit
from service.fit import Labelled, Said
from tests.phrases.weighing import weighed

HELLO = Said(phrase="greet.hello", fen=None)
NONE = Weights(**dict.fromkeys(Weights.model_fields, 0.0))
LIMITS = default_thresholds().model_copy(update={"phrases": {}})


def at(bar: float) -> Thresholds:
    """One bar for all phrases."""
    return LIMITS.model_copy(update={"accept": bar})


def clips(count: int = 60) -> list[Labelled]:
    """Half said with a likely sound, half other speech with an unlikely one."""
    rng = random.Random(4)
    made = []
    for n in range(count):
        said = n % 2 == 0
        sound = rng.gauss(-0.8 if said else -3.5, 0.5)
        turn = (weighed(sound=sound, score=0.9 if said else 0.3),)
        made.append(Labelled(said=(HELLO,) if said else (), turns=(turn,), group=str(n % 5)))
    return made


def test_the_fit_tells_the_two_apart() -> None:
    """What the weights never met is scored right."""
    scored = fit.scored(fit.out_of_fold(clips(), NONE))
    assert all((value > 0.5) == said for value, said in scored)
    assert fit.expected_error(scored) < 0.2


def test_signs_that_are_known_hold() -> None:
    """Clips in which the loss speaks for a phrase do not teach that it does."""
    upside_down = [
        Labelled(said=() if clip.said else (HELLO,), turns=clip.turns, group=clip.group)
        for clip in clips()
    ]
    weights = fit.fit_weights(fit.samples(upside_down), NONE).model_dump()
    assert all(weights[name] >= 0 for name in fit.FOR)
    assert all(weights[name] <= 0 for name in fit.AGAINST)


def test_one_kind_alone_cannot_be_fitted() -> None:
    """Without other speech there is nothing to tell apart."""
    with pytest.raises(ValueError, match="other speech"):
        fit.fit_weights(fit.samples([clip for clip in clips() if clip.said]), NONE)


def test_the_bar_is_the_lowest_that_holds_the_targets() -> None:
    """All other speech scores 0.3, so the first bar above it is taken."""
    chosen = fit.choose_accept(clips(), at, false_accepts=0.0, impure=0.0)
    assert chosen.accept == min(step for step in fit.GRID if step > 0.3)
    figures = fit.figures(clips(), chosen)
    assert (figures.found, figures.taken, figures.pure) == (30, 0, 60)


def test_few_clips_move_the_weights_little() -> None:
    """What a station's first clips do not say stays as it was; many clips say more."""
    start = NONE.model_copy(update={"loss": -1.0})
    moved = [
        abs(fit.fit_weights(fit.samples(clips(count)), start).sound - start.sound)
        for count in (4, 60, 400)
    ]
    assert 0 < moved[0] < moved[1] < moved[2]


def test_the_bar_comes_nearest_to_targets_that_no_bar_holds() -> None:
    """Other speech that scores as high as anything costs no phrase: raising the bar is no help."""
    hopeless = [Labelled(said=(), turns=((weighed(score=0.99),),))] * 3
    chosen = fit.choose_accept([*clips(), *hopeless], at, false_accepts=0.0, impure=0.0)
    assert chosen.accept == min(step for step in fit.GRID if step > 0.3)


def test_an_amount_counts_only_as_it_was_said() -> None:
    """Another amount is not found, and is not only what was said."""
    said = Said(phrase="flow.received", fen=5_000)
    right, wrong = (weighed("flow.received", fen=fen, score=0.95) for fen in (5_000, 1_500))
    figures = fit.figures(
        [Labelled(said=(said,), turns=((right,),)), Labelled(said=(said,), turns=((wrong,),))],
        LIMITS,
    )
    assert (figures.spoken, figures.found, figures.pure) == (2, 1, 1)


def test_an_imprecise_phrase_is_advisory() -> None:
    """Where accepted candidates are mostly wrong, and there are enough to know."""
    bad = [
        Labelled(said=(HELLO,) if n % 4 == 0 else (), turns=((weighed(score=0.99),),))
        for n in range(40)
    ]
    own = fit.by_phrase(bad, 0.5, min_precision=0.9, target="0.9")["greet.hello"]
    assert own.advisory
    assert "0.9 asked" in own.why
    good = fit.by_phrase(clips(), 0.5, min_precision=0.9, target="0.9")["greet.hello"]
    assert not good.advisory


def test_wilson_bounds_hold_the_share() -> None:
    """Of nothing everything is possible; of much, little."""
    assert fit.wilson(0, 0) == (0.0, 1.0)
    low, high = fit.wilson(95, 100)
    assert 0.88 < low < 0.95 < high < 0.98
