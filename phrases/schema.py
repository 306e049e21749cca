"""The tables of the catalog files, and of a station's own file."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from phrases.source import Strict

CATALOGS = (
    "basic",
    "holiday",
    "situation",
    "payment",
    "exception",
    "telephone",
    "handover",
    "forbidden",
)
"""Names of the files that ship, in the handbook's order."""

FORBIDDEN = "forbidden."
"""Ids of phrases that must not be said begin with it, and no others do."""

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("an id is lower-case words of a-z, 0-9 and _ joined by dots")
    return value


def _month_day(value: str) -> str:
    if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        raise ValueError("a day is MM-DD, such as 05-05")
    return value


Item = TypeVar("Item")
Many = Annotated[tuple[Item, ...], Field(strict=False)]
"""An array of the file, kept as a tuple; its items are as strict as the rest."""
Some = Annotated[tuple[Item, ...], Field(strict=False, min_length=1)]

Wording = Annotated[str, Field(min_length=1)]
"""A pattern; see phrases/pattern.py."""
Id = Annotated[str, AfterValidator(_id)]
MonthDay = Annotated[str, AfterValidator(_month_day)]
Flow = Literal["exit", "entry", "phone", "handover"]
Condition = Literal["rain", "fog", "ice", "snow"]


class When(Strict):
    """When a phrase is due or belongs; no key at all: at any time."""

    clock: Literal["morning", "afternoon", "evening"] | None = None
    """the part of the day that a greeting fits"""
    festival: Id | None = None
    """spring, new_year, mid_autumn, other, or a station's own with a day below"""
    lunar: MonthDay | None = None
    """the day of a station's own festival by the lunar calendar"""
    date: MonthDay | None = None
    """the day of a station's own festival by the civil calendar"""
    weekend: bool = False
    """Saturday and Sunday, unless a holiday wins or it is a working day"""
    weather: Some[Condition] | None = None
    """any of these conditions; one phrase of those that share a condition is enough"""
    notice: Literal["road", "closure"] | None = None
    """while a notice of this kind is in force"""
    event: Id | None = None
    """what happened at the window; never due by itself, for nobody reports it"""
    flow: Some[Flow] | None = None
    """the dialogues that it belongs to; None: all"""


class PhraseTable(Strict):
    """One phrase as the files have it."""

    id: Id
    zh: Wording
    """pattern of the standard wording"""
    variants: Many[Wording] = ()
    """patterns of further accepted wordings"""
    en: Many[str] = ()
    """English forms, the handbook's first"""
    when: When = When()
    polite: bool = True
    """whether 你 in place of 您 earns a remark"""
    also: Many[Id] = ()
    """phrases that do as well when this one is due"""
    apart: Many[Id] = ()
    """phrases whose words it holds without saying them: 应收15元 is no 收15元"""
    shares_english: Many[Id] = ()
    """phrases that have an English form in common with it"""
    note: str = ""
    """where it comes from, or why it is as it is"""


class CatalogFile(Strict):
    """A file that ships; its name is the catalog's."""

    phrase: Some[PhraseTable]


class StationPhrase(PhraseTable):
    """A phrase that a station adds."""

    catalog: Literal[
        "basic",
        "holiday",
        "situation",
        "payment",
        "exception",
        "telephone",
        "handover",
        "forbidden",
        "station",
    ] = "station"
    """the catalog under which it is shown; forbidden phrases need not say so, their id does"""


class Change(Strict):
    """What a station changes in a phrase that ships; keys left out stay as they are."""

    id: Id
    off: bool = False
    """True: the phrase is not listened for"""
    zh: Wording | None = None
    """another standard wording; the former one goes unless it is listed in `variants`"""
    variants: Many[Wording] = ()
    """patterns that are accepted besides"""
    without: Many[str] = ()
    """variants that are accepted no longer, exactly as they are written in the catalog"""
    en: Many[str] | None = None
    """replaces the English forms"""
    when: When | None = None
    polite: bool | None = None
    also: Many[Id] | None = None
    note: str | None = None


class StationFile(Strict):
    """A station's own file: phrases that it adds and phrases that it changes."""

    phrase: Many[StationPhrase] = ()
    change: Many[Change] = ()
