"""Checks in a real Chromium: planned, drawn, written down, answered, put right, looked at again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import NASTY, STATION, WIDTHS, signed_in

pytestmark = pytest.mark.slow


def sent(page: Page, title: str, words: str) -> None:
    """Open a form, write, send; the words stand on the page then."""
    page.locator("summary", has_text=title).click()
    form = page.locator("details[open]")
    form.get_by_label("内容").fill(words)
    form.get_by_role("button", name="提交").click()
    expect(page.locator("#main ol")).to_contain_text(words)


def test_from_the_plan_to_the_look_again(page: Page, address: str) -> None:
    """A sample is drawn, one of it checked; what was found is put right and closed by another."""
    signed_in(page, "wang", "/checks")
    expect(page.locator("#main")).to_contain_text("还没有数据")
    page.locator("summary", has_text="新建检查计划").click()
    form = page.locator("#desk-plan")
    form.get_by_label("收费站").fill(STATION)
    form.get_by_role("button", name="建立").click()
    expect(page.locator("tbody").first).to_contain_text("每周")
    page.locator("summary", has_text="随机抽样").click()
    form = page.locator("#desk-sample")
    form.get_by_label("收费站").fill(STATION)
    form.get_by_label("从").fill("2026-11-24")
    form.get_by_label("到").fill("2026-11-25")
    form.get_by_label("属于计划").select_option(index=1)
    form.get_by_role("button", name="抽样").click()
    page.wait_for_url("**/samples/*")
    sample = page.url
    page.get_by_role("link", name="检查这辆").first.click()
    form = page.locator("#desk")
    assert form.get_by_label("班次编号").input_value()
    form.get_by_label("工号牌").fill("99")
    form.get_by_label("检查情况").fill(f"未戴工号牌 {NASTY}")
    form.get_by_role("button", name="提交").click()
    # More than there are points: the browser says so, and nothing is sent.
    assert page.url.partition("?")[0].endswith("/new-check")
    form.get_by_label("工号牌").fill("0")
    form.get_by_role("button", name="提交").click()
    page.wait_for_url("**/checks/*")
    check = page.url
    expect(page.locator("#main")).to_contain_text(NASTY)
    page.goto(sample)
    expect(page.locator("tbody")).to_contain_text("✓ №")
    # The plan counts it, and the sample says that one of it is left.
    page.goto("/checks")
    expect(page.locator("tbody").nth(0).locator("td").nth(4)).to_have_text("1")
    line = page.locator("tbody").nth(1)
    expect(line).to_contain_text("还有未查")
    expect(line.locator("a")).to_have_attribute("href", sample.removeprefix(address))
    page.goto(check)
    page.locator("summary", has_text="要求整改").click()
    page.get_by_label("要整改什么").fill("戴好工号牌")
    page.locator("details[open]").get_by_role("button", name="提交").click()
    page.wait_for_url("**/rectifications/*")
    one = page.url
    sent(page, "报告已整改", "已戴好")
    expect(page.locator("#main > div").nth(1)).to_contain_text("待复查")
    page.locator("summary", has_text="复查").click()
    page.get_by_label("不合格").check()
    page.locator("details[open]").get_by_label("内容").fill("自己看自己")
    page.locator("details[open]").get_by_role("button", name="提交").click()
    # Whoever put it right does not look at it again.
    expect(page.locator("details[open] .told")).to_contain_text("应由别人来做")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "wu", "/rectifications")
    page.goto(one)
    page.locator("summary", has_text="复查").click()
    page.get_by_label("合格，销号").check()
    page.locator("details[open]").get_by_label("内容").fill("已看过")
    page.locator("details[open]").get_by_role("button", name="提交").click()
    expect(page.locator("#main > div").nth(1)).to_contain_text("已销号")
    assert page.locator("#main details").count() == 0


def test_in_english_and_at_every_width(page: Page) -> None:
    """Nothing is wider than its window but tables that scroll."""
    signed_in(page, "wang", "/checks")
    page.get_by_role("button", name="English").click()
    for path, words in (
        ("/checks", "Plan checks"),
        ("/new-check", "What was seen"),
        ("/rectifications?show=overdue&station=none", "Nothing fits."),
    ):
        page.goto(path)
        expect(page.locator("#main")).to_contain_text(words)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
