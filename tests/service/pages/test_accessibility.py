"""Every page has what WCAG 2.2 asks for on its levels A and AA, as far as a program sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.service.pages.browsing import signed_in

pytestmark = pytest.mark.slow

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
_ID = re.compile(r"(?<=/)(?:[0-9a-f]{16,}|\d[\d-]*)(?=/|$)")


def wrong(page: Page, address: str) -> list[str]:
    """What is wrong with the page, and where."""
    page.goto(address)
    page.wait_for_selector("#main h1")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page, options=RULES).response
    return [
        f"{address}: {one['id']} ({one['help']}): {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def pages(page: Page) -> Iterator[str]:
    """Every page that links lead to, one of each kind; the page is on it while it is looked at."""
    seen, left = set[str](), page.locator("header nav a").evaluate_all(_LINKS)
    while left:
        address = left.pop(0)
        kind = _ID.sub("*", address.partition("?")[0])
        if kind in seen or kind.startswith("/v1/"):
            continue
        seen.add(kind)
        yield address
        left += page.locator("#main a").evaluate_all(_LINKS)


_LINKS = (
    "(links) => links.map((one) => one.getAttribute('href')).filter((to) => to?.startsWith('/'))"
)


@pytest.mark.parametrize(("login", "languages"), [("qian", ("en", "zh")), ("zhang", ("zh",))])
def test_every_page_in_both_languages(page: Page, login: str, languages: tuple[str, ...]) -> None:
    """To whoever sees the most, and what a collector sees."""
    signed_in(page, login)
    looked: list[str] = []
    found: list[str] = []
    for address in pages(page):
        looked.append(address)
        for language in languages:
            page.context.add_cookies(
                [{"name": "changshou_language", "value": language, "url": page.url}]
            )
            found += wrong(page, address)
    assert len(looked) > 5, looked
    assert any(_ID.search(address) for address in looked)
    assert found == [], "\n".join(found)


def test_signing_in(page: Page) -> None:
    """The one page for whoever has no session."""
    assert wrong(page, "/sign-in?language=en") + wrong(page, "/sign-in?language=zh") == []


def test_an_opened_clip(page: Page) -> None:
    """The sound and the buttons that lead into it."""
    signed_in(page, "zhang", "/shifts")
    page.locator("tbody a").first.click()
    page.wait_for_selector("svg.line a")
    page.goto(page.url.rstrip("/") + "/0")
    page.click("#clip-box > button")
    page.wait_for_selector("svg.wave path.sound")
    found = Axe().run(page, options=RULES).response
    assert [one["id"] for one in found["violations"]] == []
