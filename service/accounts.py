"""Log people in and out: passwords, one-time codes, sessions, and lock-out of who guesses.

A login that does not exist is treated as one that does: it costs the same time, is refused in the
same words, and is locked after as many attempts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from db import audit, people
from db.access import Access
from db.people_types import Deed, Person
from db.types import UsageError
from service import one_time
from service.passwords import Passwords

WINDOW = dt.timedelta(minutes=15)
"""in which attempts are counted"""
PER_LOGIN = 10
"""attempts at one login within the window"""
PER_ADDRESS = 50
"""attempts from one address, which a whole station may share"""
LASTS = dt.timedelta(hours=12)
"""a session, however much it is used"""
IDLE = dt.timedelta(minutes=60)
"""a session that is not used"""
SEEN = dt.timedelta(minutes=1)
"""how exactly it is kept when a session was last used: each note is a write"""
REMEMBERED = dt.timedelta(days=1)
"""an attempt"""


class Wrong(Exception):
    """Login, password or one-time code: which of them is not told."""

    def __init__(self) -> None:
        super().__init__("the login, the password or the one-time code is wrong")


class Locked(Exception):
    """Too many attempts."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many attempts to log in: try again in {wait_s} seconds")
        self.wait_s = wait_s
        """seconds until the next may be made"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A session that has just begun."""

    token: str
    """43 characters, shown once"""
    expires_at: dt.datetime
    """aware"""
    person_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """Who a token stands for."""

    session_id: int
    person: Person


class Accounts:
    """The accounts of one database."""

    def __init__(
        self, database: Access, passwords: Passwords, clock: Callable[[], dt.datetime]
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def log_in(self, login: str, password: str, code: str | None, address: str) -> Opened:
        """Begin a session; Wrong or Locked if that is not to be."""
        login = folded(login)
        by_login, by_address = key_of(login), _key("address", address)
        now = self._clock()
        # Counted before it is tried, so that attempts at once are not more than attempts in turn.
        with self._database.writing() as connection:
            attempt = people.fail(connection, (by_login, by_address), now)
        try:
            with self._database.writing() as connection:
                people.forget_failures(connection, now - REMEMBERED)
                _check(connection, by_login, PER_LOGIN, now)
                _check(connection, by_address, PER_ADDRESS, now)
                known = people.secrets_of(connection, login)
        except Locked:
            with self._database.writing() as connection:
                people.take_back(connection, attempt)
            raise
        right = self._passwords.matches(password, known["password"] if known else None)
        if known is None or not right:
            raise Wrong
        with self._database.writing() as connection:
            if known["totp_confirmed"] and not _take(
                connection, known["id"], known["totp_secret"], code, now
            ):
                raise Wrong
            people.take_back(connection, attempt, by_login)
            token = secrets.token_urlsafe(32)
            until = now + LASTS
            people.open_session(connection, known["id"], _hash(token), now, until)
            audit.note(connection, Deed(action="session.began", person_id=known["id"]), now)
        return Opened(token=token, expires_at=until, person_id=known["id"])

    def active(self, token: str) -> Active | None:
        """Who this token stands for; None if for nobody, or not any more."""
        now = self._clock()
        with self._database.reading() as connection:
            row = people.session(connection, _hash(token))
            if row is None or now >= row["expires_at"] or now - row["seen_at"] >= IDLE:
                return None
            person = people.find(connection, row["person_id"])
        if person is None:
            return None
        if now - row["seen_at"] >= SEEN:
            with self._database.writing() as connection:
                people.touch(connection, row["id"], now)
        return Active(session_id=row["id"], person=person)

    def log_out(self, active: Active) -> None:
        """End the session."""
        with self._database.writing() as connection:
            people.end_session(connection, active.session_id)

    def set_password(self, active: Active, old: str, new: str) -> None:
        """Change one's own password, which ends one's other sessions; Wrong if `old` is not it."""
        self._confirm(active.person, old)
        kept = self._passwords.hash(new)
        now = self._clock()
        with self._database.writing() as connection:
            people.change(connection, active.person.id, password=kept)
            people.end_sessions(connection, active.person.id, but=active.session_id)
            deed = Deed(action="password.changed", person_id=active.person.id)
            audit.note(connection, deed, now)

    def propose_second_factor(self, active: Active, password: str) -> tuple[str, str]:
        """A new secret and its address; it holds once a code made with it was shown."""
        self._confirm(active.person, password)
        if active.person.second_factor:
            raise UsageError("there is a second factor: drop it first")
        secret = one_time.new_secret()
        with self._database.writing() as connection:
            people.change(
                connection, active.person.id, totp_secret=secret, totp_confirmed=False, totp_used=-1
            )
        return secret, one_time.address(secret, active.person.login)

    def confirm_second_factor(self, active: Active, code: str) -> None:
        """From now on a code is asked for; Wrong if this one is not of the proposed secret."""
        now = self._clock()
        with self._database.writing() as connection:
            known = people.secrets_of(connection, active.person.login)
            secret = known["totp_secret"] if known else None
            if secret is None or not _take(connection, active.person.id, secret, code, now):
                raise Wrong
            people.change(connection, active.person.id, totp_confirmed=True)
            deed = Deed(action="second_factor.set", person_id=active.person.id)
            audit.note(connection, deed, now)

    def drop_second_factor(self, active: Active, password: str, code: str) -> None:
        """No code is asked for any more; Wrong if password or code are not the person's."""
        self._confirm(active.person, password)
        now = self._clock()
        with self._database.writing() as connection:
            known = people.secrets_of(connection, active.person.login)
            secret = known["totp_secret"] if known else None
            if secret is None or not _take(connection, active.person.id, secret, code, now):
                raise Wrong
            people.change(connection, active.person.id, totp_secret=None, totp_confirmed=False)
            deed = Deed(action="second_factor.dropped", person_id=active.person.id)
            audit.note(connection, deed, now)

    def _confirm(self, person: Person, password: str) -> None:
        """Wrong unless it is the person's password; guesses are counted as logins are."""
        key = key_of(person.login)
        now = self._clock()
        with self._database.writing() as connection:
            attempt = people.fail(connection, (key,), now)
        try:
            with self._database.writing() as connection:
                _check(connection, key, PER_LOGIN, now)
                known = people.secrets_of(connection, person.login)
        except Locked:
            with self._database.writing() as connection:
                people.take_back(connection, attempt)
            raise
        if not self._passwords.matches(password, known["password"] if known else None):
            raise Wrong
        with self._database.writing() as connection:
            people.take_back(connection, attempt)


def folded(login: str) -> str:
    """The login as it is compared: capitals and full-width letters make no difference."""
    return unicodedata.normalize("NFKC", login).casefold().strip()


def key_of(login: str) -> str:
    """Under what attempts at a folded login are counted."""
    return _key("login", login)


def _check(connection: Connection, key: str, most: int, now: dt.datetime) -> None:
    """Locked if there were more attempts than that, the one being made included."""
    count, first = people.failures(connection, key, now - WINDOW)
    if count > most and first is not None:
        raise Locked(max(1, math.ceil((first + WINDOW - now).total_seconds())))


def _take(
    connection: Connection, person_id: int, secret: str, code: str | None, now: dt.datetime
) -> bool:
    step = one_time.step_of(secret, code, now) if code else None
    return step is not None and people.use_step(connection, person_id, step)


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode(errors="replace")).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
