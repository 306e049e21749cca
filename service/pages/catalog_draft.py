"""The draft: what is wrong with it, a phrase filled in, whole files, a replay, publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from service import catalog_shelf
from service.api import catalog_drafts as drafts_api
from service.api.access import Caller
from service.api.catalog_drafts import Draft
from service.pages.catalog import ways
from service.pages.desk import area, desk, folded, hidden, send, ticked
from service.pages.frame import Visit, page, script
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import field, moment
from service.rights import Permission

_HERE = "/catalogs/draft"


@page(_HERE, "catalogs", Permission.CATALOGS_EDIT)
def shown(visit: Visit, caller: Caller) -> None:
    """The faults first; the address may say which phrase is to be changed, or which file begun."""
    one = drafts_api.draft(caller, visit.services)
    put(ways(visit, _HERE))
    put(h("p", visit.say("draft_note"), class_="note"))
    if one.number:
        put(h("p", f"№ {one.number} · {moment(visit, one.at)} · {one.person or '–'}"))
    else:
        put(h("p", visit.say("draft_begun")))
    put(_faults(visit, one))
    put(_phrase(visit, one))
    put(_files(visit, one))
    put(_hear(visit))
    if one.number and not one.faults:
        put(list(_then(visit, one)))


def _faults(visit: Visit, one: Draft) -> Part:
    if not one.faults:
        return h("p", f"✓ {visit.say('faults_none')}")
    rows = ((fault.file, fault.key or "–", fault.problem) for fault in one.faults)
    heads = [visit.say(name) for name in ("file", "key", "problem")]
    return [h("h2", visit.say("faults")), table(heads, rows)]


def _phrase(visit: Visit, one: Draft) -> Html:
    wanted = visit.request.query_params.get("id", "")
    known = visit.services.known.catalog.phrases.get(wanted)
    form = desk(
        visit,
        (
            h("p", visit.say("reword_note"), class_="note"),
            hidden("seen", one.number),
            field(visit.say("phrase_id"), "id", wanted),
            h("p", f"{visit.say('standard')}: {known.line}") if known else None,
            field(visit.say("standard"), "zh", ""),
            area(visit, "variants", "variants", needed=False),
            area(visit, "without", "without", needed=False),
            ticked(visit, "switch_phrase_off", "off"),
            send(visit, "put_in"),
        ),
        post="/v1/catalogs/draft/phrases",
        following=_HERE,
        name="desk-phrase",
    )
    return folded(visit, "reword", form, open=bool(wanted))


def _files(visit: Visit, one: Draft) -> Html:
    begun = visit.request.query_params.get("begin", "")
    parts: list[Part] = [hidden("seen", one.number)]
    for name in catalog_shelf.NAMES:
        text = one.files.get(name, catalog_shelf.shipped(name) if name == begun else "")
        words = f"{name} · {visit.say(f'file.{name}')}"
        link = h("a", visit.say("begin_from"), href=f"{_HERE}?begin={name}")
        empty = h("span", visit.say("file_empty"), " ", link) if not text else None
        box = h("textarea", text, name=f"files/{name}", rows=min(30, 2 + text.count("\n")),
                spellcheck="false", class_="code")  # fmt: skip
        parts += [h("label", words, box), empty]
    parts.append(send(visit, "save_draft"))
    form = desk(
        visit,
        parts,
        post="/v1/catalogs/draft",
        method="PUT",
        following=_HERE,
        name="desk-files",
    )
    return folded(visit, "whole_files", form, open=bool(begun))


def _hear(visit: Visit) -> Html:
    """A kept clip, heard by what is in use and by the draft."""
    script("catalog.js")
    wanted = visit.request.query_params.get("clip", "")
    names = {"use": "by_use", "draft": "by_draft", "none": "taken_for_none", "sure": "sure"}
    names |= {"doubt": "unsure", "waits": "hearing", "refused": "sent_other"}
    form = h(
        "form",
        h("p", visit.say("clip_note"), class_="note"),
        field(visit.say("clip_id"), "clip", wanted),
        send(visit, "hear_it"),
        h("p", class_="told error", role="status"),
        h("div", class_="found"),
        id="hear",
        class_="desk",
        data_unreached=visit.say("unreached"),
        **{f"data_{name}": visit.say(words) for name, words in names.items()},
    )
    return folded(visit, "try_clip", form, open=bool(wanted))


def _then(visit: Visit, one: Draft) -> Iterator[Html]:
    """What may be done with a draft that has no faults."""
    today = visit.services.clock().astimezone(visit.services.site.time_zone).date()
    first = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    last = today.replace(day=1) - dt.timedelta(days=1)
    replayed = desk(
        visit,
        (
            h("p", visit.say("replay_note"), class_="note"),
            hidden("seen", one.number),
            field(visit.say("from"), "from", first.isoformat(), kind="date"),
            field(visit.say("to"), "to", last.isoformat(), kind="date"),
            send(visit, "replay_start"),
        ),
        post="/v1/catalogs/replays",
        following="/catalogs/replays/{id}",
        name="desk-replay",
    )
    yield folded(visit, "replay_it", replayed)
    published = desk(
        visit,
        (
            hidden("seen", one.number),
            area(visit, "publish_why", "note", needed=True),
            send(visit, "publish"),
        ),
        post="/v1/catalogs/draft/publication",
        following="/catalogs/versions",
        name="desk-publish",
    )
    yield folded(visit, "publish_it", published)
