"""Read the settings: one strict TOML file, then the environment, then the command line.

A misspelt key could change what people are judged by, so it is refused and every fault listed.
Each key is described in docs/settings.md; a test holds the two together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field

from phrases.source import DataError, Fault, Strict, read
from phrases.types import Lane
from service.errors import BadInput


class Database(Strict):
    """Where results are kept."""

    url: str | None = None
    """SQLAlchemy URL; None: SQLite in the user's data folder"""
    seal_key: str | None = None
    """file of the private key that seals what is stored, made at first use; None: in the user's
    data folder"""


class Centre(Strict):
    """Where a booth's results go."""

    url: str | None = None
    """https://SERVER, or http://localhost; None: there is no centre"""
    authority: str | None = None
    """PEM file of the certificates that the centre's must be issued by; None: the system's"""


class Keeping(Strict):
    """What is kept of what was heard, and for how long."""

    clips: bool = True
    """whether sound is kept as evidence"""
    share: float = Field(default=0.01, ge=0.0, le=1.0, strict=False)
    """of the vehicles that are neither at fault nor unsure, how many are kept"""
    clip_days: int = Field(default=30, ge=1, le=3650)
    """days after which a clip that nothing holds is deleted"""
    word_days: int = Field(default=365, ge=1, le=3650)
    """days after which words that nothing holds are deleted"""
    folder: str | None = None
    """folder of the clips; None: beside an SQLite database, else in the user's data folder"""
    clip_key: str | None = None
    """file of the key that wraps the clips' keys, made at first use; None: in the user's data
    folder"""


class Hearing(Strict):
    """What listens."""

    model: str | None = None
    """folder of CTranslate2 Whisper weights; None: the ones that are installed with the program"""
    adapted: bool = True
    """whether the installed weights get the booth adapter; a model of one's own is left as it is"""
    threads: int = Field(default=0, ge=0, le=256)
    """threads of the recogniser; 0: as many as the machine has cores, four at most"""
    prompts: tuple[str, ...] = Field(default=(), strict=False)
    """sound files, or folders of them: the fixed prompts of the lane's machines"""


class Listening(Strict):
    """How a microphone is listened to."""

    device: str | None = None
    """a microphone's name, or a part of it that only one has; None: the system's default"""
    channels: int = Field(default=1, ge=1, le=2)
    stalled_s: float = Field(default=2.0, ge=0.5, le=60.0, strict=False)
    """seconds without sound after which capture is begun anew"""
    silence_s: float = Field(default=10.0, ge=0.0, le=3600.0, strict=False)
    """seconds of nothing but zeros after which capture is begun anew; 0: never"""
    spill_mb: int = Field(default=256, ge=0, le=100_000)
    """megabytes of sound that may wait in a temporary file while recognition is behind"""
    lookahead_s: float = Field(default=0.6, ge=0.0, le=300.0, strict=False)
    """seconds after an utterance from which it is judged whose it was"""
    lane: Lane = Field(default=Lane.EXIT, strict=False)
    """which dialogue is spoken in the booth"""
    lane_events: bool = False
    """whether a lane controller tells vehicles apart; else they are inferred from the speech"""
    lane_lateness_s: float = Field(default=5.0, ge=0.0, le=300.0, strict=False)
    """seconds by which the lane's messages may come late"""
    lane_host: str = "127.0.0.1"
    """address on which the lane's lines are listened for"""
    lane_port: int | None = Field(default=None, ge=1, le=65_535)
    """port on which they are; None: none is opened"""
    lane_serial: str | None = None
    """a serial port, set up already, from which they come; None: from none"""
    socket: str | None = None
    """Unix socket of the box that runs; None: in the user's data folder"""


class Site(Strict):
    """Where the program stands."""

    station: str = "demo"
    booth: str = "demo"
    collector: str = "demo"
    team: str | None = None
    time_zone: str = "Asia/Shanghai"
    """IANA name; times without an offset are in it"""


class Judging(Strict):
    """A station's own data, which extends or changes what ships."""

    catalogs: tuple[str, ...] = Field(default=(), strict=False)
    """TOML files of phrases, in the order applied"""
    dialogues: tuple[str, ...] = Field(default=(), strict=False)
    """TOML files of dialogues; each takes the place of its lane's"""
    calendar: str | None = None
    """TOML file of holidays and working days"""
    context: str | None = None
    """TOML file of the parts of the day and the graces"""
    score_table: str | None = None
    """TOML file of weights and raised findings"""
    thresholds: str | None = None
    """TOML file of the thresholds of matching"""
    checks: str | None = None
    """TOML file of what is checked by hand"""
    month: str | None = None
    """TOML file of a month's points, stars and targets"""
    consequences: str | None = None
    """TOML file of the provisions that can be broken"""


class Office(Strict):
    """How long the station's people may take."""

    complaint_days: int = Field(default=7, ge=1, le=90)
    """days within which a complaint is to be answered"""
    level_days: int = Field(default=2, ge=1, le=90)
    """days that a level then has before a complaint goes up again"""
    rectify_days: int = Field(default=7, ge=1, le=90)
    """days within which what a check found is to be put right, and then looked at again"""
    review_size: int = Field(default=60, ge=1, le=1000)
    """findings that are drawn a day for each reviewer"""
    review_days: int = Field(default=7, ge=1, le=90)
    """days after which a finding that nobody decided lapses"""
    appeal_days: int = Field(default=7, ge=1, le=90)
    """days that a collector has to appeal, and the office then to answer"""


class Drills(Strict):
    """How the station's people practise."""

    new_a_day: int = Field(default=8, ge=0, le=100)
    """cards that somebody has not had yet, at most, in a day"""
    sound_days: int = Field(default=30, ge=1, le=365)
    """days after which the sound of a try that its trainee keeps is deleted"""
    model_voice: str | None = None
    """folder of a station's own recordings of the lines; None: there are none"""


class SettingsFile(Strict):
    """The whole file."""

    database: Database = Database()
    centre: Centre = Centre()
    keeping: Keeping = Keeping()
    hearing: Hearing = Hearing()
    listening: Listening = Listening()
    site: Site = Site()
    judging: Judging = Judging()
    office: Office = Office()
    drills: Drills = Drills()


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The settings of one run, resolved."""

    source: Path | None
    """file they were read from; None: there is none"""
    database: str | None
    """SQLAlchemy URL; None: SQLite in the user's data folder"""
    seal_key: Path | None
    """None: in the user's data folder"""
    centre: str | None
    """https://SERVER[:PORT][/PATH], or http:// to this machine; None: there is none"""
    authority: Path | None
    """None: the system's"""
    clips: bool
    share: float
    clip_days: int
    word_days: int
    clips_folder: Path | None
    """None: the database's own"""
    clip_key: Path | None
    """None: in the user's data folder"""
    model: Path | None
    adapted: bool
    threads: int
    """at least 1"""
    prompts: tuple[Path, ...]
    device: str | None
    channels: int
    stalled_s: float
    silence_s: float
    spill_mb: int
    lookahead_ms: int
    lane: Lane
    lane_events: bool
    lane_lateness_ms: int
    lane_host: str
    lane_port: int | None
    lane_serial: Path | None
    socket: Path
    station: str
    booth: str
    collector: str
    team: str | None
    time_zone: ZoneInfo
    catalogs: tuple[Path, ...]
    dialogues: tuple[Path, ...]
    calendar: Path | None
    context: Path | None
    score_table: Path | None
    thresholds: Path | None
    checks: Path | None
    month: Path | None
    consequences: Path | None
    complaint_days: int
    level_days: int
    rectify_days: int
    review_size: int
    review_days: int
    appeal_days: int
    new_a_day: int
    sound_days: int
    model_voice: Path | None


VARIABLES = {
    "CHANGSHOU_DB": "database.url",
    "CHANGSHOU_CENTRE": "centre.url",
    "CHANGSHOU_MODEL": "hearing.model",
    "CHANGSHOU_THREADS": "hearing.threads",
    "CHANGSHOU_DEVICE": "listening.device",
    "CHANGSHOU_STATION": "site.station",
    "CHANGSHOU_BOOTH": "site.booth",
    "CHANGSHOU_COLLECTOR": "site.collector",
    "CHANGSHOU_TEAM": "site.team",
    "CHANGSHOU_TIME_ZONE": "site.time_zone",
}
"""Environment variable to the key that it overrides."""


def load(environment: Mapping[str, str] | None = None, *, db: str | None = None) -> Settings:
    """The settings of this run.

    Args:
        environment: in place of the process's own.
        db: the command line's database URL, which wins.

    Raises:
        BadInput: a fault in the file or in a variable; all of them are named.
    """
    env = os.environ if environment is None else environment
    source, table = _file(env)
    faults: list[str] = []
    values = {
        key: text
        for name, key in VARIABLES.items()
        if (text := env.get(name)) is not None and text != ""
    }
    threads = table.hearing.threads
    if (text := values.get("hearing.threads")) is not None:
        if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= 256:
            threads = int(text)
        else:
            faults.append("CHANGSHOU_THREADS: not a whole number from 0 to 256")
    zone_name = values.get("site.time_zone", table.site.time_zone)
    zone = ZoneInfo("UTC")
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f"site.time_zone: no time zone is called {zone_name!r}")
    centre = values.get("centre.url") or table.centre.url
    if centre is not None and (problem := _not_safe(centre)) is not None:
        faults.append(f"centre.url: {problem}")
    if faults:
        raise BadInput("; ".join(faults))
    base = source.parent if source else Path.cwd()
    model = values.get("hearing.model")
    return Settings(
        source=source,
        database=db or values.get("database.url") or table.database.url,
        seal_key=_beside(base, table.database.seal_key),
        centre=None if centre is None else centre.rstrip("/"),
        authority=_beside(base, table.centre.authority),
        clips=table.keeping.clips,
        share=table.keeping.share,
        clip_days=table.keeping.clip_days,
        word_days=table.keeping.word_days,
        clips_folder=_beside(base, table.keeping.folder),
        clip_key=_beside(base, table.keeping.clip_key),
        model=Path(model) if model else _beside(base, table.hearing.model),
        adapted=table.hearing.adapted,
        threads=threads or min(os.cpu_count() or 1, 4),
        prompts=tuple(base / Path(name).expanduser() for name in table.hearing.prompts),
        device=values.get("listening.device", table.listening.device),
        channels=table.listening.channels,
        stalled_s=table.listening.stalled_s,
        silence_s=table.listening.silence_s,
        spill_mb=table.listening.spill_mb,
        lookahead_ms=round(table.listening.lookahead_s * 1000),
        lane=table.listening.lane,
        lane_events=table.listening.lane_events,
        lane_lateness_ms=round(table.listening.lane_lateness_s * 1000),
        lane_host=table.listening.lane_host,
        lane_port=table.listening.lane_port,
        lane_serial=_beside(base, table.listening.lane_serial),
        socket=_beside(base, table.listening.socket)
        or platformdirs.user_data_path("changshou", appauthor=False) / "booth.sock",
        station=values.get("site.station", table.site.station),
        booth=values.get("site.booth", table.site.booth),
        collector=values.get("site.collector", table.site.collector),
        team=values.get("site.team", table.site.team),
        time_zone=zone,
        catalogs=tuple(base / Path(name).expanduser() for name in table.judging.catalogs),
        dialogues=tuple(base / Path(name).expanduser() for name in table.judging.dialogues),
        calendar=_beside(base, table.judging.calendar),
        context=_beside(base, table.judging.context),
        score_table=_beside(base, table.judging.score_table),
        thresholds=_beside(base, table.judging.thresholds),
        checks=_beside(base, table.judging.checks),
        month=_beside(base, table.judging.month),
        consequences=_beside(base, table.judging.consequences),
        complaint_days=table.office.complaint_days,
        level_days=table.office.level_days,
        rectify_days=table.office.rectify_days,
        review_size=table.office.review_size,
        review_days=table.office.review_days,
        appeal_days=table.office.appeal_days,
        new_a_day=table.drills.new_a_day,
        sound_days=table.drills.sound_days,
        model_voice=_beside(base, table.drills.model_voice),
    )


def _not_safe(url: str) -> str | None:
    """What is wrong with the centre's address; None: nothing."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http"):
        return "write https://SERVER"
    if parts.query or parts.fragment or parts.username:
        return "an address has no user, no ? and no #"
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        return "results may not pass in the clear: write https://"
    return None


def default_file() -> Path:
    """Where the settings are looked for when CHANGSHOU_CONFIG names no file."""
    return Path(platformdirs.user_config_dir("changshou", False)) / "changshou.toml"


def _file(env: Mapping[str, str]) -> tuple[Path | None, SettingsFile]:
    """The file's path and contents; the defaults if nobody wrote one."""
    named = env.get("CHANGSHOU_CONFIG")
    path = Path(named).expanduser() if named else default_file()
    if not named and not path.exists():
        return None, SettingsFile()
    try:
        return path, read(path, SettingsFile)
    except DataError as error:
        raise BadInput("; ".join(_place(path, fault) for fault in error.faults)) from None


def _place(path: Path, fault: Fault) -> str:
    key = f"{fault.key}: " if fault.key else ""
    return f"{path}: {key}{fault.problem}"


def _beside(base: Path, name: str | None) -> Path | None:
    """A path named in the file is relative to the file's folder."""
    return base / Path(name).expanduser() if name else None
