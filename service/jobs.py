"""Bulk work in the background: Procrastinate jobs in PostgreSQL, for any number of workers.

A job may run twice, and a worker may be killed in the middle of it: every job looks first whether
what it is to do is done, and does it in one transaction. A job whose worker has not been heard of
is given to another.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from sqlalchemy import Connection, Engine, make_url, text

from db import clip_wants, regrade
from db.explain import plainly
from db.figures_types import Asked
from db.regrade import What
from db.types import UsageError
from phrases.dialogue_data import ScoreTable, version
from phrases.reweigh import reweigh
from phrases.types import ShiftReport
from service import bootstrap, catalog_shelf, console, months
from service.errors import BadInput
from service.rehear import SecondHearing
from service.settings import Settings

STALLED_S = 30.0
"""seconds without a sign of life after which a worker's jobs are another's"""
POOL_MOST = 4
"""connections of one worker's queue"""
_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=4)
_LOCK = 0x6A6F6273  # "jobs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How a worker works."""

    once: bool = False
    """end when nothing is left to do"""
    stalled_s: float = STALLED_S
    """seconds"""


def work(site: Settings, how: Work) -> None:
    """Do what jobs there are until SIGINT or SIGTERM. BadInput without PostgreSQL."""
    address = _address(site)
    with bootstrap.database(site) as engine:
        app = _app(site, address, engine)
        _prepare(engine, app)
        asyncio.run(_work(app, how))


def start(site: Settings, asked: Asked, by: str, what: What = What.TABLE) -> tuple[int, int, int]:
    """Begin to re-grade the shifts asked for by the settings' score table.

    Its id, how many shifts, and how many of their clips were asked of booths first. The jobs are
    there if and only if the re-grading is. BadInput without PostgreSQL, or if there is nothing to
    do.
    """
    address = _address(site)
    with bootstrap.database(site) as engine:
        table = bootstrap.knowledge(catalog_shelf.settled(site, engine)).table
        app = _app(site, address, engine)
        _prepare(engine, app)
        with plainly(engine), engine.begin() as connection:
            try:
                regrade_id, shifts = regrade.begin(
                    connection,
                    asked,
                    what=what,
                    score_table=version(table),
                    table_json=table.model_dump_json(),
                    by=by,
                    at=_now(),
                )
            except UsageError as error:
                raise BadInput(error) from None
            wanted = 0
            if what is What.CLIPS:
                wanted = clip_wants.want_of_regrade(connection, regrade_id, _now())
            _defer(app, connection, regrade_id, shifts)
    return regrade_id, len(shifts), wanted


def progress(site: Settings, regrade_id: int) -> regrade.Progress:
    """How far a re-grading is, and what would change; BadInput if there is none."""
    with bootstrap.database(site, read_only=True) as engine:
        try:
            return regrade.progress(engine, regrade_id)
        except UsageError as error:
            raise BadInput(error) from None


def show(site: Settings, regrade_id: int, by: str) -> tuple[int, int]:
    """Make a re-grading's gradings the ones that are shown; how many, and how many had changed."""
    with bootstrap.database(site) as engine:
        try:
            return regrade.show(engine, regrade_id, by=by, at=_now())
        except UsageError as error:
            raise BadInput(error) from None


def _app(site: Settings, address: str, engine: Engine) -> App:
    signer = bootstrap.signer(site)
    site = catalog_shelf.settled(site, engine)
    app = App(connector=PsycopgConnector(conninfo=address, max_size=POOL_MOST))

    @cache
    def hearing() -> SecondHearing:
        known = bootstrap.knowledge(site)
        ears = partial(bootstrap.hearer, site, known, console.progress)
        return SecondHearing(bootstrap.kept_vault(site, engine), known, ears)

    @app.task(name="regrade", queue="regrade", retry=_AGAIN)
    def _regrade(regrade_id: int, shift_id: str) -> None:
        what, table_json = regrade.rules_of(engine, regrade_id)
        table = ScoreTable.model_validate_json(table_json)

        def again(connection: Connection, grading_id: int, report: ShiftReport) -> ShiftReport:
            if what is What.CLIPS:
                return hearing().again(connection, grading_id, report, table)
            return reweigh(report, table)

        regrade.one(engine, signer, regrade_id, shift_id, again)

    @app.task(name="month", queue="figures", retry=_AGAIN)
    def _month(station: str, month: str) -> None:
        months.make(engine, station, month, months.rules(site), at=_now())

    # Daily until the day on which the month must be reported: who syncs late is in it too.
    @app.periodic(cron="0 3 1-5 * *")
    @app.task(name="months", queue="figures")
    def _months(timestamp: int) -> None:
        month = months.before(dt.datetime.fromtimestamp(timestamp, dt.UTC).date())
        stations = months.stations(engine, month)
        jobs: list[Any] = [{"station": station, "month": month} for station in stations]
        if jobs:
            _month.batch_defer(*jobs)

    @app.periodic(cron="* * * * *")
    @app.task(name="stalled", queue="stalled", pass_context=True)
    async def _stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
        await _retry_stalled(context.app, STALLED_S)

    return app


def _defer(app: App, connection: Connection, regrade_id: int, shifts: Sequence[str]) -> None:
    """One job for each shift, in the transaction that begins the re-grading."""
    driver: Any = connection.connection.driver_connection
    jobs: list[Any] = [{"regrade_id": regrade_id, "shift_id": shift} for shift in shifts]
    app.tasks["regrade"].configure(connection=driver).batch_defer(*jobs)


async def _work(app: App, how: Work) -> None:
    async with app.open_async():
        await _retry_stalled(app, how.stalled_s)
        await app.run_worker_async(
            wait=not how.once,
            delete_jobs="successful",
            update_heartbeat_interval=how.stalled_s / 3,
            stalled_worker_timeout=how.stalled_s,
        )


async def _retry_stalled(app: App, stalled_s: float) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_s):
        await app.job_manager.retry_job(job)


def _prepare(engine: Engine, app: App) -> None:
    """Make the queue's tables if they are not there; several workers may begin at once."""
    with plainly(engine), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        known = connection.scalar(text("SELECT to_regclass('procrastinate_jobs')"))
        if known is None:
            connection.exec_driver_sql(app.schema_manager.get_schema().replace("%", "%%"))


def _address(site: Settings) -> str:
    """The database as libpq takes it."""
    if site.database is None or not site.database.startswith("postgres"):
        raise BadInput("jobs are kept in PostgreSQL: name a database postgresql://… with --db")
    return (
        make_url(site.database).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
