"""A centre in a process of its own, which can be made to die at the worst moments.

    python -m scripts.centre_process SETTINGS PORT [--tls CERTIFICATE KEY] [--dies ODDS SEED]

It dies by SIGKILL, as often as the odds say: half the time before a batch is stored, and half the
time after it is committed and before that is said.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import settings
from service.api import wiring
from service.api.app import create_app
from service.batch import PATH


class Mortal:
    """Ends the process between receipt and acknowledgement."""

    def __init__(self, app: ASGIApp, odds: float, seed: int) -> None:
        self._app = app
        self._odds = odds
        self._draw = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or die."""
        fate = self._draw.random() / self._odds if scope.get("path") == PATH else 1.0
        read = False

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            if fate < 0.5 and not read and not message.get("more_body", False):
                os.kill(os.getpid(), signal.SIGKILL)
            read = True
            return message

        async def sending(message: Message) -> None:
            if 0.5 <= fate < 1.0:
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await self._app(scope, receiving, sending)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the end."""
    parser = argparse.ArgumentParser(prog="centre_process")
    parser.add_argument("settings")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), default=(None, None))
    parser.add_argument("--dies", nargs=2, type=float, metavar=("ODDS", "SEED"))
    chosen = parser.parse_args(arguments)
    site = settings.load({"CHANGSHOU_CONFIG": chosen.settings})
    certificate, key = chosen.tls
    with wiring.services(site) as services:
        app: ASGIApp = create_app(services)
        if chosen.dies:
            odds, seed = chosen.dies
            app = Mortal(app, odds, int(seed))
        uvicorn.run(
            app,
            port=chosen.port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_level="warning",
            access_log=False,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
