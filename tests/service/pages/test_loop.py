"""The whole loop in a real Chromium: a finding, its review, the appeal, the answer, the month."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from phrases.types import Finding, FindingStatus, Outcome, StepOutcome, StepResult
from tests.db import samples
from tests.service.pages.browsing import NASTY, STATION, served, signed_in

pytestmark = pytest.mark.slow
MONTH = f"/reports?of=month&station={STATION}&month=2026-11"
BEFORE, AFTER = "90.0", "100.0"
"""nine of ten greetings, and all of them"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A centre of somebody with an odd id, who greeted nine drivers of ten."""
    said = StepResult(step="greet", mandatory=True, outcome=StepOutcome.SAID)
    missing = StepResult(step="greet", mandatory=True, outcome=StepOutcome.MISSING)
    fault = Finding(
        code="missing.greet",
        status=FindingStatus.FAULT,
        step="greet",
        at_ms=17_900,
        reason="nothing like it was heard",
    )
    shift = samples.report(
        transactions=(
            samples.verdict(1, steps=(missing,), findings=(fault,)),
            *(
                samples.verdict(n, steps=(said,), findings=(), outcome=Outcome.COMPLIANT)
                for n in range(2, 11)
            ),
        )
    )
    folder = tmp_path_factory.mktemp("loop") / "centre"
    with served(folder, {NASTY: shift}, seat=NASTY) as url:
        yield url


def next_one(page: Page, login: str, wanted: str) -> None:
    """Somebody else sits down at the browser."""
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, login, wanted)


def scored(page: Page) -> str:
    """The collector's score as the month's page has it."""
    page.goto(MONTH)
    row = page.locator("tbody tr", has=page.get_by_role("cell", name=NASTY, exact=True)).first
    return row.locator("td").nth(2).inner_text()


def printed(page: Page, into: Path) -> str:
    """The collector's score as the month's PDF has it, from its page."""
    page.goto(MONTH)
    with page.expect_download() as coming:
        page.locator(".files").first.get_by_role("link", name="PDF").click()
    coming.value.save_as(into / "month.pdf")
    told = subprocess.run(
        ["pdftotext", "-layout", into / "month.pdf", "-"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    (score,) = re.findall(r"^ *O\"Brien +\S+ +([0-9.]+) ", told.stdout.decode(), re.MULTILINE)
    return str(score)


def test_from_the_finding_to_the_months_pdf(page: Page, tmp_path: Path) -> None:
    """What was confirmed costs points, what an appeal overturned does not; on paper too."""
    signed_in(page, "wu", "/reviews")
    assert scored(page) == BEFORE
    page.goto("/reviews")
    page.locator("tbody a").first.click()
    page.get_by_label("确认：确如所述").check()
    page.get_by_label("理由（必填）").fill(f"没有问候 {NASTY}")
    one = page.url
    page.get_by_role("button", name="提交并看下一条").click()
    page.wait_for_url(lambda url: url != one)
    assert scored(page) == BEFORE
    assert printed(page, tmp_path) == BEFORE

    next_one(page, "zhang", "/reviews")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="我不同意，申诉").click()
    expect(page.locator("#main")).to_contain_text("答复期限")
    next_one(page, "qian", "/reviews?show=appeals")
    page.locator("tbody a").first.click()
    page.get_by_label("申诉成立").check()
    page.get_by_label("理由（必填）").fill("录音里可以听到。")
    page.get_by_role("button", name="答复（最终）").click()
    expect(page.locator("#main")).to_contain_text("录音里可以听到。")

    assert scored(page) == AFTER
    assert printed(page, tmp_path) == AFTER

    # And to the collector, whose month it is.
    next_one(page, "zhang", "/reports")
    assert scored(page) == AFTER
    assert printed(page, tmp_path) == AFTER
