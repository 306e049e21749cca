"""A phrase is advisory until the station's own clips show it, and drops when they do not."""

from __future__ import annotations

import pytest

from phrases.standing import LEAST, TARGET, Reason, Standing, way


@pytest.mark.parametrize(
    ("clips", "confirmed", "reason"),
    [
        (0, 0, Reason.FEW),
        (LEAST - 1, LEAST - 1, Reason.FEW),
        (LEAST, LEAST, Reason.SHOWN),
        (LEAST, LEAST - 1, Reason.BELOW),
        (1000, 985, Reason.BELOW),
        (1000, 990, Reason.SHOWN),
    ],
)
def test_it_takes_clips_enough_and_the_lower_bound(
    clips: int, confirmed: int, reason: Reason
) -> None:
    """200 that are all right are enough; one wrong in 200 is not, ten in a thousand are."""
    found = way(clips, confirmed)
    assert found.reason is reason
    assert (found.standing is Standing.PROPOSING) is (reason is Reason.SHOWN)
    assert reason is not Reason.SHOWN or (found.low or 0) >= TARGET


def test_reviews_that_say_otherwise_win() -> None:
    """Only where they are certainly below: a few that were dismissed may be chance."""
    assert way(LEAST, LEAST, reviewed=10, true=9).standing is Standing.PROPOSING
    dropped = way(LEAST, LEAST, reviewed=200, true=180)
    assert (dropped.standing, dropped.reason) == (Standing.ADVISORY, Reason.REVIEWS)
