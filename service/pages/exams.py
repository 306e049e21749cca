"""Exams: what there is to sit, one's own sittings; for a trainer setting them, and the archive."""

from __future__ import annotations

from collections.abc import Sequence

from db import exams
from service import months
from service.api import drills as drills_api
from service.api import exam_archive as archive_api
from service.api import exams as api
from service.api.access import Caller
from service.api.exam_models import Exam, Sitting
from service.pages.desk import desk, send
from service.pages.drill_pieces import scripts
from service.pages.exam_pieces import sittings
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, field, moment, number
from service.rights import Permission

MOST = 100
"""exams, and sittings, on a page"""


@page("/exams", "exams", Permission.EXAMS_SIT)
def listed(visit: Visit, caller: Caller) -> None:
    """What is open, one's own; and a trainer's part."""
    services = visit.services
    put(h("p", visit.say("exam_intro"), class_="note"))
    found = api.listed(caller, services, MOST).items
    if found:
        with services.database.reading() as connection:
            own = exams.set_by(connection, caller.person.id, [one.id for one in found])
        heads = ("exam_title", "exam_begin", "exam_count", "exam_minutes", "exam_mark")
        said = [visit.say(name) for name in (*heads, "exam_retries", "exam_closes")]
        rows = [_row(visit, one, n, own=one.id in own) for n, one in enumerate(found)]
        put(table(said, rows, numbers=(2, 3, 4, 5)))
    else:
        put(h("p", visit.say("exam_none")))
    mine = api.mine(caller, services, MOST).items
    if mine:
        put([h("h2", visit.say("exam_own")), sittings(visit, mine, "/exams/sittings")])
    trainer = visit.caller(Permission.TRAINING_MANAGE)
    if trainer is not None:
        kept = archive_api.archive(trainer, services, limit=MOST).items
        put([h("h2", visit.say("exam_archive")), _archive(visit, kept)])
        put(h("p", h("a", visit.say("exam_sample"), href="/exams/sample")))
        put([h("h2", visit.say("exam_set")), _setting(visit, trainer)])
        scripts("exam.js")


def _archive(visit: Visit, kept: Sequence[Sitting]) -> Html:
    if not kept:
        return h("p", visit.say("exam_archive_none"))
    return sittings(visit, kept, "/exams/archive")


def _row(visit: Visit, one: Exam, place: int, *, own: bool) -> tuple[Part, ...]:
    figures = (one.count, one.minutes, number(one.pass_mark), one.retries)
    closes = moment(visit, one.ended_at or one.closes_at)
    return (one.title, _begin(visit, one, place, own=own), *map(str, figures), closes)


def _begin(visit: Visit, one: Exam, place: int, *, own: bool) -> Part:
    """The button that begins it, or why there is none."""
    if one.ended_at is not None or (
        one.closes_at is not None and one.closes_at <= visit.services.clock()
    ):
        return "–"
    if own:
        return visit.say("exam_set_by_you")
    return desk(
        visit,
        send(visit, "exam_begin"),
        post=f"/v1/exams/{one.id}/sittings",
        following="/exams/sittings/{id}",
        name=f"begin-{place}",
    )


def _setting(visit: Visit, caller: Caller) -> Html:
    lines = [
        h(
            "label",
            h("input", type="checkbox", name="line", value=one.exercise),
            " / ".join(one.lines),
            class_="check",
        )
        for one in drills_api.deck(caller, visit.services)
    ]
    with visit.services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    own = visit.services.site.station
    chosen = own if own in stations else next(iter(stations), "")
    by_heart = h("input", type="checkbox", name="by_heart", checked=True)
    return h(
        "form",
        choice(visit.say("station"), "station", chosen, [(one, one) for one in stations]),
        field(visit.say("exam_title"), "title", ""),
        field(visit.say("exam_minutes"), "minutes", "15", kind="number"),
        field(visit.say("exam_mark"), "pass_mark", "80", kind="number"),
        field(visit.say("exam_retries"), "retries", "1", kind="number"),
        h("label", by_heart, visit.say("exam_by_heart"), class_="check"),
        h("fieldset", h("legend", visit.say("exam_lines")), lines),
        send(visit, "exam_set"),
        h("p", class_="told error", role="alert"),
        id="exam-set",
        class_="desk",
        data_none=visit.say("exam_none_chosen"),
        data_refused=visit.say("exam_refused"),
    )
