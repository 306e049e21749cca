"""Measure: how much is heard, what is made up, what it costs, how much a centre takes in.

    scripts/bench hear --docs
    scripts/bench speed
    scripts/bench query --vehicles 10000000
    scripts/bench ingest
    scripts/bench pages --vehicles 7000000

`hear` makes its clips where there are none, and gives every figure of docs/benchmarks.md in one
run; `--docs` writes that page anew. `speed` compares window sizes, batches, threads and number
formats, and writes docs/decisions/0010-speed.md with `--docs`. All speech is
synthetic. `query` fills a PostgreSQL of its own and times what supervisors ask of it, `pages`
every page of the dashboard. `ingest` sends verdicts to a centre over TLS into one, all on this
machine (docs/scale.md).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs

from audio.recognize import ModelError
from audio.voice import VoiceError
from audio.weights import WeightsError
from db.types import StoreError
from phrases.source import DataError
from scripts import (
    bench_drill,
    bench_hear,
    bench_hours,
    bench_ingest,
    bench_live,
    bench_pages,
    bench_people,
    bench_query,
    bench_report,
    bench_speed,
    bench_trainees,
)
from scripts.bench_arms import PeerError
from service.console import output, progress, utf8
from service.errors import BadInput, Failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    utf8()
    chosen = _parser().parse_args(arguments)
    if chosen.command == "live":
        return _live(chosen)
    if chosen.command in ("query", "pages"):
        return _asked(chosen)
    if chosen.command == "drill":
        return _drill(chosen)
    out: Path = chosen.out
    page: ModuleType
    try:
        out.mkdir(parents=True, exist_ok=True)
        if chosen.command == "hear":
            figures = bench_hear.run(
                bench_hear.Options(
                    out=out,
                    clips=chosen.clips,
                    size=bench_hear.QUICK if chosen.quick else bench_hear.FULL,
                    peers=chosen.peers,
                    plain_thresholds=chosen.plain_thresholds,
                )
            )
            page = bench_report
        elif chosen.command == "ingest":
            figures = bench_ingest.run(verdicts=chosen.verdicts, booths=chosen.booths)
            page = bench_ingest
        else:
            figures = bench_speed.run(out, chosen.clips, quick=chosen.quick)
            page = bench_speed
    except (BadInput, Failed, DataError, VoiceError, WeightsError, ModelError, PeerError,
            ValueError, OSError, RuntimeError) as error:  # fmt: skip
        print(f"bench: {error}", file=sys.stderr)
        return 2
    _keep(out / f"{chosen.command}.json", figures)
    if getattr(chosen, "docs", False):
        for path in page.write(figures):
            print(f"bench: wrote {path}", file=sys.stderr)
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        output().print(page.as_table(figures))
    return 0


def _asked(chosen: argparse.Namespace) -> int:
    """What is asked of many vehicles: by the program's own calls, or page by page."""
    if chosen.vehicles < 1 or chosen.times < 1:
        print("bench: --vehicles and --times are at least 1", file=sys.stderr)
        return 2
    try:
        about = {"vehicles": chosen.vehicles, "times": chosen.times, "url": chosen.db}
        if chosen.command == "query":
            figures = bench_query.run(**about, seed=chosen.seed)
        else:
            figures = bench_pages.run(**about)
    except (StoreError, BadInput) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        page = bench_query if chosen.command == "query" else bench_pages
        output().print(page.as_table(figures))
    return 0


def _live(chosen: argparse.Namespace) -> int:
    """How soon what is said live is stored, or whether listening for hours grows."""
    try:
        if chosen.hours is None:
            figures = bench_live.run(chosen.minutes, threads=chosen.threads, parts=chosen.parts)
        else:
            figures = bench_hours.run(chosen.hours, threads=chosen.threads)
    except (BadInput, Failed, OSError, RuntimeError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    print(json.dumps(figures, ensure_ascii=False, indent=None if chosen.json else 1))
    return 0


def _drill(chosen: argparse.Namespace) -> int:
    """How well lines are judged, or the tones of people; or how long many trainees wait."""
    try:
        if chosen.people is not None:
            with progress("judging people", chosen.lines) as told:
                figures = bench_people.run(chosen.people, chosen.lines, told)
        elif chosen.trainees is not None:
            with progress("trainees speak", chosen.rounds) as told:
                figures = bench_trainees.run(chosen.trainees, chosen.rounds, told)
        else:
            with progress("scoring lines", chosen.lines) as told:
                figures = bench_drill.run(chosen.lines, told)
    except (BadInput, Failed, VoiceError, OSError, RuntimeError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    print(json.dumps(figures, ensure_ascii=False, indent=None if chosen.json else 1))
    return 0


def _parser() -> argparse.ArgumentParser:
    home = Path(platformdirs.user_cache_dir("changshou", False)) / "bench"
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    hear = commands.add_parser("hear", help="what is found, what is made up, what it costs")
    speed = commands.add_parser("speed", help="windows, batches, threads and number formats")
    ingest = commands.add_parser("ingest", help="how many verdicts a second a centre takes")
    ingest.add_argument("--verdicts", type=int, default=20_000, help="how many are sent")
    ingest.add_argument("--booths", type=int, default=bench_ingest.BOOTHS, help="how many send")
    for command in (hear, speed, ingest):
        command.add_argument("--json", action="store_true", help="one JSON object, no table")
        command.add_argument("--out", type=Path, default=home, help="folder of all that is made")
    for command in (hear, speed):
        command.add_argument("--clips", type=Path, help="clips of make_clips that are there")
        command.add_argument("--quick", action="store_true", help="a few clips, for a first look")
        command.add_argument("--docs", action="store_true", help="write the page in docs/ anew")
    query = commands.add_parser("query", help="what supervisors ask, of many vehicles")
    query.add_argument("--seed", type=int, default=1, help="another one asks for other days")
    pages = commands.add_parser("pages", help="every page of the dashboard, over many vehicles")
    for command, times in ((query, bench_query.TIMES), (pages, bench_pages.TIMES)):
        command.add_argument("--json", action="store_true", help="one JSON object, no table")
        command.add_argument("--vehicles", type=int, default=bench_query.SHORT, help="how many")
        command.add_argument("--times", type=int, default=times, help="of each")
        command.add_argument("--db", metavar="URL", help="one that scripts/fill filled, not an own")
    live = commands.add_parser("live", help="how soon what is said is stored")
    live.add_argument("--json", action="store_true", help="on one line")
    live.add_argument("--minutes", type=float, default=3.0, help="of speech; 60: an hour")
    live.add_argument(
        "--hours", type=float, help="only memory: so many hours, fed as fast as they are heard"
    )
    live.add_argument("--parts", action="store_true", help="what it is that takes the time, too")
    live.add_argument("--threads", type=int, default=2, help="of the recogniser")
    drill = commands.add_parser("drill", help="how well a try at a line is judged")
    drill.add_argument("--json", action="store_true", help="on one line")
    drill.add_argument("--lines", type=int, default=40, help="how many are said, three ways each")
    drill.add_argument("--people", type=Path, help="only tones: recordings named ma1.mp3, 你好.mp3")
    drill.add_argument("--trainees", type=int, help="only waiting: so many speak at once")
    drill.add_argument("--rounds", type=int, default=5, help="how often they do")
    hear.add_argument("--peers", help="Python of the environment that bench_peers made")
    hear.add_argument(
        "--plain-thresholds", type=Path, help="thresholds that were fitted to the plain weights"
    )
    return parser


def _keep(file: Path, figures: dict[str, Any]) -> None:
    file.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
