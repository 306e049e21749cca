"""Make a cell of CSV harmless: a spreadsheet takes what begins like a formula for one."""

from __future__ import annotations

from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""how a formula begins, or what a spreadsheet strips before it looks"""


def harmless(cell: Any) -> Any:
    """The cell; a text that would be a formula with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS) else cell
