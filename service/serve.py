"""Serve the API over HTTP until somebody asks to stop."""

from __future__ import annotations

import enum
import ipaddress
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from service import booth, bootstrap, daily, listen, log, syncing
from service.api import wiring
from service.api.app import create_app
from service.bootstrap import Knowledge
from service.console import progress
from service.errors import BadInput, one_line
from service.listen import Event, Started
from service.listen_view import Shown
from service.live_ears import Ears
from service.live_types import Unkept, Unstored
from service.settings import Settings

_LOG = logging.getLogger(__name__)


class Part(enum.Enum):
    """What a server is for."""

    BOOTH = "booth"
    CENTRE = "centre"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """How to serve."""

    part: Part
    host: str
    """address to listen on"""
    port: int
    certificate: Path | None
    """PEM, with the chain to its issuer; None: HTTP, for this machine alone"""
    key: Path | None
    """PEM, of the certificate"""


def serve(request: Request, site: Settings) -> None:
    """Serve until SIGINT or SIGTERM; BadInput if that cannot even begin."""
    # Half a second and some memory that no other command needs.
    from service.pages import frame as pages

    _check(request)
    log.install()
    with (
        wiring.services(site) as services,
        syncing.running(site, services.database.writer),
        daily.running(services.site, services.database.writer, services.clock),
        _bound(request) as listening,
    ):
        app = create_app(services)
        pages.mount(app, services)
        config = uvicorn.Config(
            app,
            ssl_certfile=request.certificate,
            ssl_keyfile=request.key,
            # Addresses hold the ids of collectors: requests are not logged.
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        server = _Server(config)
        if request.part is Part.CENTRE:
            server.run(sockets=[listening])
            return
        # The ears have the main thread: it is there that signals ask to stop.
        services.door.ears = Ears()
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="api")
        serving.start()
        try:
            _listen(services, services.site)
        finally:
            server.should_exit = True
            serving.join()


def _listen(services: wiring.Services, site: Settings) -> None:
    """Run the booth until somebody asks to stop; its shifts go on when it is run again."""
    signer, ears = bootstrap.signer(site), services.door.ears
    assert ears is not None
    asked = booth.Request(close=False, outbox=site.centre is not None)

    @contextmanager
    def keeping(model: str, known: Knowledge) -> Iterator[booth.Booth]:
        with booth.kept(
            services.database.writer, signer, site, asked, model, known, show=_told
        ) as one:
            services.door.booth, ears.model = one, model
            try:
                yield one
            finally:
                services.door.booth = None

    def show(event: Event) -> None:
        ears.take(event)
        _told(event)

    listen.listen(listen.Request(), site, show=show, progress=progress, keeping=keeping)


def _told(event: Shown) -> None:
    """Log what whoever looks after the machine should know; never who sits there, nor a word."""
    if isinstance(event, Unstored):
        if event.problem is None:
            _LOG.info("everything is stored again")
        else:
            _LOG.error("cannot be stored now, and waits: %s", event.problem)
    elif isinstance(event, Unkept):
        _LOG.error("a vehicle is stored without its clip: %s", event.problem)
    elif isinstance(event, Started):
        _LOG.info("listening to %s", event.device)


class _Server(uvicorn.Server):
    """Ends in order when asked to; uvicorn's own would end the process by the signal after that."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have the signals ask the server to stop."""
        if threading.current_thread() is not threading.main_thread():
            yield  # whoever has the main thread will ask
            return
        asked = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in asked}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _check(request: Request) -> None:
    if (request.certificate is None) != (request.key is None):
        raise BadInput("name both --certificate and --key, or neither")
    for name, file in (("--certificate", request.certificate), ("--key", request.key)):
        if file is not None and not file.is_file():
            raise BadInput(f"{name}: {file}: no such file")
    if request.certificate is not None:
        try:
            # Without a password of its own OpenSSL would ask for one at the terminal.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(request.certificate, request.key, password="")
        except (OSError, ValueError) as error:
            raise BadInput(
                f"{request.certificate} and {request.key} cannot be used "
                f"({one_line(error)}): name a certificate in PEM and its key without a password"
            ) from None
    if request.certificate is None and not _own(request.host):
        raise BadInput(
            f"--host {request.host}: without --certificate and --key passwords would pass in the "
            "clear: name both, or listen on 127.0.0.1 behind what has them"
        )


def _own(host: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(request: Request) -> socket.socket:
    """The socket, bound before anything says that it serves."""
    try:
        family = socket.getaddrinfo(request.host, request.port)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise BadInput(f"--host {request.host}: {error.strerror}") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((request.host, request.port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise BadInput(
            f"cannot listen on {request.host}, port {request.port}: {error.strerror}"
        ) from None
    return bound
