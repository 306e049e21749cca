"""Draw who sat where and when, for a database that is filled: stations, people and shifts."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from db.types import ShiftIdentity

ZONE = dt.timezone(dt.timedelta(hours=8))
FIRST = dt.date(2026, 1, 1)
BOOTH_YEAR = 400_000
"""vehicles of one booth in a year"""
BOOTHS = 5
"""of a station"""
COLLECTORS = 5
"""for each booth"""
TEAMS = ("甲", "乙", "丙", "丁")
SHIFT_MS = 8 * 3_600_000
FEWEST, MOST = 250, 480
"""vehicles of a shift"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A shift that is to be filled."""

    identity: ShiftIdentity
    vehicles: int
    faults: int
    """how many of a thousand steps are missing"""
    rain: bool
    gaps: tuple[tuple[int, int, str], ...]
    """start and end in milliseconds, and the reason"""
    sha256: str
    """stands for a recording"""


def plan(vehicles: int, seed: int) -> Iterator[Planned]:
    """Shifts that have so many vehicles together, day after day; the same for the same seed."""
    booths = max(1, round(vehicles / BOOTH_YEAR))
    skill = random.Random(f"skill {seed}")
    faults = [min(400, round(skill.lognormvariate(3.2, 0.8))) for _ in range(booths * COLLECTORS)]
    left, day = vehicles, 0
    while True:
        wet = random.Random(f"weather {seed} {day}")
        raining = {station: wet.random() < 0.3 for station in range(-(-booths // BOOTHS))}
        for slot in range(3):
            for booth in range(booths):
                draw = random.Random(f"shift {seed} {day} {slot} {booth}")
                number = min(left, draw.randint(FEWEST, MOST))
                yield _shift(day, slot, booth, number, faults, raining[booth // BOOTHS], draw)
                left -= number
                if left == 0:
                    return
        day += 1


def _shift(
    day: int,
    slot: int,
    booth: int,
    vehicles: int,
    faults: list[int],
    rain: bool,
    draw: random.Random,
) -> Planned:
    station, own = divmod(booth, BOOTHS)
    turn = (day * 3 + slot) % COLLECTORS
    started_at = dt.datetime.combine(FIRST + dt.timedelta(days=day), dt.time(7, 30), ZONE)
    identity = ShiftIdentity(
        station=f"fill-{station + 1:03}",
        booth=f"{own + 1}",
        collector=f"{own * COLLECTORS + turn + 1:04}",
        team=TEAMS[turn % len(TEAMS)],
        started_at=started_at + slot * dt.timedelta(hours=8),
    )
    starts = sorted(draw.randrange(0, SHIFT_MS - 600_000) for _ in range(draw.choice((0, 0, 1, 3))))
    reasons = ("too_noisy", "too_noisy", "mic_lost", "overrun")
    return Planned(
        identity=identity,
        vehicles=vehicles,
        faults=faults[booth * COLLECTORS + turn],
        rain=rain,
        gaps=tuple((s, s + draw.randrange(2_000, 600_000), draw.choice(reasons)) for s in starts),
        sha256=hashlib.sha256(f"fill {identity.shift_id}".encode()).hexdigest(),
    )
