"""What the pages of exams share: what a sitting came to, and its sheet."""

from __future__ import annotations

from collections.abc import Iterable

from service.api.exam_models import Sheet, Sitting, Turn
from service.pages.drill_pieces import cue
from service.pages.frame import Visit
from service.pages.markup import Html, Part, h, table
from service.pages.pieces import moment, number

_STYLES = {"passed": ("good", "✓"), "failed": ("bad", "✗"), "open": ("doubt", "?")}
_SIGNS = {"right": "✓", "wrong": "✗", "missing": "✗", "unsure": "?"}


def came(visit: Visit, one: Sitting) -> Html:
    """The result, by colour, sign and word."""
    if one.settled_at is None or one.result is None:
        return h("span", f"○ {visit.say('exam_running')}", class_="tag quiet")
    style, sign = _STYLES[one.result.value]
    return h("span", f"{sign} {visit.say(f'exam_{one.result.value}')}", class_=f"tag {style}")


def sittings(visit: Visit, found: Iterable[Sitting], where: str) -> Html:
    """Sittings as a list; `where`: the address under which each is looked at."""
    # What it came to stands beside the title: a phone shows the first columns only.
    heads = ("exam_title", "exam_result", "exam_score", "exam_who", "exam_started")
    rows = [
        (
            h("a", one.title, href=f"{where}/{one.id}"),
            came(visit, one),
            number(one.score),
            one.person,
            moment(visit, one.started_at),
        )
        for one in found
    ]
    return table([visit.say(name) for name in heads], rows, numbers=(2,))


def scene(visit: Visit, one: Turn) -> str:
    """When an item's line is due."""
    known = visit.services.known.catalog.phrases
    return cue(visit, [known[name] for name in one.phrases if name in known])


def sheet(visit: Visit, one: Sheet, *, sound: str | None = None) -> list[Html]:
    """What a sitting came to, item by item; `sound`: the address under which items are heard."""
    low, high = number(one.score_low), number(one.score_high)
    doubt = f" ({visit.say('exam_doubt')} {low}–{high})" if one.score_low != one.score_high else ""
    score = f"{visit.say('exam_score')}: {number(one.score)}{doubt} "
    mark = f" · {visit.say('exam_mark')} {number(one.pass_mark)}"
    heads = ("exam_line", "exam_said", "exam_score", "exam_heard")
    rows = [_row(visit, turn, sound) for turn in one.items]
    said = [
        h("li", f"{look.person}: {visit.say(f'exam_{look.result.value}')}. {look.text or ''}")
        for look in one.said
    ]
    parts = [h("p", score, came(visit, one), mark)]
    parts.append(table([visit.say(name) for name in heads], rows, numbers=(2,)))
    if said:
        parts += [h("h2", visit.say("exam_looks")), h("ul", said)]
    return parts


def _row(visit: Visit, one: Turn, sound: str | None) -> tuple[Part, ...]:
    said: Part = " ".join(f"{char.char}{_SIGNS[char.heard]}" for char in one.chars) or "–"
    if one.state == "answered" and one.score is None:
        said = visit.say("exam_unjudged")
    play: Part = "–"
    if sound is not None and one.sound:
        play = h("audio", controls=True, preload="none", src=f"{sound}/{one.number}/sound")
    return one.text or scene(visit, one), said, number(one.score), play
