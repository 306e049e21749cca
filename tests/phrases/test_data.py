"""Every phrase is recognised in its wordings and not in what only resembles it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, RootModel

from phrases.catalog import Catalog, load
from phrases.layout import lay_out
from phrases.match import match_text
from phrases.pinyin import default_weights
from phrases.schema import CATALOGS
from phrases.shortlist import shortlist
from phrases.source import DATA, Strict, read
from phrases.types import Decision, PhraseMatch, Side, Transcript
from phrases.yuan import decimal

FOLDER = Path(__file__).parent / "data"

HANDBOOK = [
    "greet.morning",
    "greet.afternoon",
    "greet.evening",
    "greet.hello",
    "card.take",
    "ticket.take",
    "toll.pay",
    "wait",
    "help",
    "sorry",
    "excuse",
    "thanks.cooperation",
    "trip.safe",
    "goodbye",
    "festival.spring",
    "festival.new_year",
    "festival.mid_autumn",
    "festival.other",
    "weekend",
    "weather.rain_fog.drive",
    "weather.rain_fog.lamp",
    "weather.ice_snow",
    "road.slow",
    "road.closed",
    "assist.tools",
    "assist.ask",
    "loiter",
    "seat_belt",
    "flow.due",
    "flow.received",
    "flow.change",
    "flow.thanks",
    "flow.go_well",
    "exception.wait",
    "exception.swap_note",
    "exception.crowd",
    "exception.ask_for_you",
    "phone.open",
    "phone.close",
    "handover.take",
    "handover.give",
    "handover.positions",
    "formation.attention",
    "formation.dress_right",
    "formation.eyes_front",
    "formation.count",
    "formation.left",
    "formation.right",
    "formation.march",
]
"""Ids of the handbook's lines."""


class Said(Strict):
    """A wording and the slots that it fills."""

    text: str
    slots: dict[str, str]


class Examples(Strict):
    """What is said for one phrase."""

    match: list[str | Said] = Field(min_length=3)
    not_: list[str] = Field(alias="not", min_length=3)
    heard: list[str | Said]


class ExampleFile(RootModel[dict[str, Examples]]):
    """A file of examples: phrase id to examples."""


FILES = {name: read(FOLDER / f"{name}.toml", ExampleFile).root for name in CATALOGS}
EXAMPLES = {key: examples for file in FILES.values() for key, examples in file.items()}


def cases(key: str) -> list[tuple[str, str | Said]]:
    """Phrase id and wording, for each wording under a key."""
    return [(id_, said) for id_, e in EXAMPLES.items() for said in getattr(e, key)]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def of(phrase: str, found: tuple[PhraseMatch, ...]) -> PhraseMatch | None:
    """The accepted match of the phrase, if there is one."""
    accepted = (m for m in found if m.phrase == phrase and m.decision is Decision.ACCEPTED)
    return next(accepted, None)


def test_the_catalogs_are_the_handbooks(catalog: Catalog) -> None:
    """Every line of the handbook is there under its id, and no other."""
    assert [key for key, phrase in catalog.phrases.items() if not phrase.forbidden] == HANDBOOK


def test_the_forbidden_list_is_the_default_of_five(catalog: Catalog) -> None:
    """Nothing is forbidden that was not agreed on."""
    lines = [phrase.line for phrase in catalog.phrases.values() if phrase.forbidden]
    assert lines == [
        "没看见我正忙着吗",
        "自己看",
        "你问我我问谁",
        "有本事你去告",
        "爱走不走",
    ]


@pytest.mark.parametrize("name", CATALOGS)
def test_every_phrase_has_its_examples(catalog: Catalog, name: str) -> None:
    """A phrase cannot be added without showing what it matches and what it does not."""
    ids = [key for key, phrase in catalog.phrases.items() if phrase.catalog == name]
    assert list(FILES[name]) == ids


def test_every_example_file_belongs_to_a_data_file() -> None:
    """Examples bear the name of what they are examples of."""
    assert {path.name for path in FOLDER.glob("*.toml")} <= {p.name for p in DATA.glob("*.toml")}


@pytest.mark.parametrize(("phrase", "said"), cases("match"), ids=str)
def test_a_wording_is_recognised(catalog: Catalog, phrase: str, said: str | Said) -> None:
    """Said completely, it is accepted, whatever the script, punctuation or politeness."""
    text = said if isinstance(said, str) else said.text
    match = of(phrase, match_text(text, catalog))
    assert match is not None
    if isinstance(said, Said):
        assert {name: match.slots.get(name) for name in said.slots} == said.slots


@pytest.mark.parametrize(("phrase", "said"), cases("not_"), ids=str)
def test_a_near_miss_is_not_recognised(catalog: Catalog, phrase: str, said: str) -> None:
    """Nobody is credited with what was not said."""
    assert of(phrase, match_text(said, catalog)) is None


@pytest.mark.parametrize(("phrase", "said"), cases("heard"), ids=str)
def test_a_known_mishearing_stays_a_candidate(
    catalog: Catalog, phrase: str, said: str | Said
) -> None:
    """What the recogniser makes of the phrase is at least worth a second look by sound."""
    text = said if isinstance(said, str) else said.text
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=text)
    layout = lay_out([heard], [text])
    found = [
        c
        for c in shortlist(layout, catalog.forms, default_weights(), least=0.6)
        if c.form.phrase == phrase
    ]
    assert found
    if isinstance(said, Said):
        amounts = {decimal(c.fen) for c in found if c.fen is not None}
        assert said.slots["amount"] in amounts


@pytest.mark.parametrize("phrase", HANDBOOK)
def test_the_standard_line_is_that_phrase_alone(catalog: Catalog, phrase: str) -> None:
    """A line that is made of others is accepted as the longest one only."""
    values = {"amount": "35", "direction": "南昌", "cause": "大雾", "time": "十", "name": "南昌"}
    text = catalog.phrases[phrase].expected(values)
    found = match_text(text, catalog)
    assert [m.phrase for m in found if m.decision is Decision.ACCEPTED] == [phrase]
