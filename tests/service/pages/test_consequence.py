"""Consequences in a real Chromium: proposed of a check, decided by name, appealed against."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.service.pages.browsing import NASTY, STATION, WIDTHS, signed_in

pytestmark = pytest.mark.slow


def out(page: Page) -> None:
    """Sign out."""
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")


def posted(page: Page, path: str, body: dict[str, Any]) -> Any:
    """What the API answers to whoever is signed in."""
    answer = page.request.post(path, data=body)
    assert answer.status == 201, answer.text()
    return answer.json()


def test_from_the_check_to_the_appeal(page: Page) -> None:
    """Two people stand by a check; the office decides no further than may be; one tap appeals."""
    signed_in(page, "wu", "/checks")
    check = {
        "station": STATION,
        "method": "spot",
        "day": "2026-11-24",
        "collector": "0108",
        "marks": {"appearance.badge": 0},
        "text": f"未戴工号牌 {NASTY}",
    }
    made = posted(page, "/v1/checks", check)
    out(page)
    signed_in(page, "wang", f"/checks/{made['id']}")
    page.locator("summary", has_text="作为第二人确认").click()
    page.locator("details[open]").get_by_label("内容").fill("属实")
    page.locator("details[open]").get_by_role("button", name="提交").click()
    expect(page.locator("#main ol")).to_contain_text("第二人")
    page.goto("/consequences")
    expect(page.locator("#main")).to_contain_text("没有符合条件的内容")
    page.locator("summary", has_text="建议处理").click()
    form = page.locator("#desk")
    form.get_by_label("收费站").fill(STATION)
    form.get_by_label("收费员").fill("0108")
    form.get_by_label("检查编号").fill(str(made["id"]))
    form.get_by_label("条款").select_option("appearance")
    form.get_by_role("button", name="提交").click()
    page.wait_for_url("**/consequences/*")
    one = page.url
    expect(page.locator("#main")).to_contain_text("未启用罚款")
    assert page.locator("#desk").count() == 0
    out(page)
    signed_in(page, "qian", "/consequences")
    page.locator("tbody a").first.click()
    page.wait_for_selector("#desk")
    offered = page.locator("#desk option").all_inner_texts()
    assert offered == ["不予处理", "批评教育"]
    page.get_by_label("处理方式").select_option("criticism")
    page.get_by_label("理由（必填）").fill(f"首次，口头提醒 {NASTY}")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#main ol")).to_contain_text("口头提醒")
    out(page)
    signed_in(page, "zhang", "/consequences")
    page.goto(one)
    page.get_by_role("button", name="我不同意，申诉").click()
    expect(page.locator("#main ol")).to_contain_text("答复期限")


def test_amounts_are_off_until_somebody_cites_the_rule(page: Page) -> None:
    """By name; a supervisor sees no such page."""
    signed_in(page, "qian", "/amounts")
    expect(page.locator("#main")).to_contain_text("未启用（默认）")
    page.locator("summary", has_text="启用").click()
    form = page.locator("#desk")
    form.get_by_label("制度名称").fill("《管理办法》第十二条")
    form.get_by_label("通过日期").fill("2026-03-01")
    form.get_by_role("button", name="启用").click()
    expect(page.locator("tbody").first).to_contain_text("第十二条")
    page.locator("summary", has_text="停用").click()
    page.locator("#desk").get_by_role("button", name="停用").click()
    expect(page.locator("#main strong").first).to_contain_text("未启用")
    page.goto("/amounts?month=2026-13")
    expect(page.locator("#main")).to_contain_text("月份要写成")
    out(page)
    signed_in(page, "wang", "/amounts")
    expect(page.locator("#main")).to_contain_text("不能看这一页")


def test_a_sample_is_heard_blind(page: Page) -> None:
    """The clip, what is asked of it, and nobody's name; the station's page counts it."""
    signed_in(page, "wang", "/standings")
    page.locator("summary", has_text="抽取盲听样本").click()
    form = page.locator("#desk")
    form.get_by_label("发现代码").fill("missing.thanks")
    form.get_by_label("从").fill("2026-11-24")
    form.get_by_label("到").fill("2026-11-25")
    form.get_by_role("button", name="抽样").click()
    expect(page.locator("th", has_text="一致性")).to_be_visible()
    page.goto("/doubles")
    left = page.locator("#main p", has_text="还要听")
    before = left.inner_text()
    shown = page.locator("#main").inner_text()
    assert NASTY not in shown
    assert "0108" not in shown
    page.locator("#main").focus()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(left.or_(page.get_by_text("没有待处理的内容"))).not_to_have_text(before)


def test_in_english_and_at_every_width(page: Page) -> None:
    """Nothing is wider than its window but tables that scroll."""
    signed_in(page, "qian", "/consequences")
    page.get_by_role("button", name="English").click()
    for path, words in (
        ("/consequences?show=appeals", "These are proposals"),
        ("/amounts", "ask counsel"),
        ("/standings", "advisory"),
        ("/doubles", "Two people hear"),
    ):
        page.goto(path)
        expect(page.locator("#main")).to_contain_text(words)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
