"""A sample drawn at random: its vehicles, and which of them were checked."""

from __future__ import annotations

from urllib.parse import urlencode

from service.api import checks as checks_api
from service.api.access import Caller
from service.api.check_models import Drawn, WholeSample
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import tag
from service.rights import Permission


@page("/samples/{sample}", "sample", Permission.CHECKS_PLAN)
def shown(visit: Visit, caller: Caller, sample: int) -> None:
    """Each vehicle with its evidence, and the form that checks it."""
    one = checks_api.sample(sample, caller, visit.services)
    checked = sum(each.check is not None for each in one.vehicles)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/checks"),
            f"  № {one.id} · {one.station} · {one.since} – {one.last} · "
            f"{visit.say('checked')} {checked} / {len(one.vehicles)}",
        )
    )
    if not one.vehicles:
        put(h("p", visit.say("nothing_found")))
    else:
        heads = ("vehicle", "booth", "collector", "night", "rain", "outcome", "of_kind", "check")
        rows = (
            (
                h("a", str(each.vehicle), href=f"/shifts/{each.shift}/{each.position}"),
                each.booth,
                each.collector,
                "✓" if each.night else "–",
                "✓" if each.rain else "–",
                tag(visit, each.outcome.value),
                each.of,
                _check(visit, one, each),
            )
            for each in one.vehicles
        )
        put(table([visit.say(name) for name in heads], rows, numbers=(6,)))
    put(h("p", f"{visit.say('sample_seed')}: {one.seed}", class_="note"))
    put(h("p", visit.say("sample_note"), class_="note"))


def _check(visit: Visit, one: WholeSample, each: Drawn) -> Html:
    if each.check is not None:
        return h("a", f"✓ № {each.check}", href=f"/checks/{each.check}")
    prefilled = {
        "station": one.station,
        "method": "recording",
        "shift": each.shift,
        "position": each.position,
        "sample": one.id,
    }
    if one.plan is not None:
        prefilled["plan"] = one.plan
    return h("a", visit.say("check_this"), href=f"/new-check?{urlencode(prefilled)}")
