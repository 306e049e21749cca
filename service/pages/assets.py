"""Files that a page's scripts ask for: what runs beside the page, and the model's recordings."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from service.drill_voice import SUFFIXES
from service.pages import frame

_SCRIPTS = ("drill_worklet.js",)


def serve(app: FastAPI) -> None:
    """Serve them beside the pages."""
    app.add_api_route("/assets/{name}", script, include_in_schema=False)
    app.add_api_route("/drills/voice/{name}", voice, include_in_schema=False)


def script(name: str) -> Response:
    """A script that a browser loads by its address; there is nothing of anybody in it."""
    if name not in _SCRIPTS:
        return Response(status_code=404)
    return Response(frame.own(name), media_type="text/javascript")


def voice(name: str, request: Request) -> Response:
    """A recording of the model, for whoever is signed in."""
    one = frame.visit(request)
    file = one.services.voices.find(name) if one.signed_in else None
    if file is None:
        return Response(status_code=404)
    return Response(file.read_bytes(), media_type=SUFFIXES[file.suffix])
