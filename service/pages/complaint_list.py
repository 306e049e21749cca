"""Complaints: what is overdue, what is to be answered, all of them; and the form that takes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from phrases.complaint import Channel, Level
from service.api import complaints as complaints_api
from service.api.access import Caller
from service.api.complaints import Complaint
from service.api.cursor import Page
from service.pages.desk import area, desk, folded, moment_field, own_station, send, ticked
from service.pages.frame import Visit, page
from service.pages.lists import asking, late_first, more, tabs, to
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, field, moment, tag
from service.rights import Permission

MOST = 100
"""complaints on a page"""
_HERE = "/complaints"
_TABS = (("open", "complaint.open"), ("overdue", "complaint.overdue"), ("all", "all"))


@page(_HERE, "complaints", Permission.COMPLAINTS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """What is late first, then what is to be answered; the form is below."""
    asked = visit.request.query_params
    show = asked.get("show", "open")
    if show not in dict(_TABS):
        show = "open"
    given = {name: asked.get(name, "").strip() for name in ("station", "level")}
    level = next((one for one in Level if one.value == given["level"]), None)
    links = [(to(_HERE, {"show": name, **given}), words) for name, words in _TABS]
    put(tabs(visit, "complaints", links, to(_HERE, {"show": show, **given})))
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
    if show == "open" and "cursor" not in asked:
        late = partial(found, overdue=True)
        put(list(late_first(visit, "complaint", rest, late, partial(_table, visit))))
    else:
        put(_table(visit, rest.items) if rest.items else h("p", visit.say("nothing_found")))
    put(more(visit, _HERE, {"show": show, **given}, rest.next))
    if visit.caller(Permission.COMPLAINTS_TAKE) is not None:
        put(_taking(visit))


def _form(visit: Visit, show: str, given: Mapping[str, str]) -> Html:
    levels = [("", visit.say("all")), *((one.value, visit.say(f"level.{one}")) for one in Level)]
    parts = (
        field(visit.say("station"), "station", given["station"]),
        choice(visit.say("level"), "level", given["level"], levels),
        h("input", type="hidden", name="show", value=show),
    )
    return asking(visit, _HERE, parts)


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
            send(visit, "take"),
        ),
        post="/v1/complaints",
        following="/complaints/{id}",
    )
    return folded(visit, "take_complaint", form)
