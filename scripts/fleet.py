"""Simulate a fleet: N booths, each with its database, its key and its line, and one centre.

    scripts/fleet 100
    scripts/fleet 20 --seconds 60 --json

Every booth stores a vehicle as a booth does, at a random moment in each interval, and sends it as a
booth does, over TLS, to a centre on PostgreSQL. The figures: how many verdicts a second came in,
how long from a booth's commit to the centre's acknowledgement, and what the centre spent on it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from typing import Any

from db.engine import open_engine, upgrade
from scripts import bench_ingest, fleet_parts
from service import sync_post
from service.console import output, utf8
from service.sync import Sync
from tests.postgres import running


def run(booths: int, *, seconds: float, interval_s: float) -> dict[str, Any]:
    """Let the fleet work for so long, a vehicle from each booth in each interval; the figures."""
    with (
        tempfile.TemporaryDirectory(prefix="changshou-fleet-") as name,
        running("fsync=on") as server,
    ):
        folder = Path(name)
        made = [fleet_parts.booth(folder, number) for number in range(booths)]
        url = server.new_database()
        centre = open_engine(url)
        upgrade(centre)
        fleet_parts.register(centre, made)
        certificate = fleet_parts.certificate(folder)
        port = fleet_parts.free_port()
        address = f"https://localhost:{port}"
        start = Barrier(booths)
        with fleet_parts.centre(fleet_parts.site(folder, url), port, tls=certificate) as process:
            before = bench_ingest.used(process.pid), bench_ingest.database()
            with ThreadPoolExecutor(booths) as pool:
                waits = [
                    pool.submit(_work, one, address, certificate[0], start, seconds, interval_s)
                    for one in made
                ]
                delays = [delay for wait in waits for delay in wait.result()]
            spent = bench_ingest.used(process.pid) - before[0]
            stored = bench_ingest.database() - before[1]
        sums = fleet_parts.compared(centre, made, len(delays))
        centre.dispose()
        for one in made:
            one.engine.dispose()
    cuts = quantiles(delays, n=100)
    return {
        "booths": booths,
        "seconds": seconds,
        "verdicts": len(delays),
        "verdicts_per_s": round(len(delays) / seconds, 1),
        "delay_s": {"p50": round(cuts[49], 3), "p95": round(cuts[94], 3)},
        "cpu_ms_per_verdict": {
            "centre": round(1000 * spent / len(delays), 2),
            "database": round(1000 * stored / len(delays), 2),
        },
        "whole": fleet_parts.whole(sums),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "nice": os.nice(0),
    }


def _work(
    booth: fleet_parts.Booth,
    address: str,
    authority: Path,
    start: Barrier,
    seconds: float,
    interval_s: float,
) -> list[float]:
    """A booth's time: seconds from each commit to its acknowledgement."""
    draw = random.Random(booth.name)
    delays: list[float] = []
    with ExitStack() as stack:
        post = stack.enter_context(sync_post.connected(address, authority))
        sync = Sync(
            booth.engine,
            booth.signer,
            post,
            url=address,
            clock=lambda: dt.datetime.now(dt.UTC),
            draw=draw.random,
        )
        shift = fleet_parts.Live(booth)
        while not sync.step().idle:
            pass
        start.wait()
        began = time.monotonic()
        for number in range(int(seconds / interval_s)):
            due = began + (number + draw.random()) * interval_s
            time.sleep(max(0.0, due - time.monotonic()))
            shift.add()
            stored = time.monotonic()
            while not (step := sync.step()).idle:
                time.sleep(step.wait_s)
            delays.append(time.monotonic() - stored)
    return delays


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code: 1 if anything is missing or doubled at the centre."""
    utf8()
    parser = argparse.ArgumentParser(prog="fleet", description=__doc__.split("\n")[0])
    parser.add_argument("booths", type=int, help="how many")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long they work")
    parser.add_argument("--interval", type=float, default=10.0, help="seconds between vehicles")
    parser.add_argument("--json", action="store_true", help="one JSON object, no table")
    chosen = parser.parse_args(arguments)
    figures = run(chosen.booths, seconds=chosen.seconds, interval_s=chosen.interval)
    if chosen.json:
        print(json.dumps(figures, indent=1))
    else:
        output().print(bench_ingest.as_table(figures))
    return 0 if figures["whole"] else 1


if __name__ == "__main__":
    sys.exit(main())
