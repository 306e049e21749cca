"""The part of a month's report that is about scores: how they came about, whose, what is proposed.

Places go from the best to the worst that the intervals leave: the order of the lines is no ranking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.reports.document import Intervals, Kind, Section, Table, between
from service.reports.names import Names

MOST_POINTS = 40
"""lines in the chart of scores; the table has all"""

Json = Mapping[str, Any]


def facts(scores: Json, names: Names) -> Iterator[tuple[str, str]]:
    """The station's score for the head of a report, for who may see it."""
    line = scores["station"]
    if line is None:
        return
    told = names.word(f"why.{line['why_none']}") if line["score"] is None else _score(line)
    yield names.word("month_score"), told
    guide = names.word(f"guide.{line['guide']}")
    yield f"{names.word('guide')} {scores['guide']:g}", guide
    yield names.word("covered"), f"{line['covered']:g} / 100"


def sections(scores: Json, names: Names) -> Iterator[Section]:
    """Whatever of the scores there is to see."""
    if scores["station"] is not None:
        yield _parts(scores["station"], names)
    yield from _scored("collectors", "collector", scores, names)
    yield from _scored("team_scores", "team", scores, names)
    if scores["goals"] is not None:
        yield _goals(scores, names)


def places(line: Json) -> str:
    """Where a line may stand."""
    best, worst = line["best_place"], line["worst_place"]
    if best is None:
        return "–"
    return str(best) if best == worst else f"{best}–{worst}"


def _parts(line: Json, names: Names) -> Section:
    columns = (
        names.column("part", Kind.TEXT),
        names.column("points"),
        names.column("share", Kind.PERCENT),
        names.column("interval", Kind.TEXT),
        names.column("groups"),
    )
    rows = tuple(
        (
            names.word(f"part.{part}"),
            one["points"],
            one["share"],
            between(one["low"], one["high"], scale=100),
            one["groups"],
        )
        for part, one in line["parts"].items()
    )
    return Section(title=names.word("parts"), table=Table(columns=columns, rows=rows))


def _scored(title: str, key: str, scores: Json, names: Names) -> Iterator[Section]:
    lines: Sequence[Json] = scores[f"{key}s"]
    if not lines:
        return
    columns = (
        names.column(key, Kind.TEXT, 1.6),
        names.column("place", Kind.TEXT),
        names.column("score", Kind.SCORE),
        names.column("interval", Kind.TEXT, 1.4),
        names.column("stars", Kind.TEXT, 1.1),
        names.column("shifts", width=0.8),
        names.column("vehicles"),
        names.column("checks", width=0.9),
        names.column("complaints", width=1.1),
        names.column("unsure_share", Kind.PERCENT),
        names.column("remarks", Kind.TEXT, 1.8),
    )
    rows = tuple(
        (
            line[key],
            places(line),
            line["score"],
            between(line["low"], line["high"]),
            _stars(line),
            line["shifts"],
            line["vehicles"],
            line["checks"],
            line["complaints"],
            line["unsure"],
            _remark(line, names),
        )
        for line in lines
    )
    placed = [line for line in lines if line["score"] is not None][:MOST_POINTS]
    chart = Intervals(
        labels=tuple(line[key] for line in placed),
        values=tuple((line["score"], line["low"], line["high"]) for line in placed),
        guide=scores["guide"],
        guide_name=names.word("guide"),
    )
    yield Section(
        title=names.word(title),
        table=Table(columns=columns, rows=rows),
        chart=chart if placed else None,
    )


def _goals(scores: Json, names: Names) -> Section:
    columns = (
        names.column("goal", Kind.TEXT),
        *(names.column(name, Kind.TEXT) for name in ("reached", "target", "met")),
    )
    rows = tuple(
        (
            names.word("goal.stars", stars=goal["stars"]),
            f"{goal['reached']} / {goal['of']}",
            f"{goal['target']:g} %",
            "–" if goal["met"] is None else names.word("yes" if goal["met"] else "no"),
        )
        for goal in scores["goals"]
    )
    text = tuple(
        names.pair(key, ", ".join(scores["proposed"][key]) or names.word("nobody"))
        for key in ("model_collectors", "gold_teams")
    )
    table = Table(columns=columns, rows=rows)
    return Section(title=names.word("goals"), table=table, text=text)


def _score(line: Json) -> str:
    return f"{line['score']:.1f} ({between(line['low'], line['high'])})"


def _remark(line: Json, names: Names) -> str:
    if line["why_none"] is not None:
        return names.word(f"why.{line['why_none']}")
    return names.pair("guide", names.word(f"guide.{line['guide']}"))


def _stars(line: Json) -> str:
    stars = line["stars"]
    if stars is None:
        return "–"
    return f"{stars['proposed']} ({stars['sure']}–{stars['most']})"
