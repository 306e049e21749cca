"""Charts: every kind can be drawn, of nothing too, and axes hold what there is."""

from __future__ import annotations

import pytest
from reportlab.graphics.shapes import PolyLine, Rect, String

from service.reports import charts, fonts
from service.reports.document import Bars, Chart, Intervals, Lines, Series

NONE = Series(name="x", values=(None, None))
KNOWN = Series(name="x", values=(50.0, 100.0))


@pytest.fixture(autouse=True)
def _fonts() -> None:
    fonts.ready()


@pytest.mark.parametrize("kind", [Bars, Lines])
def test_a_chart_of_nothing_has_its_labels(kind: type[Bars] | type[Lines]) -> None:
    """And neither bars nor lines."""
    drawn = charts.drawn(kind(labels=("a", "b"), series=(NONE,)), 300)
    assert {s.text for s in drawn.contents if isinstance(s, String)} >= {"a", "b"}
    assert not [s for s in drawn.contents if isinstance(s, Rect | PolyLine)]


def test_a_line_is_not_drawn_over_what_is_not_known() -> None:
    """A week without data is a hole, not a value between its neighbours."""
    series = Series(name="x", values=(90.0, 91.0, None, 92.0, 93.0))
    drawn = charts.drawn(Lines(labels=("a", "b", "c", "d", "e"), series=(series,), top=100), 300)
    assert len([s for s in drawn.contents if isinstance(s, PolyLine)]) == 2


def test_bars_stand_on_nought() -> None:
    """A bar half as high is half as much, even where values are close."""
    drawn = charts.drawn(Bars(labels=("a", "b"), series=(KNOWN,), top=100), 300)
    low, high = (s.height for s in drawn.contents if isinstance(s, Rect))
    assert high == pytest.approx(2 * low)


def test_bars_with_long_labels_lie() -> None:
    """So that the labels can be read."""
    drawn = charts.drawn(Bars(labels=("请拿好通行票 (出口)", "谢谢"), series=(KNOWN,)), 300)
    low, high = (s.width for s in drawn.contents if isinstance(s, Rect))
    assert high == pytest.approx(2 * low)


@pytest.mark.parametrize(("most", "step"), [(0.0, 1), (4, 1), (12, 5), (36, 10), (100, 20)])
def test_an_axis_has_round_steps(most: float, step: float) -> None:
    """1, 2 or 5 and noughts, and five of them at most."""
    assert charts.step_of(most) == step


def test_an_axis_of_lines_need_not_begin_at_nought() -> None:
    """What differs by two of a hundred is to be seen."""
    series = Series(name="x", values=(97.0, 98.0))
    assert charts.ends_of(Lines(labels=("a", "b"), series=(series,), top=100)) == (80.0, 100)


def test_intervals_end_where_they_end() -> None:
    """At nought and at a hundred too."""
    chart: Chart = Intervals(
        labels=("a", "b"),
        values=((50.0, 0.0, 100.0), (100.0, 100.0, 100.0)),
        guide=95.0,
        guide_name="guide",
    )
    drawn = charts.drawn(chart, 300)
    assert {"50.0", "100.0"} <= {s.text for s in drawn.contents if isinstance(s, String)}
