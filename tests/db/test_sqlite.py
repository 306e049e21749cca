"""What is asked of SQLite itself."""

from __future__ import annotations

import pytest

from db.sqlite import check_version
from db.types import StoreError


def test_an_old_sqlite_is_refused() -> None:
    """The line says which it is and which is needed."""
    with pytest.raises(StoreError, match=r"is 3\.31\.1: at least 3\.37\.0 is needed"):
        check_version((3, 31, 1))


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 3), (4, 0, 0)])
def test_debians_and_newer_ones_will_do(version: tuple[int, ...]) -> None:
    """With one writer, the version that Debian 12 brings is safe."""
    check_version(version)
