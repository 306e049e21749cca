"""Amounts: whether a station has fines at all, by which rule, by whose word; a month's sums."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from service import months
from service.api import amounts as amounts_api
from service.api.access import Caller
from service.api.amounts import AmountRules
from service.errors import BadInput
from service.pages.desk import desk, folded, hidden, number_field, send
from service.pages.frame import Visit, page
from service.pages.lists import asking
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, field, moment
from service.rights import Permission


@page("/amounts", "amounts", Permission.AMOUNTS_READ)
def shown(visit: Visit, caller: Caller) -> None:
    """The deductions of a month; the office also sees and sets the rule."""
    asked = visit.request.query_params
    now = visit.services.clock().astimezone(visit.services.site.time_zone)
    month = asked.get("month", "").strip() or f"{now:%Y-%m}"
    put(h("p", visit.say("amounts_note"), class_="note"))
    office = visit.caller(Permission.AMOUNTS_SWITCH)
    with visit.services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    if office is not None and stations:
        station = asked.get("station", "").strip() or stations[0]
        put(_form(visit, [("station", station)], stations, month))
        put(list(_rules(visit, station, amounts_api.rules(office, visit.services, station))))
    else:
        put(_form(visit, [], [], month))
    put(h("h2", f"{visit.say('deductions')} · {month}"))
    try:
        found = amounts_api.deductions(month, caller, visit.services).deductions
    except BadInput:
        put(h("p", visit.say("no_month"), class_="error", role="alert"))
        return
    if not found:
        put(h("p", visit.say("nothing_found")))
        return
    rows = (
        (
            one.station,
            one.collector,
            one.yuan,
            one.waits_yuan,
            "、".join(visit.say(f"warn.{each}") for each in one.warnings) or "–",
        )
        for one in found
    )
    heads = ("station", "collector", "yuan", "waits_yuan", "warnings")
    put(table([visit.say(name) for name in heads], rows, numbers=(2, 3)))


def _form(visit: Visit, chosen: list[tuple[str, str]], stations: list[str], month: str) -> Html:
    options = [(code, code) for code in stations]
    chosen_ = [choice(visit.say(name), name, value, options) for name, value in chosen]
    return asking(visit, "/amounts", (chosen_, field(visit.say("month"), "month", month)))


def _rules(visit: Visit, station: str, found: AmountRules) -> Iterator[Part]:
    """What was ever said of it, the last first, and the form that says the next."""
    yield h("p", h("strong", visit.say("amounts_on" if found.enabled else "amounts_off")))
    if found.rules:
        heads = ("version", "at", "decided_by", "state", "rule", "adopted_on", "pay", "minimum")
        rows = (
            (
                one.number,
                moment(visit, one.at),
                one.person,
                visit.say("amounts_on" if one.enabled else "amounts_off"),
                one.rule or "–",
                str(one.adopted_on or "–"),
                one.pay_yuan if one.pay_yuan is not None else "–",
                one.minimum_yuan if one.minimum_yuan is not None else "–",
            )
            for one in found.rules
        )
        yield table([visit.say(name) for name in heads], rows)
    seen = found.rules[0].number if found.rules else 0
    following = "/amounts?" + urlencode({"station": station})
    said: Part = [
        h("input", type="hidden", name="station", value=station),
        hidden("seen", seen),
        h("input", type="hidden", name="enabled", value="false" if found.enabled else "true",
          data_type="flag"),
    ]  # fmt: skip
    title = "switch_off" if found.enabled else "switch_on"
    if not found.enabled:
        said = [
            said,
            field(visit.say("rule"), "rule", ""),
            field(visit.say("adopted_on"), "adopted_on", "", kind="date"),
            number_field(visit, "pay", "pay_yuan", min=1, step=1),
            number_field(visit, "minimum", "minimum_yuan", min=1, step=1),
        ]
    button = send(visit, title)
    form = desk(visit, (said, button), post="/v1/amounts/rules", following=following)
    yield folded(visit, title, form)
