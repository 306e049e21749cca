"""A booth in a process of its own that stores shifts and sends them, until it is killed.

    python -m scripts.booth_process FOLDER NUMBER FIRST CENTRE

Prints `ready` once it works, and `stored N` after each shift that is committed.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

from scripts import fleet_parts
from service import sync_post
from service.sync import Sync

VEHICLES = 3
"""of a shift"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Store and send without end."""
    folder, number, first, centre = sys.argv[1:] if arguments is None else arguments
    booth = fleet_parts.booth(Path(folder), int(number))
    with sync_post.connected(centre, None) as post:
        sync = Sync(
            booth.engine,
            booth.signer,
            post,
            url=centre,
            clock=lambda: dt.datetime.now(dt.UTC),
            draw=random.random,
            most=4,
        )
        Thread(target=sync.run, args=(Event(),), daemon=True).start()
        print("ready", flush=True)
        for shift in itertools.count(int(first)):
            fleet_parts.store(booth, VEHICLES, shift=shift)
            print(f"stored {shift}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
