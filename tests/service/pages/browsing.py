"""Centres with shifts whose faults were drawn for review, and a browser that looks at one."""

from __future__ import annotations

import datetime as dt
import io
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from db import tables
from db.people_tables import Person
from db.people_types import Role
from db.store import Store
from phrases.types import ShiftReport
from service import bootstrap, reviews, settings, staff
from tests.db import samples
from tests.service.api.world import PASSWORD
from tests.service.pages.late import late
from tests.service.test_booth import free_port
from tests.test_trial import Machine, until

NASTY = 'O"Brien <b>&amp; 😀</b>'
STATION = "南昌西"
START = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
WIDTHS = (390, 1280, 1920)


def sound() -> bytes:
    """A clip that a browser can decode: 17.9 seconds of a tone, WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x00\x00\x20\x00\x00\x00\xe0" * (17_900 * 2))
    return made.getvalue()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The centre's own, with its database c.db."""
    return tmp_path_factory.mktemp("pages") / "centre"


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """A centre with two shifts: one of somebody with an odd id, one of another's."""
    shifts = {NASTY: samples.report(), "0108": samples.report()}
    with served(folder, shifts, seat="0108") as url:
        yield url


@contextmanager
def served(folder: Path, shifts: Mapping[str, ShiftReport], *, seat: str) -> Iterator[str]:
    """A centre with a shift of each collector and a fault in each; `zhang` is the one of `seat`."""
    port = free_port()
    machine = Machine(
        folder,
        '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\n'
        '[drills]\nmodel_voice = "model"\n',
        CHANGSHOU_DB=f"sqlite:///{folder / 'c.db'}",
    )
    site = settings.load(machine.env)
    with staff.opened(site) as desk:
        desk.add("boss", PASSWORD, Role.ADMINISTRATOR)
        desk.add("chief", PASSWORD, Role.TOLL_OFFICE)
    with bootstrap.database(site) as engine:
        vault = bootstrap.vault(site, engine)
        with Store(engine, bootstrap.signer(site)) as unit:
            for number, (who, report) in enumerate(shifts.items()):
                identity = samples.identity(
                    station=STATION, collector=who, started_at=START + dt.timedelta(hours=number)
                )
                clips = samples.clips(vault, sound())
                unit.save(identity, samples.recording(who), report, clips)
            unit.commit()
        with engine.begin() as connection:
            key = connection.scalars(select(tables.Station.id)).one()
            days = (START.date(), START.date() + dt.timedelta(days=1))
            now = dt.datetime.now(dt.UTC)
            assert reviews.draw(connection, key, days, 60, now, dt.timedelta(days=7)) == len(shifts)
            boss = connection.scalars(select(Person.id).where(Person.login == "boss")).one()
            late(connection, key, boss, START - dt.timedelta(days=30))
    with machine.serving("--role", "centre", "--port", str(port)):
        url = f"http://127.0.0.1:{port}"
        with httpx2.Client(base_url=url, trust_env=False) as client:
            until(lambda: client.get("/healthz").status_code == 200)
            body = {"login": "boss", "password": PASSWORD, "bearer": True}
            token = client.post("/v1/session", json=body).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
            for login, role, more in (
                ("wang", "supervisor", {}),
                ("li", "monitor", {}),
                ("wu", "inspector", {}),
                ("qian", "toll_office", {}),
                ("sun", "trainee", {}),
                ("he", "trainer", {}),
                ("zhang", "collector", {"seat": {"station": STATION, "collector": seat}}),
            ):
                person = {
                    "login": login,
                    "name": NASTY,
                    "password": PASSWORD,
                    "roles": [{"role": role, "station": STATION}],
                    **more,
                }
                answer = client.post("/v1/people", json=person, headers=headers)
                assert answer.status_code == 201, answer.text
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's; closed after each file: while it is open no test may run an event loop."""
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A browser of its own; nothing may go wrong in it unseen, and nothing come from elsewhere."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    one = context.new_page()
    wrong: list[str] = []
    one.on("pageerror", lambda error: wrong.append(str(error)))
    one.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
            else wrong.append(asked.url)
        ),
    )
    yield one
    context.close()
    assert wrong == []


def signed_in(page: Page, login: str, wanted: str = "/") -> None:
    """Sign in on the way to a page."""
    page.goto(wanted)
    page.wait_for_selector("#sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")
    page.wait_for_selector("header nav")
