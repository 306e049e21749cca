"""What is to be put right: what is late, what is open, all of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from service.api import rectifications as rectifications_api
from service.api.access import Caller
from service.api.cursor import Page
from service.api.rectifications import Rectification
from service.pages.frame import Visit, page
from service.pages.lists import asking, late_first, more, tabs, to
from service.pages.markup import Html, h, put, table
from service.pages.pieces import field, moment, tag
from service.rights import Permission

MOST = 100
"""on a page"""
_HERE = "/rectifications"
_TABS = (("open", "rectify.open"), ("overdue", "rectify.overdue"), ("all", "all"))


@page(_HERE, "rectifications", Permission.RECTIFY_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """What is late first, then what is open."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    station = asked.get("station", "").strip()
    where = {"station": station}
    links = [(to(_HERE, {"show": name, **where}), words) for name, words in _TABS]
    put(tabs(visit, "rectifications", links, to(_HERE, {"show": show, **where})))
    hidden = h("input", type="hidden", name="show", value=show)
    put(asking(visit, _HERE, (field(visit.say("station"), "station", station), hidden)))

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
    if show == "open" and "cursor" not in asked:
        late = partial(found, overdue=True)
        put(list(late_first(visit, "rectify", rest, late, partial(_table, visit))))
    else:
        put(_table(visit, rest.items) if rest.items else h("p", visit.say("nothing_found")))
    put(more(visit, _HERE, {"show": show, **where}, rest.next))


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
