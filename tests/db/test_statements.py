"""What the ledger states of a grading, and that a change of it is noticed by who makes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from db.statements import FORMAT, Statement, load, salted, statements
from db.store import Store
from tests.db import samples

STATED = "c631bad06774"
"""the names that format 1 states, summed up; see the test that uses it"""


def stated(engine: Engine) -> list[Statement]:
    """What is stated of the sample shift."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    with engine.connect() as connection:
        stored = load(connection, 1)
        assert stored is not None
        assert load(connection, 2) is None
    return list(statements(stored))


def names(value: Any) -> Any:
    """The names in it, without the values; of a list, those of its first item."""
    if isinstance(value, Mapping):
        return {name: names(item) for name, item in sorted(value.items()) if name != "slots"}
    if isinstance(value, list):
        return [names(item) for item in value[:1] if isinstance(item, Mapping)]
    return None


def test_another_column_is_another_format(sqlite_engine: Engine) -> None:
    """Older entries do not state a column that is new: the verifying must go on reading them.

    If this fails, a table that the ledger states was changed. Raise FORMAT, let `statements` state
    a grading in the format of its `opened` entry, and sum up the new names here.
    """
    found = [[names(s.facts), names(list(s.heard))] for s in stated(sqlite_engine)]
    text = json.dumps([found[0], found[1], found[-1]])
    assert (FORMAT, hashlib.sha256(text.encode()).hexdigest()[:12]) == (1, STATED)


def test_words_are_hidden(sqlite_engine: Engine) -> None:
    """What was said, files, plates and people are in the words, and in no facts."""
    opened, first, second, third, report = stated(sqlite_engine)
    assert opened.words[0] is not None
    assert "0107" in opened.words[0]
    assert opened.words[1] == ["one-1.opus", "one-2.opus"]
    assert first.facts["vehicle"] == "1"
    assert "vehicle" not in third.facts
    assert third.words[0] is not None
    assert third.words[0][:2] == ["赣A12345", []]
    assert second.words == (["1", [["收您五十元", "as the lane says"], [None, ""]], []],)
    assert [said is None for said in report.words] == [False, False, False, True, True]
    hidden = ("收您", "O'Brien", "0107", "赣A", "opus", "boundaries", "characters agree")
    facts = json.dumps(
        [[s.facts, s.heard] for s in (opened, first, second, third, report)], ensure_ascii=False
    )
    assert not any(word in facts for word in hidden)


def test_the_same_words_have_another_hash_with_another_salt() -> None:
    """So that nobody finds out the words by trying."""
    words = ["您好", [["a", None]]]
    assert salted("00" * 16, words) != salted("01" * 16, words)
    assert salted("00" * 16, words) == salted("00" * 16, list(words))
    raw = bytes(16) + '["您好",[["a",null]]]'.encode()
    assert salted("00" * 16, words) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("salt", ["AA" * 16, f"{'00' * 16} ", "x"])
def test_a_salt_is_written_in_one_way(salt: str) -> None:
    """Else it could be changed unnoticed."""
    with pytest.raises(ValueError, match=r"salt|hexadecimal"):
        salted(salt, ["a"])
