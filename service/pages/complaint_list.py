"""Complaints: what is overdue, what is to be answered, all of them; and the form that takes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from phrases.complaint import Channel, Level
from service.api import complaints as complaints_api
from service.api.access import Caller
from service.api.complaints import Complaint
from service.api.cursor import Page
from service.pages.desk import area, desk, moment_field, own_station, ticked
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, field, moment, tag
from service.rights import Permission

MOST = 100
"""complaints on a page"""
_TABS = (("open", "complaint.open"), ("overdue", "complaint.overdue"), ("all", "all"))


@page("/complaints", "complaints", Permission.COMPLAINTS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """What is late first, then what is to be answered; the form is below."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    given = {name: asked.get(name, "").strip() for name in ("station", "level")}
    level = next((one for one in Level if one.value == given["level"]), None)
    links = [
        h(
            "a",
            visit.say(words),
            href="/complaints?" + urlencode({"show": name, **given}),
            aria_current="page" if name == show else None,
        )
        for name, words in _TABS
    ]
    put(h("nav", links, class_="tabs", aria_label=visit.say("complaints")))
    put(_form(visit, show, given))

    def found(*, overdue: bool) -> Page[Complaint]:
        return complaints_api.listed(
            caller,
            visit.services,
            station=given["station"] or None,
            open=True if show == "open" else None,
            overdue=overdue,
            level=level,
            limit=MOST,
            cursor=asked.get("cursor"),
        )

    rest = found(overdue=show == "overdue")
    items = rest.items
    if show == "open" and "cursor" not in asked:
        late = found(overdue=True).items
        if late:
            put([h("h2", visit.say("complaint.late")), _table(visit, late)])
            put(h("h2", visit.say("complaint.in_time")))
        items = [one for one in items if not one.overdue]
    put(_table(visit, items) if items else h("p", visit.say("nothing_found")))
    if rest.next is not None:
        address = urlencode({"show": show, **given, "cursor": rest.next})
        put(h("p", h("a", visit.say("more"), href=f"/complaints?{address}")))
    if visit.caller(Permission.COMPLAINTS_TAKE) is not None:
        put(_taking(visit))


def _form(visit: Visit, show: str, given: Mapping[str, str]) -> Html:
    levels = [("", visit.say("all")), *((one.value, visit.say(f"level.{one}")) for one in Level)]
    return h(
        "form",
        field(visit.say("station"), "station", given["station"]),
        choice(visit.say("level"), "level", given["level"], levels),
        h("input", type="hidden", name="show", value=show),
        h("button", visit.say("show"), class_="do", type="submit"),
        class_="row",
        method="get",
        action="/complaints",
    )


def _table(visit: Visit, items: Sequence[Complaint]) -> Html:
    heads = (
        *("complaint", "state", "due_until", "station", "channel", "about_whom_short"),
        *("received", "first_owner", "level"),
    )
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/complaints/{one.id}"),
            tag(visit, standing(one)),
            moment(visit, None if one.answered_at else one.due_at),
            one.station,
            visit.say(f"channel.{one.channel}"),
            one.collector or "–",
            moment(visit, one.received_at),
            one.owner,
            visit.say(f"level.{one.level}"),
        )
        for one in items
    )
    return table([visit.say(name) for name in heads], rows)


def standing(one: Complaint) -> str:
    """How it stands, as the words for it are called."""
    if one.answered_at is not None:
        return "complaint.answered"
    return "complaint.overdue" if one.overdue else "complaint.open"


def theirs(visit: Visit, one: Complaint) -> bool:
    """Whether it is about the visitor."""
    person = None if visit.active is None else visit.active.person
    if person is None or person.collector is None:
        return False
    return (person.station, person.collector) == (one.station, one.collector)


def _taking(visit: Visit) -> Html:
    channels = [(one.value, visit.say(f"channel.{one.value}")) for one in Channel]
    form = desk(
        visit,
        (
            h("p", visit.say("take_note"), class_="note"),
            field(visit.say("station"), "station", own_station(visit)),
            choice(visit.say("channel"), "channel", "phone", channels),
            moment_field(visit, "received", "received_at", visit.services.clock()),
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
