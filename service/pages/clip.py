"""The player of a clip: who opens one is written down, so nothing opens it unasked.

The browser draws the sound from what it fetched to play: it is opened once, and written down once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from service.pages.frame import Visit, script
from service.pages.markup import Html, h


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A stretch to be marked on the sound."""

    start: float
    """seconds from the clip's start"""
    end: float
    kind: str
    """good, bad, doubt or quiet"""
    sign: str
    label: str


def opener(visit: Visit, clip: str, note: str, marks: Sequence[Mark] = ()) -> Html:
    """The button for the clip of that id, and what to know before one hears it."""
    script("clip.js")
    button = h("button", visit.say("open_clip"), class_="do", type="button")
    told = h("span", class_="told", role="status")
    box = h(
        "div",
        button,
        " ",
        told,
        id="clip-box",
        data_clip=f"/v1/clips/{clip}",
        data_coming=visit.say("clip_coming"),
        data_none=visit.say("no_clip"),
        data_unreached=visit.say("unreached"),
        data_wave=visit.say("wave"),
        data_player=visit.say("clip"),
        data_marks=json.dumps([asdict(mark) for mark in marks], ensure_ascii=False),
    )
    return h("div", box, h("p", f"{visit.say('clip_note')} {note}", class_="note"))
