"""What is said of a notice is compared by ear, not by letter."""

from __future__ import annotations

import pytest

from phrases.notified import plain, same


@pytest.mark.parametrize(
    ("said", "notified"),
    [
        ("南昌", "南昌"),
        ("男昌", "南昌"),
        ("往南昌", "南昌"),
        ("大霧", "大雾"),
        ("十", "10:00"),
        ("10", "10:00"),
        ("十点", "10:00"),
        ("10:00", "10:00"),
        ("十点半", "10:30"),
        ("10时30分", "10:30"),
        ("十点零五分", "10:05"),
        ("两点", "14:00"),
        ("下午两点", "14:00"),
        ("十四点", "14:00"),
        ("九点一刻", "9:15"),
    ],
)
def test_the_same_to_the_ear_is_the_same(said: str, notified: str) -> None:
    """Names that sound alike, and times however they are said."""
    assert same(said, notified)


@pytest.mark.parametrize(
    ("said", "notified"),
    [
        ("九江", "南昌"),
        ("", "南昌"),
        ("十一", "10:00"),
        ("十点半", "10:00"),
        ("上午两点", "14:00"),
        ("二十二点", "10:00"),
        ("施工", "大雾"),
    ],
)
def test_other_words_and_other_times_are_not_the_same(said: str, notified: str) -> None:
    """A driver who is told another hour or town has been told wrongly."""
    assert not same(said, notified)


def test_a_full_hour_is_worded_without_its_minutes() -> None:
    """预计{time}时 wants 10, not 10:00."""
    assert [plain(v) for v in ("10:00", "09:00", "10:30", "南昌")] == ["10", "9", "10:30", "南昌"]
