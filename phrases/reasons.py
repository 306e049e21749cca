"""The reasons that verdicts give: each has a code and values, and one English sentence.

Verdicts are kept with the sentence, which people read in logs, tables and the ledger's words. It
is made from this table alone and can be read back by it, so that whoever shows a reason in another
language has its codes and values and need not translate. Several reasons are linked to one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from string import Formatter

ENGLISH: Mapping[str, str] = {
    # What a step was, or was not.
    "excused": "excused: {term}",
    "not_due": "not due: {term}",
    "optional": "optional",
    "not_heard": "listened throughout, not heard",
    "not_certain": "not heard for certain: {why}",
    "amount_differs": "the amount said differs: {why}",
    "text": "text",
    "text_and_sound": "text and sound",
    "impolite": "你 was written where 您 is the standard; the recogniser may have confused the two",
    "advisory": "the labelled clips do not bear this phrase out yet",
    "heard_again": "a second hearing of the clip heard it",
    "not_heard_again": "a second hearing of the clip did not hear it",
    # Sums of money.
    "paid_cash": "the vehicle paid cash",
    "cash_unknown": "it is not known whether cash was paid",
    "payment_unknown": "it is not known how it was paid",
    "nothing_to_compare": "there is nothing to compare the amount with",
    "lane_has": "the lane has {yuan}",
    "lane_had": "the lane has {yuan} yuan",
    "toll_is": "the toll is {yuan}",
    "toll_was": "the toll is {yuan} yuan",
    "price_is": "the price said is {yuan}",
    "price_was": "the price said is {yuan} yuan",
    "said_was": "said was {yuan} yuan",
    "said_unclear": "said was an amount that was not understood",
    "sounds_alike": "an amount that sounds alike is not ruled out",
    "one_is_wrong": "the one or the other cannot be right",
    "change_is": "the change due is {yuan} yuan",
    "change_leaves": "{given} less {toll} yuan leaves {yuan}",
    "change_due": "change of {yuan} yuan was due",
    "change_unknown": "it is not known whether change was due",
    "exact": "the money was exact",
    "maybe_exact": "the money may have been exact",
    "lane_contradicts": "by the lane less was tendered than the toll: its figures cannot be right",
    # What may have hidden a step.
    "phrase_unsure": "{phrase} at {at} s, not for certain",
    "phrase_whose": "{phrase} at {at} s, by whom cannot be told",
    "phrase_claimed": "{phrase} at {at} s may have been for this vehicle",
    "phrase_stray": "{phrase} at {at} s was said outside every vehicle's time",
    "noise_over": "noise lay over the words at {at} s",
    "deaf": "nothing of the collector was recognised for long: the microphone may be deaf",
    "ended": "the recording ended at {at} s",
    "gap": "nothing could be listened to from {at} s to {end} s ({term})",
    "faint": "speech at {at} s was too faint to be understood",
    "not_understood": "speech at {at} s was not understood",
    "in_noise": "speech at {at} s lay in noise",
    "two_vehicles": "nobody spoke for long in between: these may be two vehicles",
    "no_vehicle": "too little was said to show that there was a vehicle",
    "came_unclear": "it is not clear when the vehicle came",
    "left_unclear": "it is not clear when the vehicle left",
    # Lines of the day, the weather and notices.
    "unsaid": "{line}: not heard",
    "unsaid_but": "{line}: not heard, but {why}",
    "other_words": "{line}: said with other words than the notice has",
    "other_words_but": "{line}: said with other words than the notice has, but {why}",
    "day_unsure": "the day or the time is not certain",
    "like_it": "a phrase like it was heard, not for certain",
    "day_is": "{date} is {en} ({zh})",
    "midnight": "so near midnight the other day's line is enough too: {line}",
    "unsure_clock": "unsure, for the clock is only the file's",
    "unsure_year": "unsure, for the adjusted days of its year are not known",
    "weather_since": "{term} in force since {clock} of the recording",
    "weather_before": "{term} in force when the recording began",
    "road_since": "a road notice in force since {clock} of the recording",
    "road_before": "a road notice in force when the recording began",
    "closure_since": "a closure in force since {clock} of the recording",
    "closure_before": "a closure in force when the recording began",
    # What is no step.
    "no_wish": "no wish is due today",
    "no_wish_on": "no wish is due today ({day})",
    "other_hour": "the greeting belongs to another hour; it still greets",
    "out_of_order": "{then} was said before {first}",
    "took": "the vehicle took {took} s; {limit} s is the average to aim at",
    "forbidden": "said by the collector in the vehicle's time",
    "forbidden_whose": "said in the vehicle's time; by whom cannot be told",
}
LINKS = ("; but ", "; ", ", ")
"""what stands between two reasons: the second one against the first, or beside it"""
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_VALUES: Mapping[str, str] = {
    "at": _NUMBER,
    "end": _NUMBER,
    "yuan": _NUMBER,
    "given": _NUMBER,
    "toll": _NUMBER,
    "took": _NUMBER,
    "limit": _NUMBER,
    "clock": r"\d+:\d\d:\d\d",
    "date": r"\d{4}-\d\d-\d\d",
    "phrase": r"[^\s,;]+",
    "first": r"[^\s,;]+",
    "then": r"[^\s,;]+",
    "term": r"[a-z_]+",
    "en": r".+",
    "zh": r".+",
    "day": r".+",
    "why": r".+",
    "line": r".+",
}
_NESTED = frozenset({"why", "line"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A reason as it was meant."""

    code: str
    """a name of ENGLISH"""
    values: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    """reasons that stand within it"""
    link: str = ""
    """one of LINKS, to the reason before it; empty: it is the first"""


def reason(code: str, **values: str) -> str:
    """The sentence of that reason; a value may be a sentence of this table."""
    return ENGLISH[code].format(**values)


def names(template: str) -> frozenset[str]:
    """The values that a template asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


@lru_cache(maxsize=4096)
def read(sentence: str) -> tuple[Reason, ...] | None:
    """The reasons that a sentence is made of; None: it is none of this table's."""
    alone = _one(sentence)
    if alone is not None:
        return (alone,)
    for link in LINKS:
        at = sentence.find(link)
        while at >= 0:
            first = _one(sentence[:at])
            rest = None if first is None else read(sentence[at + len(link) :])
            if first is not None and rest is not None:
                after = Reason(
                    code=rest[0].code, values=rest[0].values, within=rest[0].within, link=link
                )
                return (first, after, *rest[1:])
            at = sentence.find(link, at + 1)
    return None


def _one(sentence: str) -> Reason | None:
    for code, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        values = found.groupdict()
        within = {name: read(values.pop(name)) for name in _NESTED & values.keys()}
        if None not in within.values():
            inner = {name: each for name, each in within.items() if each is not None}
            return Reason(code=code, values=values, within=inner)
    return None


def patterns(
    english: Mapping[str, str], values: Mapping[str, str]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What reads the sentences of a table; `values`: the expression of each value.

    Longest first: what says more is not taken for what says less.
    """
    made = []
    for code, template in sorted(english.items(), key=lambda item: -len(item[1])):
        parts = [
            re.escape(text) + (f"(?P<{name}>{values[name]})" if name else "")
            for text, name, _, _ in Formatter().parse(template)
        ]
        made.append((code, re.compile("".join(parts))))
    return tuple(made)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return patterns(ENGLISH, _VALUES)
