"""What a lane controller says, over HTTP: a batch is checked whole before any of it is taken."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, WithJsonSchema

from service.api.access import Caller, permission
from service.api.booth import opened
from service.api.problems import Refused
from service.api.values import Input, Output
from service.api.wiring import Shared
from service.errors import BadInput, Failed
from service.lane_message import Message, MessageError, checked
from service.rights import Permission

router = APIRouter(prefix="/v1/lane-events", tags=["lane"])

Controller = Annotated[Caller, permission(Permission.LANE_WRITE)]
MOST = 1_000
"""messages in one batch"""
_SCHEMA = Message.model_json_schema(ref_template="#/components/schemas/{model}")
SCHEMAS: dict[str, Any] = _SCHEMA.pop("$defs")
"""what the description of a message refers to"""
# Kept as it came, with what is not known here.
Raw = Annotated[dict[str, Any], WithJsonSchema(_SCHEMA)]


class Batch(Input):
    """Messages of the lane, in the order in which they were sent."""

    events: Annotated[list[Raw], Field(min_length=1, max_length=MOST)]


class Taken(Output):
    """What became of a message."""

    id: str
    flag: str | None = Field(description="late, doubled, contradictory or impossible; null: none")
    repeated: bool = Field(description="it was taken before, and is not taken twice")


class Answer(Output):
    """What became of the batch."""

    events: list[Taken]


@router.post("")
def take(body: Batch, caller: Controller, services: Shared) -> Answer:
    """Take messages in. What is sent again, whole or in part, is taken once."""
    booth = opened(caller, services)
    messages: list[tuple[Message, str]] = []
    for number, tree in enumerate(body.events):
        try:
            messages.append((checked(tree), json.dumps(tree)))
        except MessageError as error:
            detail = f"events[{number}]: {error}"
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from None
    answers: list[Taken] = []
    for message, raw in messages:
        try:
            taken = booth.lane(message, raw)
        except BadInput as error:
            raise Refused(HTTPStatus.CONFLICT, str(error)) from None
        except Failed as error:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None
        flag = None if taken.flag is None else str(taken.flag)
        answers.append(Taken(id=message.id, flag=flag, repeated=taken.repeated))
    return Answer(events=answers)
