"""Tell how much memory a process has over time, and whether it grows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

SHOWN = 13
"""points of the course that are told"""
WARM = 0.25
"""share of the time after which what is loaded once is loaded"""


def resident_mb(pid: int | str) -> float:
    """Megabytes that the process holds in memory now; `self`: this one's."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return round(int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def course(points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """What (seconds, megabytes) come to: the course, and the slope once it is warm.

    The slope is of a straight line through all points after the first quarter, by least squares.
    """
    times, sizes = (np.array(column) for column in zip(*points, strict=True))
    late = times >= times[0] + WARM * (times[-1] - times[0])
    slope = np.polyfit(times[late], sizes[late], 1)[0] if late.sum() > 1 else 0.0
    shown = np.unique(np.linspace(0, len(points) - 1, SHOWN).round().astype(int))
    return {
        "after_a_quarter": round(float(sizes[~late].max(initial=sizes[0])), 1),
        "at_the_end": round(float(sizes[late].max()), 1),
        "slope_mb_per_h": round(float(slope) * 3600, 1),
        "course": [[round(float(times[at])), round(float(sizes[at]), 1)] for at in shown],
    }
