"""Draw the benchmark's curves as SVG files that any browser opens without the internet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _EDGE = 560, 380, 60
_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")

Points = Sequence[tuple[float, float]]


def lines(title: str, across: str, up: str, curves: Mapping[str, Points]) -> str:
    """The curves over common axes from nought, with a legend."""
    points = [p for curve in curves.values() for p in curve]
    right = _round(max((x for x, _ in points), default=1.0))
    top = _round(max((y for _, y in points), default=1.0))

    def at(x: float, y: float) -> tuple[float, float]:
        return _EDGE + x / right * _WIDTH, _EDGE + (1 - y / top) * _HEIGHT

    parts = []
    for k in range(5):
        x, base = at(right * k / 4, 0)
        left, y = at(0, top * k / 4)
        parts.append(
            f'<text x="{x:.1f}" y="{base + 16:.1f}" text-anchor="middle">{right * k / 4:g}</text>'
            f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{top * k / 4:g}</text>'
        )
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        drawn = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in curve)
        row = _EDGE + 18 + 16 * number
        parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_EDGE + _WIDTH - 8}" y="{row}" text-anchor="end" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    wide, high = _WIDTH + 2 * _EDGE, _HEIGHT + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" font-family="sans-serif" font-size="12">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{wide}" height="{high}" fill="white"/>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" '
        'stroke="#bbb"/>'
        f"{''.join(parts)}"
        f'<text x="{wide / 2}" y="{high - 14}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="16" y="{high / 2}" text-anchor="middle" '
        f'transform="rotate(-90 16 {high / 2})">{escape(up)}</text>'
        f'<text x="{wide / 2}" y="30" text-anchor="middle" font-size="14">{escape(title)}</text>'
        "</svg>\n"
    )


def _round(value: float) -> float:
    """The next of 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999)
