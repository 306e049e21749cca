"""How many verdicts a second a centre takes: TLS, proof, PostgreSQL, all on this machine.

A verdict is a vehicle with four steps and every second one with a finding, as a booth's own store
made it. The clock runs from the first request to the last acknowledgement, which comes after the
commit; the server has fsync and synchronous_commit on.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from rich.table import Table
from sqlalchemy import Engine, text

from db.engine import open_engine, upgrade
from scripts import fleet_parts
from service import sync_post
from service.sync import Sync
from tests.postgres import running

BOOTHS = 4
SHIFT = 500
"""vehicles in a shift"""
ROWS = 5.5
"""of a verdict: the vehicle, its steps, half a finding; those of the ledger apart"""


def run(*, verdicts: int, booths: int = BOOTHS) -> dict[str, Any]:
    """Send so many verdicts, of so many booths at once; the figures."""
    shifts = -(-verdicts // SHIFT)
    with (
        tempfile.TemporaryDirectory(prefix="changshou-ingest-") as name,
        running("fsync=on") as server,
    ):
        folder = Path(name)
        made = [fleet_parts.booth(folder, number) for number in range(booths)]
        for number in range(shifts):
            fleet_parts.store(made[number % booths], SHIFT, shift=number)
        url = server.new_database()
        centre = open_engine(url)
        upgrade(centre)
        fleet_parts.register(centre, made)
        empty = _size(centre)
        certificate = fleet_parts.certificate(folder)
        port = fleet_parts.free_port()
        with fleet_parts.centre(fleet_parts.site(folder, url), port, tls=certificate) as process:
            took, cpu = _send(made, f"https://localhost:{port}", certificate[0], process.pid)
        size = _size(centre)
        sums = fleet_parts.compared(centre, made, shifts * SHIFT)
        centre.dispose()
        for one in made:
            one.engine.dispose()
    total = shifts * SHIFT
    return {
        "verdicts": total,
        "booths": booths,
        "seconds": round(took, 2),
        "verdicts_per_s": round(total / took),
        "rows_per_s": round(total * ROWS / took),
        "bytes_per_verdict": round((size - empty) / total),
        "cpu_s": {name: round(seconds, 2) for name, seconds in cpu.items()},
        "whole": fleet_parts.whole(sums),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "nice": os.nice(0),
    }


def as_table(figures: dict[str, Any]) -> Table:
    """The figures, for people."""
    table = Table("", "")
    for name, value in figures.items():
        table.add_row(name, str(value))
    return table


def _send(
    booths: list[fleet_parts.Booth], address: str, authority: Path, centre: int
) -> tuple[float, dict[str, float]]:
    """Let each booth send all that it has; the seconds, and the processor's seconds by whose."""
    before = {"centre": used(centre), "client": time.process_time(), "database": database()}
    began = time.perf_counter()
    threads = [Thread(target=_empty, args=(one, address, authority)) for one in booths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    after = {"centre": used(centre), "client": time.process_time(), "database": database()}
    return took, {name: after[name] - before[name] for name in before}


def _empty(booth: fleet_parts.Booth, address: str, authority: Path) -> None:
    with sync_post.connected(address, authority) as post:
        sync = Sync(
            booth.engine,
            booth.signer,
            post,
            url=address,
            clock=lambda: dt.datetime.now(dt.UTC),
            draw=random.random,
        )
        while not (step := sync.step()).idle:
            time.sleep(step.wait_s)


def _size(engine: Engine) -> int:
    """Bytes of the database, its indexes too."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def used(process: int) -> float:
    """Seconds of a process's threads on a processor."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def database() -> float:
    """The same of all processes of PostgreSQL, those that ended apart."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                if (folder / "comm").read_text(encoding="ascii").strip() == "postgres":
                    total += used(int(folder.name))
    return total
