"""What the endpoints work with, opened once for the app and handed to each request."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from audio.recognize import Recognizer
from db import people
from db.access import Access
from service import bootstrap, catalog_shelf
from service.accounts import Accounts
from service.api.cursor import Cursors
from service.booth import Booth
from service.bootstrap import Knowledge
from service.catalog_replay import Replays
from service.console import silent
from service.drill_deck import Exercise, deck
from service.drill_judge import Judge, Opened
from service.drill_room import Once, Room, open_ears
from service.drill_score import Coach
from service.drill_voice import Voices
from service.list_files import ListFiles
from service.live_ears import Ears
from service.passwords import Passwords
from service.settings import Settings


def utc_now() -> dt.datetime:
    """The machine's clock."""
    return dt.datetime.now(dt.UTC)


@dataclass(kw_only=True, slots=True)
class Door:
    """The way to a booth, which opens when its microphone is heard."""

    booth: Booth | None = None
    """None: this process runs none, or not yet"""
    ears: Ears | None = None
    """None: this process has no microphone"""


@dataclass(kw_only=True, slots=True)
class Services:
    """All that the endpoints share; `site` and `known` change when catalogs are published."""

    site: Settings
    known: Knowledge
    database: Access
    accounts: Accounts
    passwords: Passwords
    cursors: Cursors
    clock: Callable[[], dt.datetime]
    """aware, UTC"""
    door: Door
    """to the booth that this process runs"""
    judge: Judge
    """of drills"""
    deck: Mapping[str, Exercise]
    """what there is to practise"""
    room: Room
    """where trainees are heard"""
    voices: Voices
    """what they hear"""
    recognizer: Callable[[], Recognizer]
    """the weights, loaded when somebody first needs them"""
    replays: Replays
    """of drafts of the catalogs"""
    lists: ListFiles
    """of vehicles, which take long to write"""
    configured: Settings
    """as the machine's settings have it, whatever is published"""


@contextmanager
def services(
    site: Settings,
    *,
    known: Knowledge | None = None,
    passwords: Passwords | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
    coach: Callable[[], Opened] | None = None,
) -> Iterator[Services]:
    """Open the data (unless it is given) and the database; BadInput if they cannot be used.

    `coach` opens what judges drills, at the first try; None: the installed weights.

    On SQLite this process is the database's one writer from here on.
    """
    passwords = passwords or Passwords()
    configured = site
    with ExitStack() as stack:
        writer = stack.enter_context(bootstrap.database(site))
        site = catalog_shelf.settled(site, writer)
        known = known or bootstrap.knowledge(site)
        reader = stack.enter_context(bootstrap.database(site, read_only=True))
        database = Access(writer=writer, reader=reader)
        with database.writing() as connection:
            secret = people.secret(connection, "cursor", secrets.token_hex(32))
        recognizer = Once(lambda: bootstrap.recognizer(site, silent))
        judge = Judge(
            database,
            lambda: bootstrap.vault(site, writer),
            coach or partial(_coach, known, recognizer),
            clock,
        )
        stack.callback(judge.close)
        judge.resume()
        room = Room(known, lambda: open_ears(recognizer()))
        stack.callback(room.close)
        made: list[Services] = []
        replays = Replays(database, configured, lambda: made[0].known, clock)
        stack.callback(replays.close)
        lists = ListFiles(database, bootstrap.lists_folder(writer), lambda: made[0].known, clock)
        stack.callback(lists.close)
        made.append(
            Services(
                site=site,
                configured=configured,
                replays=replays,
                lists=lists,
                recognizer=recognizer,
                known=known,
                database=database,
                accounts=Accounts(database, passwords, clock),
                passwords=passwords,
                cursors=Cursors(bytes.fromhex(secret)),
                clock=clock,
                door=Door(),
                judge=judge,
                deck=deck(known.catalog),
                room=room,
                voices=Voices(site.model_voice),
            )
        )
        replays.start()
        lists.start()
        yield made[0]


def _coach(known: Knowledge, opened: Callable[[], Recognizer]) -> Opened:
    recognizer = opened()
    versions = {
        "program": bootstrap.program_version(),
        "catalog": known.catalog.version,
        "model": recognizer.model_id,
    }
    return Opened(scorer=Coach(recognizer), versions=versions)


def _of(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


Shared = Annotated[Services, Depends(_of)]
"""the services, as an endpoint asks for them"""
