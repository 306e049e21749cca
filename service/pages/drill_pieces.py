"""What the pages of drills share: the box that their scripts work in, the microphone, the tabs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from phrases.catalog import Phrase
from service.pages import lists, words, words_drills
from service.pages.frame import Visit, script
from service.pages.markup import Html, Part, h

_TABS = (
    ("/drills", "drill_today"),
    ("/drills/vehicle", "drill_vehicle"),
    ("/drills/amount", "drill_amount"),
    ("/drills/english", "drill_english"),
    ("/drills/lines", "drill_all"),
)


def tabs(visit: Visit, name: str) -> Html:
    """The kinds of drills."""
    here = next((path for path, part in _TABS if part == name), "")
    return lists.tabs(visit, "drills", _TABS, here)


def box(visit: Visit, parts: Part, needed: Iterable[str], **data: str | None) -> Html:
    """The part in which a drill's script works, with the words that it says."""
    said = {name: visit.say(name) for name in (*words_drills.SHARED, *needed)}
    return h(
        "section",
        parts,
        id="drill",
        class_="drill",
        data_words=json.dumps(said, ensure_ascii=False),
        data_language=visit.language,
        **{f"data_{name}": value for name, value in data.items()},
    )


def microphone(visit: Visit, *, stop: str) -> Html:
    """Start and stop, how loud it is, and what goes wrong."""
    meter = h("meter", id="drill-meter", min=0, max=60, low=15, high=57, optimum=40, value=0)
    return h(
        "div",
        h("button", visit.say("drill_start"), type="button", id="drill-start", class_="do"),
        h("button", visit.say(stop), type="button", id="drill-stop", class_="do", hidden=True),
        h("label", visit.say("drill_level"), " ", meter, class_="meter"),
        h("span", id="drill-loud", class_="error"),
        h("p", id="drill-told", class_="told", role="status", aria_live="assertive"),
        h("p", id="drill-meddled", class_="note"),
        class_="mic",
    )


def scripts(*names: str) -> None:
    """The page's scripts; what all share comes first."""
    for name in ("drill_mic.js", *names):
        script(name)


def cue(visit: Visit, phrases: Iterable[Phrase], *, pair: bool = False) -> str:
    """The scene in which a line is due, in the visitor's language."""
    if pair:
        return visit.say("cue_pair")
    found = list[str]()
    for phrase in phrases:
        when = phrase.when
        named = (
            *(when.flow or ()),
            when.clock,
            when.festival,
            "weekend" if when.weekend else None,
            *(when.weather or ()),
            when.notice,
            when.event,
        )
        found += [f"cue_{one}" for one in named if one]
    told = [words.say(visit.language, one) for one in dict.fromkeys(found)]
    # A station's own occasion has no words here.
    kept = [one for one in told if not one.startswith("cue_")]
    return " · ".join(kept) or visit.say("cue_any")
