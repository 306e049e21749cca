"""Open the dashboard on a demonstration: the graded recording, and a month that a program made.

The database is the demonstration's own, in the user's data folder, and is made once. The accounts
are of this database alone; their password is drawn anew each time and printed.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs
import tomli_w

from db.engine import open_engine, upgrade
from scripts import demo_exam, demo_office, demo_people
from scripts.fill import fill
from service import bootstrap, serve, settings
from service.console import note, progress, utf8
from service.passwords import Passwords
from service.serve import Part, Request

VEHICLES = 30_000
"""a month of a small station"""
HOST, PORT = "127.0.0.1", 8080
ROOT = Path(__file__).parents[1]
DEMO = ROOT / "tests" / "recordings" / "demo.opus"
MODEL = ROOT / "tests" / "recordings" / "model-voice"
"""what drills play, made beforehand: to make it here would take minutes"""


def main(arguments: Sequence[str]) -> int:
    """Make what is missing, and serve until Ctrl-C; the exit code."""
    utf8()
    port = int(arguments[0]) if arguments else PORT
    folder = Path(platformdirs.user_data_dir("changshou", False)) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "changshou.toml"
    table = {
        "database": {"seal_key": "ledger.key"},
        "keeping": {"clip_key": "clips.key"},
        "drills": {"model_voice": str(MODEL)},
    }
    own.write_text(tomli_w.dumps(table), "utf-8")
    database = folder / "demo.db"
    os.environ |= {"CHANGSHOU_CONFIG": str(own), "CHANGSHOU_DB": f"sqlite:///{database}"}
    site = settings.load()
    if not database.exists():
        _filled(database, folder)
    password = secrets.token_urlsafe(9)
    now = dt.datetime.now(dt.UTC)
    with bootstrap.database(site) as engine:
        demo_people.let_in(engine, Passwords(), password, now)
        demo_people.draw(engine, now, dt.timedelta(days=site.review_days))
        known = bootstrap.knowledge(site)
        demo_exam.make(engine, known, now)
        if demo_office.make(engine, site, known, now):
            demo_office.keep_month(engine, site, now)
    note(f"open http://{HOST}:{port}/ and sign in with the password {password} as")
    for part in demo_people.PARTS:
        note(f"  {part.login:<11} {part.does}")
    note("docs/tour.md leads through it; Ctrl-C ends it. All data but the recording is made up.")
    serve.serve(Request(part=Part.CENTRE, host=HOST, port=port, certificate=None, key=None), site)
    return 0


def _filled(database: Path, folder: Path) -> None:
    """The month, then the recording; a database that could not be finished is not kept."""
    part = folder / "making.db"
    for old in folder.glob("making.db*"):
        old.unlink()
    engine = open_engine(f"sqlite:///{part}")
    try:
        upgrade(engine)
        fill(engine, VEHICLES, 1, progress=progress)
    finally:
        engine.dispose()
    grade = [sys.executable, "-c", "from service.cli import main; main()", "grade", str(DEMO)]
    events = DEMO.with_name("demo.events.json")
    whose = ["--station", demo_people.STATION, "--booth", "demo"]
    whose += ["--collector", demo_people.COLLECTOR]
    subprocess.run(
        [*grade, "--events", str(events), *whose, "--db", f"sqlite:///{part}", "--json"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    clips = part.with_name("making.db-clips")
    if clips.is_dir():
        clips.rename(database.with_name("demo.db-clips"))
    part.rename(database)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
