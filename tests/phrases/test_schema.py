"""Tables of the catalog files are strict."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phrases.schema import CatalogFile, Change, PhraseTable, StationFile, StationPhrase, When


def table(**keys: Any) -> dict[str, Any]:
    """A phrase's table with these keys besides the needed ones."""
    return {"id": "greet.hello", "zh": "您好", **keys}


def test_only_id_and_wording_are_needed() -> None:
    """What is left out has the documented default."""
    phrase = PhraseTable.model_validate(table())
    assert phrase == PhraseTable(id="greet.hello", zh="您好", polite=True, when=When())
    assert phrase.variants == phrase.en == phrase.also == phrase.apart == ()


@pytest.mark.parametrize("id_", ["", "Greet", "greet.", ".greet", "greet hello", "1st", "问好"])
def test_an_id_is_words_and_dots(id_: str) -> None:
    """Results refer to ids for ever, so they are plain."""
    with pytest.raises(ValidationError, match="an id is"):
        PhraseTable.model_validate(table(id=id_))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("varaints", ["您好吗"]),
        ("polite", "yes"),
        ("polite", 1),
        ("variants", "您好吗"),
        ("variants", [""]),
        ("variants", [1]),
        ("zh", ""),
        ("also", ["Not An Id"]),
    ],
)
def test_a_wrong_key_or_type_is_refused(key: str, value: Any) -> None:
    """A slip of the pen never passes for a setting."""
    with pytest.raises(ValidationError):
        PhraseTable.model_validate(table(**{key: value}))


@pytest.mark.parametrize(
    "when",
    [
        {"clock": "noon"},
        {"weather": ["hail"]},
        {"weather": []},
        {"weather": "rain"},
        {"flow": ["street"]},
        {"notice": "war"},
        {"weekend": "yes"},
        {"lunar": "13-01"},
        {"lunar": "5-5"},
        {"date": "02-32"},
        {"hour": 7},
    ],
)
def test_a_condition_that_nobody_knows_is_refused(when: dict[str, Any]) -> None:
    """A phrase that would never be due is a fault."""
    with pytest.raises(ValidationError):
        When.model_validate(when)


def test_conditions_are_kept_as_tuples() -> None:
    """Tables are frozen all the way down."""
    when = When.model_validate({"weather": ["rain", "fog"], "flow": ["exit"]})
    assert when.weather == ("rain", "fog")
    assert hash(when) == hash(When(weather=("rain", "fog"), flow=("exit",)))


def test_a_file_that_ships_has_phrases() -> None:
    """An emptied catalog is a fault, not silence."""
    with pytest.raises(ValidationError):
        CatalogFile.model_validate({"phrase": []})


def test_a_station_file_may_be_empty() -> None:
    """A station need not change anything."""
    assert StationFile.model_validate({}) == StationFile(phrase=(), change=())


def test_a_station_phrase_is_of_the_station_unless_it_says_so() -> None:
    """The catalog is where pages show it."""
    assert StationPhrase.model_validate(table()).catalog == "station"
    assert StationPhrase.model_validate(table(catalog="holiday")).catalog == "holiday"
    with pytest.raises(ValidationError):
        StationPhrase.model_validate(table(catalog="holidays"))


def test_a_change_leaves_what_it_does_not_name() -> None:
    """None means: as it ships."""
    change = Change.model_validate({"id": "greet.hello"})
    assert change.model_dump(exclude_defaults=True) == {"id": "greet.hello"}
