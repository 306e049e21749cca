"""Reports of a day and a month with their charts, the stations beside each other, and as files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from reportlab.graphics import renderSVG

from service import months
from service.api import list_files as files_api
from service.api import months as months_api
from service.api import reports as reports_api
from service.api.access import Caller
from service.api.months import Stations, StationScore
from service.api.problems import Refused
from service.errors import BadInput
from service.list_files import MOST
from service.pages.desk import desk, send
from service.pages.frame import Visit, page
from service.pages.lists import asking, tabs, to
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import choice, day_of, downloads, field, moment, number
from service.reports.charts import drawn
from service.reports.document import Chart, Document, Kind, Language, Section, written
from service.rights import Permission

WIDTH = 620
"""points of a chart"""
FILES = "/reports/files"
_TABS = ("month", "day", "stations")
_LEFT = (Kind.TEXT,)
_SHARED = (
    r'<(title|desc)>.*?</\1>|<clipPath.*?</clipPath>|(?<=<g) id="group"| style="clip-path[^"]*"'
)


@page("/reports", "reports", Permission.RESULTS_READ)
def shown(visit: Visit, caller: Caller) -> None:
    """The newest month that was kept, or what the address asks for."""
    asked = visit.request.query_params
    with visit.services.database.reading() as connection:
        stations = months.within(connection, caller.reach)
    if not stations:
        put(h("p", visit.say("no_station")))
        return
    kept = months_api.listed(caller, visit.services, 24, None).items
    today = visit.services.clock().astimezone(visit.services.site.time_zone).date()
    show = asked.get("of", "")
    show = show if show in _TABS else "month"
    station = asked.get("station", "").strip() or (kept[0].station if kept else stations[0])
    month = asked.get("month", "").strip() or (kept[0].month if kept else f"{today:%Y-%m}")
    day = day_of(asked.get("day", "")) or today
    where = {"station": station, "month": month}
    put(parts(visit, to("/reports", {"of": show, **where}), where))
    put(_form(visit, show, stations, station, month, day))
    since = last = day
    if show != "day":
        try:
            since, until = months.period(month)
        except BadInput:
            put(h("p", visit.say("no_month"), class_="error", role="alert"))
            return
        last = until - dt.timedelta(days=1)
    if show == "stations":
        put(list(_stations(visit, months_api.stations(month, caller, visit.services))))
        return
    language = Language(visit.language)
    try:
        if show == "day":
            address = f"/v1/reports/days/{day}"
            made = reports_api.day_document(caller, visit.services, station, day, language)
        else:
            address = f"/v1/reports/months/{month}"
            made = reports_api.month_document(caller, visit.services, station, month, language)
    except Refused as problem:
        put(h("p", problem.detail, class_="error", role="alert"))
        return
    put(downloads(visit, address, {"station": station}))
    put(list(_document(made)))
    put(_list(visit, caller, station, since, last))
    if kept and show == "month":
        put([h("h2", visit.say("kept_months")), _kept(visit, kept)])


def parts(visit: Visit, here: str, where: Mapping[str, str]) -> Html:
    """The ways between reports, of this month and station, and to what was asked for."""
    links = [(to("/reports", {"of": name, **where}), f"report.{name}") for name in _TABS]
    return tabs(visit, "reports", [*links, (FILES, "report.files")], here)


def _form(
    visit: Visit, show: str, stations: list[str], station: str, month: str, day: dt.date
) -> Html:
    options = [(code, code) for code in dict.fromkeys([*stations, station])]
    parts = (
        h("input", type="hidden", name="of", value=show),
        None if show == "stations" else choice(visit.say("station"), "station", station, options),
        field(visit.say("day"), "day", day.isoformat(), kind="date")
        if show == "day"
        else field(visit.say("month"), "month", month),
    )
    return asking(visit, "/reports", parts)


def _document(made: Document) -> Iterator[Part]:
    """The report as its file has it."""
    yield h("h2", made.title)
    facts = [h("div", h("div", name, class_="note"), h("strong", value), class_="card")
             for name, value in made.facts]  # fmt: skip
    yield h("div", facts, class_="cards")
    if made.empty is not None:
        yield h("p", made.empty)
    for section in made.sections:
        yield h("section", list(_section(section)))
    yield h("ul", [h("li", note) for note in made.notes], class_="note")


def _section(section: Section) -> Iterator[Part]:
    yield h("h2", section.title)
    for text in section.text:
        yield h("p", text)
    if section.chart is not None:
        yield h("figure", _chart(section.chart), role="img", aria_label=section.title)
    if section.table is not None:
        columns = section.table.columns
        rows = (
            [written(cell, column.kind) for cell, column in zip(row, columns, strict=True)]
            for row in section.table.rows
        )
        right = [n for n, column in enumerate(columns) if column.kind not in _LEFT]
        yield table([column.title for column in columns], rows, numbers=right)


def _chart(chart: Chart) -> Html:
    """As on paper; the drawing escapes what names hold."""
    whole: str = renderSVG.drawToString(drawn(chart, WIDTH))
    # The library's ids and its clip are the same in each drawing: the first would cut the rest.
    return Html(re.sub(_SHARED, "", whole[whole.index("<svg") :], flags=re.DOTALL))


def _list(visit: Visit, caller: Caller, station: str, since: dt.date, last: dt.date) -> Html:
    about = {"station": station, "from": str(since), "to": str(last), "language": visit.language}
    buttons: Part = h("p", visit.say("lists_full"))
    if len(files_api.own(caller, visit.services)) < MOST:
        buttons = [
            desk(
                visit,
                send(visit, f"write_{form}"),
                post=to("/v1/reports/vehicles/files", {**about, "format": form}),
                following=FILES,
                name=f"desk-{form}",
            )
            for form in ("xlsx", "csv")
        ]
    return h(
        "div",
        h("h2", visit.say("vehicle_list")),
        h("p", visit.say("vehicle_list_note"), class_="note"),
        h("div", buttons, class_="besides"),
    )


def _kept(visit: Visit, kept: list[months_api.KeptMonth]) -> Html:
    rows = (
        (
            h("a", one.month,
              href=to("/reports", {"of": "month", "station": one.station, "month": one.month})),
            one.station,
            one.version,
            moment(visit, one.made_at),
        )
        for one in kept
    )  # fmt: skip
    heads = ("month", "station", "version", "made_at")
    return table([visit.say(name) for name in heads], rows, numbers=(2,))


def _stations(visit: Visit, found: Stations) -> Iterator[Part]:
    """Beside each other, without an order that is not certain."""
    if not found.stations:
        yield h("p", visit.say("nothing_found"))
        return
    yield h("p", visit.say("place_note"), class_="note")
    heads = ("station", "station_kind", "score", "interval", "guide", "place")
    rows = [_station(visit, one) for one in found.stations]
    yield table([visit.say(name) for name in heads], rows, numbers=(2,))
    yield h("h2", visit.say("target"))
    targets = (
        (
            visit.say(f"target.{name}"),
            f"{each.reached} / {each.of}",
            f"{each.target:g} %",
            "–" if each.met is None else visit.say("yes" if each.met else "no"),
        )
        for name, each in found.targets.items()
    )
    yield table([visit.say(name) for name in ("target", "reached_of", "should_be", "met")], targets)
    yield h("h2", visit.say("proposed_sites"))
    yield h("p", "、".join(found.proposed) or visit.say("nobody_stands_out"))


def _station(visit: Visit, one: StationScore) -> list[Part]:
    known = one.low is not None and one.high is not None
    place = "–"
    if one.best_place is not None:
        same = one.best_place == one.worst_place
        place = f"{one.best_place}" if same else f"{one.best_place}–{one.worst_place}"
    return [
        one.station,
        visit.say(f"kind.{one.kind}"),
        number(one.score),
        f"{number(one.low)}–{number(one.high)}" if known else "–",
        visit.say(f"guide.{one.guide}"),
        place,
    ]
