"""How sure each phrase is at a station: its way from advisory to proposing, and what shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from service import months
from service.api import doubles as doubles_api
from service.api import reviews as reviews_api
from service.api import standings as standings_api
from service.api.access import Caller
from service.api.doubles import Double, Interval
from service.api.standings import Standings
from service.pages.desk import desk, folded, number_field, send
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, field, moment, percent, tag
from service.rights import Permission

_LATELY = dt.timedelta(days=90)
_BAR = 120
"""pixels of a whole way"""


@page("/standings", "standings", Permission.PLACES_READ)
def shown(visit: Visit, caller: Caller) -> None:
    """The ways first, then the reviews' rates, then the samples that were heard blind."""
    with visit.services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    if not stations:
        put(h("p", visit.say("no_station")))
        return
    station = visit.request.query_params.get("station", "").strip() or stations[0]
    options = [(code, code) for code in dict.fromkeys([*stations, station])]
    put(asking(visit, "/standings", choice(visit.say("station"), "station", station, options)))
    put(h("p", visit.say("standings_note"), class_="note"))
    put(_ways(visit, standings_api.listed(caller, visit.services, station)))
    decider = visit.caller(Permission.REVIEWS_DECIDE)
    if decider is not None:
        put([h("h2", visit.say("reviewed_rates")), _rates(visit, decider, station)])
    put([h("h2", visit.say("doubles")), h("p", visit.say("double_note"), class_="note")])
    if decider is not None:
        put(h("p", h("a", visit.say("listen_blind"), href="/doubles")))
    planner = visit.caller(Permission.DOUBLES_PLAN)
    if planner is not None:
        found = [one for one in doubles_api.listed(planner, visit.services)
                 if one.station == station]  # fmt: skip
        put(_samples(visit, found) if found else h("p", visit.say("empty")))
        put(_drawing(visit, station))


def _ways(visit: Visit, found: Standings) -> Part:
    if not found.codes:
        return h("p", visit.say("empty"))
    heads = ("finding", "state", "why_drawn", "clips_of", "both_confirm", "low_bound", "history")
    rows = (
        (
            visit.code(one.code),
            tag(visit, f"standing.{one.standing}"),
            visit.say(f"why_standing.{one.reason}"),
            [f"{one.clips} / {found.least} ", _bar(one.clips / found.least)],
            one.confirmed,
            f"{percent(one.low)} / {percent(found.target)}",
            "；".join(
                f"{moment(visit, each.at)} {visit.say(f'standing.{each.standing}')}"
                for each in one.history[:3]
            )
            or "–",
        )
        for one in found.codes
    )
    return table([visit.say(name) for name in heads], rows)


def _bar(share: float) -> Html:
    long = round(_BAR * min(1.0, share))
    return h(
        "svg",
        h("rect", x=0, y=0, width=_BAR, height=8, fill="#d5dae1"),
        h("rect", x=0, y=0, width=long, height=8, fill="#0b4f9c"),
        width=_BAR,
        height=8,
        aria_hidden="true",
    )


def _rates(visit: Visit, caller: Caller, station: str) -> Part:
    today = visit.services.clock().astimezone(visit.services.site.time_zone).date()
    found = reviews_api.rates(caller, visit.services, station, today - _LATELY, today).codes
    if not found:
        return h("p", visit.say("empty"))
    heads = ("finding", "faults_found", "confirmed", "dismissed", "true_share", "interval")
    rows = (
        (
            visit.code(one.code),
            one.findings,
            one.confirmed,
            one.dismissed,
            percent(one.precision),
            "–" if one.low is None or one.high is None
            else f"{percent(one.low)} – {percent(one.high)}",
        )
        for one in found
    )  # fmt: skip
    return table([visit.say(name) for name in heads], rows, numbers=(1, 2, 3, 4))


def _samples(visit: Visit, found: list[Double]) -> Html:
    heads = ("finding", "from", "to", "vehicles", "pairs", "kappa", "precision", "recall")
    rows = (
        (
            visit.code(one.code),
            str(one.since),
            str(one.last),
            one.vehicles,
            one.pairs,
            _interval(one.kappa, "{:.2f}"),
            _interval(one.precision, "{:.1%}"),
            _interval(one.recall, "{:.1%}"),
        )
        for one in found
    )
    return table([visit.say(name) for name in heads], rows, numbers=(3, 4))


def _interval(found: Interval | None, form: str) -> str:
    if found is None:
        return "–"
    value, low, high = (form.format(each) for each in (found.value, found.low, found.high))
    return f"{value} ({low} – {high})"


def _drawing(visit: Visit, station: str) -> Html:
    form = desk(
        visit,
        list(_fields(visit, station)),
        post="/v1/doubles",
        following="/standings?" + urlencode({"station": station}),
    )
    return folded(visit, "new_double", form)


def _fields(visit: Visit, station: str) -> Iterator[Html]:
    yield h("input", type="hidden", name="station", value=station)
    yield field(visit.say("finding_code"), "code", "missing.thanks")
    yield field(visit.say("from"), "from", "", kind="date")
    yield field(visit.say("to"), "to", "", kind="date")
    yield number_field(visit, "faults_to_draw", "size", min=1, max=2000, step=1, value=200)
    yield number_field(visit, "others_to_draw", "others", min=0, max=1000, step=1, value=50)
    yield send(visit, "draw_it")
