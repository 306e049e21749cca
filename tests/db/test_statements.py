"""What the ledger states of a grading, and that a change of it is noticed by who makes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from db.statements import FORMAT, Statement, load, salted, statements
from db.store import Store
from db.types import Clip
from db.vault import Vault
from tests.db import samples

STATED = "84b4280d8c66"
"""the names that format 3 states, summed up; see the test that uses it"""


def stated(engine: Engine, clips: Sequence[Clip] = ()) -> list[Statement]:
    """What is stated of the sample shift."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), clips)
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


def test_another_column_is_another_format(sqlite_engine: Engine, vault: Vault) -> None:
    """Older entries do not state a column that is new: the verifying must go on reading them.

    If this fails, a table that the ledger states was changed. Raise FORMAT, let `statements` state
    a grading in the format of its `opened` entry, and sum up the new names here.
    """
    all_of_it = stated(sqlite_engine, samples.clips(vault))
    found = {s.kind: [names(s.facts), names(list(s.heard))] for s in reversed(all_of_it)}
    text = json.dumps(found, sort_keys=True)
    assert (FORMAT, hashlib.sha256(text.encode()).hexdigest()[:12]) == (3, STATED)


def test_a_clip_follows_its_vehicle(sqlite_engine: Engine, vault: Vault) -> None:
    """With all that is known of it; its sum is hidden as words are."""
    kept, lost = samples.clips(vault)
    found = stated(sqlite_engine, (kept, lost))
    kinds = ["opened", "vehicle", "clip", "vehicle", "vehicle", "clip", "report"]
    assert [statement.kind for statement in found] == kinds
    assert found[2].facts["silenced"] == [900, 1_400, 5_000, 6_000]
    assert found[2].words == ([kept.sha256],)
    assert str(kept.sha256) not in json.dumps(found[2].facts)
    assert found[5].facts["problem"] == lost.problem
    assert found[5].words == (None,)


def test_an_older_format_is_stated_as_it_was(sqlite_engine: Engine) -> None:
    """But for its number: format 1 had no clips."""
    opened = stated(sqlite_engine)[0]
    with sqlite_engine.connect() as connection:
        stored = load(connection, 1)
        assert stored is not None
        (old, *_) = statements(stored, 1)
    assert old.facts == {**opened.facts, "format": 1}


def test_words_are_hidden(sqlite_engine: Engine) -> None:
    """What was said, files, plates and people are in the words, and in no facts."""
    opened, first, second, third, report = stated(sqlite_engine)
    assert opened.words[0] is not None
    assert "Z0107" in opened.words[0]
    assert opened.words[1] == ["one-1.opus", "one-2.opus"]
    assert first.facts["vehicle"] == "1"
    assert "vehicle" not in third.facts
    assert third.words[0] is not None
    assert third.words[0][:2] == ["赣A12345", []]
    assert second.words == (["1", [["收您五十元", "as the lane says"], [None, ""]], []],)
    assert [said is None for said in report.words] == [False, False, False, True, True]
    hidden = ("收您", "O'Brien", "Z0107", "赣A", "opus", "boundaries", "characters agree")
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
