"""A training in a real Chromium: planned for somebody, who was there written down, called off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import NASTY, WIDTHS, signed_in

pytestmark = pytest.mark.slow


def test_from_the_plan_to_who_was_there(page: Page) -> None:
    """Whoever is invited sees it; what cannot be is told, and what was written stays."""
    signed_in(page, "he", "/trainings")
    expect(page.locator("#main")).to_contain_text("大家觉得难的")
    page.locator("summary", has_text="安排培训").click()
    form = page.locator("#desk")
    form.get_by_label("课程").fill(f"唱收唱付 {NASTY}")
    form.get_by_label("地点").fill("二楼会议室")
    form.get_by_label("结束").fill("2026-01-01T10:00")
    form.get_by_label("费用").fill("120")
    form.locator("fieldset input").first.check()
    form.get_by_role("button", name="提交").click()
    expect(form.locator(".told")).to_contain_text("没有提交成功")
    form.get_by_label("结束").fill("2026-11-20T10:00")
    form.get_by_label("开始").fill("2026-11-20T08:00")
    form.get_by_role("button", name="提交").click()
    page.wait_for_url("**/trainings/*")
    expect(page.locator("tbody")).to_contain_text("未登记")
    page.locator("summary", has_text="登记出勤").click()
    page.locator("#desk fieldset").first.locator("input").check()
    page.locator("#desk").get_by_role("button", name="提交").click()
    expect(page.locator("tbody")).to_contain_text("到了")
    page.goto("/trainings")
    expect(page.locator("tbody").last).to_contain_text(NASTY)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
