"""Complaints: what is overdue, what is to be answered, all of them; and the form that takes one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from phrases.complaint import Channel
from service.api import complaints as complaints_api
from service.api.access import Caller
from service.api.complaints import Complaint
from service.pages.desk import area, desk, moment_field, ticked
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, field, moment, tag
from service.rights import Permission

MOST = 100
"""complaints on a page"""
_TABS = (("open", "complaint.open"), ("overdue", "complaint.overdue"), ("all", "all"))


@page("/complaints", "complaints", Permission.COMPLAINTS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """Those to be answered first, with what is late marked; the form is below."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    station = asked.get("station", "").strip()
    links = [
        h(
            "a",
            visit.say(words),
            href="/complaints?" + urlencode({"show": name, "station": station}),
            aria_current="page" if name == show else None,
        )
        for name, words in _TABS
    ]
    put(h("nav", links, class_="tabs", aria_label=visit.say("complaints")))
    put(
        h(
            "form",
            field(visit.say("station"), "station", station),
            h("input", type="hidden", name="show", value=show),
            h("button", visit.say("show"), class_="do", type="submit"),
            class_="row",
            method="get",
            action="/complaints",
        )
    )
    found = complaints_api.listed(
        caller,
        visit.services,
        station=station or None,
        open=True if show == "open" else None,
        overdue=show == "overdue",
        level=None,
        limit=MOST,
        cursor=asked.get("cursor"),
    )
    if found.items:
        put(_table(visit, found.items))
    else:
        put(h("p", visit.say("nothing_found")))
    if found.next is not None:
        address = urlencode({"show": show, "station": station, "cursor": found.next})
        put(h("p", h("a", visit.say("more"), href=f"/complaints?{address}")))
    if visit.caller(Permission.COMPLAINTS_TAKE) is not None:
        put(_taking(visit))


def _table(visit: Visit, items: Sequence[Complaint]) -> Html:
    heads = (
        *("complaint", "station", "channel", "about_whom_short", "received", "first_owner"),
        *("state", "level", "due_until"),
    )
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/complaints/{one.id}"),
            one.station,
            visit.say(f"channel.{one.channel}"),
            one.collector or "–",
            moment(visit, one.received_at),
            one.owner,
            tag(visit, standing(one)),
            visit.say(f"level.{one.level}"),
            moment(visit, None if one.answered_at else one.due_at),
        )
        for one in items
    )
    return table([visit.say(name) for name in heads], rows)


def standing(one: Complaint) -> str:
    """How it stands, as the words for it are called."""
    if one.answered_at is not None:
        return "complaint.answered"
    return "complaint.overdue" if one.overdue else "complaint.open"


def _taking(visit: Visit) -> Html:
    channels = [(one.value, visit.say(f"channel.{one.value}")) for one in Channel]
    form = desk(
        visit,
        (
            h("p", visit.say("take_note"), class_="note"),
            field(visit.say("station"), "station", visit.request.query_params.get("station", "")),
            choice(visit.say("channel"), "channel", "phone", channels),
            moment_field(visit, "received", "received_at", dt.datetime.now(dt.UTC)),
            field(visit.say("about_whom"), "collector", ""),
            area(visit, "complaint_words", "text", needed=True),
            field(visit.say("contact"), "contact", ""),
            ticked(visit, "harm", "harm"),
            h("button", visit.say("take"), class_="do", type="submit"),
        ),
        post="/v1/complaints",
        following="/complaints/{id}",
    )
    return h("details", h("summary", visit.say("take_complaint")), form)
