"""What a lane controller says, message by message, checked: docs/lane-events.md has the format."""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from phrases.amounts import fen
from phrases.types import Excuse, Payment, Profile

LONGEST_BYTES = 8_192
"""of one message"""


class Kind(StrEnum):
    """What happened."""

    ARRIVED = "arrived"
    FEE_SHOWN = "fee_shown"
    PAID = "paid"
    LEFT = "left"
    QUEUE = "queue"
    """so many vehicles wait"""
    WEATHER = "weather"
    """it began, or is over"""
    NOTICE = "notice"
    """a road notice or a closure is in force, or is over"""
    PROFILE = "profile"
    """how much is asked of a collector from then on"""


def _plain(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("must be printable characters")
    return value


def _aware(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        raise ValueError("needs an offset from UTC, such as +08:00")
    if not 1970 <= value.year <= 2200:
        raise ValueError("a year outside 1970 to 2200")
    return value


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
Number = Annotated[int, Field(strict=True, gt=-(2**53), lt=2**53)]
Yuan = Annotated[
    int,
    BeforeValidator(fen),
    Field(json_schema_extra={"type": "string", "examples": ["15", "15.5"]}),
]


class Message(BaseModel):
    """One message of the lane; keys that are not known are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Name
    """the lane's own, never used twice"""
    kind: Kind
    at: Annotated[dt.datetime, AfterValidator(_aware)]
    """by the lane's clock, with its offset from UTC"""
    vehicle: Number | Name | None = None
    """the lane's name for it; of a queue: none"""
    lane: Annotated[str, Field(pattern="^(exit|entry)$")] | None = None
    toll: Yuan | None = None
    """given in yuan, kept in fen"""
    tendered: Yuan | None = None
    """given in yuan, kept in fen"""
    payment: Payment | None = None
    ticket: Annotated[bool, Field(strict=True)] | None = None
    excuse: Excuse | None = None
    waiting: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    """vehicles in the queue"""
    weather: Annotated[str, Field(pattern="^(rain|fog|ice|snow)$")] | None = None
    notice: Annotated[str, Field(pattern="^(road|closure)$")] | None = None
    direction: Name | None = None
    """of a notice: the road's, such as 南昌"""
    what: Annotated[str, Field(pattern="^(塌方|施工|排障)$")] | None = None
    cause: Name | None = None
    reopens: Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")] | None = None
    profile: Profile | None = None
    over: Annotated[bool, Field(strict=True)] = False
    """of weather and notices: from then on they are not"""

    def wrong(self) -> str | None:
        """What is missing from it."""
        needed = {Kind.QUEUE: "waiting"} | {
            kind: kind.value for kind in (Kind.WEATHER, Kind.NOTICE, Kind.PROFILE)
        }
        name = needed.get(self.kind, "vehicle")
        return f"{name}: is missing" if getattr(self, name) is None else None


class MessageError(ValueError):
    """A message cannot be used: one line that says why, without its values."""


def read(text: str | bytes) -> Message:
    """One message of JSON; MessageError if it is none."""
    if len(text) > LONGEST_BYTES:
        raise MessageError(f"longer than {LONGEST_BYTES} bytes")
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise MessageError("is not JSON in UTF-8") from None
    return checked(tree)


def checked(tree: object) -> Message:
    """The decoded JSON as a message; MessageError if it does not fit."""
    if not isinstance(tree, dict):
        raise MessageError("is not a JSON object")
    try:
        message = Message.model_validate(tree)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = (f"{'.'.join(map(str, f['loc'][:1]))}: {f['msg']}" for f in faults[:3])
        raise MessageError("; ".join(said)) from None
    if (missing := message.wrong()) is not None:
        raise MessageError(missing)
    return message
