"""The catalogs in use, with their versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from service import try_line
from service.api.access import Caller, permission
from service.api.values import Input, Line, Output
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/catalogs", tags=["catalogs"])

Reader = Annotated[Caller, permission(Permission.CATALOGS_READ)]


class Phrase(Output):
    """A line of the catalogs."""

    id: str
    line: str = Field(description="the standard wording; open slots as {name}")
    note: str
    forbidden: bool = Field(description="whether it must not be said")


class Catalog(Output):
    """Lines that belong together."""

    catalog: str = Field(description="station: the station's own")
    phrases: list[Phrase]


class Catalogs(Output):
    """All that decides what is listened for and judged, as this server has it."""

    catalog: str = Field(description="version, the same for the same phrases on every machine")
    dialogue: str
    score_table: str
    calendar: str
    thresholds: str
    catalogs: list[Catalog]


class TypedLine(Input):
    """What somebody might say."""

    text: Line = Field(examples=["您好收您五十元"])


class TakenFor(Output):
    """A phrase that is in it."""

    phrase: str
    line: str = Field(description="its standard wording")
    slots: dict[str, str] = Field(examples=[{"amount": "50"}])
    accepted: bool = Field(description="false: unsure, until sound settles it")
    score: float = Field(ge=0, le=1)


@router.post("/line")
def line(body: TypedLine, caller: Reader, services: Shared) -> list[TakenFor]:  # noqa: ARG001
    """For which phrases a typed line would be taken, by its words alone; nothing is kept."""
    return [TakenFor(**one) for one in try_line.tried(body.text, services.known)]


@router.get("")
def catalogs(caller: Reader, services: Shared) -> Catalogs:  # noqa: ARG001 - who may, not who
    """The catalogs in use, with all lines."""
    versions = services.known.versions(model="")
    by_name: dict[str, list[Phrase]] = {}
    for phrase in services.known.catalog.phrases.values():
        shown = Phrase(id=phrase.id, line=phrase.line, note=phrase.note, forbidden=phrase.forbidden)
        by_name.setdefault(phrase.catalog, []).append(shown)
    return Catalogs(
        catalog=versions.catalog,
        dialogue=versions.dialogue,
        score_table=versions.score_table,
        calendar=versions.calendar,
        thresholds=versions.thresholds,
        catalogs=[Catalog(catalog=name, phrases=lines) for name, lines in by_name.items()],
    )
