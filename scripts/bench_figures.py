"""Count what an arm of the benchmark heard right: shares of clips, by condition and by speaker.

An arm is one way from sound to phrases. Everything here is arithmetic on its answers; nothing is
listened to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from phrases.schema import FORBIDDEN
from scripts.bench_clips import Clip
from scripts.make_clips import SETS
from service.evaluate import Expected
from service.fit import wilson

PHRASES = frozenset({"phrase", "amount"})
OTHERS = frozenset({"other", "near_miss"})
CONDITIONS = SETS["bench"].conditions
HARD = "10dB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an arm made of one clip."""

    accepted: tuple[Expected, ...]
    unsure: tuple[Expected, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """0..1; None of nothing."""
        return self.hits / self.of if self.of else None

    def json(self) -> dict[str, float | int | None]:
        """With the bounds at 95 % (Wilson)."""
        low, high = wilson(self.hits, self.of)
        value = None if self.value is None else round(self.value, 4)
        return {
            "share": value, "hits": self.hits, "of": self.of,
            "low": round(low, 4), "high": round(high, 4),
        }  # fmt: skip


Row = tuple[Clip, Answer]
Test = Callable[[Clip, Answer], bool]


def found(clip: Clip, answer: Answer) -> bool:
    """Whether every phrase expected was accepted as often, whatever its amount."""
    left = [got.phrase for got in answer.accepted]
    for wanted in clip.expected:
        if wanted.phrase not in left:
            return False
        left.remove(wanted.phrase)
    return True


def right(clip: Clip, answer: Answer) -> bool:
    """Whether every phrase expected was accepted with its amount: what `evaluate` calls found."""
    left = list(answer.accepted)
    for wanted in clip.expected:
        hit = next((got for got in left if _same(got, wanted)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def pure(clip: Clip, answer: Answer) -> bool:
    """Whether nothing but what was said was accepted."""
    return all(any(_same(got, wanted) for wanted in clip.expected) for got in answer.accepted)


def taken(clip: Clip, answer: Answer) -> bool:
    """Whether a phrase was accepted of a clip that holds none; forbidden ones count apart."""
    return not clip.expected and any(
        not got.phrase.startswith(FORBIDDEN) for got in answer.accepted
    )


def share(rows: Iterable[Row], test: Test) -> Share:
    """The share of the clips for which the test holds."""
    outcomes = [test(clip, answer) for clip, answer in rows]
    return Share(hits=sum(outcomes), of=len(outcomes))


def by(rows: Sequence[Row], key: Callable[[Clip], str], test: Test) -> dict[str, Share]:
    """The share for each value of a clip's column."""
    names = sorted({key(clip) for clip, _ in rows})
    return {name: share([row for row in rows if key(row[0]) == name], test) for name in names}


def worst_below_mean(shares: Iterable[Share]) -> float | None:
    """By how much the lowest lies under the mean of all; None of nothing."""
    values = [one.value for one in shares if one.value is not None]
    return sum(values) / len(values) - min(values) if values else None


def summary(rows: Sequence[Row]) -> dict[str, object]:
    """All shares of an arm, as JSON has them."""
    spoken = [row for row in rows if row[0].kind in PHRASES]
    hard = [row for row in spoken if row[0].condition == HARD]
    amounts = [row for row in rows if row[0].kind == "amount"]
    breaths = [row for row in rows if row[0].kind == "breath"]
    english = [row for row in rows if row[0].kind == "english"]
    talk = [row for row in rows if row[0].kind in OTHERS]
    voices = by(hard, lambda clip: clip.voice, found)
    below = worst_below_mean(voices.values())
    return {
        "found": _json(by(spoken, _condition, found)),
        "found_with_amount": _json(by(spoken, _condition, right)),
        "amounts_right": _json(by(amounts, _condition, right)),
        "breath": _json(by(breaths, _condition, right)),
        "english": _json(by(english, _condition, found)),
        "worst_voice_below_mean": None if below is None else round(below, 4),
        "only_what_was_said": share([r for r in rows if r[0].kind != "noise"], pure).json(),
        "only_what_was_said_by_condition": _json(
            by([r for r in rows if r[0].kind != "noise"], _condition, pure)
        ),
        "others_taken": share(talk, taken).json(),
        "others_taken_by_kind": _json(by(talk, lambda clip: clip.kind, taken)),
        "others_taken_by_condition": _json(by(talk, _condition, taken)),
        "words_taken": share([r for r in rows if r[0].kind == "word"], taken).json(),
        "noise_taken": share([r for r in rows if r[0].kind == "noise"], taken).json(),
        "by_voice": _json(voices),
        "by_sex": _json(by(hard, lambda clip: clip.sex, found)),
        "by_speed": _json(by(hard, lambda clip: clip.speed, found)),
        "by_noise": _json(by(hard, lambda clip: clip.noise, found)),
    }


def confusions(rows: Sequence[Row], most: int = 20) -> list[dict[str, object]]:
    """What was accepted in place of what was said, the most frequent first."""
    counted: dict[tuple[str, str], int] = {}
    for clip, answer in rows:
        wanted = list(clip.expected)
        extra = [got for got in answer.accepted if not any(_same(got, w) for w in wanted)]
        for got in extra:
            said = "+".join(map(label, wanted)) or clip.kind
            pair = (said, label(got))
            counted[pair] = counted.get(pair, 0) + 1
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [{"said": said, "accepted": got, "clips": count} for (said, got), count in ordered]


def label(one: Expected) -> str:
    """As a manifest writes it."""
    return one.phrase if one.amount_fen is None else f"{one.phrase}={one.amount_fen / 100:g}"


def quantile(values: Sequence[float], share_below: float) -> float:
    """The value that so large a share does not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-share_below * len(ordered) // 1)
    return ordered[max(0, int(rank) - 1)]


def error_rate(pairs: Iterable[tuple[str, str]], distance: Callable[[str, str], int]) -> float:
    """Character errors over the characters said, of all texts together."""
    pairs = list(pairs)
    return sum(distance(said, heard) for said, heard in pairs) / max(
        1, sum(len(said) for said, _ in pairs)
    )


def _condition(clip: Clip) -> str:
    return clip.condition


def _json(shares: Mapping[str, Share]) -> dict[str, object]:
    return {name: one.json() for name, one in shares.items()}


def _same(got: Expected, wanted: Expected) -> bool:
    return got.phrase == wanted.phrase and wanted.amount_fen in (None, got.amount_fen)
