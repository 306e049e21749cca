"""Draw how far scores can be believed: the share that was truly said, over the score.

The picture is one SVG file that any browser opens without the internet.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.fit import binned, wilson

_SIZE = 420
_EDGE = 60
_BINS = 10


def picture(scored: Sequence[tuple[float, bool]]) -> str:
    """The reliability curve of (score, was it said), with 95 % bounds and counts, as SVG."""
    marks: list[str] = []
    line: list[str] = []
    for rows, mean, share in binned(scored, _BINS):
        low, high = wilson(sum(said for _, said in rows), len(rows))
        x, y = _x(mean), _y(share)
        line.append(f"{x:.1f},{y:.1f}")
        marks.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(low):.1f}" y2="{_y(high):.1f}" '
            'stroke="#4477aa" stroke-opacity="0.5"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#4477aa">'
            f"<title>{len(rows)} candidates, score {mean:.2f}, said {share:.2f}</title></circle>"
            f'<text x="{x:.1f}" y="{_y(0) + 32:.1f}" text-anchor="middle" fill="#777">'
            f"{len(rows)}</text>"
        )
    ticks = "".join(
        f'<text x="{_x(v):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle">{v:g}</text>'
        f'<text x="{_x(0) - 8:.1f}" y="{_y(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    whole = _SIZE + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" '
        f'width="{whole}" height="{whole}" font-family="sans-serif" font-size="12">'
        "<title>Reliability of the scores</title>"
        f'<rect width="{whole}" height="{whole}" fill="white"/>'
        f'<rect x="{_x(0)}" y="{_y(1)}" width="{_SIZE}" height="{_SIZE}" fill="none" '
        'stroke="#bbb"/>'
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#bbb" '
        'stroke-dasharray="4"/>'
        f'<polyline points="{" ".join(line)}" fill="none" stroke="#4477aa" stroke-width="2"/>'
        f"{''.join(marks)}{ticks}"
        f'<text x="{whole / 2}" y="{whole - 8}" text-anchor="middle">score of the candidate '
        "(below: how many)</text>"
        f'<text x="14" y="{whole / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {whole / 2})">share that was truly said, 95 %</text>'
        f'<text x="{whole / 2}" y="28" text-anchor="middle" font-size="14">'
        f"Reliability: {len(scored)} candidates, each scored by a fit that did not meet it</text>"
        "</svg>\n"
    )


def _x(value: float) -> float:
    return _EDGE + value * _SIZE


def _y(value: float) -> float:
    return _EDGE + (1 - value) * _SIZE
