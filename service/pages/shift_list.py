"""Shifts: the newest first, by station, booth, team, collector and days; the address has it all."""

from __future__ import annotations

import datetime as dt

from db.pages import ShiftFilter
from service.api import shifts as shifts_api
from service.api.access import Caller
from service.api.shift_models import Shift
from service.pages.frame import Visit, page
from service.pages.lists import asking, more
from service.pages.markup import Html, h, put, table
from service.pages.pieces import day_of, field, length, moment, number
from service.rights import Permission

MOST = 100
"""shifts on a page"""
_NAMES = ("station", "booth", "team", "collector")


@page("/shifts", "shifts", Permission.RESULTS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """The shifts that fit, with what each came to."""
    asked = visit.request.query_params
    given = {name: asked.get(name, "").strip() for name in _NAMES}
    since, until = (day_of(asked.get(name, "")) for name in ("from", "to"))
    put(_form(visit, given, since, until))
    zone = visit.services.site.time_zone
    wanted = ShiftFilter(
        **{name: value or None for name, value in given.items()},
        since=None if since is None else dt.datetime.combine(since, dt.time(), zone),
        until=None
        if until is None
        else dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone),
    )
    found = shifts_api.shifts(caller, visit.services, wanted, MOST, asked.get("cursor"))
    if not found.items:
        put(h("p", visit.say("nothing_found")))
        return
    heads = (
        *("started", "station", "booth", "collector", "vehicles", "compliant", "fault"),
        *("unsure", "score", "gap", "state"),
    )
    rows = [_row(visit, one) for one in found.items]
    put(table([visit.say(name) for name in heads], rows, numbers=(4, 5, 6, 7, 8, 9)))
    put(more(visit, "/shifts", {**given, **_days(since, until)}, found.next))


def _days(since: dt.date | None, until: dt.date | None) -> dict[str, str]:
    return {name: day.isoformat() if day else "" for name, day in (("from", since), ("to", until))}


def _form(
    visit: Visit, given: dict[str, str], since: dt.date | None, until: dt.date | None
) -> Html:
    fields = [field(visit.say(name), name, value) for name, value in given.items()]
    fields += [field(visit.say(n), n, day, kind="date") for n, day in _days(since, until).items()]
    return asking(visit, "/shifts", fields)


def _row(visit: Visit, one: Shift) -> tuple[Html | str, ...]:
    low = f" ({number(one.score_low)}–{number(one.score_high)})" if one.score is not None else ""
    state = "complete" if one.complete else "lasts"
    return (
        h("a", moment(visit, one.started_at), href=f"/shifts/{one.id}"),
        one.station,
        one.booth,
        one.collector,
        str(one.vehicles),
        str(one.compliant),
        str(one.fault),
        str(one.unsure),
        f"{number(one.score)}{low}",
        length(one.gap_s),
        visit.say(state),
    )
