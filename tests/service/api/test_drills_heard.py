"""Drills through the API with the installed weights: a line of the demo, and what is no line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from audio.files import stream
from audio.types import RATE, Samples
from db.people_types import Role
from service.api import wiring
from service.api.app import create_app
from service.bootstrap import Knowledge
from tests.service.api.test_drills import BARE, PATH
from tests.service.api.world import CHEAP, Clock, World, fill, site
from tests.service.test_drill_score import DEMO, RECEIVED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def heard(known: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that hears with Whisper."""
    folder, clock = tmp_path_factory.mktemp("heard"), Clock()
    with (
        wiring.services(site(folder), known=known, passwords=CHEAP, clock=clock) as services,
        TestClient(create_app(services)) as client,
    ):
        yield World(client=client, services=services, clock=clock, shifts=fill(services))


def said() -> Samples:
    """收您五十元, as in the demo."""
    whole = np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]
    start, end = (round(second * RATE) for second in RECEIVED)
    return whole[start:end]


def send(world: World, exercise: str, samples: Samples) -> Any:
    """A try, judged."""
    who = world.as_(Role.TRAINEE)
    answer = world.client.post(
        PATH,
        content=(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes(),
        params={"exercise": exercise},
        headers=who | BARE,
    )
    assert answer.status_code == 201, answer.text
    assert world.services.judge.wait(120)
    return world.client.get(f"{PATH}/{answer.json()['id']}", headers=who).json()


def test_a_line_that_was_said_is_judged_and_makes_a_card(heard: World) -> None:
    """By the very weights that listen in a booth."""
    made = send(heard, "phrase:flow.received", said())
    assert made["state"] == "judged"
    assert made["score"] >= 85
    assert [one["heard"] for one in made["chars"]] == ["right"] * 5
    assert any(one["pitch"] for one in made["chars"])
    who = heard.as_(Role.TRAINEE)
    (card,) = heard.client.get("/v1/drills/progress", headers=who).json()["cards"]
    assert card["exercise"] == "phrase:flow.received"


def music() -> Samples:
    """Chords that change, of plucked strings."""
    at = np.arange(RATE) / RATE
    bars = [
        sum(np.sin(2 * np.pi * pitch * at) * np.exp(-3 * at) for pitch in chord) / 6
        for chord in ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    ]
    return np.concatenate(bars).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "problems"),
    [
        ("silence", {"muted"}),
        ("another line", {"other_line"}),
        ("music", {"no_speech", "other_line", "other_language", "unclear"}),
        ("too long", {"too_long"}),
    ],
)
def test_what_is_no_try_counts_for_nothing(heard: World, sound: str, problems: set[str]) -> None:
    """Each with its reason, and no card."""
    samples = {
        "silence": np.zeros(2 * RATE, np.float32),
        "another line": said(),
        "music": music(),
        "too long": np.tile(said(), 20)[: 30 * RATE],
    }[sound]
    made = send(heard, "phrase:weather.ice_snow", samples)
    assert (made["state"], made["score"]) == ("unjudged", None)
    assert made["problem"] in problems
    assert made["advice"]["zh"]
    who = heard.as_(Role.TRAINEE)
    cards = heard.client.get("/v1/drills/progress", headers=who).json()["cards"]
    assert "phrase:weather.ice_snow" not in [card["exercise"] for card in cards]


def test_a_server_that_stops_loses_no_try(known: Knowledge, tmp_path: Path) -> None:
    """What was acknowledged and not judged is judged when it runs again."""
    clock = Clock()
    with (
        wiring.services(site(tmp_path), known=known, passwords=CHEAP, clock=clock) as services,
        TestClient(create_app(services)) as client,
    ):
        world = World(client=client, services=services, clock=clock, shifts=fill(services))
        who = world.as_(Role.TRAINEE)
        services.judge.close()
        answer = client.post(
            PATH,
            content=(said() * 32_767).astype("<i2").tobytes(),
            params={"exercise": "phrase:flow.received"},
            headers=who | BARE,
        )
        assert answer.json()["state"] == "waiting"
    with (
        wiring.services(site(tmp_path), known=known, passwords=CHEAP, clock=clock) as services,
        TestClient(create_app(services)) as client,
    ):
        assert services.judge.wait(120)
        made = client.get(f"{PATH}/{answer.json()['id']}", headers=who).json()
        assert (made["state"], made["score"] >= 85) == ("judged", True)
