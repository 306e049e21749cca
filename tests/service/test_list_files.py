"""Files of lists: how far they are, one after the other, stopped, in trouble, and whose."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import io
import itertools
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, select

from db import erase, tables
from db.access import Access
from db.figures_types import Wanted
from db.keeping_tables import ErasedWhat
from db.people_types import Reach
from db.types import StoreError
from service import list_files
from service.bootstrap import Knowledge, knowledge
from service.list_files import KEPT, MOST, ListFile, ListFiles, TooMany, Trouble, Wish
from service.reports import vehicles, xlsx
from service.reports.document import Cell, Language, Table
from service.reports.files import Format, ListForm
from tests.databases import with_tables
from tests.db.test_figures import ALWAYS, SHIFTS, store
from tests.service.api.world import NOW, Clock, site

ALL = Reach(everything=True)
VEHICLES = 260
PATIENCE_S = 20.0
FORMS: tuple[ListForm, ...] = (Format.CSV, Format.XLSX)
NAMED = "somebody said something"
"""what no log may hold"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return knowledge(site(tmp_path_factory.mktemp("known")))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with vehicles."""
    made = with_tables(tmp_path_factory.mktemp("lists") / "a.db")
    store(made, *SHIFTS)
    yield made
    made.dispose()


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where files are asked for."""

    files: ListFiles
    folder: Path
    clock: Clock

    def ask(self, form: ListForm = Format.CSV, *, person: int = 1, reach: Reach = ALL) -> ListFile:
        """Ask for every vehicle."""
        wish = Wish(
            person=person,
            asked=replace(ALWAYS, reach=reach),
            wanted=Wanted(),
            form=form,
            language=Language.EN,
        )
        return self.files.ask(wish)

    def content(self, one: ListFile) -> bytes:
        """What is in the file, once it is written."""
        until(lambda: one.ended_at is not None)
        opened = self.files.opened(one)
        assert opened is not None
        with opened:
            return opened.read()

    def left(self) -> set[str]:
        """Ids of which something lies on the disk."""
        return {path.name for path in self.folder.glob("*/*")}


def until(true: Callable[[], bool]) -> None:
    """Wait for it; AssertionError if it does not come."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


@pytest.fixture
def desk(engine: Engine, known: Knowledge, tmp_path: Path) -> Iterator[Desk]:
    """A thread of its own."""
    clock = Clock()
    folder = tmp_path / "a.db-lists"
    made = ListFiles(Access(writer=engine, reader=engine), folder, lambda: known, clock)
    made.start()
    yield Desk(files=made, folder=folder, clock=clock)
    made.close()


class Gate:
    """Rows of which the second hundred comes when it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = Event()
        self._real = vehicles.rows
        monkeypatch.setattr(vehicles, "rows", self._rows)

    def _rows(self, *asked: object) -> Iterator[tuple[Cell, ...]]:
        for number, row in enumerate(self._real(*asked)):  # type: ignore[arg-type]
            if number == 100:
                assert self.open.wait(PATIENCE_S)
            yield row


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """It is open in the end."""
    made = Gate(monkeypatch)
    yield made
    made.open.set()


def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have there be rows without end."""
    monkeypatch.setattr(vehicles, "rows", lambda *_: itertools.repeat(("a", "b")))


@pytest.mark.parametrize("form", FORMS)
def test_it_says_how_far_it_is_and_is_whole(desk: Desk, gate: Gate, form: ListForm) -> None:
    """Rows of how many; only its owner may read what lies there."""
    one = desk.ask(form)
    assert one.name == f"changshou-vehicles-2026-01-01-2026-12-31.{form}"
    until(lambda: one.done == 100)
    assert (one.of, one.ended_at, desk.files.opened(one)) == (VEHICLES, None, None)
    gate.open.set()
    content = desk.content(one)
    assert (one.done, one.of, one.bytes, one.trouble) == (VEHICLES, VEHICLES, len(content), None)
    if form is Format.CSV:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(rows) == 1 + VEHICLES
        assert rows[0][0] == "Arrived"
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert book.testzip() is None
            assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 1 + VEHICLES
    for path in (desk.folder, *desk.folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path.name
    assert [path.name for path in desk.folder.glob("*/*/*")] == ["list"]


def test_they_are_written_in_the_order_asked(desk: Desk, gate: Gate) -> None:
    """Whoever asked; each knows how many are before it."""
    asked = [desk.ask(person=person) for person in (1, 2, 1)]
    until(lambda: asked[0].done == 100)
    assert [desk.files.ahead(one) for one in asked] == [0, 1, 2]
    assert [one.begun_at for one in asked[1:]] == [None, None]
    gate.open.set()
    for one in asked:
        assert desk.content(one)
    assert [desk.files.ahead(one) for one in asked] == [0, 0, 0]


@pytest.mark.parametrize("form", FORMS)
def test_a_stop_in_the_middle_leaves_nothing(
    desk: Desk, form: ListForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread ends, though there would be rows for ever; its folder is gone."""
    endless(monkeypatch)
    one, waits = desk.ask(form), desk.ask(form)
    until(lambda: one.done > 1_000)
    assert desk.left() == {one.id}
    desk.files.close()
    assert not desk.files._thread.is_alive()
    assert not desk.folder.exists()
    assert (one.bytes, waits.begun_at) == (None, None)


def test_a_stop_while_a_spreadsheet_is_packed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What packs it finds no folder; that is no trouble."""
    packing, on = Event(), Event()
    room = list_files._room

    def held(folder: Path, more: int) -> None:
        room(folder, more)
        if more:
            packing.set()
            assert on.wait(PATIENCE_S)

    monkeypatch.setattr(list_files, "_room", held)
    one = desk.ask(Format.XLSX)
    assert packing.wait(PATIENCE_S)
    desk.files.drop(one)
    on.set()
    until(lambda: one.ended_at is not None)
    assert (one.trouble, one.bytes, desk.left()) == (None, None, set())
    assert desk.content(desk.ask())


@pytest.mark.parametrize("form", FORMS)
def test_what_is_dropped_is_not_gone_on_with(
    desk: Desk, form: ListForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next is written."""
    with monkeypatch.context() as patched:
        endless(patched)
        one = desk.ask(form)
        until(lambda: one.done > 1_000)
    following, never = desk.ask(form), desk.ask(form)
    desk.files.drop(never)
    desk.files.drop(one)
    assert desk.content(following)
    assert desk.left() == {following.id}
    assert desk.files.of(1, ALL) == [following]
    assert (one.bytes, one.trouble, never.begun_at) == (None, None, None)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (StoreError("the database is away"), Trouble.DATABASE),
        (OSError(errno.ENOSPC, "No space left on device", NAMED), Trouble.NO_ROOM),
        (OSError(errno.EIO, "Input/output error", NAMED), Trouble.DISK),
        (RuntimeError(NAMED), Trouble.BROKEN),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_trouble_ends_one_file_and_no_other(
    desk: Desk,
    form: ListForm,
    error: Exception,
    trouble: Trouble,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is logged without what it named; nothing of it stays on the disk."""

    def rows(*_: object) -> Iterator[tuple[Cell, ...]]:
        yield from itertools.repeat(("a", "b"), 500)
        raise error

    caplog.set_level(logging.INFO)
    with monkeypatch.context() as patched:
        patched.setattr(vehicles, "rows", rows)
        one = desk.ask(form)
        until(lambda: one.ended_at is not None)
    assert (one.trouble, one.done, one.bytes) == (trouble, 500, None)
    assert desk.files.opened(one) is None
    assert len(caplog.records) == 1
    assert NAMED not in caplog.text
    other = desk.ask(form)
    assert desk.content(other)
    assert desk.left() == {other.id}
    assert desk.files.of(1, ALL) == [one, other]


@pytest.mark.parametrize("form", FORMS)
def test_a_disk_that_is_nearly_full_is_left_alone(
    desk: Desk, form: ListForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database needs what is free."""
    monkeypatch.setattr(list_files, "LEAST_FREE", 10**18)
    one = desk.ask(form)
    until(lambda: one.ended_at is not None)
    assert (one.trouble, one.done, desk.left()) == (Trouble.NO_ROOM, 0, set())


def test_what_a_writer_overhears_is_told() -> None:
    """A ZIP takes a file that cannot say where it stands for a pipe."""

    def look() -> None:
        raise OSError(errno.ENOSPC, "full")

    watched = list_files._Watched(io.BytesIO(), look)
    with zipfile.ZipFile(watched, "w") as book:
        book.writestr("a", "b")
    with pytest.raises(OSError, match="full"):
        watched.hold()


def test_a_disk_that_fills_while_a_spreadsheet_is_packed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no file then, and not an empty one, though the ZIP took it for a pipe."""
    packing = False

    def room(_: Path, more: int) -> None:
        nonlocal packing
        if packing:
            raise OSError(errno.ENOSPC, "full")
        packing = more > 0

    monkeypatch.setattr(list_files, "_room", room)
    monkeypatch.setattr(list_files, "ROOM_S", -1.0)
    one = desk.ask(Format.XLSX)
    until(lambda: one.ended_at is not None)
    assert (one.done, one.trouble, one.bytes) == (VEHICLES, Trouble.NO_ROOM, None)
    assert desk.left() == set()


def test_what_the_system_says_of_a_spreadsheet_is_told() -> None:
    """Also where it is packed: its library hides it."""

    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "full")

    watched = list_files._Watched(Full(), lambda: None)
    with pytest.raises(OSError, match="full") as told:
        xlsx.write_rows(Table(columns=(), rows=()), [("a",)], "t", watched)
    assert told.value.errno == errno.ENOSPC


def test_three_at_most_for_each(desk: Desk) -> None:
    """Another may still ask; dropping one makes room."""
    own = [desk.ask() for _ in range(MOST)]
    with pytest.raises(TooMany, match="drop one"):
        desk.ask()
    assert desk.content(desk.ask(person=2))
    desk.files.drop(own[0])
    assert desk.content(desk.ask())


def test_only_who_asked_and_only_within_their_reach(desk: Desk) -> None:
    """What is beyond it is deleted, and does not come back with it."""
    station = Reach(stations=frozenset({1}))
    wide, narrow = desk.ask(), desk.ask(reach=station)
    assert desk.content(wide)
    assert desk.content(narrow)
    assert desk.files.of(2, ALL) == []
    assert desk.files.of(1, ALL) == [wide, narrow]
    assert desk.files.of(1, Reach(stations=frozenset({1, 2}))) == [narrow]
    assert desk.left() == {narrow.id}
    assert desk.files.of(1, ALL) == [narrow]
    assert desk.files.of(1, Reach(teams=frozenset({1}), collectors=frozenset({1}))) == []
    assert desk.left() == set()


def test_a_reach_covers_no_more_than_it_names() -> None:
    """Each kind by itself."""
    one, two = frozenset({1}), frozenset({1, 2})
    kinds = [
        (Reach(stations=one), Reach(stations=two)),
        (Reach(teams=one), Reach(teams=two)),
        (Reach(collectors=one), Reach(collectors=two)),
    ]
    for small, large in kinds:
        assert large.covers(small)
        assert not small.covers(large)
        assert ALL.covers(large)
        assert not large.covers(ALL)
        assert [each for each, _ in kinds if large.covers(each)] == [small]


def test_old_ones_are_deleted(desk: Desk) -> None:
    """A day after they were written; what waits is not."""
    one = desk.ask()
    assert desk.content(one)
    desk.clock.pass_(seconds=KEPT.total_seconds() - 1)
    assert desk.files.of(1, ALL) == [one]
    desk.clock.pass_(seconds=1)
    assert desk.files.of(1, ALL) == []
    assert desk.left() == set()


def test_what_may_name_somebody_who_was_erased_is_deleted(known: Knowledge, tmp_path: Path) -> None:
    """A file from before that; not one from after it."""
    engine, clock = with_tables(tmp_path / "b.db"), Clock()
    store(engine, *SHIFTS[:1])
    made = ListFiles(
        Access(writer=engine, reader=engine), tmp_path / "b.db-lists", lambda: known, clock
    )
    made.start()
    desk = Desk(files=made, folder=tmp_path / "b.db-lists", clock=clock)
    before = desk.ask()
    assert desk.content(before)
    clock.pass_(seconds=5)
    with engine.begin() as connection:
        grading = connection.scalars(select(tables.Grading.id).limit(1)).one()
        erase.trace(connection, [grading], ErasedWhat.COLLECTOR, NOW + dt.timedelta(seconds=3))
    after = desk.ask()
    assert desk.content(after)
    assert made.of(1, ALL) == [after]
    assert desk.left() == {after.id}
    made.close()
    engine.dispose()
