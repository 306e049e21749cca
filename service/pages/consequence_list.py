"""Consequences: what is to be decided, appeals that wait, all; and what may be proposed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from service.api import consequences as consequences_api
from service.api.access import Caller
from service.api.consequences import Consequence
from service.pages.desk import desk, folded, number_field, send
from service.pages.frame import Visit, page
from service.pages.lists import more, tabs, to
from service.pages.markup import Html, h, put, table
from service.pages.pieces import choice, field, moment, tag
from service.rights import Permission

MOST = 100
"""on a page"""
_TABS = (("open", "consequence.open"), ("appeals", "waits_for_answer"), ("all", "all"))
_BY_HAND = ("appearance", "conduct", "complaint", "greeting", "call_respond", "ticket", "farewell")


@page("/consequences", "consequences", Permission.CONSEQUENCES_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """To a collector their own; what is to be decided first."""
    asked = visit.request.query_params
    show = asked.get("show", "open" if visit.caller(Permission.CONSEQUENCES_PROPOSE) else "all")
    if show not in dict(_TABS):
        show = "all"
    links = [(to("/consequences", {"show": name}), words) for name, words in _TABS]
    put(tabs(visit, "consequences", links, to("/consequences", {"show": show})))
    put(h("p", visit.say("only_proposed"), class_="note"))
    found = consequences_api.listed(
        caller,
        visit.services,
        station=None,
        collector=None,
        open=True if show == "open" else None,
        appealed=show == "appeals",
        limit=MOST,
        cursor=asked.get("cursor"),
    )
    put(_table(visit, found.items) if found.items else h("p", visit.say("nothing_found")))
    put(more(visit, "/consequences", {"show": show}, found.next))
    if visit.caller(Permission.CONSEQUENCES_PROPOSE) is not None:
        put(_proposing(visit))


def _table(visit: Visit, items: Sequence[Consequence]) -> Html:
    heads = ("consequence", "station", "collector", "provisions", "started", "state", "sanction")
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/consequences/{one.id}"),
            one.station,
            one.collector,
            "、".join(provision(visit, each) for each in one.provisions),
            moment(visit, one.proposed_at),
            tag(visit, standing(one)),
            _what(visit, one),
        )
        for one in items
    )
    return table([visit.say(name) for name in heads], rows)


def _what(visit: Visit, one: Consequence) -> str:
    if one.kind is None:
        return "–"
    amount = f" {one.amount_yuan} {visit.say('yuan')}" if one.amount_yuan else ""
    return visit.say(f"sanction.{one.kind}") + amount


def standing(one: Consequence) -> str:
    """How it stands, as the words for it are called."""
    if one.decided_at is None:
        return "consequence.open"
    if one.kind is None:
        return "consequence.nothing"
    if one.granted is not None:
        return "overturned" if one.granted else "stands"
    return "appealed" if one.appealed_at is not None else "consequence.decided"


def provision(visit: Visit, name: str) -> str:
    """A provision in words; its id where a station has one of its own."""
    words = visit.say(f"provision.{name}")
    return name if words.startswith("provision.") else words


def _proposing(visit: Visit) -> Html:
    form = desk(
        visit,
        (
            h("p", visit.say("propose_note"), class_="note"),
            field(visit.say("station"), "station", ""),
            field(visit.say("collector"), "collector", ""),
            number_field(visit, "check_number", "check", min=1, step=1),
            number_field(visit, "complaint_number", "complaint", min=1, step=1),
            choice(
                visit.say("provision_one"),
                "provisions/0",
                "appearance",
                [(name, provision(visit, name)) for name in _BY_HAND],
            ),
            send(visit),
        ),
        post="/v1/consequences",
        following="/consequences/{id}",
    )
    return folded(visit, "propose_it", form)
