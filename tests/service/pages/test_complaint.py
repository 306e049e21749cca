"""Complaints in a real Chromium: taken, linked, answered, reopened; nothing is lost on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.service.pages.browsing import NASTY, STATION, WIDTHS, signed_in
from tests.service.pages.late import UNDONE, UNSEEN

CALLER, FOUND = "一位司机", "录音里找零正确。"
pytestmark = pytest.mark.slow


def taken(page: Page, words: str) -> str:
    """Take a complaint as whoever is signed in; the address of its page."""
    page.locator("summary", has_text="登记投诉").click()
    desk = page.locator("#desk")
    desk.get_by_label("收费站").fill(STATION)
    desk.get_by_label("渠道").select_option("letter")
    desk.get_by_label("涉及收费员").fill("0108")
    desk.get_by_label("投诉内容").fill(words)
    desk.get_by_label("投诉人及").fill(CALLER)
    desk.get_by_role("button", name="登记").click()
    page.wait_for_url("**/complaints/*")
    page.wait_for_selector("#main h2")
    return page.url


def done(page: Page, title: str, label: str, words: str, button: str) -> None:
    """Open a form, write, send."""
    page.locator("summary", has_text=title).click()
    form = page.locator("details[open]")
    form.get_by_label(label).fill(words)
    form.get_by_role("button", name=button).click()
    expect(page.locator("#main ol")).to_contain_text(words)


def test_from_the_call_to_the_answer(page: Page, address: str) -> None:
    """Taken, noted, handed up, linked, answered, reopened; each step stands in its history."""
    signed_in(page, "wang", "/complaints")
    one = taken(page, f"没有找零 {NASTY}")
    expect(page.locator("#main")).to_contain_text(NASTY)
    done(page, "记录进展", "查到或做了什么", f"问过当班 {NASTY}", "记下")
    done(page, "升级", "为什么升级", "金额有争议", "升级")
    page.locator("summary", has_text="关联班次或车辆").click()
    page.get_by_role("link", name="先找到那辆车").click()
    page.wait_for_url("**/shifts?*collector=0108*")
    # Nobody served on the day that the complaint came: without days there is a shift.
    expect(page.locator("#main")).to_contain_text("没有符合条件的内容")
    page.get_by_label("从").fill("")
    page.get_by_label("到").fill("")
    page.get_by_role("button", name="显示").click()
    page.locator("tbody a").first.click()
    page.wait_for_url("**/shifts/*")
    card = f"{page.url}/0"
    page.goto(card)
    number = one.rpartition("/")[2]
    page.get_by_role("link", name=f"关联到投诉 № {number} ").click()
    page.wait_for_url("**/complaints/*")
    page.get_by_role("button", name="关联").click()
    expect(page.locator("#main ol a")).to_have_attribute("href", card.removeprefix(address))
    # It went up, so a supervisor is refused and told why; the office answers.
    answered(page)
    expect(page.locator("details[open] .told")).to_contain_text("没有提交成功")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "qian", "/complaints")
    page.goto(one)
    answered(page)
    expect(page.locator("#main ol")).to_contain_text(FOUND)
    expect(page.locator("#main > div").nth(1).locator(".tag")).to_contain_text("已答复")
    done(page, "重新处理", "对方怎么说", "不满意", "记下")
    assert page.locator("#main ol li").count() == 6
    page.locator("summary", has_text="处理不当").click()
    page.get_by_label("哪里处理不当").fill("推诿")
    page.locator("details[open]").get_by_role("button", name="登记").click()
    page.wait_for_url(lambda now: now != one)
    # The handling is a case of its own, which names the first.
    about = page.locator("tbody").get_by_role("link", name=f"№ {number}", exact=True)
    expect(about).to_have_attribute("href", one.removeprefix(address))


def answered(page: Page) -> None:
    """Fill in and send the answer."""
    page.locator("summary", has_text="答复投诉人").click()
    page.get_by_label("不属实").check()
    page.get_by_label("已道歉").check()
    page.get_by_label("查明的情况").fill(FOUND)
    page.get_by_role("button", name="记下答复").click()


def test_of_two_the_second_is_told(page: Page, browser: Browser, address: str) -> None:
    """And keeps what they wrote; a reload shows what the first did."""
    signed_in(page, "wang", "/complaints")
    one = taken(page, "态度不好")
    other = browser.new_context(base_url=address).new_page()
    signed_in(other, "qian", one.removeprefix(address))
    other.locator("summary", has_text="记录进展").click()
    other.get_by_label("查到或做了什么").fill("第二个人写的")
    done(page, "记录进展", "查到或做了什么", "第一个人写的", "记下")
    other.locator("details[open]").get_by_role("button", name="记下").click()
    expect(other.locator("details[open] .told")).to_contain_text("已有人处理")
    assert other.get_by_label("查到或做了什么").input_value() == "第二个人写的"
    other.context.close()


def test_a_session_that_ends_takes_nothing_away(page: Page) -> None:
    """What was written stays; signed in again elsewhere, it is sent and stands once."""
    signed_in(page, "wang", "/complaints")
    taken(page, "会话中断")
    page.locator("summary", has_text="记录进展").click()
    words = page.get_by_label("查到或做了什么")
    words.fill(f"写了一半 {NASTY}")
    page.context.clear_cookies()
    page.locator("details[open]").get_by_role("button", name="记下").click()
    expect(page.locator("details[open] .told")).to_contain_text("登录")
    assert words.input_value() == f"写了一半 {NASTY}"
    other = page.context.new_page()
    signed_in(other, "wang", "/complaints")
    page.locator("details[open]").get_by_role("button", name="记下").click()
    expect(page.locator("#main ol li")).to_have_count(2)
    expect(page.locator("#main ol")).to_contain_text(NASTY)


def test_what_is_late_comes_first(page: Page) -> None:
    """Above what is in time, marked; it went up by itself, and says so."""
    signed_in(page, "wang", "/complaints")
    taken(page, "今天的投诉")
    page.goto("/complaints")
    heads = page.locator("#main h2")
    expect(heads).to_have_text(["已超期，先处理", "未到期"])
    first = page.locator("tbody").first
    expect(first.locator("tr")).to_have_count(1)
    expect(first).to_contain_text("! 超期")
    expect(page.locator("tbody").nth(1)).not_to_contain_text("超期")
    first.get_by_role("link").click()
    expect(page.locator("#main ol")).to_contain_text(UNSEEN)
    expect(page.locator("#main ol")).to_contain_text("到期自动")
    page.goto("/rectifications")
    expect(page.locator("#main h2").first).to_have_text("已超期，先处理")
    page.locator("tbody").first.get_by_role("link").click()
    expect(page.locator("#main ol")).to_contain_text(UNDONE)
    page.goto("/complaints/99999999999999999999")
    expect(page.locator("#main")).to_contain_text("没有这一页")


def test_whom_it_is_about_sees_it_and_does_nothing(page: Page) -> None:
    """Nor are they told who complained."""
    signed_in(page, "wang", "/complaints")
    one = taken(page, "找零慢")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "zhang", "/complaints")
    page.goto(one)
    expect(page.locator("#main")).to_contain_text("由他人处理")
    assert CALLER not in page.locator("#main").inner_text()
    assert page.locator("#main details").count() == 0


def test_in_english_and_at_every_width(page: Page) -> None:
    """Nothing is wider than its window; nothing found is said."""
    signed_in(page, "wang", "/complaints?show=overdue&station=none")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#main")).to_contain_text("Nothing fits.")
    page.locator("summary", has_text="Register a complaint").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
