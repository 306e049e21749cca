"""Figures for Prometheus; nobody need log in, for there is nothing of anybody in them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.wiring import Services
from service.health import checks, measure

router = APIRouter(tags=["health"])

PREFIX = "changshou"
BUCKETS_S = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15)


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Checks, room, backlog and the times of requests, in Prometheus's text format."""
    return Response(
        generate_latest(request.app.state.figures.registry), media_type=CONTENT_TYPE_LATEST
    )


class Figures:
    """One app's figures."""

    def __init__(self, services: Services) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self.registry)
        self.requests = Histogram(
            "request_seconds",
            "Time from a request to the end of its answer, seconds",
            ("method", "route", "status"),
            namespace=PREFIX,
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self._services = services
        self.registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """What is looked at anew whenever somebody asks."""
        services = self._services
        now = services.clock()
        ears = services.door.ears
        found = measure(services.site, services.database, now, ears)
        check = GaugeMetricFamily(f"{PREFIX}_check", "1: passes, 0: fails", labels=("check",))
        for name, problem in checks(found).items():
            check.add_metric((name,), float(problem is None))
        yield check
        if ears is not None:
            yield _gauge("behind_seconds", "Sound that waits to be recognised", ears.behind_s)
        yield _gauge("inbox_alarms", "Messages of booths to be looked at", found.alarms)
        if found.free is not None:
            yield _gauge("disk_free_bytes", "Bytes free where results are kept", found.free)
        if found.outbox is not None:
            waits = found.outbox
            age = (now - waits.oldest).total_seconds() if waits.oldest else 0.0
            yield _gauge("outbox_waiting", "Messages to be sent to the centre", waits.waiting)
            yield _gauge("outbox_refused", "Messages that the centre would not have", waits.refused)
            yield _gauge("outbox_bytes", "Bytes that the outbox takes", waits.size)
            yield _gauge("outbox_oldest_seconds", "Age of the oldest message that waits", age)


class Timed:
    """Times every request, by its route and not its address, which holds ids."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how long its answer took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            labels = (scope["method"] if route != "none" else "any", route, str(status))
            self._figures.requests.labels(*labels).observe(time.perf_counter() - began)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", what, value=float(value))
