"""One check: what was given for each item, what each side says to it, and what follows."""

from __future__ import annotations

from collections.abc import Iterator

from service.api import checks as checks_api
from service.api.access import Caller
from service.api.check_models import Said, WholeCheck
from service.pages.check_list import asked_for
from service.pages.desk import area, desk, folded, hidden, send
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, entry, number, tag
from service.rights import Permission

_KINDS = ("self", "peer", "leader", "improvement")


@page("/checks/{check}", "check", Permission.CHECKS_READ)
def shown(visit: Visit, caller: Caller, check: int) -> None:
    """The check, and a form for each thing that can be said or done."""
    one = checks_api.one(check, caller, visit.services)
    about = (one.day.isoformat(), one.station, one.booth, one.collector, one.team)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/checks"),
            f"  № {one.id} · {' · '.join(each for each in about if each)} · "
            f"{visit.say(f'method.{one.method}')} · {one.by or visit.say('not_told')} ",
            tag(visit, "withdrawn") if one.withdrawn else None,
        )
    )
    if one.shift is not None:
        path = f"/shifts/{one.shift}" + ("" if one.position is None else f"/{one.position}")
        put(h("p", h("a", visit.say("open_vehicle"), href=path)))
    if one.marks:
        put(_marks(visit, caller, one))
    put([h("h2", visit.say("what_was_said")), h("ol", [_said(visit, each) for each in one.said])])
    put(list(_desks(visit, one)))


def _marks(visit: Visit, caller: Caller, one: WholeCheck) -> Html:
    asked = checks_api.items(caller, visit.services, one.lane).items
    named = {each.id: asked_for(visit, each) for each in asked}
    rows = (
        (
            named.get(each.item, each.item),
            number(each.points),
            visit.say("not_seen") if each.given is None else number(each.given),
        )
        for each in one.marks
    )
    return table([visit.say(name) for name in ("item", "points", "given")], rows, numbers=(1, 2))


def _said(visit: Visit, one: Said) -> Html:
    by = one.person or visit.say("not_told")
    return entry(visit, f"remark.{one.kind}", one.at, by, one.text)


def _desks(visit: Visit, one: WholeCheck) -> Iterator[Html]:
    """What can be done with it; the API is who refuses."""
    if visit.caller(Permission.CHECKS_COMMENT) is not None:
        kinds = [(kind, visit.say(f"remark.{kind}")) for kind in _KINDS]
        yield _form(visit, one, "comments", "comment_it", choice(visit.say("comment_as"), "kind",
                    "self", kinds))  # fmt: skip
    planner = visit.caller(Permission.CHECKS_PLAN) is not None
    if planner and not one.withdrawn:
        yield _form(visit, one, "confirmation", "confirm_check")
    if not one.withdrawn and (planner or visit.caller(Permission.CHECKS_WRITE) is not None):
        yield _form(visit, one, "withdrawal", "withdraw_it")
    if visit.caller(Permission.RECTIFY_JUDGE) is not None:
        who = {"station": one.station, "team": one.team, "collector": one.collector}
        form = desk(
            visit,
            (
                [h("input", type="hidden", name=name, value=of) for name, of in who.items() if of],
                hidden("check", one.id),
                area(visit, "rectify_words", "text", needed=True),
                send(visit),
            ),
            post="/v1/rectifications",
            following="/rectifications/{id}",
            name="desk-rectify",
        )
        yield folded(visit, "have_it_right", form)


def _form(visit: Visit, one: WholeCheck, way: str, title: str, parts: Part = None) -> Html:
    form = desk(
        visit,
        (
            hidden("seen", one.remarks),
            parts,
            area(visit, "words_of", "text", needed=True),
            send(visit),
        ),
        post=f"/v1/checks/{one.id}/{way}",
        following=f"/checks/{one.id}",
        name=f"desk-{way}",
    )
    return folded(visit, title, form)
