"""The command that sends what waits for the centre."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service import report_json, settings, syncing
from service.cli_options import AsJson, Db
from service.console import note
from service.errors import Failed


def sync(
    retry: Annotated[
        bool, typer.Option("--retry", help="Send again what the centre refused before.")
    ] = False,
    key: Annotated[
        bool, typer.Option("--key", help="Print the public key to register, and send nothing.")
    ] = False,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Send what waits for the centre, until nothing does or it cannot be sent now."""
    site = settings.load(db=db)
    if key:
        print(syncing.public_key(site))
        return
    done = syncing.once(site, retry=retry)
    if as_json:
        print(report_json.dumps(_json(done)))
    else:
        for line in done.lines():
            print(line)
    if done.state.problem is not None:
        raise Failed(f"{done.backlog.waiting} messages wait: {done.state.problem}")
    if done.backlog.refused:
        note(f"the centre refuses {done.backlog.refused} messages; --retry sends them again")


def _json(done: syncing.Done) -> dict[str, Any]:
    return {
        "sent": done.state.sent,
        "waiting": done.backlog.waiting,
        "refused": [{"seq": one.seq, "kind": one.kind, "why": one.why} for one in done.refused],
        "bytes": done.backlog.size,
        "skew_s": done.state.skew_s,
        "problem": done.state.problem,
    }
