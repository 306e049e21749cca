"""The pages in a real Chromium: sign in, see what is one's own, open the evidence and its clip."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import NASTY, WIDTHS, signed_in

pytestmark = pytest.mark.slow


def test_a_wrong_password_is_told(page: Page) -> None:
    """And one stays where one is."""
    page.goto("/shifts")
    page.fill("input[name=login]", "wang")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("账号、密码或动态码不对。")
    assert "/sign-in" in page.url


def test_from_the_list_to_the_evidence(page: Page) -> None:
    """A shift, its timeline, a vehicle's card, its clip; odd names stand as they are."""
    signed_in(page, "wang", "/shifts")
    row = page.locator("tbody tr", has_text='O"Brien')
    expect(row).to_contain_text(NASTY)
    row.locator("a").click()
    page.wait_for_selector("svg.line rect")
    assert page.locator("svg.line a").count() == 3
    expect(page.locator("#main")).to_contain_text(NASTY)
    page.goto(page.url.rstrip("/") + "/0")
    page.wait_for_selector("#clip-box button")
    page.click("#clip-box button")
    page.wait_for_selector("#clip-box audio")
    expect(page.locator("#main")).to_contain_text("存证")


def test_in_english_and_at_every_width(page: Page) -> None:
    """The language is remembered; nothing is wider than its window but tables that scroll."""
    signed_in(page, "wang")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=Last findings")
    assert page.locator("#main").get_attribute("lang") == "en"
    for path in ("/", "/shifts", "/ask?from=2026-11-01&to=2026-11-30"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            page.wait_for_selector("#main h1")
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    expect(page.locator("#main")).to_contain_text("Commonest misses")


def test_a_page_shows_what_one_may_see(page: Page) -> None:
    """A collector's own shift and no other; a monitor no results."""
    signed_in(page, "zhang", "/shifts")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).not_to_contain_text('O"Brien')
    page.goto("/shifts/0000000000000000")
    expect(page.get_by_role("alert")).to_contain_text("不在您的范围内")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "li")
    assert page.locator("nav a").all_inner_texts() == ["现在"]
    expect(page.locator("#main")).not_to_contain_text("最近的发现")
    page.goto("/shifts")
    expect(page.get_by_role("alert")).to_contain_text("您的角色不能看")


def test_the_keyboard_reaches_everything(page: Page) -> None:
    """The first stop skips to the content; then the parts, in their order."""
    signed_in(page, "wang")
    stops = []
    for _ in range(7):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.textContent").strip())
    assert stops == ["跳到正文", "现在", "班次", "查询", "复核", "English", "退出"]


def test_a_session_that_ends_in_the_middle(page: Page) -> None:
    """The page that refreshes itself goes to the sign-in."""
    signed_in(page, "wang")
    page.evaluate("fetch('/v1/session', {method: 'DELETE'})")
    page.wait_for_url("**/sign-in", timeout=15_000)


def test_what_a_browser_is_told(address: str) -> None:
    """No frame may hold a page, and nothing comes from elsewhere."""
    with httpx2.Client(base_url=address, trust_env=False) as client:
        headers = client.get("/sign-in").headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert client.get("/", follow_redirects=False).status_code == 303
