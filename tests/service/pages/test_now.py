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
from tests.service.api.world import PASSWORD
from tests.service.pages.browsing import signed_in

OWN = "北站"
"""a station of this file: what runs there is in nobody else's lists"""


@pytest.mark.slow
def test_what_a_booth_says_arrives_by_itself(page: Page, folder: Path) -> None:
    """Its state, its running shift and what was found; that it is deaf is told above all else."""
    given = page.request.post("/v1/session", data={"login": "boss", "password": PASSWORD})
    assert given.ok
    assert page.request.post("/v1/stations", data={"station": OWN}).ok
    person = {
        "login": "north",
        "name": "north",
        "password": PASSWORD,
        "roles": [{"role": "supervisor", "station": OWN}],
    }
    made = page.request.post("/v1/people", data=person)
    assert made.ok, made.text()
    page.request.delete("/v1/session")
    signed_in(page, "north")
    expect(page.locator("#main")).to_contain_text("还没有数据。")
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    deaf = Gap(start_ms=3_500_000, end_ms=3_590_000, reason=GapReason.MIC_LOST)
    report = samples.report(complete=False, started_at=start, gaps=(deaf,))
    # Beside the lock of the one process that writes: what a booth sent is stored like this.
    engine = create_engine(f"sqlite:///{folder / 'c.db'}")
    with Store(engine, samples.SIGNER) as unit:
        who = samples.identity(station=OWN, booth="9", collector="0155", started_at=start)
        unit.save(who, samples.recording("running"), report)
        unit.commit()
    engine.dispose()
    told = page.locator("[role=alert]")
    expect(told).to_contain_text(f"听不到: {OWN} · 9", timeout=15_000)
    row = page.locator("tbody tr").first
    expect(row).to_contain_text(f"{OWN} · 9")
    expect(row.locator("a")).to_have_attribute("href", f"/shifts/{who.shift_id}/0")
