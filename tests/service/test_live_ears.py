"""A booth's ears are well, deaf, or behind; which, is said from what was told last."""

from __future__ import annotations

import datetime as dt

from service.listen import Ended, Level, Started, State
from service.live_ears import LONGEST_S, Ears

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def failing(ears: Ears) -> list[str]:
    """Names of the checks that fail."""
    return [name for name, problem in ears.problems.items() if problem is not None]


def test_ears_are_deaf_until_they_hear() -> None:
    """And again while the microphone is lost, and when listening is over."""
    ears = Ears()
    assert failing(ears) == ["microphone", "model"]
    ears.model = "m1"
    ears.take(Started(device="d", rate=16_000, channels=1, at=AT))
    assert failing(ears) == []
    ears.take(State(trouble="gone", at=AT))
    assert failing(ears) == ["microphone"]
    ears.take(State(trouble=None, at=AT))
    assert failing(ears) == []
    ears.take(Ended(duration_ms=1, gap_ms=0, phrases=0, restarts=0, at=AT))
    assert failing(ears) == ["microphone"]


def test_a_recogniser_that_says_nothing_is_behind() -> None:
    """While one utterance takes minutes no level is told: the silence counts."""
    now = [0.0]
    ears = Ears(model="m1", trouble=None, clock=lambda: now[0])
    assert ears.behind_s == 0.0
    ears.take(Level(dbfs=-30.0, behind_s=2.0, at=AT))
    now[0] = 1.0
    assert (ears.behind_s, failing(ears)) == (2.0, [])
    now[0] = LONGEST_S
    assert failing(ears) == ["backlog"]
