"""Station now: which booths listen, which shifts run, what was found last; it arrives by itself."""

from __future__ import annotations

import datetime as dt

from nicegui import ui

from db import station_now
from db.pages import ShiftFilter
from db.station_now import BoothNow
from service.api import findings as findings_api
from service.api.access import Caller
from service.pages.frame import Visit, page
from service.pages.frame import visit as asked_by
from service.pages.markup import Html, h, put, table
from service.pages.pieces import moment, tag
from service.pages.reasons import told
from service.rights import Permission

EVERY_S = 3.0
"""seconds after which it is looked at again"""
SILENT = dt.timedelta(minutes=2)
"""without a word from a booth, after which it is offline"""
_LAST = 12


@page("/", "now", Permission.ACCOUNT)
def now(visit: Visit, caller: Caller) -> None:  # noqa: ARG001
    """The station as it stands."""
    # By itself, so that it is read out when it changes and not whenever anything does.
    alarm = put(_alarm(visit))
    alarm.props("role=alert")
    shown = put(_whole(visit))

    def refresh() -> None:
        # The session may have ended, or its roles may be others.
        again = asked_by(visit.request)
        if not again.signed_in:
            ui.navigate.to("/sign-in")
            return
        for part, made in ((alarm, _alarm(again)), (shown, _whole(again))):
            if made != part.content:
                part.set_content(made)

    ui.timer(EVERY_S, refresh)


def _alarm(visit: Visit) -> Html:
    """Which booths are deaf or offline; nothing where all is well."""
    at = visit.services.clock()
    rows = _rows(visit, at) or ()
    found = {
        state: [f"{row.station} · {row.booth}" for row in rows if _state(visit, row, at) == state]
        for state in ("deaf", "offline")
    }
    lines = [
        h("p", h("strong", f"✗ {visit.say(state)}: "), "; ".join(names), class_="alarm")
        for state, names in found.items()
        if names
    ]
    return h("div", lines)


def _rows(visit: Visit, at: dt.datetime) -> list[BoothNow] | None:
    """The booths that the visitor may see; None: none are theirs to see."""
    booths = visit.caller(Permission.PLACES_READ)
    allowed = (Permission.RESULTS_READ, Permission.BOOTH_READ)
    if booths is None or not any(map(visit.caller, allowed)):
        return None
    with visit.services.database.reading() as connection:
        return station_now.booths(connection, booths.reach, at)


def _whole(visit: Visit) -> Html:
    results = visit.caller(Permission.RESULTS_READ)
    parts: list[Html] = []
    at = visit.services.clock()
    if (rows := _rows(visit, at)) is not None:
        cards = [_booth(visit, row, at, scores=results is not None) for row in rows]
        parts.append(h("div", cards, class_="cards") if cards else h("p", visit.say("empty")))
    if results is not None:
        parts += [h("h2", visit.say("last_findings")), _findings(visit, results)]
    return h("div", parts)


def state_of(row: BoothNow, at: dt.datetime, *, deaf_here: bool = False) -> str:
    """listening, deaf, offline or idle."""
    if row.seen_at is not None and at - row.seen_at > SILENT:
        return "offline"
    if deaf_here or (row.gap_until is not None and at - row.gap_until < SILENT):
        return "deaf"
    return "listening" if row.shift is not None else "idle"


def _state(visit: Visit, row: BoothNow, at: dt.datetime) -> str:
    """The same, of a booth that may be this process's own."""
    door, site = visit.services.door, visit.services.site
    here = (row.station, row.booth) == (site.station, site.booth)
    deaf = here and door.ears is not None and door.ears.trouble is not None
    return state_of(row, at, deaf_here=deaf)


def _booth(visit: Visit, row: BoothNow, at: dt.datetime, *, scores: bool) -> Html:
    state = _state(visit, row, at)
    style = {"listening": "good", "deaf": "bad", "offline": "bad"}.get(state, "quiet")
    sign = {"listening": "●", "deaf": "✗", "offline": "✗"}.get(state, "○")
    lines: list[Html] = [h("div", h("strong", f"{row.station} · {row.booth}"))]
    lines.append(h("div", h("span", f"{sign} {visit.say(state)}", class_=f"tag {style}")))
    if row.shift is not None:
        whose = row.collector if scores else ""
        lines.append(h("div", f"{whose} {visit.say('since')} {moment(visit, row.started_at)}"))
    if row.shift is not None and scores:
        counts = f"{row.vehicles} {visit.say('vehicles')}"
        lines.append(h("div", h("a", counts, href=f"/shifts/{row.shift}")))
    if row.said:
        known = visit.services.known
        said = " ".join(known.wording(one, {}) for one in row.said)
        lines.append(h("div", f"{visit.say('said_so_far')}: {said}", class_="note"))
    if row.seen_at is not None:
        lines.append(h("div", f"{visit.say('seen')} {moment(visit, row.seen_at)}", class_="note"))
    return h("div", lines, class_="card alert" if style == "bad" else "card")


def _findings(visit: Visit, results: Caller) -> Html:
    found = findings_api.running(results, visit.services, _LAST)
    if len(found) < _LAST:
        # Of shifts that are over, too.
        nobody, known = ShiftFilter(), set(found)
        page = findings_api.findings(results, visit.services, nobody, None, None, _LAST, None)
        found += [one for one in page.items if one not in known][: _LAST - len(found)]
    if not found:
        return h("p", visit.say("empty"))
    heads = ("at", "booth", "collector", "vehicle", "finding", "reason")
    rows = (
        (
            moment(visit, one.at),
            f"{one.station} · {one.booth}",
            one.collector,
            h("a", str(one.vehicle), href=f"/shifts/{one.shift}/{one.vehicle_position}"),
            (tag(visit, one.status.value), " ", visit.code(one.code)),
            told(visit, one.reason),
        )
        for one in found
    )
    return table([visit.say(name) for name in heads], rows)
