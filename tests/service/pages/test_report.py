"""Reports in a real Chromium: a month and a day with their charts, and as files."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import NASTY, STATION, WIDTHS, signed_in

pytestmark = pytest.mark.slow
MONTH = f"/reports?of=month&station={STATION}&month=2026-11"


def test_a_month_as_a_page_and_as_files(page: Page) -> None:
    """Its charts are drawn, odd names stand as they are, and each form of the file comes."""
    signed_in(page, "wang", "/reports")
    page.goto(MONTH)
    expect(page.locator("#main")).to_contain_text(NASTY)
    assert page.locator("figure svg").count() >= 2
    assert page.locator("figure svg b").count() == 0
    assert page.locator("figure svg [id], figure svg clipPath").count() == 0
    for form, first in (("PDF", b"%PDF"), ("XLSX", b"PK"), ("CSV", "\ufeff".encode())):
        with page.expect_download() as coming:
            page.locator(".files").first.get_by_role("link", name=form).click()
        assert coming.value.path().read_bytes().startswith(first), form
    page.get_by_role("button", name="生成 CSV").click()
    page.wait_for_url("**/reports/files")
    with page.expect_download() as coming:
        page.locator("section.card").get_by_role("link", name="下载").click()
    assert len(coming.value.path().read_text("utf-8-sig").splitlines()) == 1 + 6
    page.locator("section.card").get_by_role("button", name="删除").click()
    expect(page.locator("#main")).to_contain_text("没有文件")


def test_what_is_not_there_is_said(page: Page) -> None:
    """A month without data, one that is none, and another's station."""
    signed_in(page, "wang", "/reports")
    for address, words in (
        (MONTH.replace("2026-11", "2025-01"), "没有"),
        (MONTH.replace("2026-11", "2025-13"), "月份要写成"),
        (MONTH.replace(STATION, "elsewhere"), "no such station"),
    ):
        page.goto(address)
        expect(page.locator("#main")).to_contain_text(words)


def test_a_collector_has_their_own(page: Page) -> None:
    """And nobody else's name in it."""
    signed_in(page, "zhang", "/reports")
    page.goto(MONTH)
    expect(page.locator("#main")).to_contain_text("0108")
    assert NASTY not in page.locator("#main").inner_text()


def test_stations_and_a_day_at_every_width_in_english(page: Page) -> None:
    """Nothing is wider than its window but tables that scroll."""
    signed_in(page, "wang", "/reports")
    page.get_by_role("button", name="English").click()
    for path, words in (
        ("/reports?of=stations&month=2026-11", "Proposed as model sites"),
        (f"/reports?of=day&station={STATION}&day=2026-11-24", "As a file"),
    ):
        page.goto(path)
        expect(page.locator("#main")).to_contain_text(words)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
