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
    """A shift, its timeline, a vehicle's card; odd names stand as they are."""
    signed_in(page, "wang", "/shifts")
    row = page.locator("tbody tr", has_text='O"Brien')
    expect(row).to_contain_text(NASTY)
    row.locator("a").click()
    page.wait_for_selector("svg.line rect")
    assert page.locator("svg.line a").count() == 3
    expect(page.locator("#main")).to_contain_text(NASTY)
    page.goto(page.url.rstrip("/") + "/0")
    page.wait_for_selector("#clip-box button")
    expect(page.locator("#main")).to_contain_text("已验证：本结果自写入账本后未被改动。")


def test_the_card_of_a_collector(page: Page) -> None:
    """Their own, as who checks sees it: the sound with what was found on it, written down once."""
    signed_in(page, "zhang", "/shifts")
    page.locator("tbody a").first.click()
    page.wait_for_selector("svg.line a")
    page.goto(page.url.rstrip("/") + "/0")
    before = page.request.get("/v1/audit").json()["items"]
    page.click("#clip-box > button")
    page.wait_for_selector("svg.wave path.sound")
    assert (
        page.locator("svg.wave rect.mark").count() == page.locator("ul.marks button").count() == 4
    )
    after = page.request.get("/v1/audit").json()["items"]
    assert [deed["action"] for deed in after[: len(after) - len(before)]] == ["clip.read"]
    page.locator("ul.marks button", has_text="唱收").click()
    expect(page.locator("table.beside", has_text="唱收")).to_contain_text("shōu")
    assert page.evaluate("document.querySelector('#clip-box audio').currentTime") >= 2.6
    page.get_by_text("账本里的凭据").click()
    expect(page.locator("dl.proof")).to_be_visible()


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
    assert "班次" not in page.locator("nav a").all_inner_texts()
    expect(page.locator("#main")).not_to_contain_text("最近的发现")
    page.goto("/shifts")
    expect(page.get_by_role("alert")).to_contain_text("您的角色不能看")


def test_the_keyboard_reaches_everything(page: Page) -> None:
    """The first stop skips to the content; then the parts, in their order."""
    signed_in(page, "wang")
    stops = []
    links = page.locator("nav a").all_inner_texts()
    assert "复核" in links
    for _ in range(len(links) + 3):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.textContent").strip())
    assert stops == ["跳到正文", *links, "English", "退出"]


def test_a_session_that_ends_in_the_middle(page: Page) -> None:
    """The page that refreshes itself goes to the sign-in."""
    signed_in(page, "wang")
    page.evaluate("fetch('/v1/session', {method: 'DELETE'})")
    page.wait_for_url("**/sign-in", timeout=15_000)


def test_a_script_that_got_in_does_not_run(page: Page) -> None:
    """Neither a tag nor an attribute: the page's own carry a nonce, which no other answer has."""
    signed_in(page, "wang")
    page.evaluate(
        """() => {
          const made = document.createElement('div');
          made.innerHTML = '<img src="data:," onerror="got = 1"><button onclick="got = 1">';
          document.body.append(made);
          made.querySelector('button').click();
          const script = document.createElement('script');
          script.textContent = 'window.got = 1';
          document.body.append(script);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.got") is None
    policies = {page.request.get("/").headers["content-security-policy"] for _ in range(2)}
    assert len(policies) == 2


def test_the_socket_is_the_pages_own(address: str) -> None:
    """Another site's page gets none, by whichever transport."""
    query = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    with httpx2.Client(base_url=address, trust_env=False) as client:
        assert client.get(query, headers={"Origin": "https://elsewhere.example"}).status_code == 403
        assert client.get(query, headers={"Origin": "null"}).status_code == 403
        assert client.get(query, headers={"Origin": address}).status_code == 200
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Origin": "https://elsewhere.example",
        }
        asked = query.replace("polling", "websocket")
        assert client.get(asked, headers=upgrade).status_code == 403


def test_what_a_browser_is_told(address: str) -> None:
    """No frame may hold a page, and nothing comes from elsewhere."""
    with httpx2.Client(base_url=address, trust_env=False) as client:
        headers = client.get("/sign-in").headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        assert client.get("/", follow_redirects=False).status_code == 303
