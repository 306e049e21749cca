"""Reviews in a real Chromium: decided by keyboard, appealed with one tap, answered for good."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.service.pages.browsing import NASTY, WIDTHS, signed_in

pytestmark = pytest.mark.slow

REASON = "没有听到谢谢 <b>'\"🙂"


def test_keys_can_be_switched_off(page: Page) -> None:
    """And stay off; a letter that somebody writes is never a key."""
    signed_in(page, "wang", "/reviews")
    page.locator("tbody a").first.click()
    keys = page.locator("#keys")
    expect(keys).to_be_checked()
    page.get_by_label("理由（必填）").fill("")
    page.keyboard.type("1")
    assert page.locator("input:checked").count() == 1
    keys.uncheck()
    page.reload()
    expect(keys).not_to_be_checked()
    page.locator("#main").focus()
    page.keyboard.press("1")
    assert page.locator("input:checked").count() == 0
    keys.check()
    page.locator("#main").focus()
    page.keyboard.press("2")
    expect(page.get_by_label("驳回：并非如此")).to_be_checked()


def test_from_the_queue_to_the_last_word(page: Page) -> None:
    """Confirmed without a mouse, appealed by whom it is about, granted by the office."""
    signed_in(page, "wu", "/reviews")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text(NASTY)
    page.locator("tbody tr", has_text="0108").locator("a").click()
    page.wait_for_selector("#desk")
    one = page.url
    page.locator("#main").focus()
    page.keyboard.press("p")
    page.wait_for_selector("#clip-box audio")
    page.locator("#main").focus()
    page.keyboard.press("1")
    page.keyboard.type(REASON)
    page.keyboard.press("Control+Enter")
    # On to what waits next.
    page.wait_for_url(lambda url: url != one)
    page.wait_for_selector("#desk")
    page.goto(one)
    expect(page.locator("#main")).to_contain_text(REASON)
    assert page.locator("#desk").count() == 0

    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "zhang", "/reviews")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").click()
    page.get_by_role("button", name="我不同意，申诉").click()
    expect(page.locator("#main")).to_contain_text("答复期限")

    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "qian", "/reviews?show=appeals")
    page.locator("tbody a").click()
    page.get_by_label("申诉成立").check()
    page.get_by_label("理由（必填）").fill("录音里可以听到。")
    page.get_by_role("button", name="答复（最终）").click()
    expect(page.locator("#main")).to_contain_text("录音里可以听到。")
    assert page.locator("#desk").count() == 0


def test_of_two_the_second_is_told(page: Page, browser: Browser, address: str) -> None:
    """Who decided it, on the page that they had open; what they wrote is not lost."""
    signed_in(page, "wu", "/reviews")
    page.locator("tbody tr", has_text='O"Brien').locator("a").click()
    page.wait_for_selector("#desk")
    other = browser.new_context(base_url=address).new_page()
    signed_in(other, "wang", page.url.removeprefix(address))
    for one in (page, other):
        one.get_by_label("驳回：并非如此").check()
        one.get_by_label("理由（必填）").fill(REASON)
    page.get_by_role("button", name="提交并看下一条").click()
    page.wait_for_url(lambda url: url != other.url)
    other.get_by_role("button", name="提交并看下一条").click()
    told = other.get_by_role("alert")
    expect(told).to_contain_text("已有人处理")
    expect(told).to_contain_text(NASTY)
    assert other.get_by_label("理由（必填）").input_value() == REASON
    other.context.close()


def test_in_english_and_at_every_width(page: Page) -> None:
    """Nothing is wider than its window but tables that scroll."""
    signed_in(page, "wang", "/reviews?show=all")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=Waiting for me")
    page.locator("tbody a").first.click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        page.wait_for_selector("#main h2")
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
