"""Drill whole vehicles, and sums alone: the scene, the driver, the clock, the steps."""

from __future__ import annotations

from service.api.access import Caller
from service.pages import words_drills
from service.pages.drill_pieces import box, microphone, scripts, tabs
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put
from service.rights import Permission

_STEPS = ("greet", "received", "change", "ticket", "thanks", "card", "go_well")
_CODES = ("context.festival", "context.weekend", "context.weather", "context.notice")
_NAMES = (
    *words_drills.PLAY,
    *(f"step.{one}" for one in _STEPS),
    *(f"code.{one}" for one in (*_CODES, "context.clock", "order", "forbidden")),
    *("heard", "expected"),
)


@page("/drills/vehicle", "drill_vehicle", Permission.DRILLS_PRACTISE)
def vehicle(visit: Visit, caller: Caller) -> None:  # noqa: ARG001
    """Vehicles, one after the other."""
    _played(visit, "vehicle", "drill_vehicle", "drill_vehicle_intro")


@page("/drills/amount", "drill_amount", Permission.DRILLS_PRACTISE)
def amount(visit: Visit, caller: Caller) -> None:  # noqa: ARG001
    """Sums, one after the other."""
    _played(visit, "amount", "drill_amount", "drill_sums_intro")


def _played(visit: Visit, kind: str, name: str, intro: str) -> None:
    put(tabs(visit, name))
    put(h("p", visit.say(intro)))
    if kind == "vehicle":
        put(h("p", visit.say("drill_headphones"), class_="note"))
    clock = h("progress", id="play-clock", max=1, value=1, aria_label=visit.say("drill_clock"))
    parts = (
        h("ul", id="play-scene", class_="tabs facts", aria_label=visit.say("drill_scene")),
        h("div", _driver(visit, kind), h("div", id="play-money", class_="card"), class_="cards"),
        h("p", clock, " ", h("strong", id="play-left"), " s", class_="clock"),
        microphone(visit, stop="drill_leave"),
        h("h2", visit.say("drill_steps")),
        h("ul", id="play-lights", class_="lights", aria_live="polite"),
        h("div", id="play-result", tabindex=-1, aria_live="polite"),
    )
    # The same seed is the same vehicle, for whoever wants it once more.
    seed = visit.request.query_params.get("seed", "")
    put(box(visit, parts, _NAMES, kind=kind, seed=seed if seed.isdecimal() else None))
    scripts("drill_play.js")


def _driver(visit: Visit, kind: str) -> Html:
    line = h("p", id="play-driver", class_="line", lang="zh-CN")
    label = h("p", visit.say("drill_driver"), class_="note")
    return h("div", label, line, class_="card", hidden=kind != "vehicle")
