"""Reports of a shift, a day and a month, and lists of vehicles: as files, or for a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import Field

from db import pages, reads
from db.figures_types import Wanted as Which
from phrases.types import FindingStatus, Outcome
from service.api.access import Caller, permission
from service.api.figures import About
from service.api.months import Month
from service.api.problems import Refused, not_found
from service.api.values import LARGEST_ID, Code, Day, Line, Output, ShiftId, Utc
from service.api.wiring import Services, Shared
from service.errors import BadInput, Failed
from service.month_scores import Rules
from service.reports import files, gather, text, vehicles
from service.reports.document import Document, Language
from service.reports.files import TYPES, Format, ListForm
from service.reports.gather import Wanted
from service.reports.names import Names
from service.reports.period import document as period_document
from service.reports.shift import document as shift_document
from service.rights import Permission

router = APIRouter(prefix="/v1/reports", tags=["reports"])

Reader = Annotated[Caller, permission(Permission.RESULTS_READ)]
As = Annotated[Format, Query(alias="format", description="a file, or JSON for a page")]
In = Annotated[Language, Query(description="of all that is not a name")]


class Fact(Output):
    """What stands at the head."""

    name: str
    value: str


class ReportColumn(Output):
    """A column of a table."""

    title: str
    kind: Literal["text", "count", "percent", "score", "seconds"] = Field(
        description="percent: 0 to 1; score: 0 to 100"
    )


class ReportSeries(Output):
    """Values by label."""

    name: str
    values: list[float | None]


class ReportChart(Output):
    """What is drawn beside a table."""

    kind: Literal["bars", "lines", "intervals"] = Field(
        description="intervals: the series are value, low and high"
    )
    labels: list[str]
    series: list[ReportSeries]
    top: float | None = Field(description="the highest value that there can be")
    guide: float | None


class ReportSection(Output):
    """A part of a report."""

    title: str
    text: list[str]
    columns: list[ReportColumn]
    rows: list[list[str | int | float | None]]
    chart: ReportChart | None


class ReportPage(Output):
    """A report for a page."""

    title: str
    language: Language
    made_at: Utc
    facts: list[Fact]
    empty: str | None = Field(description="why there is nothing in it; null: there is")
    sections: list[ReportSection]
    notes: list[str]


FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ReportPage,
        "content": {
            TYPES[form].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for form in (Format.PDF, Format.XLSX, Format.CSV)
        },
    }
}
LISTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            TYPES[form].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for form in (Format.CSV, Format.XLSX)
        }
    }
}


def _chosen(
    outcome: Outcome | None = None,
    code: Annotated[Line | None, Query(description="of a finding")] = None,
    status: Annotated[FindingStatus | None, Query(description="of a finding, or of that")] = None,
) -> Which:
    return Which(outcome=outcome, code=code, status=status)


Chosen = Annotated[Which, Depends(_chosen)]
"""which of the vehicles are listed"""
ListAs = Annotated[ListForm, Query(alias="format", description="of the file")]


@router.get("/shifts/{shift}", response_class=JSONResponse, responses=FILES)
def of_shift(
    shift: ShiftId,
    caller: Reader,
    services: Shared,
    form: As = Format.JSON,
    language: In = Language.ZH,
    words: Annotated[bool, Query(description="what was heard stands beside the findings")] = False,
    grading: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="from 1")] = None,
) -> Response:
    """A shift with each vehicle; without `grading` the one that is shown."""
    with services.database.reading() as connection:
        row = pages.shift(connection, caller.reach, shift)
    if row is None:
        raise not_found("shift")
    if grading is not None and grading > row.grading.of:
        raise not_found("grading")
    stored = reads.report(services.database.reader, shift, grading)
    made = shift_document(
        stored,
        Names(services.known, language),
        guide=services.known.table.points.guide,
        made_at=services.clock().astimezone(services.site.time_zone),
        words=words,
    )
    return answered(made, form)


@router.get("/days/{day}", response_class=JSONResponse, responses=FILES)
def of_day(
    day: Day,
    caller: Reader,
    services: Shared,
    station: Annotated[Code, Query()],
    form: As = Format.JSON,
    language: In = Language.ZH,
) -> Response:
    """A station's day, as far as the caller may see it; the day before stands beside it."""
    return answered(day_document(caller, services, station, day, language), form)


@router.get("/months/{month}", response_class=JSONResponse, responses=FILES)
def of_month(
    month: Month,
    caller: Reader,
    services: Shared,
    station: Annotated[Code, Query()],
    form: As = Format.JSON,
    language: In = Language.ZH,
) -> Response:
    """A station's month: as it was kept, to who may see all of it; else as it is now."""
    return answered(month_document(caller, services, station, month, language), form)


@router.get("/vehicles", response_class=Response, responses=LISTS)
def of_vehicles(
    caller: Reader,  # noqa: ARG001
    services: Shared,
    about: About,
    wanted: Chosen,
    form: ListAs = Format.CSV,
    language: In = Language.ZH,
) -> Response:
    """Every vehicle behind the figures, the latest shift's first, however many there are.

    CSV is sent as it is read; a spreadsheet is written first: POST /v1/reports/vehicles/files has
    it written while one does other things.
    """
    names = Names(services.known, language)
    table = vehicles.table(names)
    rows = vehicles.rows(services.database.reading, about, wanted, names)
    pieces = files.listed(table, rows, names.word("vehicles"), form)
    return as_file(pieces, vehicles.name(about), form)


def day_document(
    caller: Caller, services: Services, station: str, day: dt.date, language: Language
) -> Document:
    """A station's day, as far as the caller may see it. Refused if none of it is theirs."""
    zone = services.site.time_zone
    with _told(), services.database.reading() as connection:
        found = gather.day(connection, _wanted(services, caller, station), day, zone)
    return period_document(found, Names(services.known, language))


def month_document(
    caller: Caller, services: Services, station: str, month: str, language: Language
) -> Document:
    """The same of a month."""
    known = services.known
    rules = Rules(table=known.table, month=known.month, zone=services.site.time_zone)
    with _told(), services.database.reading() as connection:
        found = gather.month(connection, _wanted(services, caller, station), month, rules)
    return period_document(found, Names(known, language))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except LookupError:
        raise not_found("station") from None
    except BadInput as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None


def _wanted(services: Services, caller: Caller, station: str) -> Wanted:
    return Wanted(station=station, reach=caller.reach, at=services.clock())


def answered(document: Document, form: Format) -> Response:
    """A report in its form: for a page, or as a file."""
    if form is Format.JSON:
        report = ReportPage.model_validate(text.json_of(document))
        return JSONResponse(report.model_dump(mode="json"))
    try:
        pieces = files.made(document, form)
    except Failed as error:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None
    return as_file(pieces, document.name, form, document.title)


def as_file(pieces: Iterator[bytes], name: str, form: Format, title: str | None = None) -> Response:
    """A file to be kept: under a plain name, and for browsers that can under its title."""
    full = quote(files.name(title or name, form), safe="")
    plain = files.name(name, form)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}",
    }
    return StreamingResponse(pieces, headers=headers, media_type=TYPES[form])
