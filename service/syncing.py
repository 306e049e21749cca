"""Open what sending needs: the outbox, the booth's key, the line to the centre."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from sqlalchemy import Engine

from db import outbox
from db.outbox import Backlog, Refused
from service import bootstrap, sync_post
from service.asked import Asked
from service.errors import BadInput
from service.settings import Settings
from service.sync import State, Sync


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of sending once."""

    state: State
    backlog: Backlog
    refused: tuple[Refused, ...]

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.state.sent} messages sent, {self.backlog.waiting} wait"
        for one in self.refused:
            yield f"refused: message {one.seq} ({one.kind}): {one.why}"
        skew = self.state.skew_s
        if skew is not None and abs(skew) > 1.0:
            side = "behind" if skew > 0 else "ahead of"
            yield f"this machine's clock is {abs(skew):,.0f} s {side} the centre's"


def public_key(site: Settings) -> str:
    """The key by which the centre knows this machine; made at first use."""
    return bootstrap.signer(site).public_key


def once(site: Settings, *, retry: bool = False) -> Done:
    """Send until nothing waits, or until the centre cannot be reached or will not have it now."""
    with bootstrap.database(site) as engine:
        if retry:
            outbox.retry(engine)
        with opened(site, engine) as sync:
            while not sync.step().idle and sync.state.problem is None:
                pass
        return Done(
            state=sync.state,
            backlog=outbox.backlog(engine),
            refused=tuple(outbox.refused(engine)),
        )


@contextmanager
def opened(site: Settings, engine: Engine) -> Iterator[Sync]:
    """What sends this database's outbox; BadInput if the settings name no centre."""
    if site.centre is None:
        raise BadInput("there is no centre: write its address as centre.url in the settings")
    with sync_post.connected(site.centre, site.authority) as post:
        yield Sync(
            engine,
            bootstrap.signer(site),
            post,
            url=site.centre,
            clock=_now,
            draw=random.random,
        )


@contextmanager
def running(site: Settings, engine: Engine) -> Iterator[Sync | None]:
    """Send beside whatever else is done, until the block ends; None: there is no centre."""
    if site.centre is None:
        yield None
        return
    stop = Event()
    with opened(site, engine) as sync, sync_post.connected(site.centre, site.authority) as post:
        clips = Asked(
            engine,
            partial(bootstrap.kept_vault, site, engine),
            bootstrap.signer(site),
            post,
            url=site.centre,
            clock=_now,
            draw=random.random,
        )
        # A clip is large, so what sends them keeps no result waiting.
        threads = [
            Thread(target=one.run, args=(stop,), name=name)
            for one, name in ((sync, "sync"), (clips, "clips"))
        ]
        for thread in threads:
            thread.start()
        try:
            yield sync
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
