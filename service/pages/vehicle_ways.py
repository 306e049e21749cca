"""What may be done about a vehicle from its card: check it, or link it to a complaint."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from service.api import complaints as complaints_api
from service.api.evidence import Evidence
from service.pages.complaint_list import theirs
from service.pages.frame import Visit
from service.pages.markup import Html, h
from service.rights import Permission

MOST = 10
"""complaints that are offered"""


def ways(visit: Visit, found: Evidence, position: int) -> Html | None:
    """Links to forms that know the vehicle already; None: the visitor may do nothing of it."""
    links = list(_links(visit, found, position))
    return h("ul", [h("li", each) for each in links]) if links else None


def _links(visit: Visit, found: Evidence, position: int) -> Iterator[Html]:
    place = {"shift": found.shift.id, "position": position}
    if visit.caller(Permission.CHECKS_WRITE) is not None:
        known = {
            "station": found.shift.station,
            "method": "recording",
            "lane": found.vehicle.lane.value,
            "day": found.shift.started_at.astimezone(visit.services.site.time_zone).date(),
        }
        yield h("a", visit.say("new_check"), href=f"/new-check?{urlencode(known | place)}")
    handler = visit.caller(Permission.COMPLAINTS_HANDLE)
    if handler is None:
        return
    waiting = complaints_api.listed(
        handler, visit.services, station=found.shift.station, open=True, limit=MOST
    )
    for one in waiting.items:
        if theirs(visit, one) or one.collector not in (None, found.shift.collector):
            continue
        said = (f"№ {one.id}", visit.say(f"channel.{one.channel}"), one.collector or "–")
        yield h(
            "a",
            f"{visit.say('link_to')} {' · '.join(said)}",
            href=f"/complaints/{one.id}?{urlencode(place)}",
        )
