"""The evidence card of a vehicle: what was found, what was due and why, what was said, its clip.

All of it is one answer of the API, so it is of one grading.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.api import evidence as evidence_api
from service.api.access import Caller
from service.api.evidence import Evidence
from service.api.shift_models import Finding, Step
from service.pages.compare import compared
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import clock, phrase, tag
from service.pages.proved import proved
from service.pages.reasons import told
from service.pages.sums import sums
from service.pages.vehicle_clip import clip
from service.pages.vehicle_ways import ways
from service.rights import Permission


@page("/shifts/{shift}/{position}", "card", Permission.RESULTS_READ)
def card(visit: Visit, caller: Caller, shift: str, position: int) -> None:
    """One vehicle; the collector sees the same card as whoever checks."""
    found = evidence_api.evidence(shift, position, caller, visit.services)
    one, of = found.vehicle, found.shift
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href=f"/shifts/{shift}"),
            f"  {of.station} · {of.booth} · {of.collector} · "
            f"{clock(visit, of.started_at, one.start_s)} · "
            f"{visit.say('vehicle')} {one.vehicle} ",
            tag(visit, one.outcome.value),
        )
    )
    put([h("h2", visit.say("findings")), _findings(visit, found)])
    put([h("h2", visit.say("clip")), clip(visit, found)])
    if lines := list(_compared(visit, found)):
        note = h("p", visit.say("beside_note"), class_="note")
        put([h("h2", visit.say("beside")), h("div", lines, class_="besides"), note])
    if (money := sums(visit, found)) is not None:
        put([h("h2", visit.say("sums")), money])
    put([h("h2", visit.say("step")), _steps(visit, found)])
    if one.due:
        put([h("h2", visit.say("due")), _due(visit, found)])
    put([h("h2", visit.say("transcript")), _said(visit, found)])
    if (following := ways(visit, found, position)) is not None:
        put([h("h2", visit.say("do_about")), following])
    put([h("h2", visit.say("proof")), proved(visit, found.proof)])
    put([h("h2", visit.say("versions")), _versions(visit, found)])


def _findings(visit: Visit, found: Evidence) -> Html:
    if not found.vehicle.findings:
        return h("p", visit.say("nothing_found"))
    heads = ("finding", "expected", "heard", "at", "reason")
    rows = [
        (
            (tag(visit, one.status.value), " ", visit.code(one.code)),
            one.expected or "–",
            one.heard or "–",
            clock(visit, found.shift.started_at, one.at_s),
            told(visit, one.reason),
        )
        for one in found.vehicle.findings
    ]
    return table([visit.say(name) for name in heads], rows)


def _compared(visit: Visit, found: Evidence) -> Iterator[Html]:
    """Each step that was due, and each finding beside the steps, set beside what was heard."""
    by_step: dict[str | None, Finding] = {one.step: one for one in found.vehicle.findings}
    for step in found.vehicle.steps:
        if step.outcome.value == "excused":
            continue
        finding = by_step.get(step.step)
        due = finding.expected if finding else _wording(visit, found, step)
        name = f"{visit.step(step.step)}: {visit.say(_named(step.outcome.value))}"
        made = compared(visit, name, due or "", step.heard)
        if made is not None:
            yield made
    for one in found.vehicle.findings:
        if one.step is None and one.expected and one.heard:
            made = compared(visit, visit.code(one.code), one.expected, one.heard)
            if made is not None:
                yield made


def _named(outcome: str) -> str:
    return "wrong_said" if outcome == "wrong" else outcome


def _wording(visit: Visit, found: Evidence, step: Step) -> str | None:
    """The line of the phrase that filled the step, with the values that were said."""
    if step.phrase is None:
        return None
    slots = next(
        (
            match.slots
            for heard in found.utterances
            for match in heard.matches
            if match.phrase == step.phrase and match.start_s == step.start_s
        ),
        {},
    )
    return visit.services.known.wording(step.phrase, slots)


def _steps(visit: Visit, found: Evidence) -> Html:
    heads = ("step", "outcome", "expected", "heard", "score", "bar", "at", "reason")
    rows = [
        (
            visit.step(step.step) + ("" if step.mandatory else f" ({visit.say('optional')})"),
            tag(visit, step.outcome.value),
            phrase(visit, step.phrase),
            step.heard or "–",
            "–" if step.score is None else f"{step.score:.2f}",
            _bar(visit, found, step.phrase, step.score),
            clock(visit, found.shift.started_at, step.start_s),
            told(visit, step.why),
        )
        for step in found.vehicle.steps
    ]
    bars = found.bars
    note = (
        visit.say("bar_other")
        if bars is None
        else visit.say("bar_note").replace("{unsure}", f"{bars.unsure:.2f}")
    )
    return h("div", table([visit.say(name) for name in heads], rows),
             h("p", note, class_="note"))  # fmt: skip


def _bar(visit: Visit, found: Evidence, name: str | None, score: float | None) -> str:
    """The score that the phrase was held against, and whether it was reached."""
    if found.bars is None or name is None or score is None or name not in found.bars.accept:
        return "–"
    bar = found.bars.accept[name]
    sign, words = ("≥", "reached") if score >= bar else ("<", "under")
    return f"{sign} {bar:.2f} ({visit.say(words)})"


def _due(visit: Visit, found: Evidence) -> Html:
    lines = [
        h(
            "li",
            " / ".join(phrase(visit, name) for name in line.phrases),
            ": ",
            told(visit, line.reason),
            "" if line.sure else f" ({visit.say('unsure')})",
        )
        for line in found.vehicle.due
    ]
    return h("ul", lines)


def _said(visit: Visit, found: Evidence) -> Html:
    """What was said while the vehicle was there, with scores against what was accepted."""
    rows = []
    for heard in found.utterances:
        words = visit.say("far") if not heard.near else heard.text or visit.say("withheld")
        matches = [
            h(
                "div",
                tag(visit, "said" if match.accepted else "unsure"),
                f" {phrase(visit, match.phrase)} {' '.join(match.slots.values())} "
                f"{match.score:.2f} {_bar(visit, found, match.phrase, match.score)} ",
                told(visit, match.why),
            )
            for match in heard.matches
        ]
        rows.append((clock(visit, found.shift.started_at, heard.start_s), words, matches))
    if not rows:
        return h("p", visit.say("nothing_found"))
    return table([visit.say(name) for name in ("at", "heard", "expected")], rows)


def _versions(visit: Visit, found: Evidence) -> Html:
    of = found.shift
    pairs = {"grading": f"{of.grading} / {of.gradings}", **of.versions.model_dump()}
    lines = [h("li", f"{visit.say(f'version.{name}')}: {value}") for name, value in pairs.items()]
    return h("ul", lines, class_="note")
