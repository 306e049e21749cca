"""A centre over real HTTP, and lines to it that lose, repeat, cut and reorder."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from sqlalchemy import Engine, insert

from db import tables
from db.people_tables import Device
from db.seal import Signer
from db.shifts import Shifts
from service.api import wiring
from service.api.app import create_app
from service.sync import Answer, Post, Unreached
from tests.db import samples
from tests.service.api.world import CHEAP, site
from tests.service.test_serve import free_port


def register(
    engine: Engine, signer: Signer = samples.SIGNER, station: str = "南昌西", booth: str = "3"
) -> None:
    """Let a key speak for a booth."""
    with engine.begin() as connection:
        shifts = Shifts(connection)
        key = shifts.ensure(tables.Station, code=station)
        row = {
            "booth_id": shifts.ensure(tables.Booth, station_id=key, code=booth),
            "public_key": signer.public_key,
            "registered_at": dt.datetime.now(dt.UTC),
        }
        connection.execute(insert(Device), [row])


@contextmanager
def serving(folder: Path, url: str | None = None) -> Iterator[tuple[str, Engine]]:
    """A centre's address, and its database."""
    port = free_port()
    with wiring.services(site(folder, url), passwords=CHEAP) as services:
        config = uvicorn.Config(create_app(services), port=port, log_level="warning")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}", services.database.writer
        finally:
            server.should_exit = True
            thread.join()


class BadLine:
    """A line that drops one request in ten, and one answer; repeats, cuts and swaps some."""

    def __init__(self, post: Post, seed: int) -> None:
        self._post = post
        self._draw = random.Random(seed)
        self._kept: tuple[str, Mapping[str, str], bytes] | None = None
        self.down = False
        """a partition: nothing passes"""

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post it, or do worse."""
        if self.down or self._draw.random() < 0.1:
            raise Unreached("lost on the way")
        kept, self._kept = self._kept, None
        fate = self._draw.random()
        if fate < 0.1:
            # It comes later, after what follows it.
            self._kept = (path, headers, body)
            raise Unreached("late")
        if fate < 0.2:
            self._post(path, headers, body)
        if fate > 0.9:
            return self._post(path, headers, body[: self._draw.randrange(len(body))])
        answer = self._post(path, headers, body)
        if kept is not None:
            self._post(*kept)
        if self._draw.random() < 0.1:
            raise Unreached("the answer was lost")
        return answer
