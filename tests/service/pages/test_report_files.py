"""A list of many vehicles in a real Chromium: asked for, left, come back to, fetched, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from db.people_types import Role
from scripts.fill import fill
from service import bootstrap, settings, staff
from tests.service.api.world import PASSWORD
from tests.service.pages.browsing import signed_in
from tests.service.test_booth import free_port
from tests.test_trial import Machine, until

pytestmark = pytest.mark.slow
VEHICLES = 20_000
"""which take seconds, so that one can look at how far it is"""
FILES = "/reports/files"
LONG_MS = 90_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A centre with many vehicles."""
    folder, port = tmp_path_factory.mktemp("files") / "centre", free_port()
    own = '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\n'
    machine = Machine(folder, own, CHANGSHOU_DB=f"sqlite:///{folder / 'c.db'}")
    site = settings.load(machine.env)
    with bootstrap.database(site) as engine:
        fill(engine, VEHICLES, 1, progress=lambda *_: nullcontext(lambda _: None))
    with staff.opened(site) as desk:
        desk.add("chief", PASSWORD, Role.TOLL_OFFICE)
    with machine.serving("--role", "centre", "--port", str(port)):
        url = f"http://127.0.0.1:{port}"
        with httpx2.Client(base_url=url, trust_env=False) as client:
            until(lambda: client.get("/healthz").status_code == 200)
        yield url
    assert not Path(folder / "c.db-lists").exists()


def test_a_long_list_is_left_and_come_back_to(page: Page) -> None:
    """By keyboard; how far it is comes by itself, and the focus stays where it was."""
    page.set_viewport_size({"width": 375, "height": 800})
    signed_in(page, "chief", "/reports")
    page.get_by_role("button", name="English").click()
    # Longer than a month has none on the page.
    year = "from=2026-01-01&to=2026-12-31"
    asked = page.request.post(f"/v1/reports/vehicles/files?{year}&format=xlsx")
    assert asked.status == 202, asked.text()
    page.get_by_role("button", name="Write as CSV").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FILES}")
    cards = page.locator("section.card")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text(f"/ {VEHICLES:,}")
    expect(cards.first.get_by_role("progressbar")).to_be_visible()
    expect(cards.last).to_contain_text("waits; before it there are 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="A month").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk-xlsx")
    page.get_by_role("link", name="Files", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("section.card")
    delete = cards.first.get_by_role("button")
    delete.focus()
    ready = page.get_by_role("status")
    expect(ready).to_contain_text("2 / 2", timeout=LONG_MS)
    expect(delete).to_be_focused()
    expect(cards.first).to_contain_text(f"{VEHICLES:,} Vehicles")
    assert page.get_by_role("progressbar").count() == 0
    for card, first in ((cards.first, b"PK"), (cards.last, "\ufeff".encode())):
        with page.expect_download() as coming:
            card.get_by_role("link").focus()
            page.keyboard.press("Enter")
        assert coming.value.path().read_bytes().startswith(first)
        assert coming.value.suggested_filename.startswith("changshou-vehicles-2026")
    delete.focus()
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    cards.first.get_by_role("button").click()
    expect(page.locator("#main")).to_contain_text("There are none.")


def test_what_is_being_written_is_stopped_and_three_are_enough(page: Page) -> None:
    """What there are already is said, and what to do; another tab's deleting is noticed."""
    signed_in(page, "chief", "/reports")
    path = "/v1/reports/vehicles/files?from=2026-01-01&to=2026-12-31&format=xlsx"
    ids = [page.request.post(path).json()["id"] for _ in range(3)]
    assert page.request.post(path).status == 409
    page.goto("/reports")
    expect(page.locator("#main")).to_contain_text("您已有三个文件")
    assert page.locator("#desk-xlsx").count() == 0
    page.goto(FILES)
    cards = page.locator("section.card")
    expect(cards).to_have_count(3)
    cards.first.get_by_role("button", name="删除").click()
    expect(cards).to_have_count(2)
    assert page.request.delete(f"/v1/reports/files/{ids[1]}").status == 204
    expect(cards).to_have_count(1, timeout=15_000)
    cards.first.get_by_role("button", name="删除").click()
    expect(cards).to_have_count(0)


def test_nobody_else_sees_it(page: Page, browser: Browser, address: str) -> None:
    """Signed out, the way leads to signing in."""
    signed_in(page, "chief", FILES)
    page.request.post("/v1/reports/vehicles/files?from=2026-10-01&to=2026-10-02&format=csv")
    page.reload()
    card = page.locator("section.card")
    link = card.get_by_role("link")
    expect(link).to_be_visible(timeout=LONG_MS)
    other = browser.new_context(base_url=address)
    path = link.get_attribute("href")
    assert path is not None
    assert other.request.get(path).status == 401
    other.close()
    page.request.delete(path)
