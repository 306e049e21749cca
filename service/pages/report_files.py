"""Lists that were asked for: how far each is, and the way to those that are written."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from service.api import list_files as files_api
from service.api.access import Caller
from service.list_files import ListFile
from service.pages.desk import desk
from service.pages.frame import Visit, page
from service.pages.frame import visit as asked_by
from service.pages.markup import Html, h, put
from service.pages.pieces import moment
from service.pages.report import FILES, parts
from service.rights import Permission

EVERY_S = 2.0
"""seconds after which it is looked at again"""


@page(FILES, "reports", Permission.RESULTS_READ)
def shown(visit: Visit, caller: Caller) -> None:
    """One's own, in the order asked; while one is written, what changes is set anew by itself."""
    put(parts(visit, FILES, {}))
    put(h("p", visit.say("files_note"), class_="note"))
    found = files_api.own(caller, visit.services)
    if not found:
        put(h("p", visit.say("files_none")))
        return
    # By itself, so that it is read out when a file is written, and not with every row.
    ready = put(_ready(visit, found)).props("role=status")
    # Buttons stand apart from what changes: whoever is on one stays there.
    with ui.element("div").classes("cards files"):
        how = {one.id: _card(visit, one) for one in found}

    def refresh() -> None:
        # The session may have ended, or its roles may be others.
        again = asked_by(visit.request)
        theirs = again.caller(Permission.RESULTS_READ)
        now = [] if theirs is None else files_api.own(theirs, again.services)
        if {one.id for one in now} != how.keys():
            ui.navigate.reload()
            return
        made = [(how[one.id], _how(again, one)) for one in now]
        for part, content in [(ready, _ready(again, now)), *made]:
            if content != part.content:
                part.set_content(content)
        timer.active = not _over(now)

    timer = ui.timer(EVERY_S, refresh, active=not _over(found))


def _card(visit: Visit, one: ListFile) -> ui.html:
    """A file with what may be done with it; the part of it that changes."""
    with ui.element("section").classes("card"):
        put(h("h2", one.name))
        about = (*one.wish.filters.values(), moment(visit, one.asked_at))
        put(h("p", " · ".join(about), class_="note"))
        how = put(_how(visit, one))
        words = visit.say("file_delete")
        put(
            desk(
                visit,
                h("button", words, class_="do", type="submit",
                  aria_label=f"{words}: {one.name}"),
                post=f"/v1/reports/files/{one.id}",
                method="DELETE",
                following=FILES,
                name=f"drop-{one.id}",
            )
        )  # fmt: skip
    return how


def _over(found: Sequence[ListFile]) -> bool:
    return all(one.ended_at is not None for one in found)


def _ready(visit: Visit, found: Sequence[ListFile]) -> Html:
    written = sum(one.bytes is not None for one in found)
    return h("p", f"{visit.say('files_ready')}: {written} / {len(found)}")


def _how(visit: Visit, one: ListFile) -> Html:
    """How far it is, or where it is, or why it is not."""
    if one.trouble is not None:
        why = visit.say(f"list.{one.trouble.value}")
        return h("p", f"✗ {visit.say('list_failed')}. {why}", class_="error")
    if one.ended_at is not None:
        size = f"{max(1, round((one.bytes or 0) / 1000)):,} kB"
        link = h("a", visit.say("file_fetch"), class_="do", href=f"/v1/reports/files/{one.id}",
                 aria_label=f"{visit.say('file_fetch')}: {one.name}")  # fmt: skip
        return h("p", link, f"  ✓ {one.done:,} {visit.say('vehicles')} · {size}")
    if one.begun_at is None:
        return h("p", f"○ {visit.say('file_waits')} {visit.services.lists.ahead(one)}")
    if one.of is None:
        return h("p", f"… {visit.say('file_counts')}")
    if one.done >= one.of:
        words = visit.say("file_packs")
    else:
        words = f"{visit.say('file_runs')}: {one.done:,} / {one.of:,}"
    bar = h("progress", value=min(one.done, one.of), max=max(1, one.of), aria_label=one.name)
    return h("p", bar, " ", words)
