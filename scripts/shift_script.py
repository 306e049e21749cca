"""Read the script of a made-up shift: who says what, which truth that is, in which room.

The script states the findings that a listener with perfect ears would report; shift_truth.py
works them out again from the lines and refuses a script that contradicts itself.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field

from audio.noise import KINDS
from audio.room import ROOMS
from audio.voice import Blend, VoiceError
from phrases.source import DataError, Fault, Strict, read

Who = Literal["collector", "driver", "machine", "caller", "colleague"]
LaneName = Literal["exit", "entry", "phone", "handover"]

BABBLE = "babble"


class Line(Strict):
    """One thing said."""

    who: Who = "collector"
    say: str
    """Chinese; `|` parts the phrases of one breath"""
    phrases: list[str] = Field(default_factory=list)
    """catalog ids in the order said, `id=yuan` where there is an amount, `-` for other speech"""
    gap_s: float | None = None
    """seconds after the line before; negative: talks over it; None: drawn"""
    speed: float | None = None
    """1 is ordinary; None: drawn around the voice's own"""
    gain_db: float = 0.0
    voice: str | None = None
    """None: the recording's voice for `who`"""
    over: Literal["dead", "drowned"] | None = None
    """dead: the microphone gave zeros meanwhile; drowned: a lorry outdid the line"""


class Scene(Strict):
    """One vehicle, call or handover; without `vehicle`: talk that belongs to none."""

    vehicle: int | str | None = None
    lane: LaneName | None = None
    """None: the recording's; else it is also named in the event"""
    toll: float | None = None
    """yuan"""
    tendered: float | None = None
    """yuan"""
    payment: Literal["cash", "etc", "mobile", "card", "free"] | None = None
    ticket: bool | None = None
    excuse: Literal["emergency", "dispute", "equipment"] | None = None
    gap_s: float | None = None
    """seconds of nothing before it; None: drawn"""
    wait_s: float | None = None
    """seconds between arrival and the first line; None: drawn"""
    findings: list[str] = Field(default_factory=list)
    """codes that perfect ears would report, remarks too"""
    lines: list[Line] = Field(default_factory=list)


class Voices(Strict):
    """Who speaks, as voice.Blend writes it."""

    collector: str
    drivers: list[str] = Field(default_factory=list)
    """taken in turn, one a scene"""
    machine: str = "zf_xiaoxiao"
    caller: str = "zm_yunyang"
    colleague: str = "zm_yunxi"
    speed: float = 1.05
    """the collector's usual pace"""


class Noises(Strict):
    """What else is heard."""

    snr_db: float
    """the collector's speech over all noises together, above 100 Hz"""
    kinds: dict[str, float]
    """kind of noise.KINDS, or babble, to its share in decibels"""


class WeatherSpan(Strict):
    """As in the events file."""

    kind: Literal["rain", "fog", "ice", "snow"]
    from_s: float
    to_s: float


class NoticeSpan(Strict):
    """As in the events file."""

    kind: Literal["road", "closure"]
    from_s: float
    to_s: float
    direction: str | None = None
    what: str | None = None
    cause: str | None = None
    reopens: str | None = None


class PeakSpan(Strict):
    """As in the events file."""

    kind: Literal["peak"]
    from_s: float
    to_s: float


class Script(Strict):
    """One recording."""

    seed: int
    lane: LaneName
    started_at: dt.datetime
    room: str
    channels: int = 1
    """2: the collector's microphone and the driver's"""
    level_dbfs: float = -20.0
    """the collector's active level"""
    voices: Voices
    noise: Noises
    weather: list[WeatherSpan] = Field(default_factory=list)
    notices: list[NoticeSpan] = Field(default_factory=list)
    profile: list[PeakSpan] = Field(default_factory=list)
    scene: list[Scene]


def read_script(path: Path) -> Script:
    """The script in a TOML file; DataError with every fault."""
    script = read(path, Script)
    faults = [Fault(file=path.name, key=key, problem=text) for key, text in _problems(script)]
    if faults:
        raise DataError(faults)
    return script


def amount_of(phrase: str) -> tuple[str, str | None]:
    """`flow.received=50` as id and yuan; a phrase without an amount has None."""
    name, sign, amount = phrase.partition("=")
    return name, amount if sign else None


def _problems(script: Script) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if script.started_at.tzinfo is None:
        found.append(("started_at", "has no offset from UTC"))
    if script.room not in ROOMS:
        found.append(("room", f"no room {script.room!r}; there are {', '.join(ROOMS)}"))
    if script.channels not in (1, 2):
        found.append(("channels", "is neither 1 nor 2"))
    for kind in script.noise.kinds:
        if kind not in (*KINDS, BABBLE):
            found.append((f"noise.kinds.{kind}", f"no such noise; there are {', '.join(KINDS)}"))
    named = script.voices
    for spec in (named.collector, named.machine, named.caller, named.colleague, *named.drivers):
        found += _voice_problem("voices", spec)
    seen: set[int | str] = set()
    for number, scene in enumerate(script.scene):
        where = f"scene.{number}"
        if scene.vehicle is not None and scene.vehicle in seen:
            found.append((f"{where}.vehicle", f"{scene.vehicle} is there twice"))
        if scene.vehicle is None and (scene.findings or scene.payment or scene.toll is not None):
            found.append((where, "has findings or money but no vehicle"))
        seen |= {scene.vehicle} - {None}  # type: ignore[arg-type]
        for index, line in enumerate(scene.lines):
            found += _line_problems(f"{where}.lines.{index}", line, script)
    return found


def _line_problems(where: str, line: Line, script: Script) -> list[tuple[str, str]]:
    found = _voice_problem(where, line.voice) if line.voice else []
    if line.phrases and line.who != "collector":
        found.append((where, "only the collector's phrases count"))
    parts = line.say.split("|")
    if len(parts) > 1 and len(parts) != len(line.phrases):
        found.append((where, f"{len(parts)} parts but {len(line.phrases)} phrases"))
    if line.who == "driver" and not (line.voice or script.voices.drivers):
        found.append((where, "no voice for a driver"))
    return found


def _voice_problem(where: str, spec: str) -> list[tuple[str, str]]:
    try:
        Blend.parse(spec)
    except VoiceError as error:
        return [(where, str(error))]
    return []
