"""A shift: its timeline, its vehicles, its score and how that came about; gaps shown as gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from service.api import shifts as shifts_api
from service.api.access import Caller
from service.api.shift_models import Report, Transaction
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, clock, downloads, length, moment, number, tag
from service.pages.reasons import term, told
from service.pages.warned import warned
from service.rights import Permission

_COLOURS = {"compliant": "#3a8f5c", "fault": "#b3261e", "unsure": "#d08a00"}
_WIDE, _HIGH = 1000, 60
_OUTCOMES = ("compliant", "fault", "unsure")


@page("/shifts/{shift}", "shifts", Permission.RESULTS_READ)
def shown(visit: Visit, caller: Caller, shift: str) -> None:
    """One shift, within reach."""
    report = shifts_api.report(shift, caller, visit.services, None, said=False)
    wanted = visit.request.query_params.get("outcome", "")
    put(_head(visit, report))
    put([h("h2", visit.say("timeline")), timeline(visit, report)])
    put([h("h2", visit.say("score")), h("p", visit.say("how_score")), _steps(visit, report)])
    put([h("h2", visit.say("vehicles")), _form(visit, wanted)])
    put(_vehicles(visit, report, wanted))
    if report.gaps:
        put([h("h2", visit.say("gaps")), _gaps(visit, report)])
    if report.shift.warnings:
        told_of = [h("li", warned(visit.language, one)) for one in report.shift.warnings]
        put(h("ul", told_of, class_="note"))


def _head(visit: Visit, report: Report) -> Html:
    one = report.shift
    low = f" ({number(one.score_low)}–{number(one.score_high)})" if one.score is not None else ""
    pairs = (
        ("station", f"{one.station} · {one.booth}"),
        ("collector", one.collector),
        ("started", moment(visit, one.started_at)),
        ("duration", length(one.duration_s)),
        ("gap", length(one.gap_s)),
        ("score", f"{number(one.score)}{low}"),
        *((name, str(getattr(one, name))) for name in ("vehicles", *_OUTCOMES)),
    )
    cards = [
        h("div", h("div", visit.say(name), class_="note"), h("strong", value), class_="card")
        for name, value in pairs
    ]
    files = downloads(visit, f"/v1/reports/shifts/{one.id}", {})
    return h("div", h("div", cards, class_="cards"), files)


def timeline(visit: Visit, report: Report) -> Html:
    """Vehicles by outcome and gaps, along the shift's time; each a link with words of its own."""
    start = min([0.0, *(one.start_s for one in report.transactions)])
    end = max([report.shift.duration_s, *(one.end_s for one in report.transactions), start + 1.0])

    def place(seconds: float) -> float:
        return round((seconds - start) / (end - start) * _WIDE, 2)

    bars = [
        h(
            "rect",
            h("title", visit.say("gap")),
            x=place(gap.start_s),
            y=0,
            width=max(1.0, place(gap.end_s) - place(gap.start_s)),
            height=_HIGH,
            fill="#9aa3af",
        )
        for gap in report.gaps
    ]
    high = {"compliant": 24, "unsure": 38, "fault": 52}
    for number_, one in enumerate(report.transactions):
        words = f"{visit.say('vehicle')} {one.vehicle}: {visit.say(one.outcome.value)}"
        tall = high[one.outcome.value]
        bar = h(
            "rect",
            h("title", words),
            x=place(one.start_s),
            y=_HIGH - tall,
            width=max(1.5, place(one.end_s) - place(one.start_s) - 0.5),
            height=tall,
            fill=_COLOURS[one.outcome.value],
        )
        address = f"/shifts/{report.shift.id}/{number_}"
        bars.append(h("a", bar, href=address, aria_label=words))
    drawing = h(
        "svg",
        bars,
        viewBox=f"0 0 {_WIDE} {_HIGH}",
        preserveAspectRatio="none",
        class_="line",
        style="height: 5rem",
        role="group",
        aria_label=visit.say("timeline"),
    )
    legend = [
        h("span", h("span", "■ ", style=f"color: {_COLOURS[name]}"), visit.say(name), " ")
        for name in _OUTCOMES
    ]
    gap = h("span", h("span", "■ ", style="color: #9aa3af"), visit.say("gap"))
    return h("div", drawing, h("p", legend, gap, class_="note"))


def _steps(visit: Visit, report: Report) -> Html:
    """How often each step that was due was said, missing, wrong, unsure or excused."""
    counts: dict[str, Counter[str]] = {}
    for one in report.transactions:
        for step in one.steps:
            if step.mandatory:
                counts.setdefault(step.step, Counter())[step.outcome.value] += 1
    names = ("said", "missing", "wrong", "unsure", "excused")
    heads = ["step", "said", "missing", "wrong_said", "unsure", "excused"]
    rows = [(visit.step(step), *(str(counts[step][name]) for name in names)) for step in counts]
    return table([visit.say(head) for head in heads], rows, numbers=range(1, 6))


def _form(visit: Visit, wanted: str) -> Html:
    options = [("", visit.say("all")), *((name, visit.say(name)) for name in _OUTCOMES)]
    chosen = choice(visit.say("outcome"), "outcome", wanted, options)
    return asking(visit, None, chosen, words="filter")


def _vehicles(visit: Visit, report: Report, wanted: str) -> Html:
    heads = ("at", "vehicle", "outcome", "findings")
    rows = [
        (
            clock(visit, report.shift.started_at, one.start_s),
            h("a", str(one.vehicle), href=f"/shifts/{report.shift.id}/{number_}"),
            tag(visit, one.outcome.value),
            _found(visit, one),
        )
        for number_, one in enumerate(report.transactions)
        if wanted in ("", one.outcome.value)
    ]
    if not rows:
        return h("p", visit.say("nothing_found"))
    return table([visit.say(name) for name in heads], rows)


def _found(visit: Visit, one: Transaction) -> Sequence[Html]:
    return [
        h(
            "div",
            tag(visit, finding.status.value),
            f" {visit.code(finding.code)}: ",
            told(visit, finding.reason),
        )
        for finding in one.findings
    ]


def _gaps(visit: Visit, report: Report) -> Html:
    started = report.shift.started_at
    rows = [
        (
            clock(visit, started, gap.start_s),
            clock(visit, started, gap.end_s),
            f"{gap.end_s - gap.start_s:.1f} s",
            term(visit, gap.reason.value),
        )
        for gap in report.gaps
    ]
    heads = ("from", "to", "duration", "reason")
    return table([visit.say(name) for name in heads], rows)
