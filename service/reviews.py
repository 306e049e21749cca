"""Draw findings that are to be looked at, decide each once, and tell how often they are true."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping

from db import audit, review_draws, review_rates, reviews
from db.explain import plainly
from db.holds import AFTER_FINAL
from db.people_types import Deed, Person
from db.review_draws import NewDraw
from db.reviews import Decision
from db.types import ConflictError, UsageError
from phrases import review as rule
from phrases.review import Drawn, Rate, Verdict, Why
from phrases.schema import FORBIDDEN
from service import standings
from service.evaluate import labelled
from service.settings import Settings

LAG = dt.timedelta(days=1)
"""after which a day is drawn from: night shifts are over, and booths have sent what they have"""
LATEST = dt.timedelta(days=7)
"""how far back a draw goes where nobody drew for a while: what is older lapses"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewer:
    """Somebody who looks at findings, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""


def draw_due(site: Settings, engine: Engine, now: dt.datetime) -> int:
    """Draw from the days before yesterday that nobody drew from, at every station; how many."""
    end = now.astimezone(site.time_zone).date() - LAG
    with plainly(engine), engine.connect() as connection:
        due = [
            (row["id"], _since(row["until"], end), max(1, row["reviewers"]))
            for row in review_draws.stations(connection)
            if row["until"] is None or row["until"] < end
        ]
    number = 0
    for station, since, reviewers in due:
        with plainly(engine), engine.begin() as connection:
            number += draw(
                connection,
                station,
                (since, end),
                site.review_size * reviewers,
                now,
                dt.timedelta(days=site.review_days),
            )
    return number


def draw(
    connection: Connection,
    station_id: int,
    days: tuple[dt.date, dt.date],
    size: int,
    now: dt.datetime,
    within: dt.timedelta,
) -> int:
    """Draw from a station's days, to be decided in time; how many. 0 if somebody has before.

    All forbidden phrases and all vehicles that somebody complained about are in it, beside as many
    others as `size` says.
    """
    since, until = days
    found = review_draws.candidates(connection, station_id, since, until)
    forbidden = [key for key, _, code in found if code.startswith(FORBIDDEN)]
    rest = [(key, whose) for key, whose, code in found if not code.startswith(FORBIDDEN)]
    seed = secrets.token_hex(16)
    complained = [key for key, _, _ in review_draws.complained(connection, station_id)]
    new = NewDraw(
        station_id=station_id,
        since=since,
        until=until,
        size=size,
        findings=len(rest),
        seed=seed,
    )
    drawn: Mapping[Why, tuple[Drawn, ...]] = {
        Why.FORBIDDEN: tuple(Drawn(key=key, probability=1.0) for key in forbidden),
        # By chance before by complaint: what chance drew counts in the rates.
        Why.CHANCE: rule.draw(rest, size, seed),
        Why.COMPLAINT: tuple(Drawn(key=key, probability=1.0) for key in complained),
    }
    return review_draws.keep_draw(connection, new, drawn, at=now, due_at=now + within)


def decide(
    desk: Reviewer,
    row: RowMapping,
    verdict: Verdict,
    *,
    reason: str,
    heard: str = "",
    appeal: dt.timedelta,
    phrases: Mapping[str, object],
) -> None:
    """Confirm or dismiss a finding, or say that it cannot be told: once, and for good.

    DecidedError says who has meanwhile; UsageError for who may not, or what no clip can hold.
    """
    if row["decided_at"] is None and desk.now > row["due_at"]:
        raise ConflictError("nobody decided it in time: it has lapsed, for the collector")
    if reviews.was_there(desk.connection, row["id"], desk.person.id):
        raise UsageError("you were on the shift: somebody who was not must review it")
    try:
        labelled(heard or "-", phrases)
    except ValueError:
        # Not repeated: somebody may have typed what was said.
        raise UsageError(
            "heard: name each phrase by its id in the catalogs, with =AMOUNT, joined by +"
        ) from None
    confirmed = verdict is Verdict.CONFIRMED
    reviews.decide(
        desk.connection,
        row["id"],
        Decision(
            person_id=desk.person.id,
            verdict=verdict,
            appeal_until=desk.now + appeal if confirmed else None,
            reason=reason,
            heard=heard,
        ),
        desk.now,
    )
    reviews.settle(desk.connection, row["id"], desk.now + appeal if confirmed else desk.now)
    standings.settle(desk.connection, row["station_id"], row["code"], desk.now)
    deed = Deed(
        action=f"review.{verdict.value}",
        person_id=desk.person.id,
        thing=str(row["id"]),
        collector_id=row["collector_id"],
        station_id=row["station_id"],
    )
    audit.note(desk.connection, deed, desk.now)


def rates(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> dict[str, Rate]:
    """By code, how many faults a station's days have, and how many of them are true."""
    judged: dict[str, list[tuple[bool, float]]] = {}
    for code, true, probability in review_rates.judged(connection, station_id, since, until):
        judged.setdefault(code, []).append((true, probability))
    found = review_rates.faults(connection, station_id, since, until)
    return {code: rule.rate(number, judged.get(code, ())) for code, number in sorted(found.items())}


def lapse(engine: Engine, now: dt.datetime) -> int:
    """Let go what was held of findings that nobody decided in time; how many."""
    with plainly(engine), engine.begin() as connection:
        return reviews.lapse(connection, now)


def forget(engine: Engine, now: dt.datetime, word_days: int) -> int:
    """Let the words go of what has been decided for long enough; of how many."""
    kept = max(dt.timedelta(days=word_days), AFTER_FINAL)
    with plainly(engine), engine.begin() as connection:
        return reviews.blank(connection, now - kept)


def _since(until: dt.date | None, end: dt.date) -> dt.date:
    """The first day that is drawn from."""
    if until is None:
        return end - dt.timedelta(days=1)
    return max(until, end - LATEST)
