"""Ask: the ready questions of a supervisor; the address has the question, so it can be sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from db.figures_types import Asked, By
from db.pages import ShiftFilter
from service import figures
from service.api import figures as figures_api
from service.api import shifts as shifts_api
from service.api.access import Caller
from service.api.figures import Answer, Figure
from service.errors import BadInput
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, day_of, field, number, percent
from service.rights import Permission

BY = ("collector", "station", "booth", "team", "step", "hour", "weather", "day")
_MONTH = dt.timedelta(days=30)
_NAMES = ("station", "booth", "team", "collector")
_WIDE = 160


@page("/ask", "ask", Permission.RESULTS_READ)
def ask(visit: Visit, caller: Caller) -> None:
    """The answers to what the address asks; else of the thirty days up to the newest shift."""
    given = visit.request.query_params
    last = day_of(given.get("to", "")) or _newest(visit, caller)
    first = day_of(given.get("from", "")) or last - _MONTH
    by = given.get("by", "") if given.get("by", "") in BY else BY[0]
    where = {name: given.get(name, "").strip() for name in _NAMES}
    put(_form(visit, first, last, by, where))
    try:
        about = _about(caller, first, last, where)
        earlier = _about(caller, *_before(first, last), where)
    except BadInput as error:
        put(h("p", str(error), class_="error", role="alert"))
        return
    answer = figures_api.compliance(caller, visit.services, about, By(by))
    was = figures_api.compliance(caller, visit.services, earlier, By(by))
    if not answer.lines:
        put(h("p", visit.say("nothing_found")))
        return
    put([h("h2", visit.say("rate")), _compliance(visit, answer, was)])
    put([h("h2", visit.say("misses")), _misses(visit, caller, about)])
    put([h("h2", visit.say("deaf_minutes")), _deaf(visit, caller, about)])


def _newest(visit: Visit, caller: Caller) -> dt.date:
    """The day of the newest shift within reach, else today."""
    found = shifts_api.shifts(caller, visit.services, ShiftFilter(), 1, None).items
    at = found[0].started_at if found else visit.services.clock()
    return at.astimezone(visit.services.site.time_zone).date()


def _about(caller: Caller, first: dt.date, last: dt.date, where: dict[str, str]) -> Asked:
    asked = figures.asked(
        since=first,
        last=last,
        station=where["station"] or None,
        booth=where["booth"] or None,
        team=where["team"] or None,
        collector=where["collector"] or None,
    )
    return replace(asked, reach=caller.reach)


def _before(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """As many days just before."""
    days = (last - first).days + 1
    return first - dt.timedelta(days=days), first - dt.timedelta(days=1)


def _form(visit: Visit, first: dt.date, last: dt.date, by: str, where: dict[str, str]) -> Html:
    parts = (
        field(visit.say("from"), "from", first.isoformat(), kind="date"),
        field(visit.say("to"), "to", last.isoformat(), kind="date"),
        choice(visit.say("by"), "by", by, [(name, visit.say(name)) for name in BY]),
        [field(visit.say(name), name, value) for name, value in where.items()],
    )
    return asking(visit, "/ask", parts, words="ask")


def _compliance(visit: Visit, answer: Answer, was: Answer) -> Html:
    before = {tuple(one.key.values()): one.rate.value for one in was.lines}
    whole = answer.total
    rows = [_line(visit, one, before.get(tuple(one.key.values()))) for one in answer.lines]
    rows.append(_line(visit, whole, was.total.rate.value, name=visit.say("all")))
    heads = [visit.say(name) for name in ("by", "rate", "interval")]
    heads += ["", visit.say("before"), *(visit.say(n) for n in ("fault", "unsure", "vehicles"))]
    return table(heads, rows, numbers=(1, 2, 4, 5, 6, 7))


def _line(
    visit: Visit, one: Figure, was: float | None, name: str | None = None
) -> tuple[Html | str, ...]:
    rate = one.rate
    words = name or " · ".join(str(part) for part in one.key.values() if part is not None)
    counts = one.counts
    bad = counts.get("fault", counts.get("missing", 0) + counts.get("wrong", 0))
    number_ = counts.get("vehicles", rate.judged)
    return (
        words or "–",
        percent(rate.value),
        f"{percent(rate.low)} – {percent(rate.high)}",
        _bar(visit, rate.low, rate.value, rate.high),
        percent(was),
        str(bad),
        str(counts.get("unsure", 0)),
        str(number_),
    )


def _bar(visit: Visit, low: float | None, value: float | None, high: float | None) -> Html:
    """The interval as a line with its middle; where two lines overlap nobody is better."""
    if low is None or high is None or value is None:
        return h("span", "–")
    parts = [
        h("rect", x=0, y=7, width=_WIDE, height=2, fill="#d5dae1"),
        h("rect", x=round(low * _WIDE, 1), y=5, width=round(max(1.0, (high - low) * _WIDE), 1),
          height=6, fill="#0b4f9c"),
        h("rect", x=round(value * _WIDE - 1, 1), y=1, width=2, height=14, fill="#14304f"),
    ]  # fmt: skip
    words = f"{visit.say('interval')}: {percent(low)} – {percent(high)}"
    return h("svg", parts, viewBox=f"0 0 {_WIDE} 16", width=_WIDE, height=16, role="img",
             aria_label=words)  # fmt: skip


def _misses(visit: Visit, caller: Caller, about: Asked) -> Html:
    found = figures_api.misses(caller, visit.services, about).codes
    if not found:
        return h("p", visit.say("nothing_found"))
    rows = [
        (
            visit.code(one.code),
            str(one.fault),
            str(one.unsure),
            str(one.remark),
            percent(one.share.value),
        )
        for one in found
    ]
    heads = ("finding", "fault", "unsure", "remark", "share")
    return table([visit.say(name) for name in heads], rows, numbers=(1, 2, 3, 4))


def _deaf(visit: Visit, caller: Caller, about: Asked) -> Html:
    found = figures_api.deaf(caller, visit.services, about).booths
    if not found:
        return h("p", visit.say("nothing_found"))
    rows = [
        (
            f"{one.station} · {one.booth}",
            number(one.gap_s / 60),
            number(one.listened_s / 60),
            ", ".join(f"{why} {seconds / 60:.1f}" for why, seconds in one.reasons.items()),
        )
        for one in found
    ]
    heads = [visit.say("booth"), f"{visit.say('gap')}, {visit.say('minutes')}"]
    heads += [f"{visit.say('listening')}, {visit.say('minutes')}", visit.say("reason")]
    return table(heads, rows, numbers=(1, 2))
