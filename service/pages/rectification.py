"""Something to be put right: what was done, and the look that closes it."""

from __future__ import annotations

from collections.abc import Iterator

from service.api import rectifications as rectifications_api
from service.api.access import Caller
from service.api.rectifications import Entry, WholeRectification
from service.pages.desk import area, desk, folded, hidden, picks, send
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put
from service.pages.pieces import entry, moment, tag
from service.pages.rectification_list import standing
from service.rights import Permission


@page("/rectifications/{rectification}", "rectification", Permission.RECTIFY_READ)
def shown(visit: Visit, caller: Caller, rectification: int) -> None:
    """Its history, and what can be done now."""
    one = rectifications_api.one(rectification, caller, visit.services)
    about = " · ".join(each for each in (one.station, one.team, one.collector) if each)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/rectifications"),
            f"  № {one.id} · {about} ",
            tag(visit, standing(one)),
            None if one.closed_at else f" {visit.say('due_until')} {moment(visit, one.due_at)}",
        )
    )
    if one.check is not None:
        put(h("p", h("a", f"{visit.say('check')} № {one.check}", href=f"/checks/{one.check}")))
    put([h("h2", visit.say("history")), h("ol", [_line(visit, each) for each in one.history])])
    if one.closed_at is None:
        put(list(_desks(visit, one)))


def _line(visit: Visit, one: Entry) -> Html:
    return entry(visit, f"rectify.{one.move}", one.at, one.person, one.text)


def _desks(visit: Visit, one: WholeRectification) -> Iterator[Html]:
    """What can be done with it as it stands; the API is who refuses."""
    if visit.caller(Permission.RECTIFY_DO) is not None:
        if one.done_at is None:
            done = h("input", type="hidden", name="move", value="done")
            yield _form(visit, one, "entries", "done_it", done)
        noted = h("input", type="hidden", name="move", value="noted")
        yield _form(visit, one, "entries", "note_it", noted)
    if one.done_at is not None and visit.caller(Permission.RECTIFY_JUDGE) is not None:
        right = picks(visit, "right", [("true", "right"), ("false", "not_right")], "look_again")
        yield _form(visit, one, "looks", "look_again", right)


def _form(visit: Visit, one: WholeRectification, way: str, title: str, parts: Part) -> Html:
    form = desk(
        visit,
        (
            hidden("seen", one.entries),
            parts,
            area(visit, "words_of", "text", needed=True),
            send(visit),
        ),
        post=f"/v1/rectifications/{one.id}/{way}",
        following=f"/rectifications/{one.id}",
        name=f"desk-{title}",
    )
    return folded(visit, title, form)
