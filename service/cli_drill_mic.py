"""The commands that drill with this machine's microphone; nothing of them is stored."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from typing import Annotated

import typer

from audio.cut import follow
from audio.types import HearingSettings
from phrases import scene
from phrases.pinyin import written
from phrases.roleplay import Light
from phrases.scene import Scene, draw_scene, draw_sum, next_level
from phrases.types import Outcome
from phrases.yuan import decimal
from service import bootstrap, cli_drill, drill_json, drill_play_json, report_json, settings
from service.bootstrap import Knowledge
from service.cli_options import AsJson
from service.console import note, output, progress
from service.drill_mic import Unheard, line, opened, vehicle
from service.drill_score import Coach, line_of
from service.drill_vehicle import Driver, Left, Play, Shown, Standing
from service.drill_voice import Voices
from service.hearing import Hearer
from service.settings import Settings

drill = typer.Typer(
    help="Practise with this machine's microphone; nothing is stored.", rich_markup_mode=None
)

Device = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Microphone, or a part of its name; see devices."),
]
Times = Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="The same is the same scene.")]
Level = Annotated[int, typer.Option(min=1, max=99, metavar="N", help="How hard, from 1.")]
USUAL = ("greet.hello", "flow.received", "flow.change", "ticket.take", "flow.thanks")
"""lines that are drilled where none is named"""
SIGNS = {
    "said": "✓",
    "wrong": "≠",
    "missing": "✗",
    "unsure": "?",
    "open": "○",
    "excused": "–",
}


@drill.command()
def phrase(
    phrases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Phrases of the catalog; default: an exit lane's."),
    ] = None,
    times: Times = 1,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Say lines of the catalog, and see each character and its tone."""
    site = settings.load()
    known = bootstrap.knowledge(site)
    wanted = [line_of(known, one, None) for one in phrases or USUAL]
    _there(site, device)
    coach = Coach(bootstrap.recognizer(site, progress))
    for _ in range(times):
        for text in wanted:
            note(f"say: {text}  {' '.join(map(written, text))}")
            try:
                with opened(site, device) as mic:
                    said = line(mic.listen(), _level(as_json))
                    mic.stop()
            except Unheard as error:
                _unheard(error, as_json)
                continue
            tried = coach.score(text, said)
            if as_json:
                print(report_json.dumps(drill_json.drilled(tried)))
            else:
                cli_drill.show(tried)


@drill.command(name="vehicle")
def vehicle_(
    level: Level = 1,
    times: Times = 1,
    seed: Seed = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Serve whole vehicles: greet, 收, 找, ticket, thanks; harder as it goes well."""
    _played(draw_scene, level, times, seed, device, as_json)


@drill.command()
def amount(
    level: Level = 1,
    times: Times = 3,
    seed: Seed = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Make change in the head: 收您…元，找您…元."""
    _played(draw_sum, level, times, seed, device, as_json)


def _played(
    draw: Callable[..., Scene],
    level: int,
    times: int,
    seed: int | None,
    device: str | None,
    as_json: bool,
) -> None:
    site = settings.load()
    known = bootstrap.knowledge(site)
    rules = scene.load(phrases=known.catalog.phrases)
    _there(site, device)
    hearer = _hearer(site, known)
    results = list[bool | None]()
    for number in range(times):
        before, level = level, next_level(level, len(rules.level), results)
        if level != before:
            results = []
        own = secrets.randbelow(2**32) if seed is None else seed + number
        one = draw(rules, level, random.Random(own).random, site.time_zone)
        tell = _Told(one, known, as_json)
        try:
            with opened(site, device) as mic:
                tell.scene()
                play = Play(one, rules, known, lambda: hearer, tell)
                left = vehicle(play, mic, _level(as_json))
        except Unheard as error:
            _unheard(error, as_json)
            results.append(None)
            continue
        good = left.follow.outcome is Outcome.COMPLIANT and left.in_time
        results.append(None if left.points is None else good)


class _Told:
    """Tells how a vehicle goes, in lines for people or for programs."""

    def __init__(self, one: Scene, known: Knowledge, as_json: bool) -> None:
        self._scene, self._known, self._json = one, known, as_json
        self._voices = Voices(None)

    def scene(self) -> None:
        """What comes."""
        one = self._scene
        if self._json:
            print(report_json.dumps(drill_play_json.scene(one, self._known)))
            return
        day = self._known.calendar.day(one.at.date())
        parts = [f"level {one.level}"]
        if one.asks is None:
            parts += [one.lane.value, f"{one.at:%Y-%m-%d %H:%M}", f"{day.zh} ({day.en})"]
            parts += ["truck" if one.truck else "car", one.weather or ""]
        if one.notice is not None:
            parts.append(f"closed: {one.notice.cause}, until {one.notice.reopens}")
        note(" · ".join(part for part in parts if part))
        if one.asks is not None:
            self._money()

    def __call__(self, what: Shown) -> None:
        """What has just happened."""
        if self._json:
            print(
                report_json.dumps(
                    drill_play_json.shown(what, self._scene, self._known, self._voices)
                ),
                flush=True,
            )
        elif isinstance(what, Driver):
            note(f"driver: {what.line}")
            if what.money:
                self._money()
        elif isinstance(what, Standing):
            output().print("  ".join(map(_light, what.follow.lights)))
        else:
            self._left(what)

    def _money(self) -> None:
        event = self._scene.event
        paid = "" if event.tendered_fen is None else f" · paid {decimal(event.tendered_fen)} yuan"
        how = f" by {event.payment.value}" if event.payment else ""
        note(f"toll {decimal(event.toll_fen or 0)} yuan{paid}{how}")

    def _left(self, what: Left) -> None:
        for one in what.follow.lights:
            wanted = "" if one.state.value == "said" or not one.expected else f": {one.expected}"
            heard = f" (heard: {one.heard})" if one.heard and wanted else ""
            output().print(f"{_light(one)}{wanted}{heard}")
        points = "nothing could be judged" if what.points is None else f"{what.points:.0f} of 100"
        time = "in time" if what.in_time else "the time was over"
        note(f"{points}; {what.spent_ms / 1000:.0f} s, {time}")


def _there(site: Settings, device: str | None) -> None:
    """Say at once what is wrong with the microphone, not once the weights are loaded."""
    with opened(site, device):
        pass


def _hearer(site: Settings, known: Knowledge) -> Hearer:
    return Hearer(
        bootstrap.WhisperEar(bootstrap.recognizer(site, progress)),
        known.catalog,
        thresholds=known.thresholds,
        settings=HearingSettings(lookahead_ms=0),
        cutter=follow,
    )


def _light(one: Light) -> str:
    return f"{SIGNS[one.state.value]} {one.name}"


def _level(as_json: bool) -> Callable[[float | None], None]:
    """Shows how loud it is, where somebody looks."""
    console = output()
    if as_json or not console.is_terminal:
        return lambda _: None

    def show(dbfs: float | None) -> None:
        bars = 0 if dbfs is None else max(0, min(30, round((dbfs + 60) / 2)))
        loud = " too loud" if dbfs is not None and dbfs > -3 else ""
        console.print(f"{'█' * bars:<30}{loud:<9}", end="\r")

    return show


def _unheard(error: Unheard, as_json: bool) -> None:
    if as_json:
        print(report_json.dumps({"is": "trouble", "what": error.trouble.value}))
    note(error)
