"""Who, where and what is kept of a recording."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from db.types import Part, Recording, ShiftIdentity, UsageError
from tests.db import samples


def test_same_instant_is_the_same_shift() -> None:
    """The id rests on the instant, not on the clock that showed it."""
    other = samples.identity(started_at=samples.START.astimezone(dt.UTC))
    assert other.shift_id == samples.identity().shift_id


@pytest.mark.parametrize(
    "change",
    [
        {"station": "x"},
        {"booth": "x"},
        {"collector": "x"},
        {"started_at": samples.START + dt.timedelta(microseconds=1)},
    ],
)
def test_another_place_person_or_start_is_another_shift(change: dict[str, object]) -> None:
    """Each of the four makes another shift."""
    assert samples.identity(**change).shift_id != samples.identity().shift_id


def test_the_team_does_not_make_another_shift() -> None:
    """A team is a property of a shift, no part of its identity."""
    assert samples.identity(team=None).shift_id == samples.identity().shift_id


def test_codes_do_not_run_together() -> None:
    """A station 1 with booth 12 is not a station 11 with booth 2."""
    first = samples.identity(station="1", booth="12")
    assert first.shift_id != samples.identity(station="11", booth="2").shift_id


@pytest.mark.parametrize("code", ["", " 7", "7\n", "a\0b", "a\x1fb", "\udcff", "x" * 65])
@pytest.mark.parametrize("name", ["station", "booth", "collector", "team"])
def test_codes_that_cannot_be_kept_are_refused(name: str, code: str) -> None:
    """An unusable code is refused before anything is graded, naming the field and not the value."""
    with pytest.raises(UsageError, match=f"^the {name}'s id ") as caught:
        samples.identity(**{name: code})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("code", ["🙂", "O'Brien", '";--', "赣 A", "x" * 64])
def test_unusual_codes_are_fine(code: str) -> None:
    """Anything printable is a code."""
    assert samples.identity(collector=code).collector == code


def test_a_start_without_a_zone_is_refused() -> None:
    """An instant is needed to tell shifts apart."""
    with pytest.raises(UsageError, match="offset from UTC"):
        ShiftIdentity(station="s", booth="b", collector="c", started_at=dt.datetime(2026, 1, 1))


def test_one_file_has_its_own_sum() -> None:
    """So that sha256sum finds it."""
    part = Part(name="a.wav", sha256="ab" * 32, duration_ms=5)
    assert Recording.of((part,)).sha256 == part.sha256


def test_several_files_have_the_sum_of_their_sums() -> None:
    """In order: the same files in another order are another recording."""
    one = Part(name="a.wav", sha256="ab" * 32, duration_ms=5)
    two = Part(name="b.wav", sha256="cd" * 32, duration_ms=7)
    both = Recording.of((one, two))
    assert both.sha256 == hashlib.sha256(("ab" * 32 + "cd" * 32).encode()).hexdigest()
    assert both.sha256 != Recording.of((two, one)).sha256
    assert both.duration_ms == 12


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/home/someone/shift.wav", "shift.wav"),
        ("C:\\someone\\shift.wav", "shift.wav"),
        ("夜班.opus", "夜班.opus"),
        ("bad\udcff.wav", "bad�.wav"),
    ],
)
def test_folders_and_bad_bytes_of_file_names_are_not_kept(given: str, kept: str) -> None:
    """Folders name people; bytes that are no text would be refused by the database."""
    assert Part(name=given, sha256="", duration_ms=0).kept_name == kept
