"""Tell how much memory a process has."""

from __future__ import annotations

import os
from pathlib import Path


def resident_mb(pid: int | str) -> float:
    """Megabytes that the process holds in memory now; `self`: this one's."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return round(int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
