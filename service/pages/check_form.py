"""Write a check down: on the spot, unknown, or of a recording, with the same items."""

from __future__ import annotations

from itertools import groupby

from phrases.types import Lane
from service.api import checks as checks_api
from service.api.access import Caller
from service.pages.check_list import asked_for, methods
from service.pages.desk import area, desk, hidden, number_field, own_station, send
from service.pages.frame import Visit, page
from service.pages.lists import tabs, to
from service.pages.markup import Html, Part, h, put
from service.pages.pieces import choice, field
from service.rights import Permission

_HIDDEN = ("sample", "plan")


@page("/new-check", "new_check", Permission.CHECKS_WRITE)
def shown(visit: Visit, caller: Caller) -> None:
    """The form; the address may have filled in what is checked."""
    asked = visit.request.query_params
    lane = next((one for one in Lane if one.value == asked.get("lane")), Lane.EXIT)
    put(h("p", h("a", f"← {visit.say('back')}", href="/checks")))
    here = {one: to("/new-check", {**asked, "lane": one.value}) for one in (Lane.EXIT, Lane.ENTRY)}
    links = [(path, f"lane.{one.value}") for one, path in here.items()]
    put(tabs(visit, "lane", links, here.get(lane, "")))
    put(h("p", visit.say("method_note"), class_="note"))
    today = visit.services.clock().astimezone(visit.services.site.time_zone).date()
    prefilled = {name: int(asked[name]) for name in _HIDDEN if asked.get(name, "").isdecimal()}
    parts: list[Part] = [
        [hidden(name, value) for name, value in prefilled.items()],
        h("input", type="hidden", name="lane", value=lane.value),
        field(visit.say("station"), "station", asked.get("station", own_station(visit))),
        choice(visit.say("method"), "method", asked.get("method", "spot"), methods(visit)),
        field(visit.say("day"), "day", asked.get("day", today.isoformat()), kind="date"),
        field(visit.say("booth"), "booth", ""),
        field(visit.say("collector"), "collector", ""),
        field(visit.say("shift_id"), "shift", asked.get("shift", "")),
        number_field(visit, "place_in_shift", "position", min=0, step=1,
                     value=asked.get("position")),
        _items(visit, caller, lane),
        area(visit, "check_words", "text", needed=True),
        send(visit, "write_it"),
    ]  # fmt: skip
    # From outside one sees a list of one's own, and no check whole.
    reads = visit.caller(Permission.CHECKS_READ) is not None
    put(desk(visit, parts, post="/v1/checks", following="/checks/{id}" if reads else "/checks"))


def _items(visit: Visit, caller: Caller, lane: Lane) -> list[Html]:
    """A field for each item, by part."""
    asked = checks_api.items(caller, visit.services, lane).items
    return [
        h(
            "fieldset",
            h("legend", visit.say(f"part.{part}")),
            [
                h(
                    "label",
                    f"{asked_for(visit, one)} ({visit.say('at_most')} {one.points:g})",
                    h("input", type="number", name=f"marks/{one.id}", min=0, max=one.points,
                      step="any"),
                    class_="mark",
                )
                for one in group
            ],
        )
        for part, group in groupby(asked, key=lambda one: one.part)
    ]  # fmt: skip
