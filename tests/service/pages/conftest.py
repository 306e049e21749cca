"""What the tests of pages share."""

from __future__ import annotations

from tests.service.pages.browsing import address, browser, folder, page

__all__ = ["address", "browser", "folder", "page"]
