"""Published versions, who used which when and why, and the way back; what replays found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from service.api import catalog_drafts as drafts_api
from service.api.access import Caller
from service.api.catalog_drafts import Replay, Version
from service.pages.catalog import ways
from service.pages.desk import area, desk, folded, hidden, send
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import moment, tag
from service.rights import Permission


@page("/catalogs/versions", "catalogs", Permission.CATALOGS_EDIT)
def versions(visit: Visit, caller: Caller) -> None:
    """The newest first, each with its files."""
    put(ways(visit, "/catalogs/versions"))
    found = drafts_api.versions(caller, visit.services)
    before = [*(one.files for one in found.versions[1:]), {}]
    put([
        _version(visit, one, was, in_use=one.id == found.in_use)
        for one, was in zip(found.versions, before, strict=True)
    ])  # fmt: skip
    shipped = visit.say("shipped_version")
    mark = h("strong", f" ✓ {visit.say('version_in_use')}") if found.in_use is None else None
    back = None if found.in_use is None else _back(visit, None)
    put(h("div", h("strong", shipped), mark, back, class_="card"))
    if found.uses:
        rows = (
            (
                moment(visit, one.at),
                one.person or "–",
                shipped if one.version is None else f"№ {one.version}",
                one.reason,
            )
            for one in found.uses
        )
        heads = [visit.say(name) for name in ("at", "decided_by", "version", "reason")]
        put([h("h2", visit.say("used_since")), table(heads, rows)])


def _version(visit: Visit, one: Version, before: Mapping[str, str], *, in_use: bool) -> Html:
    """A version: what is other than in the one before it, and its files whole."""
    files = [
        h("details", h("summary", f"{name} · {visit.say(f'file.{name}')}"), h("pre", text))
        for name, text in one.files.items()
    ]
    lines = [
        line
        for name in sorted({*before, *one.files})
        for line in unified_diff(
            before.get(name, "").splitlines(), one.files.get(name, "").splitlines(),
            name, name, lineterm="", n=1,
        )
    ]  # fmt: skip
    other = h("details", h("summary", visit.say("differs")), h("pre", "\n".join(lines) or "–"))
    return h(
        "div",
        h("strong", f"№ {one.id}"),
        f" · {moment(visit, one.at)} · {one.person or '–'} · {one.note} ",
        h("strong", f"✓ {visit.say('version_in_use')}") if in_use else None,
        h("p", f"{visit.say('stamp')}: {one.catalog}", class_="note"),
        other,
        files,
        None if in_use else _back(visit, one.id),
        class_="card",
    )


def _back(visit: Visit, version: int | None) -> Html:
    if version is None:
        number = h("input", type="hidden", name="version", value="", data_empty="null")
    else:
        number = hidden("version", version)
    form = desk(
        visit,
        (
            number,
            area(visit, "publish_why", "reason", needed=True),
            send(visit, "roll_back"),
        ),
        post="/v1/catalogs/uses",
        following="/catalogs/versions",
        name=f"desk-use-{version or 'shipped'}",
    )
    return folded(visit, "roll_back", form)


@page("/catalogs/replays", "catalogs", Permission.CATALOGS_EDIT)
def replays(visit: Visit, caller: Caller) -> None:
    """All of them, the newest first."""
    put(ways(visit, "/catalogs/replays"))
    found = drafts_api.replays(caller, visit.services)
    if not found:
        put(h("p", visit.say("empty")))
        return
    rows = (
        (
            h("a", f"№ {one.id}", href=f"/catalogs/replays/{one.id}"),
            f"№ {one.draft}",
            f"{one.since} – {one.last}",
            moment(visit, one.at),
            one.person or "–",
            _how_far(visit, one),
            sum(move.vehicles for move in one.moves),
        )
        for one in found
    )
    heads = ("replay", "catalog.draft", "day", "at", "decided_by", "state", "moves")
    put(table([visit.say(name) for name in heads], rows, numbers=(6,)))


def _how_far(visit: Visit, one: Replay) -> str:
    if one.problem:
        return visit.say("replay_failed")
    if one.ended_at is not None:
        return visit.say("replay_done")
    return f"{visit.say('replay_runs')} {one.done} / {one.shifts}"


@page("/catalogs/replays/{replay}", "replay", Permission.CATALOGS_EDIT)
def replay(visit: Visit, caller: Caller, replay: int) -> None:
    """How far it is, and what would change so far; it looks again by itself while it runs."""
    put(h("p", h("a", f"← {visit.say('back')}", href="/catalogs/replays")))
    one = drafts_api.one_replay(replay, caller, visit.services)
    put(h("p", f"{visit.say('replay_of')} № {one.draft} · {one.since} – {one.last}"))
    bar = h("progress", value=one.done, max=max(1, one.shifts), aria_label=visit.say("replay"))
    running = one.ended_at is None
    put(h("p", bar, f" {_how_far(visit, one)} ", role="status",
          data_again=running, id="replay"))  # fmt: skip
    if one.problem:
        put(h("p", one.problem, class_="error", role="alert"))
    put(h("p", visit.say("replay_note"), class_="note"))
    put(list(_found(visit, one)))


def _found(visit: Visit, one: Replay) -> Iterator[Part]:
    if one.left:
        yield h("p", f"{visit.say('left_shifts')}: {one.left}", class_="note")
    if not one.moves and not one.codes:
        yield h("p", visit.say("no_change" if one.ended_at else "replay_runs"))
        return
    yield h("h2", f"{visit.say('moves')} · {visit.say('vehicles')} {one.vehicles}")
    moves = ((tag(visit, m.was.value), tag(visit, m.becomes.value), m.vehicles) for m in one.moves)
    yield table([visit.say(name) for name in ("was", "becomes", "vehicles")], moves, numbers=(2,))
    yield h("h2", visit.say("who_changes"))
    who = ((each.who, each.vehicles, each.better, each.worse) for each in one.collectors)
    heads = [visit.say(name) for name in ("collector", "vehicles", "better", "worse")]
    yield table(heads, who, numbers=(1, 2, 3))
    yield h("h2", visit.say("codes_change"))
    codes = ((visit.code(each.code), each.before, each.after) for each in one.codes)
    heads = [visit.say(name) for name in ("finding", "was", "becomes")]
    yield table(heads, codes, numbers=(1, 2))
    yield h("h2", visit.say("evidence"))
    examples = (
        (
            h("a", each.vehicle, href=f"/shifts/{each.shift}/{each.position}"),
            tag(visit, each.was.value),
            tag(visit, each.becomes.value),
        )
        for each in one.examples
    )
    yield table([visit.say(name) for name in ("vehicle", "was", "becomes")], examples)
