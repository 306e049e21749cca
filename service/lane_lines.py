"""Take the lane's messages as lines, over TCP or from a serial port, and answer each with one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from service.errors import BadInput, Failed, one_line
from service.lane_message import LONGEST_BYTES, Message, MessageError, read
from service.live_types import Taken

IDLE_S = 3_600.0
"""seconds after which a connection that says nothing is given up"""

Take = Callable[[Message, str], Taken]
"""Takes a message with its JSON as it came: `Keeper.lane`."""


def answer(line: bytes, take: Take) -> str:
    """What is answered to a line; docs/lane-events.md has the answers."""
    try:
        message = read(line)
    except MessageError as error:
        return f"NO - {one_line(error)}"
    try:
        taken = take(message, line.decode())
    except BadInput as error:
        return f"NO {message.id} {error}"
    except Failed as error:
        return f"WAIT {message.id} {error}"
    flag = "repeated" if taken.repeated else taken.flag
    return f"OK {message.id} {flag}" if flag else f"OK {message.id}"


class Source(Protocol):
    """Gives lines of bytes."""

    def readline(self, size: int, /) -> bytes:
        """The next line, or so much of it; empty at the end."""


def lines(source: Source) -> Iterator[bytes]:
    """Its lines that are not empty, without their ends; one that is too long comes cut off."""
    while line := source.readline(LONGEST_BYTES + 2):
        whole = line.endswith(b"\n")
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(LONGEST_BYTES)):
            pass
        line = line.strip() if whole else line[: LONGEST_BYTES + 1]
        if line.strip():
            yield line


@contextmanager
def served(take: Take, *, host: str, port: int | None, serial: Path | None) -> Iterator[None]:
    """Listen on the port and the serial port while the block lasts; BadInput if one cannot be."""
    with ExitStack() as stack:
        if port is not None:
            stack.enter_context(_tcp(take, host, port))
        if serial is not None:
            stack.enter_context(_serial(take, serial))
        yield


@contextmanager
def _tcp(take: Take, host: str, port: int) -> Iterator[None]:
    class Handler(socketserver.StreamRequestHandler):
        timeout = IDLE_S

        def handle(self) -> None:
            try:
                for line in lines(self.rfile):
                    self.wfile.write(f"{answer(line, take)}\n".encode())
            except OSError:
                return  # it went away, or said nothing for long

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    try:
        server = Server((host, port), Handler)
    except OSError as error:
        raise BadInput(
            f"listening.lane_port: cannot listen on {host}, port {port}: {error.strerror}"
        ) from None
    thread = threading.Thread(target=server.serve_forever, name="lane", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _serial(take: Take, path: Path) -> Iterator[None]:
    try:
        port = path.open("r+b", buffering=0)
    except OSError as error:
        raise BadInput(
            f"listening.lane_serial: {path} cannot be opened: {error.strerror}"
        ) from None

    def follow() -> None:
        try:
            for line in lines(port):
                port.write(f"{answer(line, take)}\n".encode())
        except (OSError, ValueError):
            return  # unplugged, or closed

    threading.Thread(target=follow, name="lane serial", daemon=True).start()
    try:
        yield
    finally:
        port.close()
