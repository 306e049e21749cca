"""What pages of lists share: tabs, the form that asks, late ones first, the way to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from service.api.cursor import Page
from service.pages.desk import send
from service.pages.frame import Visit
from service.pages.markup import Html, Part, h


class Timed(Protocol):
    """Something that may be late."""

    @property
    def overdue(self) -> bool:
        """Whether it is."""


T = TypeVar("T", bound=Timed)


def tabs(visit: Visit, name: str, links: Iterable[tuple[str, str]], here: str) -> Html:
    """Ways between parts of a page: address and words of each, and which of them one is at."""
    made = [
        h("a", visit.say(words), href=path, aria_current="page" if path == here else None)
        for path, words in links
    ]
    return h("nav", made, class_="tabs", aria_label=visit.say(name))


def to(path: str, asked: Mapping[str, Any]) -> str:
    """The address that asks for this."""
    return f"{path}?{urlencode(asked)}"


def asking(visit: Visit, path: str | None, parts: Part, *, words: str = "show") -> Html:
    """A form that asks: what is filled in stands in the address. None: of the page itself."""
    return h("form", parts, send(visit, words), class_="row", method="get", action=path)


def more(visit: Visit, path: str, asked: Mapping[str, Any], cursor: str | None) -> Html | None:
    """The way to what comes after; None: nothing does."""
    if cursor is None:
        return None
    return h("p", h("a", visit.say("more"), href=to(path, {**asked, "cursor": cursor})))


def late_first(
    visit: Visit,
    area: str,
    found: Page[T],
    late: Callable[[], Page[T]],
    drawn: Callable[[Sequence[T]], Html],
) -> Iterator[Part]:
    """What is late under its own head, then the rest of what was found."""
    if overdue := late().items:
        yield [h("h2", visit.say(f"{area}.late")), drawn(overdue)]
        yield h("h2", visit.say(f"{area}.in_time"))
    rest = [one for one in found.items if not one.overdue]
    yield drawn(rest) if rest else h("p", visit.say("nothing_found"))
