"""What is to be put right: what is late, what is open, all of it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from service.api import rectifications as rectifications_api
from service.api.access import Caller
from service.api.cursor import Page
from service.api.rectifications import Rectification
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import field, moment, tag
from service.rights import Permission

MOST = 100
"""on a page"""
_TABS = (("open", "rectify.open"), ("overdue", "rectify.overdue"), ("all", "all"))


@page("/rectifications", "rectifications", Permission.RECTIFY_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """What is late first, then what is open."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    station = asked.get("station", "").strip()
    links = [
        h("a", visit.say(words), aria_current="page" if name == show else None,
          href="/rectifications?" + urlencode({"show": name, "station": station}))
        for name, words in _TABS
    ]  # fmt: skip
    put(h("nav", links, class_="tabs", aria_label=visit.say("rectifications")))
    put(
        h(
            "form",
            field(visit.say("station"), "station", station),
            h("input", type="hidden", name="show", value=show),
            h("button", visit.say("show"), class_="do", type="submit"),
            class_="row",
            method="get",
            action="/rectifications",
        )
    )

    def found(*, overdue: bool) -> Page[Rectification]:
        return rectifications_api.listed(
            caller,
            visit.services,
            station=station or None,
            open=show == "open",
            overdue=overdue,
            limit=MOST,
            cursor=asked.get("cursor"),
        )

    rest = found(overdue=show == "overdue")
    items = rest.items
    if show == "open" and "cursor" not in asked:
        late = found(overdue=True).items
        if late:
            put([h("h2", visit.say("rectify.late")), _table(visit, late)])
            put(h("h2", visit.say("rectify.in_time")))
        items = [one for one in items if not one.overdue]
    put(_table(visit, items) if items else h("p", visit.say("nothing_found")))
    if rest.next is not None:
        address = urlencode({"show": show, "station": station, "cursor": rest.next})
        put(h("p", h("a", visit.say("more"), href=f"/rectifications?{address}")))


def _table(visit: Visit, items: Sequence[Rectification]) -> Html:
    heads = ("rectification", "state", "due_until", "station", "team", "collector")
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/rectifications/{one.id}"),
            tag(visit, standing(one)),
            moment(visit, None if one.closed_at else one.due_at),
            one.station,
            one.team or "–",
            one.collector or "–",
            one.by,
            moment(visit, one.opened_at),
        )
        for one in items
    )
    return table([visit.say(name) for name in (*heads, "by_whom", "started")], rows)


def standing(one: Rectification) -> str:
    """How it stands, as the words for it are called."""
    if one.closed_at is not None:
        return "rectify.closed"
    if one.overdue:
        return "rectify.overdue"
    return "rectify.open" if one.done_at is None else "rectify.to_look"
