"""Write what somebody fills in of a phrase as the block of TOML that a station's file has."""

from __future__ import annotations

import json
from collections.abc import Iterable

from db.types import UsageError
from phrases.catalog import Catalog


def block(
    catalog: Catalog,
    key: str,
    *,
    zh: str | None,
    variants: Iterable[str],
    without: Iterable[str],
    off: bool,
) -> str:
    """A `[[change]]` of a phrase that there is, or a new `[[phrase]]`. UsageError for neither."""
    kept = [one.strip() for one in variants if one.strip()]
    gone = [one.strip() for one in without if one.strip()]
    is_new = key not in catalog.phrases
    if is_new and (off or gone or zh is None):
        raise UsageError(f"no phrase has the id {key!r}: a new one needs its standard wording")
    if not (off or zh or kept or gone):
        raise UsageError("nothing is changed: give a wording, or switch the phrase off")
    lines = ["[[phrase]]" if is_new else "[[change]]", f"id = {_text(key)}"]
    if zh is not None:
        lines.append(f"zh = {_text(zh)}")
    if kept:
        lines.append(f"variants = [{', '.join(map(_text, kept))}]")
    if gone:
        lines.append(f"without = [{', '.join(map(_text, gone))}]")
    if off:
        lines.append("off = true")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own."""
    return json.dumps(value, ensure_ascii=False)
