"""A report with a chart of each kind, about people with names that break things."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from service.reports.document import (
    Bars,
    Column,
    Document,
    Intervals,
    Kind,
    Language,
    Lines,
    Section,
    Series,
    Table,
)

CHINA = dt.timezone(dt.timedelta(hours=8))
ODD = (
    "<b>张&三</b>",
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+1",
    "O'Brien \"; --",
    "王😀五",
    "𠮷野</para>",
    "http://example.org",
)
"""names: tags, formulas, quotes, an emoji, a rare character, an address"""


def document(**changes: object) -> Document:
    """The report."""
    table = Table(
        columns=(
            Column(title="收费员", kind=Kind.TEXT, width=2),
            Column(title="车次"),
            Column(title="合格率", kind=Kind.PERCENT),
            Column(title="得分", kind=Kind.SCORE),
            Column(title="时长", kind=Kind.SECONDS),
        ),
        rows=tuple((name, 12, 0.9, None, 3_725.0) for name in ODD),
    )
    rates = Series(name="合格率", values=(90.0, None, *(50.0,) * (len(ODD) - 2)))
    others = replace(rates, name="<上期>")
    short = replace(rates, values=(90.0, 50.0))
    made = Document(
        title="月报 · <南昌西> · 2026-11",
        name="changshou-month-2026-11",
        language=Language.ZH,
        made_at=dt.datetime(2026, 12, 1, 9, 30, tzinfo=CHINA),
        facts=(("收费站", '<南昌西> & "东"'), ("车次", "96"), ("班次", "8")),
        sections=(
            Section(title="收费员", table=table, chart=Bars(labels=ODD, series=(rates, others))),
            Section(
                title="逐日",
                chart=Lines(labels=("11-01", "11-02"), series=(short,), top=100),
                text=("=1+1",),
            ),
            Section(
                title="得分",
                chart=Intervals(
                    labels=ODD[:2],
                    values=((97.5, 96.0, 98.0), (90.0, 85.5, 99.0)),
                    guide=95.0,
                    guide_name="参考线",
                ),
            ),
            Section(title="时段", chart=Bars(labels=("0", "1"), series=(short,), top=100)),
        ),
        notes=("只供参考",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def empty() -> Document:
    """A report of nothing."""
    return document(sections=(), facts=(), empty="没有任何班次")
