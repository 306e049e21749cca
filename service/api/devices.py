"""Booths' keys: registered, listed, revoked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import RowMapping

from db import audit, devices, places, tables
from db.people_types import Deed
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.places import station_of
from service.api.problems import Refused, not_found
from service.api.values import Code, Input, Output, RowId, Utc
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/devices", tags=["devices"])

Reader = Annotated[Caller, permission(Permission.DEVICES_READ)]
Writer = Annotated[Caller, permission(Permission.DEVICES_WRITE)]
PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0f" * 32])]


class Device(Output):
    """A booth's key."""

    id: int
    station: str
    booth: str
    public_key: str = Field(description="Ed25519, hexadecimal")
    registered_at: Utc
    revoked_at: Utc | None


class NewDevice(Input):
    """A key to be trusted."""

    station: Code
    booth: Code
    public_key: PublicKey


@router.get("")
def listed(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Device]:
    """Devices, revoked ones too."""
    key = services.cursors.read("devices", None, cursor)
    after = None if key is None else key[0]
    with services.database.reading() as connection:
        rows = devices.page(connection, caller.reach, after=after, limit=limit + 1)
    return services.cursors.page("devices", None, [((r["id"],), _device(r)) for r in rows], limit)


@router.post("", status_code=201)
def register(body: NewDevice, caller: Writer, services: Shared) -> Device:
    """Trust a booth's key; the booth must be there."""
    now = services.clock()
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        booth = places.find(connection, tables.Booth, station_id=station, code=body.booth)
        if booth is None:
            raise not_found("booth")
        made = devices.add(connection, booth, body.public_key, now)
        if made is None:
            raise Refused(HTTPStatus.CONFLICT, "this key was registered before: make a new one")
        deed = Deed(
            action="device.registered",
            person_id=caller.person.id,
            thing=str(made),
            station_id=station,
        )
        audit.note(connection, deed, now)
        row = devices.find(connection, made, caller.reach)
    assert row is not None
    return _device(row)


@router.post("/{device}/revoke")
def revoke(device: RowId, caller: Writer, services: Shared) -> Device:
    """Trust the key no more; it cannot be registered again."""
    now = services.clock()
    with services.database.writing() as connection:
        row = devices.find(connection, device, caller.reach)
        if row is None:
            raise not_found("device")
        if row["revoked_at"] is None:
            devices.revoke(connection, device, now)
            deed = Deed(
                action="device.revoked",
                person_id=caller.person.id,
                thing=str(device),
                station_id=row["station_id"],
            )
            audit.note(connection, deed, now)
            row = devices.find(connection, device, caller.reach)
    assert row is not None
    return _device(row)


def _device(row: RowMapping) -> Device:
    return Device(**{name: row[name] for name in Device.model_fields})
