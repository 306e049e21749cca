"""The commands of a booth that runs: they ask the process that owns it, over its socket."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from service import booth_socket, settings
from service.cli_options import AsJson
from service.console import note
from service.errors import BadInput
from service.lane_message import LONGEST_BYTES
from service.report_json import dumps

booth = typer.Typer(help="Talk to the box that listens here.", rich_markup_mode=None)

Collector = Annotated[str, typer.Argument(metavar="COLLECTOR", help="Id of who sits there.")]
Team = Annotated[str | None, typer.Option(metavar="ID", help="Whose.")]


@booth.command()
def state(as_json: AsJson = False) -> None:
    """Show who sits there, which vehicle stands there, and how the lane and the store do."""
    _tell(booth_socket.ask(settings.load().socket, {"do": "state"}), as_json)


@booth.command()
def login(collector: Collector, team: Team = None, as_json: AsJson = False) -> None:
    """Say who sits there from now on: a shift begins."""
    asked = {"do": "login", "collector": collector, "team": team}
    _tell(booth_socket.ask(settings.load().socket, asked), as_json)


@booth.command()
def logout(as_json: AsJson = False) -> None:
    """Say that who sits there leaves: the shift ends."""
    _tell(booth_socket.ask(settings.load().socket, {"do": "logout"}), as_json)


@booth.command()
def relief(
    collector: Annotated[
        str | None, typer.Argument(metavar="[COLLECTOR]", help="Who came, if it is known.")
    ] = None,
    team: Team = None,
    as_json: AsJson = False,
) -> None:
    """One takes the other's place (顶岗); vehicles are nobody's until it is said who."""
    asked = {"do": "relief", "collector": collector, "team": team}
    _tell(booth_socket.ask(settings.load().socket, asked), as_json)


@booth.command()
def not_me(
    vehicle: Annotated[str, typer.Argument(metavar="VEHICLE", help="The lane's name for it.")],
    as_json: AsJson = False,
) -> None:
    """Say that a vehicle was served by somebody else: it is kept, and not counted."""
    name: int | str = int(vehicle) if vehicle.isascii() and vehicle.isdecimal() else vehicle
    _tell(booth_socket.ask(settings.load().socket, {"do": "not-me", "vehicle": name}), as_json)


def replay_lane(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Lines of JSON, or CSV with their fields.")
    ],
) -> None:
    """Send a lane's messages from a file to the box that listens here; its answers are printed."""
    refused = 0
    with booth_socket.asking(settings.load().socket) as ask:
        for line in _messages(file):
            answer = ask({"do": "lane", "line": line})["answer"]
            refused += not answer.startswith("OK")
            print(answer)
    if refused:
        raise BadInput(f"{file}: {refused} messages were not taken")
    note("all messages were taken")


def _messages(file: Path) -> Iterator[str]:
    """The file's messages, each as a line of JSON."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise BadInput(f"{file}: {reason}") from None
    if file.suffix.lower() != ".csv":
        yield from (line[: LONGEST_BYTES + 1] for line in text.splitlines() if line.strip())
        return
    for row in csv.DictReader(text.splitlines()):
        yield json.dumps({k: _value(k, v) for k, v in row.items() if k and v}, ensure_ascii=False)


def _value(name: str, text: str) -> Any:
    """A field of a CSV as the message has it."""
    if name == "waiting" or (name == "vehicle" and text.isascii() and text.isdecimal()):
        return int(text) if text.isdecimal() else text
    truths = ("ticket", "over")
    return {"true": True, "false": False}.get(text, text) if name in truths else text


def _tell(state: booth_socket.Answer, as_json: bool) -> None:
    if as_json:
        print(dumps(state))
        return
    who = state["collector"] or "nobody"
    print(f"sits here:  {who} ({state['how']} since {state['since']})")
    print(f"vehicle:    {state['vehicle'] if state['vehicle'] is not None else 'none'}")
    print(f"judged:     {state['judged']} vehicles since listening began")
    due = "  a report to the leader is due" if state["report_due"] else ""
    print(f"queue:      {state['waiting']}{due}")
    for name, what in (("card", "a card"), ("toll", "a toll")):
        if state[f"{name}_s"] is not None:
            print(f"{what + ':':12}{state[f'{name}_s']:.1f} s on average, of {state[f'{name}s']}")
    if not state["clock_trusted"]:
        print("clock:      was set: what depends on it is unsure at most")
    if state["unstored"]:
        print(f"storing:    {state['unstored']} pieces wait")
