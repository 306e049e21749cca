"""What a request may say: texts, ids and times that every database can keep."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from db.types import LONGEST_CODE

LARGEST_ID = 2**31 - 1


class Input(BaseModel):
    """A body: keys that are not known are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Output(BaseModel):
    """An answer: what has no field is an error of ours, not silently left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _line(text: str) -> str:
    if text != text.strip() or not text.isprintable():
        raise ValueError("must be one line without control characters or spaces around it")
    return text


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]
"""a text of one line"""


def _prose(text: str) -> str:
    if not text.strip() or not all(c.isprintable() or c in "\n\t" for c in text):
        raise ValueError("must have words, and no control characters but line ends")
    return text


Prose = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(_prose)]
"""what somebody writes: one line or several"""
Code = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_CODE, examples=["nanchang-north"]),
    AfterValidator(_line),
]
"""the id of a station, booth, team or collector, as given from outside"""
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""the number of a row"""
ShiftId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", examples=["0123456789abcdef"])]

_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?")


def _iso(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError(
            "must be a time in ISO 8601, such as 2026-11-24T10:00:00+08:00 (in a URL %2B)"
        )
    return dt.datetime.fromisoformat(value.replace(",", ".").upper())


def _utc(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        raise ValueError("has no offset from UTC: give one, such as +08:00 (in a URL %2B) or Z")
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("is too far away") from None


Moment = Annotated[
    dt.datetime,
    BeforeValidator(_iso),
    AfterValidator(_utc),
    Field(examples=["2026-11-24T10:00:00+08:00"]),
]
"""a time of a request, with any offset; in UTC from here on"""


def _day(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("must be a date such as 2026-11-24")
    return dt.date.fromisoformat(value)


Day = Annotated[dt.date, BeforeValidator(_day), Field(examples=["2026-11-24"])]
"""a day by the site's clock"""


def _shown(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


Utc = Annotated[
    dt.datetime, PlainSerializer(_shown, return_type=str), Field(examples=["2026-11-24T02:00:00Z"])
]
"""a time of an answer"""
