"""The sums of a vehicle: what they should be, as its verdict has it, and what was heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phrases.reasons import Reason, read
from service.api.evidence import Evidence
from service.pages.frame import Visit
from service.pages.markup import Html, h, table
from service.pages.reasons import every

_FROM = {
    "lane_has": (("received", "yuan"),),
    "lane_had": (("received", "yuan"),),
    "toll_is": (("fare", "yuan"),),
    "toll_was": (("fare", "yuan"),),
    "change_is": (("change", "yuan"),),
    "change_due": (("change", "yuan"),),
    "change_leaves": (("received", "given"), ("fare", "toll"), ("change", "yuan")),
}
"""code of a reason to the sums that it names"""
_SAID = {"flow.due": "fare", "flow.received": "received", "flow.change": "change"}


def sums(visit: Visit, found: Evidence) -> Html | None:
    """A row for each sum of which something is known; None: it is not about money."""
    should = dict(_should(found))
    said = dict[str, list[str]]()
    one = found.vehicle
    for heard in found.utterances:
        for match in heard.matches:
            name = _SAID.get(match.phrase)
            within = one.start_s <= match.end_s and match.start_s <= one.end_s
            if name and within and "amount" in match.slots:
                sure = "" if match.accepted else f" ({visit.say('unsure')})"
                said.setdefault(name, []).append(match.slots["amount"] + sure)
    rows = [
        (visit.say(f"sum.{name}"), should.get(name, "–"), ", ".join(said.get(name, ["–"])))
        for name in ("fare", "received", "change")
        if name in should or name in said
    ]
    if not rows:
        return None
    heads = ["", visit.say("sum.due"), visit.say("sum.said")]
    return h("div", table(heads, rows, numbers=(1, 2)), h("p", visit.say("sums_note"),
                                                         class_="note"))  # fmt: skip


def _should(found: Evidence) -> Iterator[tuple[str, str]]:
    for reason in every(_reasons(step.why for step in found.vehicle.steps)):
        for name, value in _FROM.get(reason.code, ()):
            yield name, reason.values[value]


def _reasons(sentences: Iterable[str]) -> Iterator[Reason]:
    for sentence in sentences:
        yield from read(sentence) or ()
