"""The first tables: stations, shifts, recordings, and gradings with all that they found.

There is no way down: it would delete what is kept.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

LANES = ("exit", "entry", "phone", "handover")
SIDES = ("near", "far", "unknown")
JUDGED = ("compliant", "fault", "unsure")


def upgrade() -> None:
    """Create every table."""
    _create("station", _id(), _text("code"), unique=("code",))
    for table in ("booth", "team"):
        _create(
            table,
            _id(),
            _number("station_id"),
            _text("code"),
            unique=("station_id", "code"),
            to={"station_id": "station"},
        )
    _create(
        "collector",
        _id(),
        _number("station_id"),
        _text("code"),
        _number("team_id", nullable=True),
        unique=("station_id", "code"),
        to={"station_id": "station", "team_id": "team"},
    )
    _create(
        "shift",
        _text("id"),
        _number("booth_id"),
        _number("collector_id"),
        _number("team_id", nullable=True),
        _time("started_at"),
        unique=("booth_id", "collector_id", "started_at"),
        to={"booth_id": "booth", "collector_id": "collector", "team_id": "team"},
    )
    _index("shift", "started_at")
    _index("shift", "collector_id", "started_at")
    _index("shift", "team_id", "started_at")
    _create("recording", _id(), _text("sha256"), _ms("duration_ms"), unique=("sha256",))
    _create(
        "part",
        _number("recording_id"),
        _number("position"),
        _text("name"),
        _text("sha256"),
        _ms("duration_ms"),
        key=("recording_id", "position"),
        within={"recording_id": "recording.id"},
    )
    _create(
        "grading",
        _id(),
        _text("shift_id"),
        _number("number"),
        _number("recording_id"),
        _time("created_at"),
        _flag("complete"),
        _one_of("lane", "lane", LANES),
        _time("started_at"),
        _number("utc_offset_s"),
        _one_of("time_source", "timesource", ("given", "file")),
        *(_ms(name) for name in ("duration_ms", "listened_ms", "gap_ms")),
        *(_number(name) for name in ("vehicles", "compliant", "fault", "unsure")),
        *(_real(name, nullable=True) for name in ("score", "score_low", "score_high")),
        _json("warnings"),
        *(_text(name) for name in ("program", "catalog", "dialogue", "score_table")),
        *(_text(name) for name in ("calendar", "model", "thresholds")),
        unique=("shift_id", "number"),
        to={"shift_id": "shift", "recording_id": "recording"},
    )
    _index("grading", "recording_id")
    _create_vehicles()
    _create_utterances()


def _create_vehicles() -> None:
    _create(
        "vehicle",
        *_place(),
        _text("vehicle"),
        _flag("is_number"),
        _ms("start_ms"),
        _ms("end_ms"),
        _one_of("lane", "lane", LANES),
        _flag("inferred"),
        _one_of("outcome", "outcome", JUDGED),
        _one_of("profile", "profile", ("normal", "peak")),
        _json("clock"),
        _flag("clock_sure"),
        _flag("wish_allowed"),
        _text("rule_version"),
        _json("warnings"),
        _text("day"),
        key=("grading_id", "position"),
        within={"grading_id": "grading.id"},
    )
    of_vehicle: dict[str, Any] = {
        "key": ("grading_id", "vehicle_position", "position"),
        "within": {"grading_id": "vehicle.grading_id", "vehicle_position": "vehicle.position"},
    }
    _create(
        "due",
        *_place("vehicle_position"),
        _text("code"),
        _json("phrases"),
        _json("slots"),
        _text("reason"),
        _flag("sure"),
        **of_vehicle,
    )
    _create(
        "step",
        *_place("vehicle_position"),
        _text("step"),
        _flag("mandatory"),
        _one_of("outcome", "stepoutcome", ("said", "missing", "wrong", "unsure", "excused")),
        _text("phrase", nullable=True),
        _text("heard", nullable=True),
        _real("score", nullable=True),
        _ms("start_ms", nullable=True),
        _ms("end_ms", nullable=True),
        _text("why"),
        **of_vehicle,
    )
    _create(
        "finding",
        *_place("vehicle_position"),
        _text("code"),
        _one_of("status", "findingstatus", ("fault", "unsure", "remark")),
        _text("step", nullable=True),
        _text("expected", nullable=True),
        _text("heard", nullable=True),
        _ms("at_ms", nullable=True),
        _text("reason"),
        **of_vehicle,
    )


def _create_utterances() -> None:
    _create(
        "utterance",
        *_place(),
        _number("utterance"),
        _ms("start_ms"),
        _ms("end_ms"),
        _one_of("side", "side", SIDES),
        _text("text", nullable=True),
        _ms("unexplained_ms"),
        _flag("foreign"),
        _real("snr_db"),
        key=("grading_id", "position"),
        within={"grading_id": "grading.id"},
    )
    _create(
        "match",
        *_place("utterance_position"),
        _text("phrase"),
        _json("slots"),
        _text("text"),
        _json("utterances"),
        _ms("start_ms"),
        _ms("end_ms"),
        _real("char_score"),
        _real("pinyin_score"),
        _real("acoustic_score", nullable=True),
        _real("score"),
        _one_of("decision", "decision", ("accepted", "unsure", "rejected")),
        _text("why"),
        _text("language"),
        _one_of("side", "side", SIDES),
        _text("remark", nullable=True),
        _json("rivals"),
        key=("grading_id", "utterance_position", "position"),
        within={
            "grading_id": "utterance.grading_id",
            "utterance_position": "utterance.position",
        },
    )
    _create(
        "gap",
        *_place(),
        _ms("start_ms"),
        _ms("end_ms"),
        _one_of(
            "reason", "gapreason", ("overrun", "mic_lost", "too_noisy", "asr_failed", "restart")
        ),
        key=("grading_id", "position"),
        within={"grading_id": "grading.id"},
    )


def _create(
    table: str,
    *columns: sa.Column[Any],
    key: Sequence[str] = ("id",),
    unique: Sequence[str] = (),
    to: dict[str, str] | None = None,
    within: dict[str, str] | None = None,
) -> None:
    """`to`: columns that name a row of another table; `within`: those of the row it goes with."""
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=f"pk_{table}")]
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=f"uq_{table}_{'_'.join(unique)}"))
    for column, other in (to or {}).items():
        name = f"fk_{table}_{column}"
        constraints.append(sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name))
    if within:
        name = f"fk_{table}_{'_'.join(within)}"
        ours, theirs = list(within), list(within.values())
        constraints.append(sa.ForeignKeyConstraint(ours, theirs, name=name, ondelete="CASCADE"))
    # op.f: the names are final, the models' naming convention is not put on top of them.
    for constraint in constraints:
        constraint.name = op.f(str(constraint.name))
    op.create_table(table, *columns, *constraints)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _place(parent: str | None = None) -> list[sa.Column[Any]]:
    names = ["grading_id", *([parent] if parent else []), "position"]
    return [_number(name) for name in names]


def _id() -> sa.Column[int]:
    return _number("id")


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _ms(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _real(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _time(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _one_of(name: str, kind: str, values: Sequence[str]) -> sa.Column[str]:
    kept = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kept, nullable=False)
