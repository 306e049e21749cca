"""The fonts of printed reports: one for Chinese, which is installed, one for all else.

Both are put into each PDF, for a reader's machine may have neither. The Chinese one has no Latin
letters, so that a text is a row of runs, each in the font that has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from service.errors import Failed

HAN, LATIN = "changshou-han", "changshou-latin"
PLACES = (
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"),
    Path("/usr/share/fonts/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts/google-droid/DroidSansFallbackFull.ttf"),
)
"""where distributions put it"""
UNKNOWN = "〓"
"""stands for what no font has, such as an emoji"""


@cache
def _known(places: tuple[Path, ...]) -> tuple[frozenset[int], frozenset[int]]:
    """The characters of each font, which is made known to the PDF library."""
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise Failed(
            "no Chinese font for PDF: install Debian's fonts-droid-fallback "
            f"(looked for {places[0].name}); XLSX and CSV need none"
        )
    han, latin = TTFont(HAN, str(path)), TTFont(LATIN, "Vera.ttf")
    for font in (han, latin):
        pdfmetrics.registerFont(font)
    return frozenset(latin.face.charToGlyph), frozenset(han.face.charToGlyph)


def ready() -> None:
    """Make the fonts known; Failed, saying what to install, if there is no Chinese one."""
    _known(PLACES)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text as runs, each with the name of its font."""
    latin, han = _known(PLACES)
    font, run = "", ""
    for char in text:
        if ord(char) in latin:
            own = LATIN
        else:
            own, char = HAN, char if ord(char) in han else UNKNOWN
        if own != font and run:
            yield font, run
            run = ""
        font, run = own, run + char
    if run:
        yield font, run


def width(text: str, size: float) -> float:
    """How wide the text is, in points."""
    return float(sum(pdfmetrics.stringWidth(run, font, size) for font, run in runs(text)))
