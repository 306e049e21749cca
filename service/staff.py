"""Look after people from the machine itself: the first administrator, and who is locked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from db import audit, people
from db.access import Access
from db.people_types import Deed, Grant, Person, Reach, Role
from db.types import LONGEST_CODE, UsageError
from service import accounts, bootstrap
from service.errors import BadInput
from service.passwords import Passwords, weakness
from service.settings import Settings


class Desk:
    """The people of one database; BadInput for a login or password that cannot be."""

    def __init__(
        self, database: Access, passwords: Passwords, clock: Callable[[], dt.datetime]
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def add(self, login: str, password: str, role: Role) -> None:
        """Somebody with this role for every station."""
        login = accounts.folded(login)
        if (problem := unfit(login) or weakness(password, login)) is not None:
            raise BadInput(problem)
        kept = self._passwords.hash(password)
        now = self._clock()
        with self._database.writing() as connection:
            try:
                grants = [Grant(role=role)]
                made = people.add(
                    connection, login=login, name=login, password=kept, grants=grants, at=now
                )
            except UsageError as error:
                raise BadInput(error) from None
            audit.note(connection, Deed(action="person.added", thing=str(made)), now)

    def everybody(self) -> Sequence[Person]:
        """All people, by id."""
        with self._database.reading() as connection:
            return people.page(connection, Reach(everything=True), after=None, limit=100_000)

    def set_password(self, login: str, password: str) -> None:
        """A new one; their sessions end."""
        login = accounts.folded(login)
        if (problem := weakness(password, login)) is not None:
            raise BadInput(problem)
        kept = self._passwords.hash(password)
        self._change(login, "password.set", password=kept)

    def unlock(self, login: str) -> None:
        """Forget the attempts and the second factor; their sessions end."""
        self._change(login, "person.unlocked", totp_secret=None, totp_confirmed=False)
        with self._database.writing() as connection:
            people.take_back(connection, (), accounts.key_of(accounts.folded(login)))

    def disable(self, login: str) -> None:
        """They log in no more; their sessions end."""
        self._change(login, "person.disabled", disabled_at=self._clock())

    def _change(self, login: str, action: str, **values: Any) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            person_id = _known(connection, accounts.folded(login))
            people.change(connection, person_id, **values)
            people.end_sessions(connection, person_id)
            audit.note(connection, Deed(action=action, thing=str(person_id)), now)


@contextmanager
def opened(site: Settings, passwords: Passwords | None = None) -> Iterator[Desk]:
    """The people of the settings' database; BadInput if it cannot be used."""
    with bootstrap.database(site) as engine:
        database = Access(writer=engine, reader=engine)
        yield Desk(database, passwords or Passwords(), lambda: dt.datetime.now(dt.UTC))


def unfit(login: str) -> str | None:
    """Why it may not be a login; None: it may."""
    if not login or len(login) > LONGEST_CODE:
        return f"a login has 1 to {LONGEST_CODE} characters: give another"
    if not login.isprintable() or any(char.isspace() for char in login):
        return "a login has no spaces or control characters: give another"
    return None


def as_json(person: Person) -> dict[str, Any]:
    """The person for machines (docs/command-line.md)."""
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "station": person.station,
        "collector": person.collector,
        "roles": [
            {"role": grant.role.value, "station": grant.station, "team": grant.team}
            for grant in person.grants
        ],
        "second_factor": person.second_factor,
        "disabled": person.disabled,
    }


def line(person: Person) -> str:
    """The person for people."""
    roles = ", ".join(
        f"{grant.role.value} of {grant.team or grant.station or 'every station'}"
        for grant in person.grants
    )
    state = " (disabled)" if person.disabled else ""
    return f"{person.login}{state}: {roles or 'no role'}"


def _known(connection: Connection, login: str) -> int:
    person = people.secrets_of(connection, login)
    if person is None:
        raise BadInput("nobody has this login, or they are disabled: changshou people list")
    found: int = person["id"]
    return found
