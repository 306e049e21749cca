"""The evidence card of a vehicle: what was found, what was due and why, what was said, its clip."""

from __future__ import annotations

from service.api import clips as clips_api
from service.api import shifts as shifts_api
from service.api.access import Caller
from service.api.clips import Clip
from service.api.shift_models import Report, Transaction
from service.pages.clip import opener
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import clock, number, phrase, tag
from service.rights import Permission

_AROUND_S = 2.0


@page("/shifts/{shift}/{position}", "card", Permission.RESULTS_READ)
def card(visit: Visit, caller: Caller, shift: str, position: int) -> None:
    """One vehicle; the collector sees the same card as whoever checks."""
    one = shifts_api.vehicle(shift, position, caller, visit.services)
    report = shifts_api.report(shift, caller, visit.services, None)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href=f"/shifts/{shift}"),
            f"  {report.shift.station} · {report.shift.booth} · {report.shift.collector} · "
            f"{clock(visit, report.shift.started_at, one.start_s)} · "
            f"{visit.say('vehicle')} {one.vehicle} ",
            tag(visit, one.outcome.value),
        )
    )
    put([h("h2", visit.say("findings")), _findings(visit, report, one)])
    put([h("h2", visit.say("clip")), _clip(visit, shift, position)])
    put([h("h2", visit.say("step")), _steps(visit, report, one)])
    if one.due:
        put([h("h2", visit.say("due")), _due(visit, one)])
    put([h("h2", visit.say("transcript")), _said(visit, report, one)])
    put([h("h2", visit.say("versions")), _versions(report)])
    put([h("h2", visit.say("proof")), h("p", visit.say("proof_note"), class_="note")])


def _findings(visit: Visit, report: Report, one: Transaction) -> Html:
    if not one.findings:
        return h("p", visit.say("nothing_found"))
    heads = ("finding", "expected", "heard", "at", "reason")
    rows = [
        (
            (tag(visit, found.status.value), " ", visit.code(found.code)),
            found.expected or "–",
            found.heard or "–",
            clock(visit, report.shift.started_at, found.at_s),
            found.reason,
        )
        for found in one.findings
    ]
    return table([visit.say(name) for name in heads], rows)


def _steps(visit: Visit, report: Report, one: Transaction) -> Html:
    heads = ("step", "outcome", "expected", "heard", "score", "at", "reason")
    rows = [
        (
            visit.step(step.step) + ("" if step.mandatory else f" ({visit.say('optional')})"),
            tag(visit, step.outcome.value),
            phrase(visit, step.phrase),
            step.heard or "–",
            "–" if step.score is None else f"{step.score:.2f}",
            clock(visit, report.shift.started_at, step.start_s),
            step.why,
        )
        for step in one.steps
    ]
    return table([visit.say(name) for name in heads], rows)


def _due(visit: Visit, one: Transaction) -> Html:
    lines = [
        h(
            "li",
            " / ".join(phrase(visit, name) for name in line.phrases),
            f": {line.reason}",
            "" if line.sure else f" ({visit.say('unsure')})",
        )
        for line in one.due
    ]
    return h("ul", lines)


def _said(visit: Visit, report: Report, one: Transaction) -> Html:
    """What was said while the vehicle was there, with scores against what was accepted."""
    rows = []
    for heard in report.utterances:
        if heard.end_s < one.start_s - _AROUND_S or heard.start_s > one.end_s + _AROUND_S:
            continue
        words = visit.say("far") if not heard.near else heard.text or visit.say("withheld")
        matches = [
            h(
                "div",
                tag(visit, "said" if match.accepted else "unsure"),
                f" {phrase(visit, match.phrase)} {' '.join(match.slots.values())} "
                f"({match.score:.2f})",
            )
            for match in heard.matches
        ]
        rows.append((clock(visit, report.shift.started_at, heard.start_s), words, matches))
    if not rows:
        return h("p", visit.say("nothing_found"))
    return table([visit.say(name) for name in ("at", "heard", "expected")], rows)


def _versions(report: Report) -> Html:
    own = report.shift.versions
    pairs = own.model_dump().items()
    grading = h("li", f"{report.shift.grading} / {report.shift.gradings}")
    return h("ul", grading, [h("li", f"{name}: {value}") for name, value in pairs], class_="note")


def _clip(visit: Visit, shift: str, position: int) -> Html:
    """The clip, if one is kept and may be heard."""
    caller = visit.caller(Permission.CLIPS_READ)
    found = None if caller is None else _kept(visit, caller, shift, position)
    if found is None or found.id is None:
        why = found.problem if found is not None and found.problem else visit.say("no_clip")
        return h("p", why)
    silenced = ", ".join(f"{number(a - found.start_s)}–{number(b - found.start_s)} s"
                         for a, b in found.silenced)  # fmt: skip
    return opener(visit, found.id, silenced)


def _kept(visit: Visit, caller: Caller, shift: str, position: int) -> Clip | None:
    items = clips_api.listed(caller, visit.services, shift, 500, None).items
    return next((one for one in items if one.vehicle_position == position), None)
