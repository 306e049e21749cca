"""Break things on purpose, and see that nothing is lost, doubled or accused.

    scripts/faults power --times 200

Each fault runs the real program on real parts, as often as asked, and gives its figures. The exit
code is 1 where one is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts import faults_mic, faults_power, faults_slow, faults_sync, fleet_parts
from service.console import progress, utf8
from service.errors import BadInput, Failed

Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One way to break things."""

    what: str
    """for people"""
    run: Callable[[int, Callable[[int], None]], Figures]
    """(how often, told how far) to its figures"""
    times: int
    """how often, if nobody says"""
    holds: Callable[[Figures], bool]
    """whether the figures are as they must be"""
    unit: str = "times"
    """what is counted, as the option is called"""


def _power(times: int, told: Callable[[int], None]) -> Figures:
    """The program's own setting, and the weaker one, which must lose."""
    full = faults_power.power(times, told)
    normal = faults_power.power(max(10, times // 4), lambda _done: None, synchronous="NORMAL")
    return {"full": full, "normal": normal}


def _api(times: int, told: Callable[[int], None]) -> Figures:
    """Whoever asks for another fault need not wait for schemathesis to load."""
    from scripts.faults_api import api

    return api(times, told)


FAULTS: Mapping[str, Fault] = {
    "mic": Fault(
        what="the microphone is pulled and put back",
        run=faults_mic.mic,
        times=2,
        holds=faults_mic.holds,
    ),
    "power": Fault(
        what="the power is cut at random moments while a booth stores shifts",
        run=_power,
        times=20,
        holds=lambda found: (
            not found["full"]["lost"] and not found["full"]["damaged"] and found["normal"]["lost"]
        ),
    ),
    "disk": Fault(
        what="the disk is full, or fails, at every n-th write",
        run=faults_power.disk,
        times=12,
        holds=lambda found: (
            not found["false_successes"] and not found["did_not_go_on"] and not found["damaged"]
        ),
    ),
    "centre-kill": Fault(
        what="the centre is killed between receipt and acknowledgement",
        run=faults_sync.centre_kill,
        times=3,
        holds=fleet_parts.whole,
    ),
    "booth-kill": Fault(
        what="the booth is killed while it stores shifts and sends them",
        run=faults_sync.booth_kill,
        times=3,
        holds=lambda found: (
            fleet_parts.whole(found)
            and not found["lost"]
            and found["restart_s"] < faults_sync.RESTART_S
        ),
    ),
    "slow": Fault(
        what="recognition is slower than what is said",
        run=faults_slow.slow,
        times=1,
        holds=faults_slow.holds,
        unit="minutes",
    ),
    "api": Fault(
        what="requests of every kind to every endpoint of the API, as every role",
        run=_api,
        times=2_000,
        holds=lambda found: not found["faults"] and not found["forbidden"],
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    utf8()
    parser = argparse.ArgumentParser(prog="faults", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="name", required=True)
    for name, fault in FAULTS.items():
        command = commands.add_parser(name, help=fault.what)
        asked = f"--{fault.unit}"
        command.add_argument(asked, dest="times", type=int, default=fault.times, help="how many")
        command.add_argument("--json", action="store_true", help="one JSON object, no lines")
    chosen = parser.parse_args(arguments)
    fault = FAULTS[chosen.name]
    if chosen.times < 1:
        parser.error(f"--{fault.unit}: at least 1")
    try:
        with progress(chosen.name, chosen.times) as bar:
            found = fault.run(chosen.times, bar)
    except (BadInput, Failed, OSError, RuntimeError) as error:
        print(f"faults: {error}", file=sys.stderr)
        return 2
    holds = bool(fault.holds(found))
    if chosen.json:
        print(json.dumps({"name": chosen.name, "holds": holds} | found, indent=1))
    else:
        print("\n".join(_lines(found)))
        print(f"{chosen.name}: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if holds else 1


def _lines(found: Figures, before: str = "") -> list[str]:
    lines: list[str] = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines += _lines(value, f"{before}{name} ")
        else:
            lines.append(f"{before}{name.replace('_', ' ')}: {value}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
