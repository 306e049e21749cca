"""Who may do what, and to whose things: DESIGN's table of roles as data.

docs/api.md prints it for every endpoint, and a test walks every endpoint as every role.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping

from db.people_types import Grant, Reach, Role


class Scope(enum.Enum):
    """Whose things a permission is for."""

    OWN = "own"
    """those of the collector that the person is"""
    TEAM = "team"
    """the team's of the grant"""
    STATION = "station"
    """the station's of the grant; every station's where it names none"""
    ALL = "all"
    """everybody's, or nobody's in particular"""


class Permission(enum.Enum):
    """What may be done."""

    ACCOUNT = "account"
    """log out, change the own password and second factor, see who one is"""
    CATALOGS_READ = "catalogs.read"
    CATALOGS_EDIT = "catalogs.edit"
    """draft, replay, publish and roll back the catalogs; only with the role for every station"""
    PLACES_READ = "places.read"
    """stations, booths and teams"""
    PLACES_WRITE = "places.write"
    RESULTS_READ = "results.read"
    """shifts, vehicles, findings and what was said"""
    CLIPS_READ = "clips.read"
    """hear the sound that is kept; each reading is written down"""
    ROSTERS_READ = "rosters.read"
    ROSTERS_WRITE = "rosters.write"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    DEVICES_READ = "devices.read"
    DEVICES_WRITE = "devices.write"
    BOOTH_READ = "booth.read"
    """how it stands with a booth now: who sits there, what waits"""
    BOOTH_SEAT = "booth.seat"
    """say who sits in a booth"""
    LANE_WRITE = "lane.write"
    """say what happens in a lane, as its controller"""
    COMPLAINTS_READ = "complaints.read"
    """complaints and what was done about them; whoever took one sees it, whatever the scope"""
    COMPLAINTS_TAKE = "complaints.take"
    """register a complaint, of any collector of the station"""
    COMPLAINTS_HANDLE = "complaints.handle"
    """do something about one; own: those that the person took, never one about themselves"""
    COMPLAINTS_CASE = "complaints.case"
    """make the handling of one a case of its own"""
    CHECKS_READ = "checks.read"
    """checks by hand, and what was said to them"""
    CHECKS_WRITE = "checks.write"
    """write down a check, and see those that one wrote"""
    CHECKS_PLAN = "checks.plan"
    """plan checks, draw samples for them, and stand by a check as the second person"""
    CHECKS_COMMENT = "checks.comment"
    """comment on a check of one's own or, of the team's daily look, of a colleague's"""
    RECTIFY_READ = "rectify.read"
    RECTIFY_DO = "rectify.do"
    """say that something is put right"""
    RECTIFY_JUDGE = "rectify.judge"
    """have something put right, and look at it again"""
    REVIEWS_READ = "reviews.read"
    """which findings were drawn to be looked at, and what was decided"""
    REVIEWS_DECIDE = "reviews.decide"
    """look at findings: confirm or dismiss them; never those of a shift that one was on"""
    APPEALS_MAKE = "appeals.make"
    """appeal against what was confirmed of oneself"""
    APPEALS_ANSWER = "appeals.answer"
    """the last word on an appeal"""
    CONSEQUENCES_READ = "consequences.read"
    """what was proposed and decided against whom"""
    CONSEQUENCES_PROPOSE = "consequences.propose"
    """propose what follows a check or a complaint; findings are proposed by themselves"""
    CONSEQUENCES_DECIDE = "consequences.decide"
    """decide what follows, by name, and answer appeals against what another decided"""
    AMOUNTS_READ = "amounts.read"
    """what decided fines come to, and nothing else"""
    AMOUNTS_SWITCH = "amounts.switch"
    """switch amounts on by the station's adopted rule, or off"""
    DOUBLES_PLAN = "doubles.plan"
    """draw clips for two people to hear blind, and see how far they agree"""
    DRILLS_PRACTISE = "drills.practise"
    """practise, and see one's own tries: nobody sees another's"""
    EXAMS_SIT = "exams.sit"
    """sit the station's exams, and see one's own sittings and trainings"""
    TRAINING_MANAGE = "training.manage"
    """plan trainings, set exams, read their archive, see what the team finds hard"""
    AUDIT_READ = "audit.read"
    """who read or decided what about whom"""


_ANYBODY = {Permission.ACCOUNT: Scope.ALL, Permission.CATALOGS_READ: Scope.ALL}

RIGHTS: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.COLLECTOR: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.RESULTS_READ: Scope.OWN,
        Permission.CLIPS_READ: Scope.OWN,
        Permission.ROSTERS_READ: Scope.OWN,
        Permission.AUDIT_READ: Scope.OWN,
        Permission.BOOTH_SEAT: Scope.OWN,
        Permission.COMPLAINTS_READ: Scope.OWN,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.OWN,
        Permission.CHECKS_READ: Scope.OWN,
        Permission.CHECKS_COMMENT: Scope.OWN,
        Permission.RECTIFY_READ: Scope.OWN,
        Permission.RECTIFY_DO: Scope.OWN,
        Permission.REVIEWS_READ: Scope.OWN,
        Permission.APPEALS_MAKE: Scope.OWN,
        Permission.CONSEQUENCES_READ: Scope.OWN,
        Permission.DRILLS_PRACTISE: Scope.ALL,
        Permission.EXAMS_SIT: Scope.STATION,
    },
    Role.TRAINEE: _ANYBODY
    | {
        Permission.DRILLS_PRACTISE: Scope.ALL,
        Permission.EXAMS_SIT: Scope.STATION,
    },
    Role.TRAINER: _ANYBODY
    | {
        Permission.DRILLS_PRACTISE: Scope.ALL,
        Permission.EXAMS_SIT: Scope.STATION,
        Permission.TRAINING_MANAGE: Scope.STATION,
    },
    Role.TEAM_LEADER: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.RESULTS_READ: Scope.TEAM,
        Permission.ROSTERS_READ: Scope.TEAM,
        Permission.ROSTERS_WRITE: Scope.TEAM,
        Permission.BOOTH_READ: Scope.STATION,
        Permission.BOOTH_SEAT: Scope.STATION,
        Permission.COMPLAINTS_READ: Scope.TEAM,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.TEAM,
        Permission.CHECKS_READ: Scope.TEAM,
        Permission.CHECKS_WRITE: Scope.TEAM,
        Permission.CHECKS_COMMENT: Scope.TEAM,
        Permission.RECTIFY_READ: Scope.TEAM,
        Permission.RECTIFY_DO: Scope.TEAM,
        Permission.REVIEWS_READ: Scope.TEAM,
        Permission.DRILLS_PRACTISE: Scope.ALL,
        Permission.EXAMS_SIT: Scope.STATION,
    },
    Role.DUTY_LEADER: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.ROSTERS_READ: Scope.STATION,
        Permission.BOOTH_READ: Scope.STATION,
        Permission.COMPLAINTS_READ: Scope.STATION,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.STATION,
        Permission.COMPLAINTS_CASE: Scope.STATION,
        Permission.CHECKS_READ: Scope.STATION,
        Permission.CHECKS_WRITE: Scope.STATION,
        Permission.RECTIFY_READ: Scope.STATION,
        Permission.RECTIFY_DO: Scope.STATION,
    },
    Role.MONITOR: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.ROSTERS_READ: Scope.STATION,
        Permission.BOOTH_READ: Scope.STATION,
        Permission.COMPLAINTS_READ: Scope.STATION,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.STATION,
    },
    Role.INSPECTOR: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.RESULTS_READ: Scope.STATION,
        Permission.CLIPS_READ: Scope.STATION,
        Permission.CHECKS_READ: Scope.STATION,
        Permission.CHECKS_WRITE: Scope.STATION,
        Permission.CHECKS_PLAN: Scope.STATION,
        Permission.RECTIFY_READ: Scope.STATION,
        Permission.RECTIFY_JUDGE: Scope.STATION,
        Permission.REVIEWS_READ: Scope.STATION,
        Permission.REVIEWS_DECIDE: Scope.STATION,
    },
    Role.EXTERNAL: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.CHECKS_WRITE: Scope.STATION,
    },
    Role.SUPERVISOR: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.RESULTS_READ: Scope.STATION,
        Permission.CLIPS_READ: Scope.STATION,
        Permission.ROSTERS_READ: Scope.STATION,
        Permission.ROSTERS_WRITE: Scope.STATION,
        Permission.PEOPLE_READ: Scope.STATION,
        Permission.DEVICES_READ: Scope.STATION,
        Permission.BOOTH_READ: Scope.STATION,
        Permission.BOOTH_SEAT: Scope.STATION,
        Permission.COMPLAINTS_READ: Scope.STATION,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.STATION,
        Permission.COMPLAINTS_CASE: Scope.STATION,
        Permission.CHECKS_READ: Scope.STATION,
        Permission.CHECKS_WRITE: Scope.STATION,
        Permission.CHECKS_PLAN: Scope.STATION,
        Permission.RECTIFY_READ: Scope.STATION,
        Permission.RECTIFY_DO: Scope.STATION,
        Permission.RECTIFY_JUDGE: Scope.STATION,
        Permission.REVIEWS_READ: Scope.STATION,
        Permission.REVIEWS_DECIDE: Scope.STATION,
        Permission.DOUBLES_PLAN: Scope.STATION,
        Permission.CONSEQUENCES_READ: Scope.STATION,
        Permission.CONSEQUENCES_PROPOSE: Scope.STATION,
    },
    Role.TOLL_OFFICE: _ANYBODY
    | {
        Permission.CATALOGS_EDIT: Scope.STATION,
        Permission.PLACES_READ: Scope.STATION,
        Permission.RESULTS_READ: Scope.STATION,
        Permission.CLIPS_READ: Scope.STATION,
        Permission.ROSTERS_READ: Scope.STATION,
        Permission.PEOPLE_READ: Scope.STATION,
        Permission.AUDIT_READ: Scope.STATION,
        Permission.COMPLAINTS_READ: Scope.STATION,
        Permission.COMPLAINTS_TAKE: Scope.STATION,
        Permission.COMPLAINTS_HANDLE: Scope.STATION,
        Permission.COMPLAINTS_CASE: Scope.STATION,
        Permission.CHECKS_READ: Scope.STATION,
        Permission.CHECKS_WRITE: Scope.STATION,
        Permission.CHECKS_PLAN: Scope.STATION,
        Permission.RECTIFY_READ: Scope.STATION,
        Permission.RECTIFY_JUDGE: Scope.STATION,
        Permission.REVIEWS_READ: Scope.STATION,
        Permission.REVIEWS_DECIDE: Scope.STATION,
        Permission.DOUBLES_PLAN: Scope.STATION,
        Permission.APPEALS_ANSWER: Scope.STATION,
        Permission.CONSEQUENCES_READ: Scope.STATION,
        Permission.CONSEQUENCES_PROPOSE: Scope.STATION,
        Permission.CONSEQUENCES_DECIDE: Scope.STATION,
        Permission.AMOUNTS_READ: Scope.STATION,
        Permission.AMOUNTS_SWITCH: Scope.STATION,
    },
    Role.FINANCE: _ANYBODY
    | {
        Permission.AMOUNTS_READ: Scope.STATION,
    },
    Role.ADMINISTRATOR: _ANYBODY
    | {
        Permission.PLACES_READ: Scope.STATION,
        Permission.PLACES_WRITE: Scope.STATION,
        Permission.ROSTERS_READ: Scope.STATION,
        Permission.ROSTERS_WRITE: Scope.STATION,
        Permission.PEOPLE_READ: Scope.STATION,
        Permission.PEOPLE_WRITE: Scope.STATION,
        Permission.DEVICES_READ: Scope.STATION,
        Permission.DEVICES_WRITE: Scope.STATION,
        Permission.AUDIT_READ: Scope.STATION,
        Permission.BOOTH_READ: Scope.STATION,
        Permission.LANE_WRITE: Scope.STATION,
    },
}
"""what is not named is not allowed"""


def reach(grants: Collection[Grant], collector_id: int | None, permission: Permission) -> Reach:
    """Whose things these grants let a person touch, who is that collector if any."""
    everything = False
    stations, teams, collectors = set[int](), set[int](), set[int]()
    for grant in grants:
        scope = RIGHTS[grant.role].get(permission)
        if scope is Scope.ALL or (scope is Scope.STATION and grant.station_id is None):
            everything = True
        elif scope is Scope.STATION and grant.station_id is not None:
            stations.add(grant.station_id)
        elif scope is Scope.TEAM and grant.team_id is not None:
            teams.add(grant.team_id)
        elif scope is Scope.OWN and collector_id is not None:
            collectors.add(collector_id)
    return Reach(
        everything=everything,
        stations=frozenset(stations),
        teams=frozenset(teams),
        collectors=frozenset(collectors),
    )
