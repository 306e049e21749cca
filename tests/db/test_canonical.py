"""Canonical JSON is one text for one value, whoever writes it."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.canonical import LARGEST, canonical

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


class Kind(enum.StrEnum):
    """A text that is not only a text."""

    A = "a"


def test_the_sample_of_the_standard() -> None:
    """RFC 8785, 3.2.3: keys by UTF-16, which is not the order of the code points."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_it_is_short_and_escapes_only_what_it_must() -> None:
    """RFC 8785, 3.2.2: no spaces, controls escaped in small letters, the rest as it is."""
    value = {"b": ['€$\u000f\nA\'B"\\\\"/收', 1, None, True], "a": {}}
    assert canonical(value) == ('{"a":{},"b":["€$\\u000f\\nA\'B\\"\\\\\\\\\\"/收",1,null,true]}')


@pytest.mark.slow
@given(PLAIN)
def test_it_reads_back_and_is_written_the_same_again(value: Any) -> None:
    """Nothing is lost, and the order in which a mapping was made does not matter."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == text


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), LARGEST + 1, -LARGEST - 1, b"a", {1: "a"}, "\ud800", Kind.A, {"a": {1.5}}],
    ids=repr,
)
def test_what_could_be_written_in_two_ways_is_refused(value: Any) -> None:
    """And not quoted."""
    with pytest.raises(ValueError, match="has no canonical JSON"):
        canonical(value)
