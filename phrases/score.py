"""The score of a shift, 0..100, with a 95 % interval.

Phrases of one vehicle hang together, so the interval counts vehicles, not phrases: the variance
of the ratio with vehicles as clusters gives how many independent phrases the shift is worth, and
Wilson's interval of that many is taken. It is never of no width, keeps within 0..100, and needs
no chance. (Korn and Graubard, 1998, with Wilson in place of Clopper and Pearson.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from phrases.dialogue_data import ScoreTable
from phrases.interval import clustered
from phrases.types import Score, StepOutcome, TransactionVerdict

_JUDGED = (StepOutcome.SAID, StepOutcome.MISSING, StepOutcome.WRONG)


def shift_score(
    verdicts: Iterable[TransactionVerdict], table: ScoreTable, *, confirmed_forbidden: int = 0
) -> Score:
    """100 × weight said ÷ weight due and judged, over the mandatory steps.

    Unsure and excused steps are left out, remarks change nothing. `confirmed_forbidden` is how
    many forbidden phrases a person has confirmed: the program's word alone takes no points.
    """
    vehicles = [_weigh(verdict, table) for verdict in verdicts]
    vehicles = [steps for steps in vehicles if steps]
    due = [sum((weight for _, weight in steps), 0.0) for steps in vehicles]
    if not due:
        return Score(value=None, low=None, high=None)
    lost: dict[str, float] = defaultdict(float)
    for code, weight in (step for steps in vehicles for step in steps):
        lost[code] += weight
    share = {code: _share(code, 100 * lost[code] / sum(due), table) for code in lost}
    said = [sum(weight * (1 - share[code]) for code, weight in steps) for steps in vehicles]
    ratio = min(1.0, max(0.0, sum(said) / sum(due)))
    low, high = clustered(ratio, said, due, sum(map(len, vehicles)))
    fine = confirmed_forbidden * table.points.forbidden
    value = max(0.0, 100 * ratio - fine)
    return Score(
        value=value,
        low=max(0.0, min(value, 100 * low - fine)),
        high=min(100.0, max(value, 100 * high - fine)),
    )


def _weigh(verdict: TransactionVerdict, table: ScoreTable) -> list[tuple[str, float]]:
    """Code of what was lost (empty for nothing) and weight of each step that was judged."""
    weights = table.weights.get(verdict.lane, {})
    codes = {finding.step: finding.code for finding in verdict.findings if finding.code != "order"}
    return [
        ("" if step.outcome is StepOutcome.SAID else codes[step.step], weights[step.step])
        for step in verdict.steps
        if step.mandatory and step.outcome in _JUDGED and weights.get(step.step, 0) > 0
    ]


def _share(code: str, points: float, table: ScoreTable) -> float:
    """Share of its points that a code takes from the score: all, or up to its cap."""
    if not code:
        return 0.0
    cap = table.caps.get(code, points)
    return min(1.0, cap / points)
