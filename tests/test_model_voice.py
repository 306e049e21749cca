"""The model's lines are recorded once, under the names by which drills look for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from audio.files import stream
from audio.types import RATE
from phrases import scene
from scripts import model_voice
from service import bootstrap, drill_voice, settings
from service.drill_voice import Voices
from tests.fakes import quiet
from tests.speakers import Buzzer


def test_what_is_recorded_is_found(tmp_path: Path) -> None:
    """A phrase, its English form, a driver's line with its note; a second run records nothing."""
    site, speaker = settings.load({}), Buzzer()
    line = drill_voice.line_name("给您，一百元。")
    wanted = {"ticket.take", "ticket.take.en", line}
    for made in (3, 0):
        found = model_voice.record(
            site, speaker, tmp_path, progress=quiet, wanted=wanted.__contains__
        )
        assert found == made
    asked = [("请拿好通行票", model_voice.MODEL), ("给您，一百元。", model_voice.DRIVER)]
    assert {(text, voice) for text, voice, _ in speaker.asked}.issuperset(asked)
    voices = Voices(None, tmp_path)
    for name in wanted:
        file = voices.find(name)
        assert file is not None
        sound = np.concatenate([chunk.samples for chunk in stream([file])])
        assert 0.9 < len(sound) / RATE < 10
    assert voices.find("greet.hello") is None


def test_a_station_speaks_itself(tmp_path: Path) -> None:
    """Its own recording is taken before the reference voice's; a name leads nowhere else."""
    own, other = tmp_path / "own", tmp_path / "other"
    for folder, suffix in ((own, ".wav"), (other, ".opus")):
        folder.mkdir()
        (folder / f"ticket.take{suffix}").touch()
    assert Voices(own, other).find("ticket.take") == own / "ticket.take.wav"
    assert Voices(None, other).find("ticket.take") == other / "ticket.take.opus"
    for name in ("../own/ticket.take", "..", "", "ticket/take", "Ticket.take"):
        assert Voices(own, other).find(name) is None


def test_every_line_that_can_come_has_a_name_of_its_own() -> None:
    """All of the catalog that is drilled, and whatever a driver of any scene says."""
    known = bootstrap.knowledge(settings.load({}))
    rules = scene.load()
    listed = list(drill_voice.to_say(known, rules))
    names = [name for name, _, _ in listed]
    assert len(set(names)) == len(names)
    assert {"greet.hello", "flow.received", "help.en"} <= set(names)
    assert not any(name.startswith("forbidden") for name in names)
    said = {text for _, text, driver in listed if driver}
    zone = settings.load({}).time_zone
    for seed in range(300):
        one = scene.draw_scene(rules, 1 + seed % 5, np.random.default_rng(seed).random, zone)
        exact = one.event.tendered_fen == one.event.toll_fen
        assert said.issuperset(one.lines.values()) or exact
