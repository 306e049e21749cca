"""What the tests of pages share."""

from __future__ import annotations

from tests.service.pages.browsing import address, browser, page

__all__ = ["address", "browser", "page"]
