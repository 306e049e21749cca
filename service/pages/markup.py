"""Write HTML in which whatever comes from outside is escaped: there is no other way to write it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nicegui import ui

_EMPTY = frozenset({"input", "br", "hr", "meta"})


class Html(str):
    """Markup that is safe to be shown."""

    __slots__ = ()


Part = str | int | float | None | Iterable["Part"]


def h(tag: str, *parts: Part, **attributes: str | int | float | bool | None) -> Html:
    """An element: text is escaped, `Html` is not; `class_` is `class`, `aria_label` aria-label."""
    named = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _EMPTY:
        return Html(f"<{tag}{named}>")
    return Html(f"<{tag}{named}>{joined(parts)}</{tag}>")


def joined(part: Part) -> Html:
    """Parts one after the other."""
    if part is None:
        return Html("")
    if isinstance(part, Html):
        return part
    if isinstance(part, str | int | float):
        return Html(escape(str(part)))
    return Html("".join(map(joined, part)))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Part]], *, numbers: Iterable[int] = ()
) -> Html:
    """A table with its header; the columns of `numbers` are set to the right."""
    right = frozenset(numbers)

    def cells(tag: str, row: Sequence[Part]) -> list[Html]:
        scope = {"scope": "col"} if tag == "th" else {}
        return [
            h(tag, part, class_="number" if n in right else None, **scope)
            for n, part in enumerate(row)
        ]

    body = [h("tr", cells("td", row)) for row in rows]
    whole = h("table", h("thead", h("tr", cells("th", heads))), h("tbody", body), class_="plain")
    return h("div", whole, class_="wide", tabindex=0)


def put(part: Part) -> ui.html:
    """Show it; every word that came from outside has been escaped."""
    return ui.html(joined(part), sanitize=False)


def _attribute(name: str, value: str | int | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
