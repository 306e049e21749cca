"""Time every page of the dashboard over many vehicles, as `changshou serve` serves them.

    scripts/bench pages --vehicles 7000000
    scripts/bench pages --db sqlite:////tmp/booth.db

Without `--db` a PostgreSQL of its own is filled. A page is asked for by HTTP with a session, as a
browser asks: its answer holds the page and its tables. The first page of a new browser, from the
click to what can be read, is timed in Chromium.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import sync_playwright
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, func, select, text

from db import tables
from db.engine import open_engine, upgrade
from db.facts_tables import FactTotal, Shown
from db.people_types import Role
from scripts.bench_query import SETTINGS
from scripts.fill import fill
from service import accounts, settings, staff
from service.console import progress
from service.errors import BadInput
from tests.postgres import running
from tests.service.test_booth import free_port

TIMES = 10
MUST_MS, FIRST_MS = 300, 1000
"""milliseconds: of a page with its tables, and of the first one in a new browser"""
LOGIN = "bench"
WAITS_S = 120.0
_SERVE = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--role", "centre"]


def run(*, vehicles: int, times: int, url: str | None) -> dict[str, Any]:
    """Fill, if need be, and ask for each page; the figures."""
    with _database(url, vehicles) as filled, tempfile.TemporaryDirectory() as folder:
        engine = open_engine(filled)
        try:
            upgrade(engine)
            with engine.connect() as connection:
                about, asked = _about(connection), _addresses(connection)
        finally:
            engine.dispose()
        with _served(filled, Path(folder)) as (address, password):
            pages = _pages(address, password, asked, times)
            first = _first(address, password, times)
    slowest = max(each["p95_ms"] for each in pages)
    return {**about, "must_ms": MUST_MS, "p95_ms": slowest, "times": times, "pages": pages,
            "first_must_ms": FIRST_MS, "first": first}  # fmt: skip


def as_table(made: dict[str, Any]) -> RenderableType:
    """A row for each page."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("page")
    for name in ("least ms", "p50 ms", "p95 ms", "KB"):
        table.add_column(name, justify="right")
    for each in made["pages"]:
        spans = (f"{each[f'{name}_ms']:.0f}" for name in ("least", "p50", "p95"))
        table.add_row(each["page"], *spans, f"{each['bytes'] / 1000:.0f}")
    what = (
        f"{made['vehicles']:,} vehicles in {made['shifts']:,} shifts, {made['server']}; "
        f"each page {made['times']} times; load {made['load']}"
    )
    first = made["first"]
    told = (
        f"first page of a new browser: at least {first['least_ms']:.0f} ms, "
        f"p50 {first['p50_ms']:.0f}, at most {first['max_ms']:.0f}"
    )
    return Group(Text(what), table, Text(told))


@contextmanager
def _database(url: str | None, vehicles: int) -> Iterator[str]:
    if url is not None:
        yield url
        return
    with running(*SETTINGS) as server:
        made = server.new_database()
        engine = open_engine(made)
        try:
            upgrade(engine)
            fill(engine, vehicles, 1, progress=progress)
        finally:
            engine.dispose()
        yield made


def _about(connection: Connection) -> dict[str, Any]:
    server = "SQLite"
    if connection.dialect.name == "postgresql":
        server = str(connection.scalar(text("SELECT split_part(version(), ' (', 1)")))
    return {
        "vehicles": int(connection.scalar(select(func.sum(FactTotal.vehicles))) or 0),
        "shifts": connection.scalar(select(func.count()).select_from(Shown)),
        "server": server,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _addresses(connection: Connection) -> dict[str, str]:
    """What is asked for: every page that the header leads to, and what these lead to."""
    # The pages take a second to load, which the other commands of bench need not wait for.
    from service.pages.frame import addresses

    first, last = connection.execute(select(func.min(Shown.day), func.max(Shown.day))).one()
    shift = connection.scalar(
        select(tables.Shift.id).order_by(tables.Shift.started_at.desc()).limit(1)
    )
    old = connection.scalar(select(tables.Shift.id).order_by(tables.Shift.started_at).limit(1))
    station = connection.scalar(select(tables.Station.code).order_by(tables.Station.id).limit(1))
    collector = connection.scalar(
        select(tables.Collector.code).order_by(tables.Collector.id).limit(1)
    )
    month = f"from={last - dt.timedelta(days=29)}&to={last}"
    year = f"from={first}&to={last}"
    whose = f"/shifts?station={station}&collector={collector}&"
    return {
        **{path: path for path in addresses()},
        "/shifts of a station": f"/shifts?station={station}",
        "/shifts of a collector, a month": whose + month,
        "/shifts/ID, the newest": f"/shifts/{shift}",
        "/shifts/ID, the oldest": f"/shifts/{old}",
        "/shifts/ID/N": f"/shifts/{shift}/0",
        "/ask by collector, a month": f"/ask?by=collector&{month}",
        "/ask by collector, a year": f"/ask?by=collector&{year}",
        "/ask by step, a year": f"/ask?by=step&{year}",
        "/ask by hour, a year": f"/ask?by=hour&{year}",
        "/ask by weather, a year": f"/ask?by=weather&{year}",
        "/ask by day, a year": f"/ask?by=day&{year}",
        "/ask by booth of a station, a year": f"/ask?by=booth&station={station}&{year}",
        "table of findings": "/v1/findings",
        "table of findings with a rare code": "/v1/findings?code=forbidden",
        "table of a shift's vehicles": f"/v1/shifts/{shift}/vehicles",
        "table of clips": "/v1/clips",
        "table of vehicles with a fault, a year": "/v1/figures/vehicles?outcome=fault&" + year,
    }


@contextmanager
def _served(url: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The program itself, over the database; its address, and the password of who asks."""
    own = folder / "changshou.toml"
    own.write_text(
        '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\n', "utf-8"
    )
    mine = {"CHANGSHOU_CONFIG": str(own), "CHANGSHOU_DB": url}
    password = secrets.token_urlsafe(12)
    with staff.opened(settings.load(mine)) as desk:
        try:
            desk.add(LOGIN, password, Role.SUPERVISOR)
        except BadInput:
            desk.set_password(accounts.folded(LOGIN), password)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        command = [*_SERVE, "--port", str(port)]
        process = subprocess.Popen(command, env={**os.environ, **mine}, stdout=log, stderr=log)
    try:
        _until_it_answers(address)
        yield address, password
    finally:
        process.terminate()
        process.wait(WAITS_S)


def _until_it_answers(address: str) -> None:
    end = time.monotonic() + WAITS_S
    with httpx2.Client(base_url=address, trust_env=False) as client:
        while time.monotonic() < end:
            try:
                if client.get("/healthz").status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.2)
    raise TimeoutError(f"the server did not answer within {WAITS_S:g} s")


def _pages(
    address: str, password: str, asked: Mapping[str, str], times: int
) -> list[dict[str, Any]]:
    """Milliseconds of each page; its first time is left out, which reads the disk."""
    found = []
    with httpx2.Client(base_url=address, trust_env=False, timeout=WAITS_S) as client:
        opened = client.post("/v1/session", json={"login": LOGIN, "password": password})
        opened.raise_for_status()
        for name, path in asked.items():
            spans, size = [], 0
            for _ in range(times + 1):
                start = time.perf_counter()
                answer = client.get(path)
                spans.append((time.perf_counter() - start) * 1000)
                answer.raise_for_status()
                size = len(answer.content)
            first, *rest = spans
            worst = sorted(rest)[max(0, -(-95 * len(rest) // 100) - 1)]
            found.append(
                {
                    "page": name,
                    "first_ms": round(first, 1),
                    "least_ms": round(min(rest), 1),
                    "p50_ms": round(statistics.median(rest), 1),
                    "p95_ms": round(worst, 1),
                    "bytes": size,
                }
            )
    return found


def _first(address: str, password: str, times: int) -> dict[str, float]:
    """Milliseconds from asking for the first page to its tables, in a browser that has nothing."""
    spans = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in range(times):
            context = browser.new_context(base_url=address)
            given = {"login": LOGIN, "password": password}
            context.request.post("/v1/session", data=given)
            page = context.new_page()
            start = time.perf_counter()
            page.goto("/", wait_until="commit")
            page.wait_for_selector("#main table")
            spans.append((time.perf_counter() - start) * 1000)
            context.close()
        browser.close()
    return {
        "least_ms": round(min(spans), 1),
        "p50_ms": round(statistics.median(spans), 1),
        "max_ms": round(max(spans), 1),
    }
