"""What was due against what was heard, character by character, with the pinyin of each."""

from __future__ import annotations

from collections.abc import Mapping

from phrases.beside import How, Place, beside
from service.pages.frame import Visit
from service.pages.markup import Html, h

_SIGNS: Mapping[How, tuple[str, str]] = {
    How.SAME: ("＝", "good"),
    How.SOUND: ("≈", "good"),
    How.OTHER: ("≠", "bad"),
    How.MISSING: ("∅", "bad"),
    How.EXTRA: ("＋", "quiet"),
}
_UNKNOWN = "×"
"""stands in a line where a value is not known: there is nothing to compare"""


def compared(visit: Visit, name: str, due: str, heard: str | None) -> Html | None:
    """The two lines as a small table of their own; None where they cannot be set side by side."""
    if not due or _UNKNOWN in due or "; " in due or "→" in due:
        return None
    places = beside(due.partition(" (")[0], heard or "")
    if not places:
        return None
    rows = [
        _row(visit.say("due_line"), [(one.due, one.due_pinyin) for one in places]),
        _row(visit.say("heard_line"), [(one.heard, one.heard_pinyin) for one in places]),
        h("tr", h("th", visit.say("compared"), scope="row"), [_sign(visit, one) for one in places]),
    ]
    whole = h("table", h("caption", name), h("tbody", rows), class_="beside")
    return h("div", whole, class_="wide", tabindex=0, role="group", aria_label=name)


def _row(head: str, places: list[tuple[str, str]]) -> Html:
    cells = [
        h("td", h("div", char), h("div", pinyin, class_="pinyin", lang="zh-Latn") if pinyin else "")
        for char, pinyin in places
    ]
    return h("tr", h("th", head, scope="row"), cells)


def _sign(visit: Visit, one: Place) -> Html:
    sign, style = _SIGNS[one.how]
    words = visit.say(f"place.{one.how.value}")
    return h("td", h("span", sign, class_=f"sign {style}", title=words, role="img",
                     aria_label=words))  # fmt: skip
