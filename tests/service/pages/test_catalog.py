"""Catalogs in a real Chromium: a draft with a fault, mended, tried, replayed, published, undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import WIDTHS, signed_in

pytestmark = pytest.mark.slow
DRAFT = "/catalogs/draft"


def edited(page: Page, text: str) -> None:
    """Write the file of phrases anew."""
    page.goto(DRAFT)
    page.locator("summary", has_text="整份文件").click()
    page.get_by_label("phrases.toml").fill(text)
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_load_state()


def test_from_the_fault_to_the_roll_back(page: Page) -> None:
    """Nothing is published with a fault; what is published can be tried at once, and undone."""
    signed_in(page, "chief", "/catalogs")
    page.goto("/catalogs?q=稍等")
    page.locator("tbody tr", has_text="wait").get_by_role("link", name="修改").first.click()
    expect(page.locator("#desk-phrase")).to_contain_text("规范用语")
    edited(page, '[[change]]\nid = "no.such"\noff = true\n')
    expect(page.locator("#main")).to_contain_text("no phrase has this id")
    assert page.locator("#desk-publish").count() == 0
    edited(page, '[[change]]\nid = "greet.hello"\noff = true\n')
    expect(page.locator("#main")).to_contain_text("没有错误")
    page.locator("summary", has_text="增加或修改一条用语").click()
    form = page.locator("#desk-phrase")
    form.get_by_label("编号").fill("wait")
    form.get_by_label("也算的说法").fill("稍等片刻哦")
    form.get_by_role("button", name="写入草稿").click()
    page.locator("summary", has_text="整份文件").click()
    expect(page.get_by_label("phrases.toml")).to_have_value(
        '[[change]]\nid = "greet.hello"\noff = true\n\n'
        '[[change]]\nid = "wait"\nvariants = ["稍等片刻哦"]\n'
    )
    page.goto("/catalogs?line=稍等片刻哦")
    expect(page.locator("#main")).to_contain_text("按草稿")
    expect(page.locator("tbody").first).to_contain_text("wait")

    page.goto(DRAFT)
    page.locator("summary", has_text="重放").click()
    form = page.locator("#desk-replay")
    form.get_by_label("从").fill("2026-11-01")
    form.get_by_label("到").fill("2026-11-30")
    form.get_by_role("button", name="开始重放").click()
    page.wait_for_url("**/catalogs/replays/*")
    expect(page.locator("#replay")).to_contain_text("完成", timeout=30_000)

    page.goto(DRAFT)
    page.locator("summary", has_text="发布草稿").click()
    page.locator("#desk-publish").get_by_label("为什么改").fill("<b>也这么说</b>")
    page.locator("#desk-publish").get_by_role("button", name="发布").click()
    page.wait_for_url("**/catalogs/versions")
    expect(page.locator(".card").first).to_contain_text("现用")
    expect(page.locator("#main")).to_contain_text("<b>也这么说</b>")
    page.locator(".card").last.locator("summary", has_text="恢复使用").click()
    form = page.locator(".card").last.locator("form")
    form.get_by_label("为什么改").fill("误判多")
    form.get_by_role("button", name="恢复使用").click()
    expect(page.locator(".card").last).to_contain_text("现用")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.get_by_role("button", name="English").click()
    for path in ("/catalogs", DRAFT, "/catalogs/versions", "/catalogs/replays"):
        page.goto(path)
        expect(page.locator("#main h1")).to_have_text("Catalogs")
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[0], path


def test_nobody_else_edits(page: Page) -> None:
    """The office of one station may not: the catalogs are every station's."""
    signed_in(page, "qian", "/catalogs")
    page.goto(DRAFT)
    expect(page.locator("#main")).to_contain_text("不在您的范围内")
