"""One complaint: what was done about it, and what the visitor may do now."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from phrases.complaint import Level
from service.api import complaints as complaints_api
from service.api.access import Caller
from service.api.complaints import Entry, WholeComplaint
from service.pages.complaint_list import standing, theirs
from service.pages.desk import area, desk, folded, hidden, number_field, picks, send, ticked
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import entry, field, moment, tag
from service.rights import Permission

_HIGHEST = Level.OFFICE


@page("/complaints/{complaint}", "complaint", Permission.COMPLAINTS_READ)
def shown(visit: Visit, caller: Caller, complaint: int) -> None:
    """Its history, and a form for each thing that can be done."""
    one = complaints_api.one(complaint, caller, visit.services)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/complaints"),
            f"  № {one.id} · {one.station} · {visit.say(f'channel.{one.channel}')} ",
            tag(visit, standing(one)),
        )
    )
    put(_facts(visit, one))
    put([h("h2", visit.say("history")), h("ol", [_entry(visit, each) for each in one.history])])
    if theirs(visit, one):
        put(h("p", visit.say("about_you"), class_="note"))
    else:
        put(list(_desks(visit, one)))


def _facts(visit: Visit, one: WholeComplaint) -> Html:
    heads = ["about_whom_short", "received", "first_owner", "level", "due_until"]
    row: list[Part] = [
        one.collector or "–",
        moment(visit, one.received_at),
        one.owner,
        visit.say(f"level.{one.level}"),
        moment(visit, None if one.answered_at else one.due_at),
    ]
    if one.about is not None:
        heads.append("about_case")
        row.append(h("a", f"№ {one.about}", href=f"/complaints/{one.about}"))
    if one.harm:
        heads.append("harm")
        row.append("✓")
    if one.answered_at is not None:
        heads.append("answer")
        found = visit.say("proven" if one.proven else "not_proven")
        row.append(f"{found} · {visit.say('apologised')}" if one.apologised else found)
    return table([visit.say(name) for name in heads], [row])


def _entry(visit: Visit, one: Entry) -> Html:
    link = None
    if one.shift is not None:
        path = f"/shifts/{one.shift}"
        path += "" if one.position is None else f"/{one.position}"
        link = h("a", f" {visit.say('open_vehicle')} ", href=path)
    by = one.person or visit.say("by_time")
    contact = [h("br"), f"{visit.say('contact')}: {one.contact}"] if one.contact else None
    name = f"complaint.{one.event}"
    return entry(visit, name, one.at, by, one.text, beside=link, below=contact)


def _desks(visit: Visit, one: WholeComplaint) -> Iterator[Html]:
    """What can be done with it as it stands; the API is who refuses."""
    if visit.caller(Permission.COMPLAINTS_HANDLE) is not None:
        if one.answered_at is None:
            answer: Part = (
                picks(visit, "proven", [("true", "proven"), ("false", "not_proven")], "answer"),
                ticked(visit, "apologised", "apologised"),
                area(visit, "answer_words", "text", needed=True),
            )
            yield _form(visit, one, "answered", "answer_complaint", answer, "send_answer")
        note = area(visit, "note_words", "text", needed=True)
        yield _form(visit, one, "noted", "note_it", note, "note_send")
        if one.answered_at is not None:
            words = area(visit, "reopen_words", "text", needed=True)
            yield _form(visit, one, "reopened", "reopen_it", words, "note_send")
        else:
            yield _linking(visit, one)
            if one.level is not _HIGHEST:
                words = area(visit, "escalate_words", "text", needed=True)
                yield _form(visit, one, "escalated", "escalate_it", words, "escalate_it")
    if one.about is None and visit.caller(Permission.COMPLAINTS_CASE) is not None:
        words = area(visit, "mishandled_words", "text", needed=True)
        harm = ticked(visit, "harm", "harm")
        button = send(visit, "take")
        form = desk(
            visit,
            (words, harm, button),
            post=f"/v1/complaints/{one.id}/mishandling",
            following="/complaints/{id}",
            name="desk-case",
        )
        yield folded(visit, "mishandled_it", form)


def _linking(visit: Visit, one: WholeComplaint) -> Html:
    """The form that links a shift or a vehicle; a vehicle's card leads here with it filled in."""
    asked = visit.request.query_params
    shift, position = asked.get("shift", ""), asked.get("position", "")
    day = one.received_at.astimezone(visit.services.site.time_zone).date()
    where = {"station": one.station, "collector": one.collector or "", "from": day, "to": day}
    parts: Part = (
        h("p", h("a", visit.say("link_find"), href=f"/shifts?{urlencode(where)}")),
        h("p", visit.say("link_note"), class_="note"),
        field(visit.say("shift_id"), "shift", shift),
        number_field(visit, "place_in_shift", "position", min=0, step=1, value=position),
    )
    return _form(visit, one, "linked", "link_it", parts, "link_send", opened=bool(shift))


def _form(
    visit: Visit,
    one: WholeComplaint,
    event: str,
    title: str,
    parts: Part,
    button: str,
    *,
    opened: bool = False,
) -> Html:
    form = desk(
        visit,
        (
            hidden("event", event),
            hidden("seen", one.entries),
            parts,
            send(visit, button),
        ),
        post=f"/v1/complaints/{one.id}/entries",
        following=f"/complaints/{one.id}",
        name=f"desk-{event}",
    )
    return folded(visit, title, form, open=opened)
