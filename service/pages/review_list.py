"""Reviews: what waits for whoever looks, what was decided, and appeals that wait for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from service.api import reviews as reviews_api
from service.api.access import Caller
from service.api.cursor import Page
from service.api.review_models import Review
from service.pages.frame import Visit, page
from service.pages.lists import asking, more, tabs, to
from service.pages.markup import Html, h, put, table
from service.pages.pieces import field, moment, tag
from service.rights import Permission

MOST = 100
"""reviews on a page"""
_NAMES = ("station", "collector")


@page("/reviews", "reviews", Permission.REVIEWS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """A reviewer's queue first; a collector's own first."""
    decider = visit.caller(Permission.REVIEWS_DECIDE)
    kinds = [("queue", "waits_for_me")] if decider else []
    kinds += [("all", "all"), ("appeals", "waits_for_answer")]
    asked = visit.request.query_params
    show = asked.get("show", "")
    if show not in dict(kinds):
        show = kinds[0][0]
    links = [(to("/reviews", {"show": name}), words) for name, words in kinds]
    put(tabs(visit, "reviews", links, to("/reviews", {"show": show})))
    given = {name: asked.get(name, "").strip() for name in _NAMES}
    if show == "queue" and decider is not None:
        found = reviews_api.queue(decider, visit.services, None, MOST, asked.get("cursor"))
        put(h("p", visit.say("not_mine"), class_="note"))
    else:
        put(_form(visit, given, show))
        found = _found(visit, caller, given, appealed=show == "appeals")
    if not found.items:
        put(h("p", visit.say("nothing_waits" if show == "queue" else "nothing_found")))
        return
    put(_table(visit, found.items))
    put(more(visit, "/reviews", {"show": show, **given}, found.next))


def _found(visit: Visit, caller: Caller, given: dict[str, str], *, appealed: bool) -> Page[Review]:
    return reviews_api.listed(
        caller,
        visit.services,
        station=given["station"] or None,
        collector=given["collector"] or None,
        code=None,
        verdict=None,
        open=None,
        appealed=appealed,
        limit=MOST,
        cursor=visit.request.query_params.get("cursor"),
    )


def _form(visit: Visit, given: dict[str, str], show: str) -> Html:
    fields = [field(visit.say(name), name, value) for name, value in given.items()]
    hidden = h("input", type="hidden", name="show", value=show)
    return asking(visit, "/reviews", (fields, hidden))


def _table(visit: Visit, items: Sequence[Review]) -> Html:
    heads = ("finding", "booth", "collector", "vehicle", "state", "due_until", "why_drawn")
    rows = (
        (
            h("a", visit.code(one.code), href=f"/reviews/{one.id}"),
            f"{one.station} · {one.booth}",
            one.collector,
            str(one.vehicle),
            tag(visit, one.fate.value),
            moment(visit, until(one)),
            visit.say(f"why.{one.why.value}"),
        )
        for one in items
    )
    return table([visit.say(name) for name in heads], rows)


def until(one: Review) -> dt.datetime | None:
    """By when somebody must act on it; None: nobody need any more."""
    return {
        "open": one.due_at,
        "confirmed": one.appeal_until,
        "appealed": one.answer_due_at,
    }.get(one.fate.value)
