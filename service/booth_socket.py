"""Talk to the box that runs, over its Unix socket: one line of JSON asks, one answers.

One process owns a box's database. Whatever else on the machine wants to change something asks it;
what only reads opens the database beside it.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from service.errors import BadInput, Failed, one_line
from service.lane_lines import answer as lane_answer
from service.lane_lines import lines
from service.live import Keeper
from service.live_seat import Sitter
from service.live_types import BoothState

WAIT_S = 15.0
"""seconds to wait for an answer"""

Answer = dict[str, Any]


def as_json(state: BoothState) -> Answer:
    """The booth's state for programs."""
    averages = state.averages
    return {
        "collector": state.sitter.collector if state.sitter else None,
        "team": state.sitter.team if state.sitter else None,
        "how": str(state.how),
        "since": state.since.isoformat(),
        "shift": state.shift,
        "vehicle": state.vehicle,
        "judged": state.judged,
        "waiting": state.waiting,
        "report_due": state.report_due,
        "cards": averages.cards,
        "card_s": averages.card_s,
        "tolls": averages.tolls,
        "toll_s": averages.toll_s,
        "lane_offset_ms": state.lane_offset_ms,
        "clock_trusted": state.clock_trusted,
        "unstored": state.unstored,
    }


def do(keeper: Keeper, asked: Mapping[str, Any]) -> Answer:
    """Do what is asked, and say how it stands then; BadInput if it cannot be done."""
    what, vehicle = asked.get("do"), asked.get("vehicle")
    who = _sitter(asked)
    if what == "login" and who is not None:
        keeper.login(who)
    elif what == "logout":
        keeper.logout()
    elif what == "relief":
        keeper.relief(who)
    elif what == "not-me" and isinstance(vehicle, int | str):
        keeper.not_me(vehicle)
    elif what == "lane" and isinstance(asked.get("line"), str):
        return {"answer": lane_answer(asked["line"].encode(), keeper.lane)}
    elif what != "state":
        raise BadInput("not a request that the box knows")
    return as_json(keeper.state)


def _sitter(asked: Mapping[str, Any]) -> Sitter | None:
    collector, team = asked.get("collector"), asked.get("team")
    if not isinstance(collector, str):
        return None
    return Sitter(collector=collector, team=team if isinstance(team, str) else None)


@contextmanager
def served(path: Path, keeper: Keeper, lock: threading.RLock) -> Iterator[None]:
    """Answer on the socket while the block lasts; only its owner may ask."""

    class Handler(socketserver.StreamRequestHandler):
        timeout = WAIT_S

        def handle(self) -> None:
            with suppress(OSError):
                for line in lines(self.rfile):
                    self.wfile.write(json.dumps(self.answer(line)).encode() + b"\n")

        def answer(self, line: bytes) -> Answer:
            try:
                asked = json.loads(line)
                if not isinstance(asked, dict):
                    raise BadInput("is not a JSON object")
                with lock:
                    return {"done": do(keeper, asked)}
            except (BadInput, ValueError, RecursionError) as error:
                return {"bad": one_line(error) if isinstance(error, BadInput) else "is not JSON"}
            except Failed as error:
                return {"failed": str(error)}

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The database's lock says that no other box runs: this one was left by a crash.
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = Server(os.fspath(path), Handler)
        finally:
            os.umask(before)
    except OSError as error:
        problem = error.strerror or str(error)
        raise BadInput(f"listening.socket: {path} cannot be made: {problem}") from None
    thread = threading.Thread(target=server.serve_forever, name="socket", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        path.unlink(missing_ok=True)


def ask(path: Path, asked: Mapping[str, Any]) -> Answer:
    """What the box that runs answers; BadInput if there is none or it refuses."""
    with asking(path) as one:
        return one(asked)


@contextmanager
def asking(path: Path) -> Iterator[Callable[[Mapping[str, Any]], Answer]]:
    """The same for several questions."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(WAIT_S)
        try:
            channel.connect(os.fspath(path))
        except OSError:
            raise BadInput(
                f"no box listens here ({path}): start one with changshou serve --role booth, or "
                "changshou listen --store"
            ) from None
        source = channel.makefile("rb")

        def one(asked: Mapping[str, Any]) -> Answer:
            try:
                channel.sendall(json.dumps(asked).encode() + b"\n")
                answer = json.loads(source.readline())
            except (OSError, ValueError):
                raise Failed("the box did not answer: see whether it still runs") from None
            if "bad" in answer:
                raise BadInput(answer["bad"])
            if "failed" in answer:
                raise Failed(answer["failed"])
            done: Answer = answer["done"]
            return done

        yield one
