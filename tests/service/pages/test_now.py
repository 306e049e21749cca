"""The station as it stands comes to the page by itself: a finding, and a booth that is deaf."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine

from db.store import Store
from phrases.types import Gap, GapReason
from tests.db import samples
from tests.service.pages.browsing import STATION, signed_in


@pytest.mark.slow
def test_what_a_booth_says_arrives_by_itself(page: Page, folder: Path) -> None:
    """Its state, its running shift and what was found; that it is deaf is told above all else."""
    signed_in(page, "wang")
    page.wait_for_selector("#main .card")
    expect(page.locator("#main")).not_to_contain_text(f"{STATION} · 9")
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    deaf = Gap(start_ms=3_500_000, end_ms=3_590_000, reason=GapReason.MIC_LOST)
    report = samples.report(complete=False, started_at=start, gaps=(deaf,))
    # Beside the lock of the one process that writes: what a booth sent is stored like this.
    engine = create_engine(f"sqlite:///{folder / 'c.db'}")
    with Store(engine, samples.SIGNER) as unit:
        who = samples.identity(station=STATION, booth="9", collector="0155", started_at=start)
        unit.save(who, samples.recording("running"), report)
        unit.commit()
    engine.dispose()
    told = page.locator("[role=alert]")
    expect(told).to_contain_text(f"听不到: {STATION} · 9", timeout=15_000)
    row = page.locator("tbody tr").first
    expect(row).to_contain_text(f"{STATION} · 9")
    expect(row.locator("a")).to_have_attribute("href", f"/shifts/{who.shift_id}/0")
