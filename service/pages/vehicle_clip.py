"""The clip of a vehicle on its card, with what was heard and found marked on it."""

from __future__ import annotations

from collections.abc import Iterator

from service.api import clips as clips_api
from service.api.access import Caller
from service.api.clips import Clip
from service.api.evidence import Evidence
from service.pages.clip import Mark, opener
from service.pages.frame import Visit
from service.pages.markup import Html, h
from service.pages.pieces import number
from service.pages.reasons import term
from service.rights import Permission

_SIGNS = {"said": ("good", "✓"), "missing": ("bad", "✗"), "wrong": ("bad", "≠"),
          "unsure": ("doubt", "?")}  # fmt: skip


def clip(visit: Visit, found: Evidence) -> Html:
    """The clip, if one is kept and may be heard."""
    caller = visit.caller(Permission.CLIPS_READ)
    kept = None if caller is None else _kept(visit, caller, found)
    if kept is None or kept.id is None:
        why = kept.problem if kept is not None and kept.problem else visit.say("no_clip")
        return h("p", why)
    silenced = ", ".join(f"{number(a - kept.start_s)}–{number(b - kept.start_s)} s"
                         for a, b in kept.silenced)  # fmt: skip
    note = f"{visit.say('silenced')}: {silenced}" if silenced else ""
    player = opener(visit, kept.id, note, list(_marks(visit, found, kept)))
    if visit.caller(Permission.CATALOGS_EDIT) is None:
        return player
    tried = h("a", visit.say("try_clip"), href=f"/catalogs/draft?clip={kept.id}")
    return h("div", player, h("p", tried))


def _marks(visit: Visit, found: Evidence, clip: Clip) -> Iterator[Mark]:
    """Where on the clip what was heard and found is, and where nobody listened."""

    def mark(start: float, end: float, style: tuple[str, str], words: str) -> Mark:
        start, end = (round(at - clip.start_s, 2) for at in (start, end))
        return Mark(start=max(0.0, start), end=max(0.0, end), kind=style[0], sign=style[1],
                    label=f"{words} {number(start)}–{number(end)} s")  # fmt: skip

    for a, b in clip.silenced:
        yield mark(a, b, ("quiet", "–"), visit.say("silenced"))
    for gap in found.gaps:
        words = f"{visit.say('mark.gap')} ({term(visit, gap.reason.value)})"
        yield mark(gap.start_s, gap.end_s, ("quiet", "–"), words)
    for step in found.vehicle.steps:
        if step.start_s is not None and step.end_s is not None:
            style = _SIGNS.get(step.outcome.value, ("quiet", "·"))
            yield mark(step.start_s, step.end_s, style,
                       f"{visit.say('mark.found')}: {visit.step(step.step)}")  # fmt: skip
    placed = {step.step for step in found.vehicle.steps if step.start_s is not None}
    for one in found.vehicle.findings:
        if one.at_s is not None and one.step not in placed:
            style = {"fault": ("bad", "✗"), "unsure": ("doubt", "?")}.get(
                one.status.value, ("quiet", "·")
            )
            yield mark(one.at_s, one.at_s, style,
                       f"{visit.say('mark.here')}: {visit.code(one.code)}")  # fmt: skip


def _kept(visit: Visit, caller: Caller, found: Evidence) -> Clip | None:
    items = clips_api.listed(caller, visit.services, found.shift.id, 500, None).items
    place = found.vehicle.position
    return next((one for one in items if one.vehicle_position == place), None)
