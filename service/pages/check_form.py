"""Write a check down: on the spot, unknown, or of a recording, with the same items."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from phrases.types import Lane
from service.api import checks as checks_api
from service.api.access import Caller
from service.pages.check_list import asked_for, methods
from service.pages.desk import area, desk, hidden, number_field, own_station
from service.pages.frame import Visit, page
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
    tabs = [
        h("a", visit.say(f"lane.{one.value}"), aria_current="page" if one is lane else None,
          href=f"/new-check?{urlencode({**asked, 'lane': one.value})}")
        for one in (Lane.EXIT, Lane.ENTRY)
    ]  # fmt: skip
    put(h("nav", tabs, class_="tabs", aria_label=visit.say("lane")))
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
        h("button", visit.say("write_it"), class_="do", type="submit"),
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
