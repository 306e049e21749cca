"""The two ways in which a command fails, each with one line for people."""

from __future__ import annotations


class BadInput(Exception):
    """Bad usage or bad input: nothing was stored, exit code 2.

    The message is one line that names the thing and says what is wrong with it.
    """

    def __init__(self, message: object) -> None:
        super().__init__(one_line(message))


class Failed(Exception):
    """The input was good but the work could not be finished: exit code 1."""

    def __init__(self, message: object) -> None:
        super().__init__(one_line(message))


def one_line(message: object) -> str:
    """The message with its line breaks and control characters as single spaces."""
    words = "".join(c if c.isprintable() else " " for c in str(message)).split()
    return " ".join(words)
