"""Talk to the person at the terminal: progress and notes on standard error, tables on output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from service.errors import one_line


def utf8() -> None:
    """Write UTF-8 whatever the locale says: catalogs and JSON are Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def note(message: object) -> None:
    """One line on standard error."""
    print(f"changshou: {one_line(message)}", file=sys.stderr, flush=True)


def output() -> Console:
    """Standard output for tables; wide enough for them when it is not a terminal."""
    plain = Console(highlight=False, soft_wrap=False)
    return plain if plain.is_terminal else Console(highlight=False, width=120)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, moved by calling what this gives with the amount done.

    Where standard error is no terminal, a line for every tenth instead.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        tenth = 0

        def line(done: int) -> None:
            nonlocal tenth
            now = min(10, done * 10 // max(total, 1))
            if now > tenth:
                tenth = now
                note(f"{what}: {tenth * 10} %")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def silent(what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG001
    """Progress that nobody watches."""
    yield lambda _: None
