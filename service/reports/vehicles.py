"""List the vehicles of a period, however many: a page of them is held at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from db import vehicle_list
from db.figures_types import Asked, Listed, Wanted
from service.reports.document import Cell, Kind, Table
from service.reports.names import Names

PAGE = 1_000
"""vehicles that are read at a time"""

Reading = Callable[[], AbstractContextManager[Connection]]
"""opens the database, which is closed again after each page"""


def table(names: Names) -> Table:
    """The columns, of which the rows come one by one."""
    return Table(
        columns=(
            names.column("arrived", Kind.TEXT, 1.6),
            *(names.column(k, Kind.TEXT) for k in ("station", "booth", "collector", "team")),
            names.column("shift", Kind.TEXT, 1.4),
            *(names.column(k, Kind.TEXT) for k in ("vehicle", "lane", "outcome")),
            *(names.column(k, Kind.TEXT, 2) for k in ("fault", "unsure", "remark")),
        ),
        rows=(),
    )


def name(asked: Asked) -> str:
    """What its file is called, without an ending: the days, and nobody."""
    return f"changshou-vehicles-{asked.since}-{asked.until - dt.timedelta(days=1)}"


def rows(
    reading: Reading, asked: Asked, wanted: Wanted, names: Names
) -> Iterator[tuple[Cell, ...]]:
    """A row for each vehicle, the latest shift's first; one that comes meanwhile is not in it."""
    after = None
    while True:
        with reading() as connection:
            found = vehicle_list.vehicles(connection, asked, wanted, after=after, limit=PAGE)
        for each in found:
            yield _row(each, names)
        if len(found) < PAGE:
            return
        after = found[-1].place


def _row(each: Listed, names: Names) -> tuple[Cell, ...]:
    by_status = [
        "; ".join(names.code(code) for code, own in each.findings if own.value == status)
        for status in ("fault", "unsure", "remark")
    ]
    return (
        f"{each.arrived_at:%Y-%m-%d %H:%M:%S}",
        each.station,
        each.booth,
        each.collector,
        each.team,
        each.shift_id,
        str(each.vehicle),
        names.lane(each.lane.value),
        names.word(each.outcome.value),
        *by_status,
    )
