"""Checks by hand: those of one's reach, or one's own; the plans, and what was owed and not done."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from phrases.checks import Cadence, Method
from service.api import checks as checks_api
from service.api.access import Caller
from service.api.check_models import Check, Item, Plan
from service.pages.desk import desk, folded, number_field, own_station, send
from service.pages.frame import Visit, page
from service.pages.lists import asking, more
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, day_of, field, moment, tag
from service.rights import Permission

MOST = 100
"""checks on a page"""
SAMPLES = 10
"""samples on a page"""


@page("/checks", "checks", Permission.CHECKS_READ, Permission.CHECKS_WRITE)
def listed(visit: Visit, caller: Caller) -> None:
    """The plans first, for who makes them; from outside one sees what one wrote."""
    planner = visit.caller(Permission.CHECKS_PLAN)
    if planner is not None:
        plans = checks_api.plans(planner, visit.services)
        put([h("h2", visit.say("plans")), _plans(visit, plans), _planning(visit)])
        put([h("h2", visit.say("samples")), _samples(visit, planner), _drawing(visit, plans)])
        put(h("h2", visit.say("checks")))
    writer = visit.caller(Permission.CHECKS_WRITE)
    if writer is not None:
        put(h("p", h("a", visit.say("new_check"), href="/new-check")))
    asked = visit.request.query_params
    reads = visit.caller(Permission.CHECKS_READ) is not None
    if not reads:
        found = checks_api.mine(caller, visit.services, MOST, asked.get("cursor"))
        given = dict[str, str]()
    else:
        given = {name: asked.get(name, "").strip() for name in ("station", "from", "to")}
        put(_form(visit, given))
        found = checks_api.listed(
            caller,
            visit.services,
            station=given["station"] or None,
            since=day_of(given["from"]),
            last=day_of(given["to"]),
            limit=MOST,
            cursor=asked.get("cursor"),
        )
    if not found.items:
        put(h("p", visit.say("nothing_found")))
        return
    put(_table(visit, found.items, linked=reads))
    put(more(visit, "/checks", given, found.next))


def _form(visit: Visit, given: dict[str, str]) -> Html:
    parts = (
        field(visit.say("station"), "station", given["station"]),
        field(visit.say("from"), "from", given["from"], kind="date"),
        field(visit.say("to"), "to", given["to"], kind="date"),
    )
    return asking(visit, "/checks", parts)


def _table(visit: Visit, items: Sequence[Check], *, linked: bool) -> Html:
    heads = ("check", "day", "station", "booth", "collector", "method", "written_by", "state")
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/checks/{one.id}") if linked else f"№ {one.id}",
            one.day.isoformat(),
            one.station,
            one.booth or "–",
            one.collector or "–",
            visit.say(f"method.{one.method}"),
            one.by or visit.say("not_told"),
            tag(visit, "withdrawn") if one.withdrawn else moment(visit, one.written_at),
        )
        for one in items
    )
    return table([visit.say(name) for name in heads], rows)


def _plans(visit: Visit, plans: Sequence[Plan]) -> Part:
    if not plans:
        return h("p", visit.say("empty"))
    heads = ("station", "cadence", "method", "size", "done_of", "before_of", "state", "end_plan")
    rows = (
        (
            one.station,
            visit.say(f"cadence.{one.cadence}"),
            visit.say(f"method.{one.method}"),
            one.size,
            one.done,
            one.before,
            tag(visit, "plan.overdue" if one.overdue else "plan.running"),
            desk(
                visit,
                send(visit, "end_plan"),
                post=f"/v1/checks/plans/{one.id}/end",
                following="/checks",
                name=f"desk-end-{one.id}",
            ),
        )
        for one in plans
    )
    return table([visit.say(name) for name in heads], rows, numbers=(3, 4, 5))


def _planning(visit: Visit) -> Html:
    form = desk(
        visit,
        (
            field(visit.say("station"), "station", own_station(visit)),
            choice(
                visit.say("cadence"),
                "cadence",
                "weekly",
                [(one.value, visit.say(f"cadence.{one.value}")) for one in Cadence],
            ),
            choice(visit.say("method"), "method", "recording", methods(visit)),
            number_field(visit, "size", "size", min=1, max=500, step=1, value=20, required=True),
            send(visit, "plan_it"),
        ),
        post="/v1/checks/plans",
        following="/checks",
        name="desk-plan",
    )
    return folded(visit, "new_plan", form)


def _samples(visit: Visit, planner: Caller) -> Part:
    """The newest ones, and what of each is still to be looked at."""
    found = checks_api.samples(
        planner, visit.services, SAMPLES, visit.request.query_params.get("samples")
    )
    if not found.items:
        return h("p", visit.say("empty"))
    heads = ("sample", "station", "from", "to", "drawn_at", "drawn", "checked", "state")
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/samples/{one.id}"),
            one.station,
            one.since.isoformat(),
            one.last.isoformat(),
            moment(visit, one.drawn_at),
            one.drawn,
            one.checked,
            tag(visit, "sample.open" if one.checked < one.drawn else "sample.done"),
        )
        for one in found.items
    )
    listed = table([visit.say(name) for name in heads], rows, numbers=(5, 6))
    if found.next is None:
        return listed
    more = h("a", visit.say("more"), href=f"/checks?{urlencode({'samples': found.next})}")
    return [listed, h("p", more)]


def _drawing(visit: Visit, plans: Sequence[Plan]) -> Html:
    named = [(str(one.id), _named(visit, one)) for one in plans]
    today = visit.services.clock().astimezone(visit.services.site.time_zone).date()
    form = desk(
        visit,
        (
            h("p", visit.say("sample_note"), class_="note"),
            field(visit.say("station"), "station", own_station(visit)),
            field(
                visit.say("from"), "from", (today - dt.timedelta(days=7)).isoformat(), kind="date"
            ),
            field(visit.say("to"), "to", today.isoformat(), kind="date"),
            number_field(visit, "sample_size", "size", min=1, max=500, step=1, value=20),
            choice(
                visit.say("for_plan"),
                "plan",
                "",
                [("", visit.say("no_plan")), *named],
                sent_as="number",
            ),
            send(visit, "draw_it"),
        ),
        post="/v1/checks/samples",
        following="/samples/{id}",
        name="desk-sample",
    )
    return folded(visit, "new_sample", form)


def _named(visit: Visit, one: Plan) -> str:
    """A plan in a list."""
    often, how = visit.say(f"cadence.{one.cadence}"), visit.say(f"method.{one.method}")
    return f"№ {one.id} · {one.station} · {often} · {how}"


def asked_for(visit: Visit, item: Item) -> str:
    """What a check asks for, in words; an amount is whatever it was."""
    return re.sub(r"\{\w+\}", "…", item.zh if visit.language == "zh" else item.en)


def methods(visit: Visit) -> list[tuple[str, str]]:
    """The ways to check, in words."""
    return [(one.value, visit.say(f"method.{one.value}")) for one in Method]
