"""Put the API together: every router, one form of error, limits, and a description for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service import asked, batch, drill_sound
from service.accounts import Locked, Wrong
from service.api import (
    alarms,
    amounts,
    audit,
    booth,
    booth_asks,
    catalog_drafts,
    catalogs,
    checks,
    clips,
    complaints,
    consequences,
    devices,
    doubles,
    drill_listen,
    drills,
    evidence,
    exam_archive,
    examples,
    exams,
    figures,
    findings,
    health,
    ingest,
    lane_events,
    list_files,
    metrics,
    months,
    people,
    places,
    problems,
    rectifications,
    reports,
    reviews,
    rosters,
    session,
    shifts,
    standings,
    trainings,
)
from service.api.access import Needs
from service.api.body import BodyLimit
from service.api.wiring import Services
from service.bootstrap import program_version
from service.passwords import Busy
from service.rights import Permission

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    metrics.router,
    session.router,
    shifts.router,
    evidence.router,
    findings.router,
    figures.router,
    clips.router,
    catalog_drafts.router,
    catalogs.router,
    places.router,
    rosters.router,
    people.router,
    devices.router,
    alarms.router,
    months.router,
    reports.router,
    list_files.router,
    checks.router,
    rectifications.router,
    complaints.router,
    reviews.router,
    doubles.router,
    standings.router,
    consequences.router,
    amounts.router,
    drills.router,
    drill_listen.router,
    exam_archive.router,
    exams.router,
    trainings.router,
    audit.router,
    booth.router,
    lane_events.router,
    ingest.router,
    booth_asks.router,
)
"""what is served, in the order of the description"""
LARGER: Mapping[str, int] = {
    batch.PATH: batch.LARGEST,
    asked.FILES: asked.LARGEST,
    drills.ATTEMPTS: drill_sound.LARGEST,
    exams.ANSWERS: drill_sound.LARGEST,
}
"""path to the bytes of a body that it takes, where that is more than usual"""

_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request is at fault: the problem says how", "content": _PROBLEM},
    "5XX": {"description": "The server is at fault", "content": _PROBLEM},
}


def create_app(services: Services) -> FastAPI:
    """The whole API over these services."""
    app = FastAPI(
        title="Changshou 唱收",
        version=program_version(),
        summary="What toll collectors said, vehicle by vehicle, and who may see it.",
        openapi_url="/v1/openapi.json",
        # Their pages load scripts from elsewhere, and a booth has no internet.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=_ERRORS,
    )
    app.state.services = services
    problems.install(app)
    app.add_exception_handler(Wrong, _wrong)
    app.add_exception_handler(Locked, _locked)
    app.add_exception_handler(Busy, _busy)
    # The last that is added is the outermost.
    app.state.figures = metrics.Figures(services)
    app.add_middleware(metrics.Timed, figures=app.state.figures)
    app.add_middleware(BodyLimit, larger=LARGER)
    app.add_middleware(problems.LastResort)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    return app


def operations() -> Iterator[tuple[str, str, APIRoute, Permission | None]]:
    """Method, path, route and permission of every endpoint; None: nobody need log in."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield method, route.path, route, _permission(route)


def _permission(route: APIRoute) -> Permission | None:
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Needs):
            return dependency.call.permission
    return None


def _description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI, with the problem's schema and each endpoint's permission in it."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"] |= {
            **schema.pop("$defs"),
            **lane_events.SCHEMAS,
            "Problem": schema,
        }
        for method, path, _, permission in operations():
            operation = made["paths"][path][method.lower()]
            examples.put_into(operation, method, path)
            if permission is not None:
                operation["x-permission"] = permission.value
                # Either of the two, not both.
                operation["security"] = [{"HTTPBearer": []}, {"APIKeyCookie": []}]
        app.openapi_schema = made
    return app.openapi_schema


async def _wrong(_: Request, error: Exception) -> Response:
    return problems.response(401, str(error), headers={"WWW-Authenticate": "Bearer"})


async def _locked(_: Request, error: Exception) -> Response:
    assert isinstance(error, Locked)
    return problems.response(429, str(error), headers={"Retry-After": str(error.wait_s)})


async def _busy(_: Request, error: Exception) -> Response:
    return problems.response(503, str(error), headers={"Retry-After": "5"})
