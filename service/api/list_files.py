"""Lists of vehicles that take long: asked for, written while one does other things, fetched."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from service.api.access import Caller
from service.api.figures import About
from service.api.problems import Refused, not_found
from service.api.reports import LISTS, Chosen, In, ListAs, Reader, as_file
from service.api.values import Output, Utc
from service.api.wiring import Services, Shared
from service.list_files import ListFile, TooMany, Trouble, Wish
from service.reports import vehicles
from service.reports.document import Language
from service.reports.files import Format, ListForm, read

router = APIRouter(prefix="/v1/reports", tags=["reports"])

FileId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
PROBLEMS = {
    Trouble.NO_ROOM: "the server's disk is full, or nearly: ask for fewer days, or have room made",
    Trouble.DISK: "the server cannot write to its disk: have its log looked at",
    Trouble.DATABASE: "the database did not answer: ask again",
    Trouble.BROKEN: "the program failed at it; it was logged",
}


class VehicleFile(Output):
    """A list of vehicles that was asked for."""

    id: str
    name: str = Field(examples=["changshou-vehicles-2026-11-01-2026-11-30.xlsx"])
    format: ListForm
    filters: dict[str, str] = Field(
        description="what was asked for beside the days", examples=[{"station": "nanchang-north"}]
    )
    asked_at: Utc
    ahead: int = Field(description="files, of whomever, that are written before it")
    done: int = Field(description="rows that are written")
    of: int | None = Field(description="rows that there are; null: they are not counted yet")
    ended_at: Utc | None = Field(description="null: it waits or is being written")
    bytes: int | None = Field(description="null: there is no file to fetch")
    problem: str | None = Field(description="why it could not be written")


@router.post("/vehicles/files", status_code=HTTPStatus.ACCEPTED)
def ask(
    caller: Reader,
    services: Shared,
    about: About,
    wanted: Chosen,
    form: ListAs = Format.XLSX,
    language: In = Language.ZH,
) -> VehicleFile:
    """Have every vehicle behind the figures written to a file; of one person three at most."""
    # What is over its time does not count.
    own(caller, services)
    wish = Wish(person=caller.person.id, asked=about, wanted=wanted, form=form, language=language)
    try:
        return _told(services, services.lists.ask(wish))
    except TooMany as error:
        raise Refused(HTTPStatus.CONFLICT, str(error)) from None


@router.get("/files")
def listed(caller: Reader, services: Shared) -> list[VehicleFile]:
    """Your own, in the order asked. A restart of the server forgets them."""
    return [_told(services, one) for one in own(caller, services)]


@router.get("/files/{file}", response_class=Response, responses=LISTS)
def fetch(file: FileId, caller: Reader, services: Shared) -> Response:
    """One of your own, for a day after it was written, while your reach is what it was then."""
    one = _one(file, caller, services)
    opened = services.lists.opened(one)
    if opened is None:
        if one.trouble is not None:
            raise Refused(HTTPStatus.CONFLICT, PROBLEMS[one.trouble])
        raise Refused(
            HTTPStatus.CONFLICT,
            "it is not written yet: GET /v1/reports/files says how far it is",
        )
    answer = as_file(read(opened), vehicles.name(one.wish.asked), one.wish.form)
    answer.headers["Content-Length"] = str(one.bytes)
    return answer


@router.delete("/files/{file}", status_code=HTTPStatus.NO_CONTENT)
def drop(file: FileId, caller: Reader, services: Shared) -> None:
    """Delete one of your own, or stop it while it is being written."""
    services.lists.drop(_one(file, caller, services))


def own(caller: Caller, services: Services) -> list[ListFile]:
    """The caller's, as far as they may still see what is in them."""
    return services.lists.of(caller.person.id, caller.reach)


def _one(file: str, caller: Caller, services: Services) -> ListFile:
    found = next((one for one in own(caller, services) if one.id == file), None)
    if found is None:
        raise not_found("file")
    return found


def _told(services: Services, one: ListFile) -> VehicleFile:
    return VehicleFile(
        id=one.id,
        name=one.name,
        format=one.wish.form,
        filters=one.wish.filters,
        asked_at=one.asked_at,
        ahead=services.lists.ahead(one),
        done=one.done,
        of=one.of,
        ended_at=one.ended_at,
        bytes=one.bytes,
        problem=None if one.trouble is None else PROBLEMS[one.trouble],
    )
