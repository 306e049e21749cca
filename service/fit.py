"""Fit the regression and the bars of matching on labelled candidates.

The signs of most weights are known (what the sound bears out can only speak for a phrase), so
they are bounds of the fit: a few clips must not teach the opposite. The fit itself is
scipy's L-BFGS-B on the log-likelihood with a normal prior about the weights in use.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from phrases.evidence import PhraseThreshold, Thresholds, Weights, features, score
from phrases.match import accepted
from phrases.weigh import Weighed

FOR = frozenset({"sound", "worst", "margin", "gain", "end"})
"""features that can only speak for a phrase"""
AGAINST = frozenset({"short", "beside", "hanging", "alone", "loss", "by_sound"})
"""features that can only speak against it"""
SPREAD = 2.0
"""standard deviation of a weight about the one in use, before any clip is heard: few clips move
little, many as far as they must"""
GRID = tuple(round(0.02 * k, 2) for k in range(10, 49))
"""bars that are tried, 0.20 to 0.96"""
WEIGHT_OF_ALL = 20
"""clips of its own that weigh as much as all others in a phrase's bar"""
WRONG_COSTS = 10
"""phrases missed that cost as much as one made up"""
Z = 1.96

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A phrase that a clip truly holds."""

    phrase: str
    fen: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """One clip: what it holds, and what the matcher weighed."""

    said: tuple[Said, ...]
    turns: tuple[tuple[Weighed, ...], ...]
    group: str = ""
    """clips of one group are left out together when the fit is checked"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How a set of thresholds does on labelled clips."""

    spoken: int
    found: int
    silent: int
    """clips that hold nothing of the catalog"""
    taken: int
    """… in which something was accepted"""
    pure: int
    """clips in which nothing but what was said was accepted"""
    clips: int

    @property
    def recall(self) -> float:
        """Share of the clips with a phrase in which all was found."""
        return self.found / max(1, self.spoken)

    @property
    def false_accepts(self) -> float:
        """Share of the clips without a phrase in which one was taken."""
        return self.taken / max(1, self.silent)


def samples(clips: Iterable[Labelled]) -> list[tuple[Weighed, bool, str]]:
    """Each candidate that was asked by sound, whether it was said, and its clip's group."""
    return [
        (w, said, clip.group)
        for clip in clips
        for turn in clip.turns
        for w, said in _marked(turn, clip)
        if w.asked
    ]


def fit_weights(rows: Sequence[tuple[Weighed, bool, str]], prior: Weights) -> Weights:
    """The regression's weights; ValueError without candidates of both kinds."""
    names = list(Weights.model_fields)
    x = np.array([[features(w.evidence)[name] for name in names] for w, _, _ in rows])
    y = np.array([said for _, said, _ in rows], bool)
    if len(y) == 0 or y.all() or not y.any():
        raise ValueError("wants clips with phrases and clips with other speech like them")
    signs = np.where(y, 1.0, -1.0)
    centre = np.array([getattr(prior, name) for name in names])
    tight = np.array([name != "bias" for name in names]) / (SPREAD**2 * len(y))

    def loss(b: Floats) -> tuple[float, Floats]:
        margin = signs * (x @ b)
        gradient = -(x * (signs * expit(-margin))[:, None]).mean(axis=0)
        pull = tight * (b - centre)
        away = float((pull * (b - centre)).sum()) / 2
        return away - float(log_expit(margin).mean()), gradient + pull

    bounds = [
        (0.0, None) if name in FOR else (None, 0.0) if name in AGAINST else (None, None)
        for name in names
    ]
    result = minimize(loss, np.zeros(len(names)), jac=True, bounds=bounds, method="L-BFGS-B")
    return Weights(**{name: round(float(b), 4) for name, b in zip(names, result.x, strict=True)})


def rescored(clips: Sequence[Labelled], weights: Weights) -> list[Labelled]:
    """The clips with their candidates' scores by these weights."""

    def anew(w: Weighed) -> Weighed:
        return replace(w, score=score(w.evidence, weights)) if w.asked else w

    return [
        replace(clip, turns=tuple(tuple(map(anew, turn)) for turn in clip.turns)) for clip in clips
    ]


def out_of_fold(clips: Sequence[Labelled], prior: Weights) -> list[Labelled]:
    """The clips, group by group, each weighed by a fit that never met its group."""
    found: list[Labelled] = []
    for group in sorted({clip.group for clip in clips}):
        rest = [clip for clip in clips if clip.group != group]
        weights = fit_weights(samples(rest or clips), prior)
        found += rescored([clip for clip in clips if clip.group == group], weights)
    return found


def scored(clips: Iterable[Labelled]) -> list[tuple[float, bool]]:
    """Each candidate's score, and whether it was said."""
    return [(w.score, said) for w, said, _ in samples(clips)]


def figures(clips: Iterable[Labelled], limits: Thresholds) -> Figures:
    """What the thresholds make of the clips."""
    spoken = found = silent = taken = pure = total = 0
    for clip in clips:
        got = [_what(w) for turn in clip.turns for w in accepted(turn, limits)]
        wanted = [(s.phrase, s.fen) for s in clip.said]
        total += 1
        spoken += bool(wanted)
        silent += not wanted
        found += bool(wanted) and _holds(got, wanted)
        taken += not wanted and bool(got)
        pure += all(any(_same(g, s) for s in wanted) for g in got)
    return Figures(spoken=spoken, found=found, silent=silent, taken=taken, pure=pure, clips=total)


def choose_accept(
    clips: Sequence[Labelled],
    bars: Callable[[float], Thresholds],
    *,
    false_accepts: float,
    impure: float,
) -> Thresholds:
    """The set of the lowest bar that holds both targets; else of the one that comes nearest.

    `bars` gives the set of a general bar, with the bars that phrases have beside it.
    """

    def beyond(limits: Thresholds) -> float:
        tried = figures(clips, limits)
        over = (tried.false_accepts - false_accepts, 1 - tried.pure / tried.clips - impure)
        return sum(max(0.0, one) for one in over)

    return min(map(bars, GRID), key=beyond)


def by_phrase(
    clips: Sequence[Labelled], accept: float, *, min_precision: float, target: str
) -> dict[str, PhraseThreshold]:
    """A bar of its own for each phrase that was said, drawn to the general one by its few clips.

    A phrase is advisory where what was accepted of it is certainly not precise enough: the
    highest that its precision may be (95 %, Wilson) lies under `min_precision`.
    """
    rows: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    heard: defaultdict[str, int] = defaultdict(int)
    for clip in clips:
        for phrase in {s.phrase for s in clip.said}:
            heard[phrase] += 1
        for turn in clip.turns:
            for w, said in _marked(turn, clip):
                rows[w.candidate.form.phrase].append((w.score, said))
    found = {}
    for phrase, count in sorted(heard.items()):
        own = rows[phrase]
        best = min(GRID, key=lambda bar: (_cost(own, bar), abs(bar - accept)))
        bar = _between(accept, best, count / (count + WEIGHT_OF_ALL))
        right = sum(said for value, said in own if value >= bar)
        wrong = sum(not said for value, said in own if value >= bar)
        low, high = wilson(right, right + wrong)
        advisory = high < min_precision
        found[phrase] = PhraseThreshold(
            accept=round(bar, 3),
            clips=count,
            advisory=advisory,
            why=f"precision {low:.2f} to {high:.2f}, {target} asked" if advisory else "",
        )
    return found


def wilson(right: int, total: int) -> tuple[float, float]:
    """Bounds of a share at 95 % (Wilson 1927); 0 and 1 of nothing."""
    if not total:
        return 0.0, 1.0
    share, spread = right / total, Z * Z / total
    middle = share + spread / 2
    half = Z * math.sqrt(share * (1 - share) / total + spread / total / 4)
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def expected_error(scored: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance of score and truth over equal bins (expected calibration error)."""
    return sum(
        len(inside) / len(scored) * abs(mean - share)
        for inside, mean, share in binned(scored, bins)
    )


def binned(
    scored: Sequence[tuple[float, bool]], bins: int = 10
) -> list[tuple[list[tuple[float, bool]], float, float]]:
    """The rows of each bin that has any, their mean score and the share that was said."""
    boxes: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for value, said in scored:
        boxes[min(bins - 1, int(value * bins))].append((value, said))
    return [
        (
            inside,
            sum(value for value, _ in inside) / len(inside),
            sum(said for _, said in inside) / len(inside),
        )
        for _, inside in sorted(boxes.items())
    ]


def _marked(turn: Sequence[Weighed], clip: Labelled) -> list[tuple[Weighed, bool]]:
    """The candidates with whether they were said; parts of what was said are no sample."""
    wanted = [(s.phrase, s.fen) for s in clip.said]
    marked = [(w, any(_same(_what(w), s) for s in wanted)) for w in turn]
    true = [w.candidate for w, said in marked if said]
    return [
        (w, said)
        for w, said in marked
        if said or not any(w.candidate.wording in c.wording and c.meets(w.candidate) for c in true)
    ]


def _what(w: Weighed) -> tuple[str, int | None]:
    return w.candidate.form.phrase, w.candidate.fen


def _same(got: tuple[str, int | None], wanted: tuple[str, int | None]) -> bool:
    return got[0] == wanted[0] and (wanted[1] is None or got[1] == wanted[1])


def _holds(got: Sequence[tuple[str, int | None]], wanted: Iterable[tuple[str, int | None]]) -> bool:
    left = list(got)
    for each in wanted:
        hit = next((g for g in left if _same(g, each)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def _cost(rows: Sequence[tuple[float, bool]], bar: float) -> int:
    return sum(
        (1 if said else 0) if value < bar else (0 if said else WRONG_COSTS) for value, said in rows
    )


def _between(general: float, own: float, share: float) -> float:
    """Between two bars, by their odds."""
    odds = [math.log(bar / (1 - bar)) for bar in (general, own)]
    return 1 / (1 + math.exp(-((1 - share) * odds[0] + share * odds[1])))


def summary(figures: Figures) -> Mapping[str, float | int]:
    """The figures as JSON has them."""
    return {
        "clips": figures.clips,
        "recall": round(figures.recall, 4),
        "false_accepts": figures.taken,
        "false_accept_rate": round(figures.false_accepts, 4),
        "only_what_was_said": round(figures.pure / max(1, figures.clips), 4),
    }
