"""One sitting: each item in turn, without help, then its sheet; a trainer's look at another's."""

from __future__ import annotations

from service.api import exam_archive as archive_api
from service.api import exams as api
from service.api.access import Caller
from service.api.exam_models import Sheet, Turn
from service.pages import words_exams
from service.pages.desk import area, desk, hidden, picks, send
from service.pages.drill_pieces import box, microphone, scripts
from service.pages.exam_pieces import scene, sheet
from service.pages.frame import Visit, page
from service.pages.markup import Html, h, put
from service.pages.pieces import moment
from service.rights import Permission

_RESULTS = (("passed", "exam_passed"), ("failed", "exam_failed"))


@page("/exams/sittings/{sitting}", "exam_sitting", Permission.EXAMS_SIT)
def own(visit: Visit, caller: Caller, sitting: int) -> None:
    """The next item that is to be said; all said: the sheet, once it is judged."""
    one = api.sitting(sitting, caller, visit.services)
    put(h("p", h("a", f"← {visit.say('back')}", href="/exams"), f"  {one.title}"))
    if one.settled_at is not None:
        put(sheet(visit, one))
        return
    put(h("p", f"{visit.say('exam_until')} {moment(visit, one.ends_at)}", class_="note"))
    left = [turn for turn in one.items if turn.state in ("unsaid", "again")]
    waits = any(turn.state == "waiting" for turn in one.items)
    if one.finished_at is not None or (waits and not left):
        put(h("p", visit.say("exam_judged_soon"), role="status"))
    elif left:
        put([_item(visit, one, left[0]), _finish(visit, one)])
    else:
        put([h("p", visit.say("exam_all_said")), _finish(visit, one)])
    if waits or one.finished_at is not None:
        waiting = "yes" if waits else "no"
        put(h("span", id="exam-waiting", data_sitting=one.id, data_waits=waiting, hidden=True))
    scripts("exam.js")


@page("/exams/archive/{sitting}", "exam_sheet", Permission.TRAINING_MANAGE)
def kept(visit: Visit, caller: Caller, sitting: int) -> None:
    """Another's sheet: each item can be heard, which is written down, and looked at again."""
    one = archive_api.result(sitting, caller, visit.services)
    who = f"  {one.title} · {one.person} · {moment(visit, one.started_at)}"
    put(h("p", h("a", f"← {visit.say('back')}", href="/exams"), who))
    put(sheet(visit, one, sound=f"/v1/exams/archive/{one.id}/items"))
    if one.settled_at is not None:
        put(_look(visit, one))


def _item(visit: Visit, one: Sheet, turn: Turn) -> Html:
    place = visit.say("exam_item").replace("{n}", str(turn.number))
    again = None
    if turn.state == "again":
        advice = turn.advice
        told = "" if advice is None else advice.zh if visit.language == "zh" else advice.en
        tries = visit.say("exam_turn").replace("{n}", str(turn.turn))
        again = h("p", f"{visit.say('exam_again')} {told} ({tries})")
    parts = (
        h("h2", place.replace("{of}", str(len(one.items)))),
        h("p", f"{visit.say('drill_scene')}: {scene(visit, turn)}", class_="cue", id="exam-item"),
        h("p", turn.text, class_="line", lang="zh-CN") if turn.text else None,
        again,
        microphone(visit, stop="drill_stop"),
    )
    ids = {"sitting": str(one.id), "item": str(turn.number)}
    return box(visit, parts, words_exams.SAY, **ids)


def _finish(visit: Visit, one: Sheet) -> Html:
    return desk(
        visit,
        send(visit, "exam_finish"),
        post=f"/v1/exams/sittings/{one.id}/finish",
        following=f"/exams/sittings/{one.id}",
    )


def _look(visit: Visit, one: Sheet) -> Html:
    parts = (
        picks(visit, "result", _RESULTS, "exam_look"),
        hidden("seen", one.looks),
        area(visit, "exam_look_why", "text", needed=True),
        send(visit, "exam_look_send"),
    )
    return desk(
        visit,
        parts,
        post=f"/v1/exams/archive/{one.id}/looks",
        following=f"/exams/archive/{one.id}",
    )
