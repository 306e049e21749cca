"""Kill the centre between receipt and acknowledgement, and the booth while it stores and sends."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from db.engine import open_engine, upgrade
from scripts import fleet_parts
from service import sync_post
from service.sync import MOST, Sync
from tests.postgres import running

VEHICLES = 5
"""of a shift"""
ODDS = 0.5
"""of a batch that the centre does not survive"""
LONGEST_S = 1.5
"""seconds that a booth works at most before it is killed"""
RESTART_S = 5.0
"""seconds in which a booth must work again"""


def centre_kill(times: int, told: Callable[[int], None]) -> dict[str, Any]:
    """SIGKILL of the centre before a batch is stored, or after the commit and before the answer."""
    with _world() as (folder, url, engine):
        booth = fleet_parts.booth(folder, 0)
        fleet_parts.register(engine, [booth])
        settings, port = fleet_parts.site(folder, url), fleet_parts.free_port()
        address = f"http://127.0.0.1:{port}"
        shifts = 0
        with sync_post.connected(address, None) as post:
            sync = _sync(booth, post, address)
            for kill in range(times):
                with fleet_parts.centre(settings, port, dies=(ODDS, kill)) as process:
                    while process.poll() is None:
                        if sync.step().idle:
                            fleet_parts.store(booth, VEHICLES, shift=shifts)
                            shifts += 1
                told(kill + 1)
            with fleet_parts.centre(settings, port):
                while not sync.step().idle:
                    pass
        sums = fleet_parts.compared(engine, [booth], shifts * VEHICLES)
        booth.engine.dispose()
    return {"kills": times, **sums}


def booth_kill(times: int, told: Callable[[int], None]) -> dict[str, Any]:
    """SIGKILL of a booth at random moments while it stores shifts and sends them."""
    draw = random.Random(times)
    with _world() as (folder, url, engine):
        key = fleet_parts.booth(folder, 0)
        fleet_parts.register(engine, [key])
        key.engine.dispose()
        settings, port = fleet_parts.site(folder, url), fleet_parts.free_port()
        address = f"http://127.0.0.1:{port}"
        acknowledged: set[int] = set()
        slowest = 0.0
        with fleet_parts.centre(settings, port):
            for kill in range(times):
                # Beyond what may have been committed without being said.
                first = max(acknowledged, default=-1) + 2
                working_s = draw.uniform(0.05, LONGEST_S)
                slowest = max(slowest, _work(folder, first, address, working_s, acknowledged))
                told(kill + 1)
            booth = fleet_parts.booth(folder, 0)
            with sync_post.connected(address, None) as post:
                sync = _sync(booth, post, address, most=MOST)
                while not sync.step().idle:
                    pass
        shifts = fleet_parts.shifts(booth.engine)
        # A shift that was committed when its booth was killed unheard is graded again by the next.
        sums = fleet_parts.compared(engine, [booth], fleet_parts.vehicles(booth.engine))
        booth.engine.dispose()
    return {
        "kills": times,
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - shifts),
        "restart_s": round(slowest, 2),
        **sums,
    }


def _work(folder: Path, first: int, address: str, for_s: float, said: set[int]) -> float:
    """Let a booth work, and kill it; seconds until it worked. What it says it stored is noted."""
    command = [sys.executable, "-m", "scripts.booth_process", str(folder), "0", str(first), address]
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=fleet_parts.ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        took = time.monotonic() - began
        timer = Timer(for_s, process.kill)
        timer.start()
        for line in process.stdout:
            if line.endswith("\n"):
                said.add(int(line.split()[1]))
        timer.join()
    return took


def _sync(
    booth: fleet_parts.Booth, post: sync_post.HttpPost, address: str, *, most: int = 3
) -> Sync:
    return Sync(
        booth.engine,
        booth.signer,
        post,
        url=address,
        clock=lambda: dt.datetime.now(dt.UTC),
        draw=random.random,
        most=most,
    )


@contextmanager
def _world() -> Iterator[tuple[Path, str, Any]]:
    """A folder, and a centre's empty database."""
    with tempfile.TemporaryDirectory(prefix="changshou-faults-") as name, running() as server:
        url = server.new_database()
        engine = open_engine(url)
        upgrade(engine)
        yield Path(name), url, engine
        engine.dispose()
