"""Show live listening: JSON lines, plain lines, or on a terminal a level with what came last."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from audio.child import Device
from service import report_json
from service.listen import Ended, Event, Level, NotHeard, Said, Saying, Started, State
from service.live_types import Judged, QueueDue, Seated, Told, Unkept, Unstored

_LAST = 8
_WIDE = 40
_FLOOR_DBFS = -70.0

Shown = Event | Told
"""what a booth tells, too, if what it hears is kept"""
Show = Callable[[Shown], None]


def as_json(event: Shown) -> report_json.Json | None:
    """The object of one line; None for a level, of which there are five a second."""
    at = event.at.isoformat(timespec="milliseconds")
    told: report_json.Json
    match event:
        case Started():
            rate, channels = event.rate, event.channels
            told = {"kind": "started", "device": event.device, "rate": rate, "channels": channels}
        case Said():
            found = report_json.match(event.match)
            keys = ("phrase", "slots", "score", "start_s", "end_s", "language")
            told = {"kind": "phrase", "words": event.wording} | {key: found[key] for key in keys}
        case Saying():
            ends = [report_json.seconds(match.end_ms) for match in event.matches]
            said = zip(event.matches, event.wordings, ends, strict=True)
            told = {
                "kind": "saying",
                "phrases": [
                    {"phrase": match.phrase, "words": words, "end_s": end}
                    for match, words, end in said
                ],
            }
        case NotHeard():
            told = {"kind": "gap"} | report_json.gap(event.gap)
        case State():
            told = {"kind": "microphone", "trouble": event.trouble}
        case Ended():
            told = {
                "kind": "ended",
                "duration_s": report_json.seconds(event.duration_ms),
                "gap_s": report_json.seconds(event.gap_ms),
                "phrases": event.phrases,
                "restarts": event.restarts,
            }
        case Judged():
            told = {
                "kind": "vehicle",
                "vehicle": event.verdict.vehicle,
                "outcome": str(event.verdict.outcome),
                "findings": [f.code for f in event.verdict.findings],
                "somebodys": event.somebodys,
            }
        case Seated():
            told = {"kind": "seat", "how": str(event.how), "somebody": event.somebody}
        case QueueDue():
            told = {"kind": "queue", "waiting": event.waiting}
        case Unstored():
            told = {"kind": "storing", "problem": event.problem}
        case Unkept():
            told = {"kind": "clip", "problem": event.problem}
        case Level():
            return None
    return told | {"at": at}


def as_line(event: Shown) -> str | None:
    """One line for people; None for a level, and for what is not settled."""
    clock = event.at.strftime("%H:%M:%S")
    match event:
        case Started():
            channels = "1 channel" if event.channels == 1 else f"{event.channels} channels"
            return f"{clock}  listening to {event.device} ({event.rate} Hz, {channels})"
        case Said():
            slots = "".join(f" {name}={value}" for name, value in event.match.slots.items())
            return f"{clock}  {event.wording}  [{event.match.phrase}{slots}]"
        case NotHeard():
            seconds = (event.gap.end_ms - event.gap.start_ms) / 1000
            return f"{clock}  not heard for {seconds:.1f} s: {event.gap.reason}"
        case State():
            if event.trouble is None:
                return f"{clock}  the microphone is heard again"
            return f"{clock}  the microphone is lost: {event.trouble}"
        case Ended():
            phrases = "1 phrase" if event.phrases == 1 else f"{event.phrases} phrases"
            total, gap = event.duration_ms / 1000, event.gap_ms / 1000
            return f"{clock}  {total:.1f} s, {gap:.1f} s of them not heard, {phrases}"
        case Judged():
            codes = ", ".join(f.code for f in event.verdict.findings) or "nothing to say"
            whose = "" if event.somebodys else "  (nobody's)"
            outcome = f"{event.verdict.outcome}: {codes}"
            return f"{clock}  vehicle {event.verdict.vehicle}  {outcome}{whose}"
        case Seated():
            return f"{clock}  {'somebody' if event.somebody else 'nobody'} sits here: {event.how}"
        case QueueDue():
            return f"{clock}  {event.waiting} vehicles wait: a report to the leader is due"
        case Unstored():
            if event.problem is None:
                return f"{clock}  everything is stored again"
            return f"{clock}  cannot be stored now, and waits: {event.problem}"
        case Unkept():
            return f"{clock}  a vehicle is stored without its clip: {event.problem}"
        case Level() | Saying():
            return None


def as_devices(found: tuple[Device, ...]) -> list[report_json.Json]:
    """The list of `changshou devices --json`."""
    return [
        {"name": one.name, "channels": one.channels, "rate": one.rate, "default": one.default}
        for one in found
    ]


def as_table(found: tuple[Device, ...]) -> Table:
    """The table of `changshou devices`."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("microphone", overflow="fold")
    for name in ("channels", "hertz"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in found:
        mark = "default" if one.default else ""
        table.add_row(Text(one.name), str(one.channels), str(one.rate), mark)
    return table


@contextmanager
def shown(json: bool, console: Console | None = None) -> Iterator[Show]:
    """Gives what shows an event in the way that fits standard output."""
    console = console or Console(highlight=False)
    if json:
        yield _json_line
    elif console.is_terminal:
        with Live(console=console, refresh_per_second=8, transient=True) as live:
            view = _View(console, live)
            yield view.show
    else:
        yield _plain_line


class _View:
    """The last lines, and under them the level."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live
        self._lines = deque[str](maxlen=_LAST)
        self._level = Text()
        self._saying = ""
        self._seat = ""
        self._vehicles = 0

    def show(self, event: Shown) -> None:
        """Take the event in."""
        if isinstance(event, Level):
            self._level = meter(event)
        elif isinstance(event, Saying):
            self._saying = " ".join((*event.wordings, "…"))
        elif isinstance(event, Ended):
            self._console.print(Text(as_line(event) or ""))
        elif line := as_line(event):
            self._lines.append(line)
        if isinstance(event, Said):
            self._saying = ""
        if isinstance(event, Seated):
            who = "somebody" if event.somebody else "nobody"
            self._seat, self._vehicles = f"{who} sits here ({event.how})", 0
        elif isinstance(event, Judged):
            self._vehicles += 1
        seat = f"{self._seat}, {self._vehicles} vehicles judged" if self._seat else ""
        below = (Text(self._saying, style="dim"), Text(seat, style="bold"), self._level)
        self._live.update(Group(*map(Text, self._lines), *below))


def meter(event: Level) -> Text:
    """The level as a bar, with what waits."""
    if event.dbfs is None:
        bar = Text("nothing is heard".ljust(_WIDE), style="bold red")
    else:
        share = min(1.0, max(0.0, 1 - event.dbfs / _FLOOR_DBFS))
        full = round(share * _WIDE)
        colour = "red" if event.dbfs > -3 else "green"
        bar = Text("█" * full + "·" * (_WIDE - full), style=colour)
        bar.append(f" {event.dbfs:6.1f} dBFS", style="default")
    if event.behind_s >= 1:
        bar.append(f"  {event.behind_s:.0f} s behind", style="yellow")
    return bar


def _json_line(event: Shown) -> None:
    if (told := as_json(event)) is not None:
        print(report_json.dumps(told), file=sys.stdout, flush=True)


def _plain_line(event: Shown) -> None:
    if (line := as_line(event)) is not None:
        print(line, file=sys.stdout, flush=True)
