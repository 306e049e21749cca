"""Draw the charts of printed reports; colours that differ in print without colour too."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.graphics.shapes import (
    STATE_DEFAULTS,
    Circle,
    Drawing,
    Line,
    PolyLine,
    Rect,
    String,
)
from reportlab.lib.colors import Color, HexColor

from service.reports import fonts
from service.reports.document import Bars, Chart, Intervals, Lines, Series

INK, FAINT, GUIDE = HexColor("#333333"), HexColor("#d5d9de"), HexColor("#b3261e")
COLOURS = tuple(
    HexColor(colour)
    for colour in ("#1f5fa8", "#e8912d", "#9aa5b1", "#2a7f62", "#8e4585", "#6b4f2a", "#4fb0c6")
)
DASHES: tuple[tuple[int, ...] | None, ...] = (None, (4, 2), (1, 2), (6, 2, 1, 2))
SIZE = 7.0
"""points of letters"""
HEIGHT = 150.0
"""points of a chart that stands"""
ROW = 15.0
"""points of a line in a chart that lies"""
LONG = 7
"""characters from which on labels stand to the left of bars that lie"""


def drawn(chart: Chart, width: float) -> Drawing:
    """The chart, so many points wide."""
    # Else each drawing names one of the library's, which is in no file.
    STATE_DEFAULTS["fontName"] = fonts.LATIN
    if isinstance(chart, Intervals):
        return _intervals(chart, width)
    if isinstance(chart, Lines):
        return _lines(chart, width)
    if max(map(len, chart.labels), default=0) > LONG:
        return _lying(chart, width)
    return _standing(chart, width)


def top_of(series: Sequence[Series], top: float | None) -> float:
    """The highest value of the axis."""
    if top is not None:
        return top
    most = max((v for each in series for v in each.values if v is not None), default=0.0)
    step = step_of(most)
    return max(step, -(-most // step) * step)


def ends_of(chart: Lines) -> tuple[float, float]:
    """The axis of lines, which need not begin at nought."""
    top = top_of(chart.series, chart.top)
    least = min((v for each in chart.series for v in each.values if v is not None), default=0.0)
    tenth = top / 10
    return max(0.0, (least // tenth - 1) * tenth), top


def step_of(top: float) -> float:
    """Between two lines of the axis: 1, 2 or 5, with its noughts."""
    step = 1.0
    while step * 5 < top:
        for factor in (2.0, 2.5, 2.0):
            step *= factor
            if step * 5 >= top:
                break
    return step


class _Frame:
    """A drawing with an axis on the left and labels below."""

    def __init__(
        self,
        width: float,
        labels: Sequence[str],
        ends: tuple[float, float],
        series: Sequence[Series],
    ) -> None:
        low, top = ends
        rows = _legend_rows(series, width) if len(series) > 1 else 0
        self.drawing = Drawing(width, HEIGHT + 12 * rows)
        self.left, self.bottom = 30.0, 16.0
        self.width, self.height = width - self.left - 6, HEIGHT - self.bottom - 6
        self.low, self.top, self.labels = low, top, labels
        step = step_of(top - low)
        value = low
        while value <= top + 1e-9:
            y = self.y(value)
            self.drawing.add(
                Line(self.left, y, self.left + self.width, y, strokeColor=FAINT, strokeWidth=0.5)
            )
            _text(self.drawing, self.left - 4, y - 2.5, f"{value:g}", anchor="end")
            value += step
        slot = self.width / max(1, len(labels))
        widest = max((fonts.width(label, SIZE) for label in labels), default=0) + 4
        every = max(1, -(-int(widest) // max(1, int(slot))))
        for place, label in enumerate(labels):
            if place % every == 0:
                _text(self.drawing, self.x(place), 5, label, anchor="middle")
        if rows:
            _legend(self.drawing, series, width, HEIGHT + 12 * rows - 10)

    def x(self, place: int) -> float:
        """The middle of a label's slot."""
        return self.left + (place + 0.5) * self.width / max(1, len(self.labels))

    def y(self, value: float) -> float:
        """How high a value stands."""
        part = (min(max(value, self.low), self.top) - self.low) / (self.top - self.low)
        return self.bottom + self.height * part


def _standing(chart: Bars, width: float) -> Drawing:
    ends = 0.0, top_of(chart.series, chart.top)
    frame = _Frame(width, chart.labels, ends, chart.series)
    slot = frame.width / max(1, len(chart.labels))
    own = min(14.0, slot * 0.8 / max(1, len(chart.series)))
    for number, series in enumerate(chart.series):
        shift = (number - len(chart.series) / 2) * own
        for place, value in enumerate(series.values):
            if value:
                height = frame.y(value) - frame.bottom
                bar = Rect(frame.x(place) + shift, frame.bottom, own * 0.92, height)
                frame.drawing.add(_filled(bar, _colour(number)))
    return frame.drawing


def _lying(chart: Bars, width: float) -> Drawing:
    """Bars that lie, each label on its left and each value at its end."""
    top = top_of(chart.series, chart.top)
    left = min(width * 0.45, max(fonts.width(label, SIZE) for label in chart.labels) + 8)
    row = ROW * (0.6 + 0.55 * max(1, len(chart.series)))
    head = 14.0 if len(chart.series) > 1 else 4.0
    height = row * len(chart.labels) + head
    drawing = Drawing(width, height)
    if len(chart.series) > 1:
        _legend(drawing, chart.series, width, height - 9)
    for place, label in enumerate(chart.labels):
        middle = height - head - row * (place + 0.5)
        _text(drawing, left - 6, middle - 2.5, _fitted(label, left - 8), anchor="end")
        thick = row * 0.78 / max(1, len(chart.series))
        for number, series in enumerate(chart.series):
            value = series.values[place]
            y = middle + thick * (len(chart.series) / 2 - 1 - number)
            if value is None:
                _text(drawing, left + 2, y + thick / 2 - 2.5, "–")
                continue
            long = (width - left - 30) * min(value, top) / top
            drawing.add(_filled(Rect(left, y, long, thick * 0.9), _colour(number)))
            _text(drawing, left + long + 3, y + thick / 2 - 2.8, f"{value:.1f}")
    drawing.add(Line(left, 0, left, height - head, strokeColor=INK, strokeWidth=0.5))
    return drawing


def _lines(chart: Lines, width: float) -> Drawing:
    frame = _Frame(width, chart.labels, ends_of(chart), chart.series)
    for number, series in enumerate(chart.series):
        for part in _parts(series):
            points = [c for place, value in part for c in (frame.x(place), frame.y(value))]
            if len(part) > 1:
                line = PolyLine(points, strokeColor=_colour(number), strokeWidth=1.1)
                line.strokeDashArray = DASHES[number // len(COLOURS) % len(DASHES)]
                frame.drawing.add(line)
            for place, value in part:
                dot = Circle(frame.x(place), frame.y(value), 1.6, strokeColor=None)
                dot.fillColor = _colour(number)
                frame.drawing.add(dot)
    return frame.drawing


def _parts(series: Series) -> list[list[tuple[int, float]]]:
    """The line in pieces: none is drawn over what is not known."""
    parts: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(series.values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append((place, value))
    return [part for part in parts if part]


def _intervals(chart: Intervals, width: float) -> Drawing:
    """A row for each: the point, its interval, and the guide as a line through all."""
    low = min(min(ends[1] for ends in chart.values), chart.guide)
    low = max(0.0, low - low % 5 - 0.001)
    low -= low % 5
    left = min(width * 0.3, max(fonts.width(label, SIZE) for label in chart.labels) + 8)
    long, foot = width - left - 34, 14.0
    height = ROW * len(chart.labels) + foot + 12
    drawing = Drawing(width, height)

    def x(value: float) -> float:
        return left + long * (value - low) / max(1e-9, 100 - low)

    step = step_of(100 - low)
    value = low
    while value <= 100:
        drawing.add(Line(x(value), foot, x(value), height - 12, strokeColor=FAINT, strokeWidth=0.5))
        _text(drawing, x(value), 4, f"{value:g}", anchor="middle")
        value += step
    guide = Line(x(chart.guide), foot, x(chart.guide), height - 12, strokeColor=GUIDE)
    guide.strokeDashArray = (3, 2)
    drawing.add(guide)
    name = f"{chart.guide_name} {chart.guide:g}"
    _text(drawing, x(chart.guide), height - 8, name, anchor="middle", colour=GUIDE)
    for place, (label, (own, bottom, top)) in enumerate(
        zip(chart.labels, chart.values, strict=True)
    ):
        y = height - 12 - ROW * (place + 0.5)
        _text(drawing, left - 6, y - 2.5, _fitted(label, left - 8), anchor="end")
        drawing.add(Line(x(bottom), y, x(top), y, strokeColor=COLOURS[0], strokeWidth=1.2))
        for end in (bottom, top):
            drawing.add(Line(x(end), y - 3, x(end), y + 3, strokeColor=COLOURS[0], strokeWidth=1.2))
        dot = Circle(x(own), y, 2.6, strokeColor=None)
        dot.fillColor = COLOURS[0]
        drawing.add(dot)
        _text(drawing, left + long + 6, y - 2.5, f"{own:.1f}")
    return drawing


def _legend_rows(series: Sequence[Series], width: float) -> int:
    return 1 + _places(series, width)[-1][1]


def _places(series: Sequence[Series], width: float) -> list[tuple[float, int]]:
    """Where each name of a legend stands: points from the left, and its row."""
    x, row = 30.0, 0
    found = []
    for each in series:
        own = fonts.width(each.name, SIZE) + 22
        if x + own > width and x > 30.0:
            x, row = 30.0, row + 1
        found.append((x, row))
        x += own
    return found


def _legend(drawing: Drawing, series: Sequence[Series], width: float, top: float) -> None:
    for number, (each, (x, row)) in enumerate(zip(series, _places(series, width), strict=True)):
        y = top - 12 * row
        drawing.add(_filled(Rect(x, y, 7, 7), _colour(number)))
        _text(drawing, x + 10, y + 1, each.name)


def _fitted(text: str, most: float) -> str:
    """The text, cut to so many points."""
    while len(text) > 1 and fonts.width(text, SIZE) > most:
        text = text[:-2] + "…"
    return text


def _text(
    drawing: Drawing, x: float, y: float, text: str, *, anchor: str = "start", colour: Color = INK
) -> None:
    whole = fonts.width(text, SIZE)
    x -= {"start": 0.0, "middle": whole / 2, "end": whole}[anchor]
    for font, run in fonts.runs(text):
        drawing.add(String(x, y, run, fontName=font, fontSize=SIZE, fillColor=colour))
        x += fonts.width(run, SIZE)


def _filled(shape: Rect, colour: Color) -> Rect:
    shape.fillColor, shape.strokeColor = colour, None
    return shape


def _colour(number: int) -> Color:
    return COLOURS[number % len(COLOURS)]
