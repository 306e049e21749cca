"""Hash and check passwords (argon2id), a few at a time: each takes 64 MiB on purpose."""

from __future__ import annotations

import unicodedata
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 12
"""characters"""
LONGEST = 200
"""characters; a longer one would but cost time"""
WAIT_S = 10.0
"""seconds to wait for one's turn"""


class Busy(Exception):
    """Too many passwords are being checked: try again."""


class Passwords:
    """Makes hashes with these costs, and checks those made with any."""

    def __init__(self, *, memory_kib: int = 65_536, rounds: int = 3, at_once: int = 2) -> None:
        hasher = Argon2Hasher(memory_cost=memory_kib, time_cost=rounds, parallelism=1)
        self._hash = PasswordHash((hasher,))
        self._turns = BoundedSemaphore(at_once)
        self._nobodys = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """What to keep in place of the password."""
        with self._turn():
            return self._hash.hash(_same(password))

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether it is the password; without one to compare it takes as long, and is not.

        Raises Busy if its turn does not come.
        """
        with self._turn():
            try:
                right = self._hash.verify(_same(password), kept or self._nobodys)
            except UnknownHashError:
                return False
        return right and kept is not None

    def _turn(self) -> _Turn:
        return _Turn(self._turns)


class _Turn:
    def __init__(self, turns: BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=WAIT_S):
            raise Busy("too many logins at once: try again")

    def __exit__(self, *_: object) -> None:
        self._turns.release()


def weakness(password: str, login: str) -> str | None:
    """Why it may not be anybody's password; None: it may."""
    if len(password) < SHORTEST:
        return f"the password has fewer than {SHORTEST} characters: take a longer one"
    if len(password) > LONGEST:
        return f"the password has more than {LONGEST} characters: take a shorter one"
    if len(set(password)) < 5:
        return "the password has fewer than 5 different characters: take another"
    if login.casefold() in password.casefold():
        return "the password holds the login: take another"
    return None


def _same(password: str) -> bytes:
    """One form for what looks the same, whichever keyboard it came from."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
