"""Trainings: one's own; to a trainer the plan, who was there, what is hard, the month as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from service import months
from service.api import trainings as api
from service.api.access import Caller
from service.api.training_models import Invited, Training, WholeTraining
from service.pages.desk import desk, folded, moment_field, number_field, send
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, downloads, field, moment, number, tag
from service.rights import Permission

MOST = 100
"""trainings on a page"""


@page("/trainings", "trainings", Permission.TRAINING_MANAGE, Permission.EXAMS_SIT)
def listed(visit: Visit, caller: Caller) -> None:
    """What one is invited to first; then a trainer's part."""
    sits = visit.caller(Permission.EXAMS_SIT)
    if sits is not None:
        mine = api.mine(sits, visit.services, MOST).items
        put([h("h2", visit.say("training.mine")), _table(visit, mine, linked=False)])
    if visit.caller(Permission.TRAINING_MANAGE) is None:
        return
    found = api.listed(caller, visit.services, MOST).items
    put([h("h2", visit.say("training.all")), _table(visit, found, linked=True)])
    with visit.services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    if not stations:
        return
    asked = visit.request.query_params
    station = asked.get("station", "").strip()
    station = station if station in stations else stations[0]
    options = [(code, code) for code in stations]
    put(asking(visit, "/trainings", choice(visit.say("station"), "station", station, options)))
    put(list(_of_station(visit, caller, station)))


def _table(visit: Visit, found: Sequence[Training], *, linked: bool) -> Part:
    if not found:
        return h("p", visit.say("empty"))
    heads = ("course", "place", "begins", "ends", "invited", "present")
    rows = (
        (
            h("a", one.course, href=f"/trainings/{one.id}") if linked else one.course,
            one.place,
            moment(visit, one.starts_at),
            tag(visit, "training.off") if one.ended_at else moment(visit, one.ends_at),
            one.invited,
            one.present,
        )
        for one in found
    )
    return table([visit.say(f"training.{name}") for name in heads], rows, numbers=(4, 5))


def _of_station(visit: Visit, caller: Caller, station: str) -> Iterator[Part]:
    """The form that plans, what is hard, the month's files."""
    services = visit.services
    now = services.clock()
    people = api.people(caller, services, station)
    boxes = [_box(f"{one.name} {one.collector or ''}", "people", one.id) for one in people]
    form = desk(
        visit,
        (
            h("p", visit.say("training.plan_note"), class_="note"),
            h("input", type="hidden", name="station", value=station),
            field(visit.say("training.course"), "course", ""),
            field(visit.say("training.place"), "place", ""),
            moment_field(visit, "training.begins", "starts_at", now + dt.timedelta(days=1)),
            moment_field(visit, "training.ends", "ends_at", now + dt.timedelta(days=1, hours=2)),
            number_field(visit, "training.cost", "cost_fen", min=0, step=1, data_times=100),
            h("fieldset", h("legend", visit.say("training.people")), boxes)
            if boxes
            else h("p", visit.say("training.nobody")),
            send(visit),
        ),
        post="/v1/trainings",
        following="/trainings/{id}",
    )
    yield folded(visit, "training.plan", form)
    hard = api.hard(caller, services, station)
    yield h("h2", visit.say("training.hard"))
    yield h("p", f"{visit.say('training.hard_note')} {hard.least}", class_="note")
    rows = (("、".join(one.lines), one.people, number(one.score)) for one in hard.items)
    heads = [visit.say(name) for name in ("standard", "training.tried", "score")]
    yield table(heads, rows, numbers=(1, 2)) if hard.items else h("p", visit.say("nothing_found"))
    month = f"{now.astimezone(services.site.time_zone):%Y-%m}"
    yield h("h2", f"{visit.say('training.month')} · {month}")
    yield downloads(visit, f"/v1/trainings/months/{month}", {"station": station})


@page("/trainings/{training}", "training", Permission.TRAINING_MANAGE)
def shown(visit: Visit, caller: Caller, training: int) -> None:
    """One training: for whom, who was there."""
    one = api.one(training, caller, visit.services)
    put(h("p", h("a", f"← {visit.say('back')}", href="/trainings"),
          f"  {one.station} · {one.course} · {one.place} · {moment(visit, one.starts_at)} ",
          tag(visit, "training.off") if one.ended_at else None))  # fmt: skip
    rows = ((each.name, each.collector or "–", _there(visit, each)) for each in one.people)
    heads = [visit.say(name) for name in ("training.people", "collector", "training.presence")]
    put(table(heads, rows) if one.people else h("p", visit.say("empty")))
    if one.ended_at is None:
        put(list(_desks(visit, one)))


def _there(visit: Visit, one: Invited) -> str:
    if one.present is None:
        return visit.say("training.unsaid")
    return visit.say("training.was_there" if one.present else "training.was_not")


def _desks(visit: Visit, one: WholeTraining) -> Iterator[Html]:
    here = f"/trainings/{one.id}"
    button = send(visit)
    if one.people:
        lists = [
            h(
                "fieldset",
                h("legend", visit.say(legend)),
                [_box(each.name, name, each.id) for each in one.people],
            )
            for name, legend in (("present", "training.was_there"), ("absent", "training.was_not"))
        ]
        form = desk(visit, (lists, button), post=f"/v1{here}/presence", following=here)
        yield folded(visit, "training.presence", form)
    off = send(visit, "training.call_off")
    form = desk(visit, off, post=f"/v1{here}/end", following=here, name="desk-off")
    yield folded(visit, "training.call_off", form)


def _box(label: str, name: str, value: int) -> Html:
    """One of several who may be chosen."""
    box = h("input", type="checkbox", name=name, value=value, data_list=True)
    return h("label", box, label)
