"""Look at what a machine needs to go on, and say which of it fails."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from sqlalchemy import Engine

from db.access import Access
from db.alarms import count
from db.ledger import newest
from db.outbox import Backlog, backlog
from db.types import StoreError
from service.live_ears import Ears
from service.settings import Settings

LEAST_FREE = 512_000_000
"""bytes under which a disk is full soon: a booth's busy day takes about a tenth of it"""
CLOCK_SLACK = dt.timedelta(seconds=5)
"""a clock that is set back by less than this is being corrected, not wrong"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """What was found."""

    database: bool
    """whether it answers"""
    free: int | None
    """bytes free where the results are kept; None: it cannot be told"""
    clock_back: dt.timedelta | None
    """how far the clock is behind the last entry of the own ledger; None: there is none"""
    outbox: Backlog | None
    """None: the database does not answer"""
    alarms: int = 0
    """messages of booths that a person must look at"""
    ears: Ears | None = None
    """None: nothing is listened to here"""


def measure(site: Settings, access: Access, now: dt.datetime, ears: Ears | None = None) -> Measures:
    """Look; `now` is aware. Takes a few milliseconds, and never fails itself."""
    entry: dt.datetime | None = None
    waits: Backlog | None = None
    alarms = 0
    try:
        with access.reading() as connection:
            entry = newest(connection, site.station, site.booth)
            alarms = count(connection)
        waits = backlog(access.reader)
        answers = True
    except StoreError:
        answers = False
    return Measures(
        database=answers,
        free=_free(kept_in(access.writer)),
        clock_back=None if entry is None else entry - now,
        outbox=waits,
        alarms=alarms,
        ears=ears,
    )


def checks(found: Measures) -> Mapping[str, str | None]:
    """Each check by its name, with what is wrong and what to do; None: it passes."""
    problems: dict[str, str | None] = dict.fromkeys(("database", "disk", "clock", "outbox"))
    if not found.database:
        problems["database"] = "the database does not answer: see the log"
    if found.free is not None and found.free < LEAST_FREE:
        problems["disk"] = (
            f"{found.free // 1_000_000} MB are free where results are kept: make room"
        )
    if found.clock_back is not None and found.clock_back > CLOCK_SLACK:
        problems["clock"] = (
            f"the clock is {found.clock_back.total_seconds():.0f} s behind the ledger: set it"
        )
    if found.outbox is not None and found.outbox.refused:
        problems["outbox"] = (
            f"{found.outbox.refused} messages were refused by the centre: see `changshou sync`"
        )
    return problems | dict(found.ears.problems if found.ears else {})


def kept_in(engine: Engine) -> Path:
    """The folder whose disk must not fill up: the database's own, or the user's data folder."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        return Path(engine.url.database).parent
    return platformdirs.user_data_path("changshou", appauthor=False)


def _free(folder: Path) -> int | None:
    near = next((path for path in (folder, *folder.parents) if path.is_dir()), None)
    try:
        return None if near is None else shutil.disk_usage(near).free
    except OSError:
        return None
