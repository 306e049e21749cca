"""Score a station's month: its collectors, its teams and itself, with what is proposed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db import month_scores as kept
from db.statements import ERASED
from db.types import NOBODY
from phrases import awards
from phrases.awards import Share
from phrases.checks import Part
from phrases.dialogue_data import ScoreTable
from phrases.month import (
    Exposure,
    MonthRules,
    MonthScore,
    exposure,
    month_score,
    needs_microphone,
)
from phrases.places import Place, alike


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What months are scored by."""

    table: ScoreTable
    month: MonthRules
    zone: ZoneInfo
    """of the site's days"""


@dataclass(kw_only=True, slots=True)
class _Group:
    """What is known of one collector, team or station."""

    speech: list[Exposure] = field(default_factory=list)
    seen: defaultdict[Part, list[Exposure]] = field(default_factory=lambda: defaultdict(list))
    vehicles: int = 0
    checks: int = 0
    complaints: int = 0
    forbidden: int = 0
    """phrases that a review confirmed"""


def scores(
    connection: Connection,
    station_id: int,
    station: str,
    period: tuple[dt.date, dt.date],
    rules: Rules,
) -> dict[str, Any]:
    """A month's scores as docs/months.md has them."""
    since, until = period
    collectors, teams = kept.codes(connection, station_id)
    people: defaultdict[str, _Group] = defaultdict(_Group)
    crews: defaultdict[str, _Group] = defaultdict(_Group)
    whole = _Group()
    home: dict[str, str | None] = {}
    for shift in kept.shifts(connection, station_id, since, until):
        own = exposure(shift.steps, rules.table)
        person = collectors[shift.collector_id]
        groups = [whole]
        if person != NOBODY and not person.startswith(ERASED):
            groups.append(people[person])
            people[person].forbidden += shift.forbidden
            home[person] = None if shift.team_id is None else teams[shift.team_id]
        if shift.team_id is not None:
            groups.append(crews[teams[shift.team_id]])
        for group in groups:
            group.speech.append(own)
            group.vehicles += shift.vehicles
    for check in kept.checks(connection, station_id, since, until):
        person = collectors[check.collector_id]
        groups = [whole]
        if not person.startswith(ERASED):
            groups.append(people[person])
            home.setdefault(person, None if check.team_id is None else teams[check.team_id])
        if check.team_id is not None:
            groups.append(crews[teams[check.team_id]])
        for group in groups:
            group.checks += 1
            for part, seen in _seen(check).items():
                group.seen[part].append(seen)
    bounds = [dt.datetime.combine(day, dt.time(), rules.zone) for day in period]
    for collector_id, number in kept.proven(connection, station_id, *bounds).items():
        whole.complaints += number
        if not (person := collectors[collector_id]).startswith(ERASED):
            people[person].complaints += number
    return _told(station, people, crews, whole, home, rules)


def _seen(check: kept.Check) -> dict[Part, Exposure]:
    """What a check gave of each part."""
    sums: defaultdict[Part, list[tuple[float, float]]] = defaultdict(list)
    for item, points, given in check.marks:
        sums[Part(item.partition(".")[0])].append((points, given))
    return {
        part: Exposure(
            good=sum(given for _, given in marks),
            whole=sum(points for points, _ in marks),
            things=len(marks),
        )
        for part, marks in sums.items()
    }


def _told(
    station: str,
    people: Mapping[str, _Group],
    crews: Mapping[str, _Group],
    whole: _Group,
    home: Mapping[str, str | None],
    rules: Rules,
) -> dict[str, Any]:
    deaf = {
        name
        for name, group in people.items()
        if needs_microphone(group.speech, whole.speech, rules.month)
    }
    price = rules.table.points.forbidden
    own = {
        name: month_score(group.speech, group.seen, rules.month, fine=group.forbidden * price)
        for name, group in people.items()
    }
    counted = {name: score for name, score in own.items() if name not in deaf}
    team = {
        name: month_score(group.speech, group.seen, rules.month) for name, group in crews.items()
    }
    blamed = [name for name, group in people.items() if group.complaints]
    found = [awards.stars(score, rules.month) for score in counted.values() if _has(score)]
    line = rules.table.points.guide
    return {
        "guide": line,
        "points": {part.value: points for part, points in rules.month.points.items()},
        "station": {
            "station": station,
            **_line(month_score(whole.speech, whole.seen, rules.month), whole, rules),
        },
        "teams": [
            {"team": name, **made}
            for name, made in _ordered({n: (team[n], crews[n]) for n in team}, set(), rules)
        ],
        "collectors": [
            {"collector": name, "team": home.get(name), **made}
            for name, made in _ordered({n: (own[n], people[n]) for n in own}, deaf, rules)
        ],
        "goals": [
            {"stars": number, **share_as_json(share)}
            for number, share in enumerate(awards.goals(found, rules.month), 1)
        ],
        "proposed": {
            "model_collectors": list(awards.foremost(counted, but=blamed)),
            "gold_teams": list(awards.foremost(team)),
        },
    }


def _ordered(
    groups: Mapping[str, tuple[MonthScore, _Group]], deaf: set[str], rules: Rules
) -> list[tuple[str, dict[str, Any]]]:
    """Lines by score, the highest first, each with its places; then those without a place."""
    known = {n: score for n, (score, _) in groups.items() if _has(score) and n not in deaf}
    placed = awards.ranked(known)
    order = sorted(known, key=lambda name: (-(known[name].value or 0), name))
    made = []
    for name, after in zip_longest(order, order[1:]):
        next_ = after is not None and alike(_ends(known[name]), _ends(known[after]))
        score, group = groups[name]
        made.append((name, _line(score, group, rules, placed[name], like_next=next_)))
    for name in sorted(set(groups) - set(known)):
        score, group = groups[name]
        made.append((name, _line(score, group, rules, deaf=name in deaf)))
    return made


def _line(
    score: MonthScore,
    group: _Group,
    rules: Rules,
    place: Place | None = None,
    *,
    like_next: bool = False,
    deaf: bool = False,
) -> dict[str, Any]:
    """A line for people; with a deaf microphone there is no score, only what it was."""
    why = "microphone" if deaf else None if _has(score) else "nothing_judged"
    told = why is None
    stars = awards.stars(score, rules.month)
    return {
        "score": score.value if told else None,
        "low": score.low if told else None,
        "high": score.high if told else None,
        "why_none": why,
        "guide": (awards.guide(score, rules.table.points.guide) if told else awards.Guide.NONE),
        "covered": score.covered,
        "unsure": score.unsure,
        "parts": {
            part.value: {
                "points": one.points,
                "share": one.share if told else None,
                "low": one.low if told else None,
                "high": one.high if told else None,
                "groups": one.groups,
            }
            for part, one in score.parts.items()
        },
        "stars": {"sure": stars.sure, "proposed": stars.proposed, "most": stars.most}
        if told
        else None,
        "best_place": None if place is None else place.best,
        "worst_place": None if place is None else place.worst,
        "like_next": like_next,
        "vehicles": group.vehicles,
        "shifts": len(group.speech),
        "checks": group.checks,
        "complaints": group.complaints,
    }


def share_as_json(share: Share) -> dict[str, Any]:
    """How many of how many, and how many should be."""
    return {
        "reached": share.reached,
        "of": share.of,
        "target": share.target,
        "met": share.met,
    }


def _has(score: MonthScore) -> bool:
    return score.value is not None


def _ends(score: MonthScore) -> tuple[float, float]:
    assert score.low is not None
    assert score.high is not None
    return score.low, score.high
