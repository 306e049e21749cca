"""Weigh the evidence for one candidate: the text, the sound itself, what stands beside.

No single threshold can tell 一路平安 in 祝您一路平安 from 收您五十元 against 找您五十元, so the
evidence is joined by a logistic regression, fitted on labelled clips; its numbers are data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from phrases.source import DATA, Strict, read


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the sound says of one candidate, in natural-log probabilities."""

    sound: float
    """mean per character of its wording"""
    worst: float
    """of its least likely character"""
    loss: float
    """lost per character against the free transcript, >= 0"""
    margin: float
    """won per character over the best rival for its place: 卡 against 票, 收 against 找"""
    gain: float
    """won per character over what noise alone would give its wording"""
    end: float
    """that speech ends where the reading does: a beginning of what was said is no whole"""


UNASKED = Asked(sound=0.0, worst=0.0, loss=0.0, margin=0.0, gain=0.0, end=0.0)
"""Of a candidate whose sound was not asked: nothing is weighed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What speaks for and against one candidate."""

    size: int
    """syllables and amounts that must be said"""
    beside: float
    """0..1, share of the clause around it that nothing explains"""
    hanging: bool
    """a short phrase with other words run into it (您好 in 您好像走错道了), or with more speech
    around it than was written down"""
    alone: float
    """0..1, share of its turn that it does not cover itself and no better candidate covers"""
    by_sound: bool
    """its amount was guessed from the sound of other characters"""
    asked: Asked


class Weights(Strict):
    """Coefficients of the regression, one for each feature."""

    bias: float
    short: float
    beside: float
    hanging: float
    alone: float
    by_sound: float
    sound: float
    worst: float
    loss: float
    margin: float
    gain: float
    end: float


class PhraseThreshold(Strict):
    """What a phrase's own clips say of it."""

    accept: float
    """0..1, takes the place of the general one"""
    clips: int
    """in which it was said"""
    advisory: bool = False
    """True: a finding that rests on it is at most unsure"""
    why: str = ""
    """why it is advisory, for people"""


class Fitted(Strict):
    """What a set of thresholds was fitted on."""

    model: str
    """id of the weights"""
    catalog: str
    """version of the catalog"""
    clips: int
    candidates: int


class Thresholds(Strict):
    """The schema of thresholds.toml: when a phrase is taken as said."""

    version: str
    accept: float
    """0..1, from this score on a phrase is accepted, unless it has a bar of its own"""
    unsure: float
    """0..1, from this score on it may have been said"""
    forbidden: float
    """0..1, from this score on a forbidden phrase counts as said; under it it is not heard"""
    plain: float
    """0..1, likeness by pinyin from which a phrase that nothing stands beside is not asked for by
    sound"""
    logprob: float
    """mean natural-log probability of a transcript from which `plain` holds"""
    weights: Weights
    fitted: Fitted | None = None
    phrases: dict[str, PhraseThreshold] = Field(default_factory=dict)
    """by phrase id"""

    def bar(self, phrase: str) -> float:
        """The score from which this phrase is accepted."""
        own = self.phrases.get(phrase)
        return self.accept if own is None else own.accept

    @property
    def advisory(self) -> frozenset[str]:
        """Phrases on which no fault may rest."""
        return frozenset(phrase for phrase, own in self.phrases.items() if own.advisory)


def load(path: Path = DATA / "thresholds.toml") -> Thresholds:
    """The thresholds of a data file; DataError lists every fault."""
    return read(path, Thresholds)


@cache
def default_thresholds() -> Thresholds:
    """The thresholds that ship."""
    return load()


def features(e: Evidence) -> dict[str, float]:
    """The evidence as the regression sees it, each about -1..1."""
    sound = e.asked
    return {
        "bias": 1.0,
        "short": 1 / e.size,
        "beside": e.beside,
        "hanging": float(e.hanging),
        "alone": e.alone,
        "by_sound": float(e.by_sound),
        "sound": max(sound.sound, -6.0) / 2,
        "worst": max(sound.worst, -10.0) / 4,
        "loss": min(sound.loss, 4.0) / 2,
        "margin": max(-2.0, min(2.0, sound.margin)) / 2,
        "gain": max(0.0, min(6.0, sound.gain)) / 4,
        "end": max(sound.end, -8.0) / 4,
    }


def score(e: Evidence, weights: Weights) -> float:
    """0..1, how sure it is that the candidate was said."""
    values = weights.model_dump()
    total = sum(values[name] * value for name, value in features(e).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
