"""Forms that go to the API: what may be done with what a page shows, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from service.pages.frame import Visit
from service.pages.markup import Html, Part, h


def desk(
    visit: Visit,
    parts: Part,
    *,
    post: str,
    following: str,
    method: str = "POST",
    name: str = "desk",
) -> Html:
    """A form that is sent to an endpoint as JSON (desk.js), and then leads on.

    In `following`, {id} is the id of what was made. A field's name may have slashes: marks/greet
    is a part of marks. What is refused stays as it was written, with why beside it.
    """
    told = {f"data_sent{n}": visit.say(f"sent_{n}") for n in (401, 403, 409)}
    now = visit.services.clock().astimezone(visit.services.site.time_zone)
    return h(
        "form",
        parts,
        h("p", class_="told error", role="alert"),
        id=name,
        class_="desk",
        data_post=post,
        data_method=method,
        data_next=following,
        data_sent_other=visit.say("sent_other"),
        data_unreached=visit.say("unreached"),
        data_offset=now.isoformat()[-6:],
        **told,
    )


def send(visit: Visit, words: str = "send") -> Html:
    """The button that sends a form."""
    return h("button", visit.say(words), class_="do", type="submit")


def folded(visit: Visit, title: str, parts: Part, *, open: bool = False) -> Html:
    """What unfolds under its title, mostly a form."""
    return h("details", h("summary", visit.say(title)), parts, open=open)


def picks(visit: Visit, name: str, options: Iterable[tuple[str, str]], legend: str) -> Html:
    """One of several, each with its words; true and false are sent as such."""
    listed = list(options)
    flag = {value for value, _ in listed} == {"true", "false"}
    made = [
        h(
            "label",
            h("input", type="radio", name=name, value=value, required=True,
              data_type="flag" if flag else None),
            visit.say(said),
        )
        for value, said in listed
    ]  # fmt: skip
    return h("fieldset", h("legend", visit.say(legend)), made)


def area(visit: Visit, label: str, name: str, *, needed: bool) -> Html:
    """Room for words."""
    return h("label", visit.say(label), h("textarea", name=name, rows=3, required=needed))


def ticked(visit: Visit, label: str, name: str) -> Html:
    """Yes or no."""
    return h("label", h("input", type="checkbox", name=name), visit.say(label), class_="check")


def number_field(visit: Visit, label: str, name: str, **more: float | str | bool | None) -> Html:
    """A number; `more` are min, max, step, value and required."""
    return h("label", visit.say(label), h("input", type="number", name=name, **more))


def moment_field(visit: Visit, label: str, name: str, at: dt.datetime) -> Html:
    """A day and a time of the site's zone."""
    value = at.astimezone(visit.services.site.time_zone).strftime("%Y-%m-%dT%H:%M")
    made = h("input", type="datetime-local", name=name, value=value, required=True)
    return h("label", visit.say(label), made)


def own_station(visit: Visit) -> str:
    """The visitor's station, to begin a form with; nothing if there are several."""
    person = None if visit.active is None else visit.active.person
    if person is None:
        return ""
    held = {one for one in (person.station, *(g.station for g in person.grants)) if one}
    return held.pop() if len(held) == 1 else ""


def hidden(name: str, value: str | int) -> Html:
    """What the form says beside what is written."""
    kind = "number" if isinstance(value, int) else None
    return h("input", type="hidden", name=name, value=value, data_type=kind)
