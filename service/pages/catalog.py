"""The phrases in use, found by their words; and a typed line, tried against them and the draft."""

from __future__ import annotations

from service.api import catalog_drafts as drafts_api
from service.api import catalogs as catalogs_api
from service.api.access import Caller
from service.api.catalogs import TakenFor, TypedLine
from service.api.problems import Refused
from service.pages.frame import Visit, page
from service.pages.lists import asking, tabs, to
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import field, number
from service.rights import Permission

LONGEST = 200
"""characters of a typed line"""
_TABS = (
    ("/catalogs", "catalog.phrases"),
    ("/catalogs/draft", "catalog.draft"),
    ("/catalogs/versions", "catalog.versions"),
    ("/catalogs/replays", "catalog.replays"),
)


@page("/catalogs", "catalogs", Permission.CATALOGS_READ)
def listed(visit: Visit, caller: Caller) -> None:
    """All phrases, or those with the words that are searched for."""
    put(ways(visit, "/catalogs"))
    asked = visit.request.query_params
    wanted, typed = asked.get("q", "").strip(), asked.get("line", "").strip()[:LONGEST]
    put(asking(visit, "/catalogs", field(visit.say("try_typed"), "line", typed), words="try_it"))
    if typed:
        put(_tried(visit, caller, typed))
    put(asking(visit, "/catalogs", field(visit.say("search_for"), "q", wanted)))
    editor = visit.caller(Permission.CATALOGS_EDIT) is not None
    rows = [
        (
            one.id,
            one.line,
            visit.say("code.forbidden") if one.forbidden else each.catalog,
            one.note or "–",
            h("a", visit.say("edit_it"), href=to("/catalogs/draft", {"id": one.id}))
            if editor
            else None,
        )
        for each in catalogs_api.catalogs(caller, visit.services).catalogs
        for one in each.phrases
        if wanted in one.id or wanted in one.line
    ]
    if not rows:
        put(h("p", visit.say("nothing_found")))
        return
    heads = ["phrase_id", "standard", "catalogs", "remark_of", "edit_it"]
    put(table([visit.say(name) for name in heads], rows))


def ways(visit: Visit, here: str) -> Html | None:
    """The ways between what is in use, the draft, versions and replays; to who may edit."""
    if visit.caller(Permission.CATALOGS_EDIT) is None:
        return None
    return tabs(visit, "catalogs", _TABS, here)


def _tried(visit: Visit, caller: Caller, typed: str) -> Part:
    """What the line is taken for by what is in use, and by the draft where one may see it."""
    try:
        body = TypedLine(text=typed)
    except ValueError:
        return h("p", visit.say("taken_for_none"))
    parts: list[Part] = [h("h2", visit.say("by_use"))]
    parts.append(_taken(visit, catalogs_api.line(body, caller, visit.services)))
    editor = visit.caller(Permission.CATALOGS_EDIT)
    if editor is not None:
        parts.append(h("h2", visit.say("by_draft")))
        try:
            parts.append(_taken(visit, drafts_api.line(body, editor, visit.services)))
        except Refused as problem:
            parts.append(h("p", problem.detail, class_="note"))
    return parts


def _taken(visit: Visit, found: list[TakenFor]) -> Html:
    if not found:
        return h("p", visit.say("taken_for_none"))
    rows = (
        (
            one.phrase,
            one.line,
            ", ".join(f"{name}={value}" for name, value in one.slots.items()) or "–",
            visit.say("sure" if one.accepted else "unsure_words"),
            number(100 * one.score),
        )
        for one in found
    )
    heads = ("phrase_id", "standard", "heard", "state", "score")
    return table([visit.say(name) for name in heads], rows, numbers=(4,))
