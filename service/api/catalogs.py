"""The catalogs in use, with their versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from service.api.access import Caller, permission
from service.api.values import Output
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
