"""Drill one line: a scene, the model on request, the try, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from service import drill_english
from service.api import drills as api
from service.api.access import Caller
from service.api.problems import not_found
from service.drill_voice import english_name
from service.pages import words_drills
from service.pages.desk import folded
from service.pages.drill_pieces import box, cue, microphone, scripts, tabs
from service.pages.drills import cue_of, say_address
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put
from service.rights import Permission

ENGLISH = "/drills/english"


@page("/drills/say", "drill_say", Permission.DRILLS_PRACTISE)
def say(visit: Visit, caller: Caller) -> None:
    """A card of the deck; the first of today's if none is named."""
    queue = api.today(caller, visit.services).tasks
    key = visit.request.query_params.get("exercise") or (queue[0].exercise if queue else "")
    found = [one for one in api.deck(caller, visit.services) if one.exercise == key]
    if not found:
        raise not_found("line")
    known = [one.exercise for one in queue]
    later = [one for one in known if one != key]
    put(tabs(visit, ""))
    one = found[0]
    strong = any(task.exercise == key and task.strength is not None for task in queue)
    parts = (
        _cue(visit, cue_of(visit, one), one.lines, hidden=strong),
        _model(visit, key.removeprefix("phrase:")),
        microphone(visit, stop="drill_stop"),
        _more(visit),
        _result(),
        h("p", h("a", visit.say("drill_next"), href=say_address(later[0]))) if later else None,
    )
    voice = key.removeprefix("phrase:")
    put(box(visit, parts, words_drills.SAY, kind="phrase", exercise=one.exercise, voice=voice))
    scripts("drill_say.js")


@page(ENGLISH, "drill_english", Permission.DRILLS_PRACTISE)
def english(visit: Visit, caller: Caller) -> None:  # noqa: ARG001
    """An English form; the first if none is named."""
    known = visit.services.known
    names = drill_english.drilled(known)
    asked = visit.request.query_params.get("phrase") or names[0]
    if asked not in names:
        raise not_found("line")
    following = names[(names.index(asked) + 1) % len(names)]
    put(tabs(visit, "drill_english"))
    phrase = known.catalog.phrases[asked]
    text = drill_english.line_of(known, asked)
    voice = english_name(asked)
    parts = (
        _cue(visit, cue(visit, [phrase]), [text, known.wording(asked, {})], hidden=False),
        _model(visit, voice),
        microphone(visit, stop="drill_stop"),
        _upload(visit),
        _result(),
        h("p", h("a", visit.say("drill_next"), href=f"{ENGLISH}?phrase={following}")),
    )
    put(box(visit, parts, words_drills.SAY, kind="english", phrase=asked, voice=voice))
    scripts("drill_say.js")


def _cue(visit: Visit, scene: str, lines: Sequence[str], *, hidden: bool) -> Html:
    """The scene; the line itself is to be remembered once it was practised."""
    said = [h("p", line, class_="line", lang="zh-CN" if _chinese(line) else "en") for line in lines]
    shown: Part = said
    if hidden:
        shown = folded(visit, "drill_show", said)
    return h("div", h("p", f"{visit.say('drill_scene')}: {scene}", class_="cue"), shown)


def _model(visit: Visit, name: str) -> Html:
    if visit.services.voices.find(name) is None:
        return h("p", visit.say("drill_no_model"), class_="note")
    return h(
        "p", h("button", visit.say("drill_model"), type="button", id="drill-model", class_="do")
    )


def _more(visit: Visit) -> Html:
    keep = h("input", type="checkbox", id="drill-keep")
    return h("div", h("label", keep, visit.say("drill_keep"), class_="check"), _upload(visit))


def _upload(visit: Visit) -> Html:
    file = h("input", type="file", id="drill-file", accept="audio/*")
    return h("p", h("label", visit.say("drill_upload"), " ", file))


def _result() -> Html:
    return h("div", id="drill-result", tabindex=-1, aria_live="polite")


def _chinese(line: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in line)
