"""Log in and out, and look after one's own account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from db.people_types import Person
from service.accounts import LASTS
from service.api.access import COOKIE, Caller, permission
from service.api.problems import Refused
from service.api.values import Input, Output, Utc
from service.api.wiring import Shared
from service.passwords import LONGEST, weakness
from service.rights import Permission

router = APIRouter(prefix="/v1/session", tags=["session"])

Account = Annotated[Caller, permission(Permission.ACCOUNT)]
Secret = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["123456"])]


class Login(Input):
    """Who logs in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"login": "li.hua", "password": "three words and 4", "code": "123456"}
        }
    )
    login: Annotated[str, Field(min_length=1, max_length=200)]
    password: Secret
    code: Code | None = Field(None, description="one-time code, where the person has set one up")
    bearer: bool = Field(
        False, description="give a token for the header Authorization, and set no cookie"
    )


class Granted(Output):
    """A role, and where it holds."""

    role: str
    station: str | None = Field(description="null: every station")
    team: str | None


class Me(Output):
    """Who is logged in."""

    id: int
    login: str
    name: str
    station: str | None = Field(description="of the collector that the person is")
    collector: str | None
    roles: list[Granted]
    second_factor: bool


class Opened(Output):
    """A session that has begun."""

    expires_at: Utc
    token: str | None = Field(description="if `bearer` was asked for")
    person: Me


class NewPassword(Input):
    """Change the password."""

    old: Secret
    new: Secret


class Confirmed(Input):
    """Something that the password is asked for again."""

    password: Secret


class Dropped(Input):
    """What the password and a code are asked for again."""

    password: Secret
    code: Code


class Proposed(Output):
    """A second factor that holds once it is confirmed."""

    secret: str = Field(description="base32, for an authenticator")
    address: str = Field(description="the same as an otpauth address, for a QR code")


class Shown(Input):
    """A code that the authenticator shows."""

    code: Code


@router.post("", status_code=201)
def log_in(body: Login, request: Request, response: Response, services: Shared) -> Opened:
    """Begin a session, by a cookie or by a token. Too many attempts are answered with 429."""
    address = request.client.host if request.client else ""
    opened = services.accounts.log_in(body.login, body.password, body.code, address)
    if not body.bearer:
        response.set_cookie(
            COOKIE,
            opened.token,
            max_age=round(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    active = services.accounts.active(opened.token)
    assert active is not None
    return Opened(
        expires_at=opened.expires_at,
        token=opened.token if body.bearer else None,
        person=as_me(active.person),
    )


@router.get("")
def me(caller: Account) -> Me:
    """Who is logged in."""
    return as_me(caller.person)


@router.delete("", status_code=204)
def log_out(caller: Account, services: Shared, response: Response) -> None:
    """End the session."""
    services.accounts.log_out(caller.active)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.put("/password", status_code=204)
def set_password(body: NewPassword, caller: Account, services: Shared) -> None:
    """Change one's own password; one's other sessions end."""
    if (problem := weakness(body.new, caller.person.login)) is not None:
        raise Refused(HTTPStatus.BAD_REQUEST, problem)
    services.accounts.set_password(caller.active, body.old, body.new)


@router.post("/second-factor", status_code=201)
def propose_second_factor(body: Confirmed, caller: Account, services: Shared) -> Proposed:
    """A secret for an authenticator; codes are asked for once it is confirmed."""
    secret, address = services.accounts.propose_second_factor(caller.active, body.password)
    return Proposed(secret=secret, address=address)


@router.put("/second-factor", status_code=204)
def confirm_second_factor(body: Shown, caller: Account, services: Shared) -> None:
    """Show a code of the proposed secret; from now on logging in asks for one."""
    services.accounts.confirm_second_factor(caller.active, body.code)


@router.post("/second-factor/drop", status_code=204)
def drop_second_factor(body: Dropped, caller: Account, services: Shared) -> None:
    """Ask for no codes any more."""
    services.accounts.drop_second_factor(caller.active, body.password, body.code)


def as_me(person: Person) -> Me:
    """The person as they see themselves."""
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        station=person.station,
        collector=person.collector,
        roles=[Granted(role=g.role.value, station=g.station, team=g.team) for g in person.grants],
        second_factor=person.second_factor,
    )
