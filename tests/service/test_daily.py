"""What is over its days goes every night, without anybody's thinking of it."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service import bootstrap, daily, settings
from tests.service.test_erase import files, graded

__all__ = ["graded"]

CHINA = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of November."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, at(25, 12), True),
        (at(25, 12), at(25, 23), False),
        (at(25, 12), at(26, 4, 19), False),
        (at(25, 12), at(26, 4, 20), True),
        (at(26, 4, 20), at(26, 4, 21), False),
        (at(20, 4, 20), at(25, 1), True),
        (at(25, 12), at(24, 12), False),
    ],
)
def test_it_is_due_once_a_day(last: dt.datetime | None, now: dt.datetime, due: bool) -> None:
    """From the hour on, also where the machine was off then; a clock set back asks for nothing."""
    assert daily.is_due(last, now) is due


def until(done: Callable[[], bool]) -> None:
    """Wait for it, for as long as a slow machine may take."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_running_service_tidies(graded: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Through the very engine that the service writes with; counts are logged, and nothing else."""
    caplog.set_level(logging.INFO, logger="service.daily")
    site = settings.load()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=31)
    with bootstrap.database(site) as engine, daily.running(site, engine, lambda: later):
        until(lambda: "tidied" in caplog.text)
        until(lambda: "complaints: 0 went up a level" in caplog.text)
    assert files(graded) == []
    assert "1 clips, words of 0 gradings" in caplog.text


@pytest.mark.usefixtures("graded")
def test_a_clock_that_is_behind_deletes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the service goes on."""
    site = settings.load()
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=400)
    with bootstrap.database(site) as engine, daily.running(site, engine, lambda: before):
        until(lambda: "cannot be tidied" in caplog.text)
