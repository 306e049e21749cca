"""One review: hear it, decide it, appeal against it, answer the appeal; each by who may."""

from __future__ import annotations

import datetime as dt

from phrases.review import Fate, Verdict
from service.api import reviews as reviews_api
from service.api.access import Caller
from service.api.review_models import Review
from service.pages.clip import opener
from service.pages.desk import area, desk, picks, send
from service.pages.frame import Visit, page, script
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import field, moment, number, tag
from service.pages.reasons import told
from service.rights import Permission

KEYS_COOKIE = "changshou_keys"
PICKS = (
    (Verdict.CONFIRMED, "confirm"),
    (Verdict.DISMISSED, "dismiss"),
    (Verdict.CANNOT_TELL, "cannot_tell"),
)


@page("/reviews/{review}", "review", Permission.REVIEWS_READ)
def shown(visit: Visit, caller: Caller, review: int) -> None:
    """What was found, its clip, what was decided so far, and what the visitor may do now."""
    one = reviews_api.one(review, caller, visit.services)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/reviews"),
            f"  {one.station} · {one.booth} · {one.collector} · {visit.say('vehicle')} "
            f"{one.vehicle} · {visit.say(f'why.{one.why.value}')} ",
            tag(visit, one.fate.value),
        )
    )
    put([h("h2", visit.say("as_found")), _found(visit, one)])
    put([h("h2", visit.say("clip")), _clip(visit, one)])
    if one.decided_at is not None:
        put([h("h2", visit.say("decided")), _history(visit, one)])
    put(_desk(visit, one))
    script("review.js")


def _found(visit: Visit, one: Review) -> Html:
    heads = ("finding", "expected", "heard", "reason", "card")
    link = h("a", visit.say("evidence"), href=f"/shifts/{one.shift}/{one.position}")
    row = (
        visit.code(one.code),
        one.expected or "–",
        one.heard or "–",
        told(visit, one.program),
        link,
    )
    return table([visit.say(name) for name in heads], [row])


def _clip(visit: Visit, one: Review) -> Html:
    if one.clip is None or visit.caller(Permission.CLIPS_READ) is None:
        return h("p", visit.say("no_clip"))
    known = one.at_s is not None and one.clip_s is not None
    at = max(0.0, (one.at_s or 0.0) - (one.clip_s or 0.0))
    return opener(visit, one.clip, f"{visit.say('in_the_clip')} {number(at)} s" if known else "")


def _history(visit: Visit, one: Review) -> Html:
    """Who said what, in the order of time."""
    lines: list[Part] = []
    if one.verdict is not None:
        name = "untold" if one.verdict is Verdict.CANNOT_TELL else one.verdict.value
        lines.append(_line(visit, name, one.decided_at, one.decider, one.reason))
    if one.fate is Fate.CONFIRMED:
        lines.append(h("li", f"{visit.say('appeal_until')} {moment(visit, one.appeal_until)}"))
    if one.appealed_at is not None:
        lines.append(_line(visit, "appealed", one.appealed_at, one.collector, one.appeal))
    if one.fate is Fate.APPEALED:
        lines.append(h("li", f"{visit.say('appeal_due')}: {moment(visit, one.answer_due_at)}"))
    if one.granted is not None:
        name = "overturned" if one.granted else "stands"
        by = one.answered_by or visit.say("answered_by_time")
        lines.append(_line(visit, name, one.answered_at, by, one.answer))
    return h("ul", lines)


def _line(
    visit: Visit, name: str, at: dt.datetime | None, by: str | None, words: str | None
) -> Html:
    when = moment(visit, at)
    said = f": {words}" if words else ""
    return h("li", tag(visit, name), f" {when} · {by or '–'}{said}")


def _desk(visit: Visit, one: Review) -> Html | None:
    """What the visitor may do with it now, if anything; the API is who refuses."""
    if one.fate is Fate.OPEN:
        decider = visit.caller(Permission.REVIEWS_DECIDE)
        return None if decider is None else _deciding(visit, decider, one)
    if one.fate is Fate.CONFIRMED and visit.caller(Permission.APPEALS_MAKE):
        return _appealing(visit, one)
    if one.fate is Fate.APPEALED and visit.caller(Permission.APPEALS_ANSWER):
        return _answering(visit, one)
    return None


def _deciding(visit: Visit, decider: Caller, one: Review) -> Html:
    waits = [each.id for each in reviews_api.queue(decider, visit.services, None, 500, None).items]
    if one.id not in waits:
        return h("p", visit.say("sent_403"), class_="note")
    later = [key for key in waits if key > one.id] or [key for key in waits if key != one.id]
    following = f"/reviews/{later[0]}" if later else "/reviews"
    return desk(
        visit,
        (
            picks(visit, "verdict", [(v.value, words) for v, words in PICKS], "your_decision"),
            area(visit, "why_decided", "reason", needed=True),
            field(visit.say("in_clip"), "heard", ""),
            send(visit, "decide"),
            h("a", visit.say("next"), href=following),
            keys_box(visit),
        ),
        post=f"/v1/reviews/{one.id}/decision",
        following=following,
    )


def _appealing(visit: Visit, one: Review) -> Html:
    return desk(
        visit,
        (
            h("h2", visit.say("appeal")),
            send(visit, "appeal_send"),
            area(visit, "appeal_words", "text", needed=False),
        ),
        post=f"/v1/reviews/{one.id}/appeal",
        following=f"/reviews/{one.id}",
    )


def _answering(visit: Visit, one: Review) -> Html:
    return desk(
        visit,
        (
            picks(visit, "granted", [("true", "grant"), ("false", "refuse")], "answer"),
            area(visit, "why_decided", "reason", needed=True),
            send(visit, "answer_send"),
        ),
        post=f"/v1/reviews/{one.id}/appeal/answer",
        following=f"/reviews/{one.id}",
    )


def keys_box(visit: Visit) -> Html:
    """Whether letters are keys, as it is remembered, and which."""
    on = visit.request.cookies.get(KEYS_COOKIE) != "off"
    shortcuts = h("input", type="checkbox", id="keys", checked=on)
    return h("label", shortcuts, visit.say("keys"), class_="check")
