"""Pieces that several pages show: an outcome, a moment, a share, a form's field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from service.pages.frame import Visit
from service.pages.markup import Html, Part, h

_TAGS: Mapping[str, tuple[str, str]] = {
    "compliant": ("good", "✓"),
    "said": ("good", "✓"),
    "fault": ("bad", "✗"),
    "missing": ("bad", "✗"),
    "wrong": ("bad", "✗"),
    "unsure": ("doubt", "?"),
    "excused": ("quiet", "–"),
    "remark": ("quiet", "·"),
    "open": ("quiet", "○"),
    "lapsed": ("quiet", "–"),
    "untold": ("doubt", "?"),
    "dismissed": ("good", "✓"),
    "confirmed": ("bad", "✗"),
    "appealed": ("doubt", "…"),
    "stands": ("bad", "✗"),
    "overturned": ("good", "✓"),
    "consequence.open": ("doubt", "○"),
    "consequence.nothing": ("quiet", "–"),
    "consequence.decided": ("bad", "✗"),
    "standing.advisory": ("quiet", "○"),
    "standing.proposing": ("good", "✓"),
    "rectify.open": ("doubt", "○"),
    "rectify.overdue": ("bad", "!"),
    "rectify.to_look": ("doubt", "…"),
    "rectify.closed": ("good", "✓"),
    "plan.overdue": ("bad", "!"),
    "plan.running": ("good", "✓"),
    "sample.open": ("doubt", "…"),
    "sample.done": ("good", "✓"),
    "training.off": ("quiet", "–"),
    "withdrawn": ("quiet", "–"),
    "complaint.open": ("doubt", "○"),
    "complaint.overdue": ("bad", "!"),
    "complaint.answered": ("good", "✓"),
}
_NAMES = {"wrong": "wrong_said"}


def tag(visit: Visit, outcome: str) -> Html:
    """An outcome, by colour, sign and word."""
    style, sign = _TAGS.get(outcome, ("quiet", ""))
    return h("span", f"{sign} {visit.say(_NAMES.get(outcome, outcome))}", class_=f"tag {style}")


def moment(visit: Visit, at: dt.datetime | None) -> str:
    """A moment, in the site's zone, with its year if that is not this one; a dash for none."""
    if at is None:
        return "–"
    zone = visit.services.site.time_zone
    here = at.astimezone(zone)
    same = here.year == visit.services.clock().astimezone(zone).year
    return here.strftime("%m-%d %H:%M" if same else "%Y-%m-%d %H:%M")


def day_of(text: str) -> dt.date | None:
    """A day of the address; None for none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def clock(visit: Visit, started: dt.datetime, seconds: float | None) -> str:
    """The clock's time so many seconds after a shift began; a dash for none."""
    if seconds is None:
        return "–"
    at = started + dt.timedelta(seconds=seconds)
    return at.astimezone(visit.services.site.time_zone).strftime("%H:%M:%S")


def number(value: float | None) -> str:
    """A score or a count with one place; a dash for none."""
    return "–" if value is None else f"{value:.1f}"


def percent(value: float | None) -> str:
    """A share of 1 in hundredths; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f} %"


def length(seconds: float) -> str:
    """Hours and minutes."""
    whole = round(seconds / 60)
    return f"{whole // 60}:{whole % 60:02d}"


def entry(
    visit: Visit,
    name: str,
    at: dt.datetime,
    by: str,
    words: str | None,
    *,
    beside: Html | None = None,
    below: Part = None,
) -> Html:
    """A line of a history: what happened, when, by whom, and what they wrote."""
    head = (tag(visit, name), f" {moment(visit, at)} · {by}", beside)
    return h("li", head, h("br"), words or visit.say("words_gone"), below)


def phrase(visit: Visit, name: str | None) -> str:
    """A phrase's line; its id where there is none any more."""
    if name is None:
        return "–"
    return visit.services.known.wording(name, {})


def field(label: str, name: str, value: str, *, kind: str = "text") -> Html:
    """A labelled field of a form."""
    return h("label", label, h("input", type=kind, name=name, value=value, autocomplete="off"))


def choice(
    label: str,
    name: str,
    value: str,
    options: Iterable[tuple[str, str]],
    *,
    sent_as: str | None = None,
) -> Html:
    """A labelled list to choose from: value and words of each; `sent_as` number for numbers."""
    made = [h("option", words, value=one, selected=one == value) for one, words in options]
    return h("label", label, h("select", made, name=name, data_type=sent_as))


def downloads(visit: Visit, address: str, about: Mapping[str, str]) -> Html:
    """A report as files."""
    asked = {**about, "language": visit.language}
    links = [
        h("a", form.upper(), href=f"{address}?{urlencode({**asked, 'format': form})}")
        for form in ("pdf", "xlsx", "csv")
    ]
    return h("p", f"{visit.say('as_file')}: ", [[" ", link] for link in links], class_="files")
