"""What is known of people who log in, of booths' devices, and of who read or decided what."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Role(enum.Enum):
    """What a person is for the station; what each may is service/rights.py's to say."""

    COLLECTOR = "collector"
    TRAINEE = "trainee"
    TRAINER = "trainer"
    TEAM_LEADER = "team_leader"
    DUTY_LEADER = "duty_leader"
    MONITOR = "monitor"
    INSPECTOR = "inspector"
    EXTERNAL = "external"
    SUPERVISOR = "supervisor"
    TOLL_OFFICE = "toll_office"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A role, and where it holds."""

    role: Role
    station_id: int | None = None
    """None: every station"""
    team_id: int | None = None
    """of the station; only a team leader has one"""
    station: str | None = field(default=None, compare=False)
    """its code, as read"""
    team: str | None = field(default=None, compare=False)
    """its code, as read"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who may log in."""

    id: int
    login: str
    """as it is compared: lower case, NFKC"""
    name: str
    """for people"""
    collector_id: int | None
    """the collector that this person is at a station; None: no collector"""
    collector: str | None
    """its code"""
    station: str | None
    """the code of the collector's station"""
    grants: tuple[Grant, ...]
    second_factor: bool
    """asks for a one-time code"""
    disabled: bool
    created_at: dt.datetime
    """aware, UTC"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Whose things somebody may touch: all, or those of any of these."""

    everything: bool = False
    stations: frozenset[int] = frozenset()
    """ids of station"""
    teams: frozenset[int] = frozenset()
    """ids of team"""
    collectors: frozenset[int] = frozenset()
    """ids of collector"""

    @property
    def empty(self) -> bool:
        """Nobody's."""
        return not (self.everything or self.stations or self.teams or self.collectors)

    def covers(self, other: Reach) -> bool:
        """Whether all that the other touches is touched by this; a team's station is not known."""
        return self.everything or (
            not other.everything
            and self.stations >= other.stations
            and self.teams >= other.teams
            and self.collectors >= other.collectors
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """Somebody read or decided something, to be kept for good."""

    action: str
    """such as clip.read"""
    person_id: int | None = None
    """who; None: the machine itself or its command line"""
    thing: str = ""
    """id of what it was done to"""
    collector_id: int | None = None
    """whom it concerns, and who may see it"""
    station_id: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    """more, without words or names"""
