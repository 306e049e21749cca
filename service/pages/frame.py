"""What every page has: who may see it, its language, the way to the others, and what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from inspect import Parameter, Signature, signature
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from nicegui import ui
from starlette.responses import RedirectResponse

from service.accounts import Active
from service.api.access import COOKIE, Caller
from service.api.problems import Refused
from service.api.values import LARGEST_ID
from service.api.wiring import Services
from service.log import place
from service.pages import words
from service.pages.guard import Guard
from service.pages.markup import Html, h, put
from service.pages.words import LANGUAGES, Language, say
from service.rights import Permission, reach

LANGUAGE_COOKIE = "changshou_language"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """Somebody who looks at a page."""

    services: Services
    request: Request
    language: Language
    active: Active | None
    """their session, as it was when they asked; None: there is none"""

    def say(self, name: str) -> str:
        """The words of that name, in the visitor's language."""
        return say(self.language, name)

    def code(self, name: str) -> str:
        """A finding's code, in words."""
        return words.code(self.language, name)

    def step(self, name: str) -> str:
        """A step of a dialogue, in words."""
        return words.step(self.language, name)

    def caller(self, needed: Permission) -> Caller | None:
        """The visitor as the API knows them; None: not logged in, or it is not theirs to see."""
        if self.active is None:
            return None
        person = self.active.person
        reached = reach(person.grants, person.collector_id, needed)
        return None if reached.empty else Caller(active=self.active, reach=reached)

    @property
    def signed_in(self) -> bool:
        """Whether there is a session."""
        return self.active is not None


_LANG: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}
_NAVIGATION: tuple[tuple[str, str, *tuple[Permission, ...]], ...] = (
    ("/", "now", Permission.BOOTH_READ, Permission.RESULTS_READ),
    ("/shifts", "shifts", Permission.RESULTS_READ),
    ("/ask", "ask", Permission.RESULTS_READ),
    ("/reports", "reports", Permission.RESULTS_READ),
    ("/reviews", "reviews", Permission.REVIEWS_READ),
    ("/checks", "checks", Permission.CHECKS_READ, Permission.CHECKS_WRITE),
    ("/rectifications", "rectifications", Permission.RECTIFY_READ),
    ("/complaints", "complaints", Permission.COMPLAINTS_READ),
    ("/consequences", "consequences", Permission.CONSEQUENCES_READ),
    ("/amounts", "amounts", Permission.AMOUNTS_READ),
    ("/catalogs", "catalogs", Permission.CATALOGS_EDIT),
    ("/standings", "standings", Permission.REVIEWS_DECIDE, Permission.DOUBLES_PLAN),
    ("/drills", "drills", Permission.DRILLS_PRACTISE),
    ("/exams", "exams", Permission.EXAMS_SIT),
    ("/trainings", "trainings", Permission.TRAINING_MANAGE, Permission.EXAMS_SIT),
)
"""address, words, and the permissions of which one is enough"""
_services: list[Services] = []


def mount(app: FastAPI, services: Services) -> None:
    """Serve the pages beside the API; the last app that is mounted has them."""
    # Imported for what they register.
    from service.pages import (  # noqa: F401
        amounts,
        answers,
        assets,
        catalog,
        catalog_draft,
        catalog_versions,
        check,
        check_form,
        check_list,
        check_sample,
        complaint,
        complaint_list,
        consequence,
        consequence_list,
        double,
        drill_play,
        drill_say,
        drills,
        exam_sample,
        exam_sitting,
        exams,
        now,
        rectification,
        rectification_list,
        report,
        report_files,
        review,
        review_list,
        shift,
        shift_list,
        sign_in,
        standings,
        trainings,
        vehicle,
    )

    _services[:] = [services]
    assets.serve(app)
    ui.run_with(
        app,
        title="唱收 Changshou",
        language="zh-CN",
        reconnect_timeout=10,
        # The styles are our own; theirs would be made anew in every browser.
        tailwind=False,
        # The guard does it, once it has seen the page.
        gzip_middleware_factory=None,
    )
    app.add_middleware(Guard)


def visit(request: Request) -> Visit:
    """Who asks, and in which language."""
    services = _services[0]
    asked = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE)
    token = request.cookies.get(COOKIE)
    return Visit(
        services=services,
        request=request,
        language="en" if asked == "en" else "zh",
        active=services.accounts.active(token) if token else None,
    )


Page = Callable[..., Any]


def page(path: str, name: str, *needed: Permission) -> Callable[[Page], Page]:
    """A page at that address, for whoever has one of the permissions, built within the frame.

    It is given the caller of the first that they have.
    """

    def register(build: Page) -> Page:
        async def shown(request: Request, **parts: Any) -> Any:
            one = visit(request)
            if not one.signed_in:
                wanted = quote(f"{request.url.path}?{request.url.query}".rstrip("?"))
                return RedirectResponse(f"/sign-in?next={wanted}", 303)
            theirs = [part for part, _ in _parts(one)]
            if path == "/" and theirs and path not in theirs:
                return RedirectResponse(theirs[0], 303)
            caller = next(filter(None, map(one.caller, needed)), None)
            with framed(one, name):
                if caller is None:
                    _told(one, "forbidden")
                    return None
                if any(isinstance(part, int) and part > LARGEST_ID for part in parts.values()):
                    _told(one, "not_found")
                    return None
                try:
                    build(one, caller, **parts)
                except Refused:
                    _told(one, "not_found")
                except Exception as error:
                    # Nothing of what was asked for, or of whom, is in the log.
                    where = place(error.__traceback__)
                    _LOG.error("a page broke down: %s at %s", type(error).__name__, where)
                    _told(one, "broken")
            return None

        # What is in the address, beside the request.
        named = list(signature(build, eval_str=True).parameters.values())[2:]
        asked = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
        shown.__signature__ = Signature([asked, *named])  # type: ignore[attr-defined]
        shown.__name__ = f"{build.__module__.rpartition('.')[2]}_page"
        ui.page(path)(shown)
        return build

    return register


@contextmanager
def framed(one: Visit, name: str) -> Iterator[None]:
    """The header, the navigation, and the main part, in which the block builds."""
    ui.add_css(own("style.css"))
    script("frame.js")
    if one.signed_in:
        script("desk.js")
    spoken = _LANG[one.language]
    ui.query(".nicegui-content").style("padding: 0; gap: 0; align-items: stretch")
    ui.page_title(f"{one.say(name)} · {one.say('title')}")
    skip = h("a", one.say("skip"), class_="skip", href="#main")
    put(h("div", skip, _header(one, name), lang=spoken))
    # NiceGUI's own layout is the page's main landmark.
    with ui.element("div").props(f"id=main tabindex=-1 lang={spoken}"):
        put(h("h1", one.say(name)))
        yield


def _header(one: Visit, name: str) -> Html:
    other: Language = "en" if one.language == "zh" else "zh"
    here = one.request.url.path
    links = []
    for path, part in _parts(one):
        current = "page" if part == name else "true" if here.startswith(f"{path}/") else None
        links.append(h("a", one.say(part), href=path, aria_current=current))
    return h(
        "header",
        h("strong", one.say("title")),
        h("nav", links, aria_label=one.say("title")) if links else None,
        h("span", class_="grow"),
        h("button", LANGUAGES[other], type="button", lang=_LANG[other], data_language=other),
        h("button", one.say("sign_out"), type="button", data_leave=True) if one.signed_in else None,
        class_="bar",
    )


def addresses() -> list[str]:
    """Those of the pages that the navigation leads to."""
    return [path for path, *_ in _NAVIGATION]


def script(name: str) -> None:
    """Give the page that script of this folder, once."""
    whole = f"<script>{own(name)}</script>"
    if whole not in ui.context.client.body_html:
        ui.add_body_html(whole)


@cache
def own(name: str) -> str:
    """A file that lies beside the pages."""
    return files("service.pages").joinpath(name).read_text(encoding="utf-8")


def _parts(one: Visit) -> Iterator[tuple[str, str]]:
    """The pages that the visitor may open."""
    for path, name, *permissions in _NAVIGATION:
        if any(one.caller(permission) for permission in permissions):
            yield path, name


def _told(one: Visit, name: str) -> None:
    put(h("p", one.say(name), class_="error", role="alert"))
