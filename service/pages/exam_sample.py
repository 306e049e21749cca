"""The spot check of a month: sittings drawn by chance, each to be heard and noted by a trainer."""

from __future__ import annotations

from service import months
from service.api import exam_archive as api
from service.api.access import Caller
from service.api.problems import Refused
from service.pages.exam_pieces import sittings
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import h, put
from service.pages.pieces import choice, field
from service.rights import Permission

HERE = "/exams/sample"


@page(HERE, "exam_sample", Permission.TRAINING_MANAGE)
def drawn(visit: Visit, caller: Caller) -> None:
    """What is drawn of a station's month and waits for a trainer; what to do with it."""
    put(h("p", h("a", f"← {visit.say('back')}", href="/exams")))
    services = visit.services
    with services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    if not stations:
        put(h("p", visit.say("nothing_found")))
        return
    asked = visit.request.query_params
    station = asked.get("station", "").strip()
    station = station if station in stations else stations[0]
    now = services.clock().astimezone(services.site.time_zone)
    month = asked.get("month", "").strip() or f"{now:%Y-%m}"
    options = [(code, code) for code in stations]
    put(
        asking(
            visit,
            HERE,
            (
                choice(visit.say("station"), "station", station, options),
                field(visit.say("month"), "month", month, kind="month"),
            ),
        )
    )
    put(h("p", visit.say("exam_sample_how"), class_="note"))
    try:
        found = api.sample(caller, services, station, month)
    except Refused as problem:
        put(h("p", problem.detail, class_="error", role="alert"))
        return
    if found:
        put(sittings(visit, found, "/exams/archive"))
    else:
        put(h("p", visit.say("exam_sample_none")))
