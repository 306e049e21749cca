"""Drills: what is to be practised today, how it goes, and all lines."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from db.drill_types import DrillKind
from service.api import drills as api
from service.api.access import Caller
from service.api.drill_models import Known, Task
from service.pages.drill_pieces import cue, tabs
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put, table
from service.pages.pieces import moment, percent
from service.rights import Permission

MOST = 12
"""cards of one's progress that are shown, the weakest"""


@page("/drills", "drills", Permission.DRILLS_PRACTISE)
def today(visit: Visit, caller: Caller) -> None:
    """Today's queue, then how it goes."""
    put([tabs(visit, "drill_today"), h("p", visit.say("drill_intro"), class_="note")])
    found = api.today(caller, visit.services)
    put(h("p", visit.say("drill_done").replace("{n}", str(found.done))))
    if found.tasks:
        first = found.tasks[0].exercise
        put(h("p", h("a", visit.say("drill_begin"), href=say_address(first), class_="do")))
        put(_queue(visit, found.tasks))
    else:
        put(h("p", visit.say("drill_nothing")))
    how = api.progress(caller, visit.services)
    days = visit.say("drill_days").replace("{n}", str(how.days)).replace("{of}", str(how.of))
    put([h("h2", visit.say("drill_progress")), h("p", days)])
    if how.cards:
        heads = ("drill_line", "drill_strength", "drill_due")
        rows = [
            (link(one.exercise, one.lines), _strong(one.strength), moment(visit, one.due))
            for one in how.cards[:MOST]
        ]
        put(table([visit.say(name) for name in heads], rows, numbers=(1,)))


@page("/drills/lines", "drill_all", Permission.DRILLS_PRACTISE)
def lines(visit: Visit, caller: Caller) -> None:
    """All that can be practised."""
    put(tabs(visit, "drill_all"))
    rows = [
        (link(one.exercise, one.lines), cue_of(visit, one))
        for one in api.deck(caller, visit.services)
    ]
    put(table([visit.say("drill_line"), visit.say("drill_scene")], rows))


def link(exercise: str, said: Sequence[str]) -> Html:
    """To the drill of a card."""
    return h("a", " / ".join(said), href=say_address(exercise))


def say_address(exercise: str) -> str:
    """Where a card is drilled."""
    return f"/drills/say?{urlencode({'exercise': exercise})}"


def cue_of(visit: Visit, one: Known | Task) -> str:
    """The scene of a card."""
    phrases = [visit.services.known.catalog.phrases[name] for name in one.phrases]
    return cue(visit, phrases, pair=one.kind is DrillKind.PAIR)


def _queue(visit: Visit, tasks: Sequence[Task]) -> Html:
    heads = ("drill_scene", "drill_why", "drill_strength")
    rows = [
        (
            h("a", cue_of(visit, one), href=say_address(one.exercise)),
            visit.say(f"why_{one.why.value}"),
            "–" if one.strength is None else _strong(one.strength),
        )
        for one in tasks
    ]
    return table([visit.say(name) for name in heads], rows, numbers=(2,))


def _strong(strength: float) -> Html:
    return h("span", h("meter", min=0, max=1, value=round(strength, 3)), f" {percent(strength)}")
