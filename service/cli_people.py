"""The commands that look after people from the machine itself: admin and people."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from db.people_types import Role
from service import report_json, settings, staff
from service.cli_options import AsJson, Db
from service.console import note
from service.errors import BadInput

admin = typer.Typer(help="Set up the first administrator.", rich_markup_mode=None)
people = typer.Typer(help="List people, and mend what they cannot.", rich_markup_mode=None)

Login = Annotated[str, typer.Argument(metavar="LOGIN")]


@admin.command()
def create(login: Login, db: Db = None) -> None:
    """Make an administrator of every station; the password is read from the terminal or stdin."""
    with staff.opened(settings.load(db=db)) as desk:
        desk.add(login, _password(), Role.ADMINISTRATOR)
    note("made; log in at POST /v1/session")


@people.command(name="list")
def list_(
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """List who may log in, with their roles."""
    with staff.opened(settings.load(db=db)) as desk:
        found = desk.everybody()
    if as_json:
        print(report_json.dumps([staff.as_json(person) for person in found]))
        return
    for person in found:
        print(staff.line(person))


@people.command()
def password(login: Login, db: Db = None) -> None:
    """Set a new password, read from the terminal or stdin; their sessions end."""
    with staff.opened(settings.load(db=db)) as desk:
        desk.set_password(login, _password())


@people.command()
def unlock(login: Login, db: Db = None) -> None:
    """Forget the attempts to log in as them, and drop their second factor; their sessions end."""
    with staff.opened(settings.load(db=db)) as desk:
        desk.unlock(login)


@people.command()
def disable(login: Login, db: Db = None) -> None:
    """Let them log in no more; their sessions end."""
    with staff.opened(settings.load(db=db)) as desk:
        desk.disable(login)


def _password() -> str:
    """Typed twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("password: ")
    if getpass.getpass("again: ") != first:
        raise BadInput("the two are not the same: try again")
    return first
