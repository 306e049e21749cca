"""What is to be put right: what is late, what is open, all of it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from service.api import rectifications as rectifications_api
from service.api.access import Caller
from service.api.rectifications import Rectification
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import moment, tag
from service.rights import Permission

MOST = 100
"""on a page"""
_TABS = (("open", "rectify.open"), ("overdue", "rectify.overdue"), ("all", "all"))


@page("/rectifications", "rectifications", Permission.RECTIFY_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """What is open first."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    links = [
        h("a", visit.say(words), href=f"/rectifications?show={name}",
          aria_current="page" if name == show else None)
        for name, words in _TABS
    ]  # fmt: skip
    put(h("nav", links, class_="tabs", aria_label=visit.say("rectifications")))
    found = rectifications_api.listed(
        caller,
        visit.services,
        station=None,
        open=show == "open",
        overdue=show == "overdue",
        limit=MOST,
        cursor=asked.get("cursor"),
    )
    if not found.items:
        put(h("p", visit.say("nothing_found")))
        return
    put(_table(visit, found.items))
    if found.next is not None:
        address = urlencode({"show": show, "cursor": found.next})
        put(h("p", h("a", visit.say("more"), href=f"/rectifications?{address}")))


def _table(visit: Visit, items: Sequence[Rectification]) -> Html:
    heads = ("rectification", "station", "team", "collector", "by_whom", "started", "state")
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/rectifications/{one.id}"),
            one.station,
            one.team or "–",
            one.collector or "–",
            one.by,
            moment(visit, one.opened_at),
            tag(visit, standing(one)),
            moment(visit, None if one.closed_at else one.due_at),
        )
        for one in items
    )
    return table([visit.say(name) for name in (*heads, "due_until")], rows)


def standing(one: Rectification) -> str:
    """How it stands, as the words for it are called."""
    if one.closed_at is not None:
        return "rectify.closed"
    if one.overdue:
        return "rectify.overdue"
    return "rectify.open" if one.done_at is None else "rectify.to_look"
