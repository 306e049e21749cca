"""The model's lines are recorded once, under the names by which drills look for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio.recognize import Recognizer
from audio.types import RATE
from audio.weights import find
from phrases import scene
from phrases.normalize import fold
from phrases.pinyin import likeness, syllables
from scripts import demo_serve, model_voice
from service import bootstrap, drill_voice, settings
from service.drill_score import recording
from service.drill_voice import Voices
from tests.fakes import quiet, utterance
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
        assert 0.9 < len(recording(file)) / RATE < 10
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


def test_the_demonstration_has_a_recording_of_every_line() -> None:
    """Whoever adds a phrase or a driver's line runs `scripts.model_voice` on that folder."""
    known = bootstrap.knowledge(settings.load({}))
    wanted = {f"{name}.opus" for name, _, _ in drill_voice.to_say(known, scene.load())}
    assert {file.name for file in demo_serve.MODEL.iterdir()} == wanted


@pytest.mark.slow
def test_the_demonstrations_recordings_say_their_lines() -> None:
    """By Whisper: nearly the same syllables, and in English the same words."""
    weights = find()
    ear = Recognizer(weights.folder, model_id=weights.id, windows=weights.windows, threads=2)
    known = bootstrap.knowledge(settings.load({}))
    wrong = []
    for name, line, _ in drill_voice.to_say(known, scene.load()):
        sound = recording(demo_serve.MODEL / f"{name}.opus")
        said = replace(utterance(0, 0, len(sound) * 1000 // RATE), samples=sound)
        language = "en" if name.endswith(".en") else "zh"
        heard, due = ear.hear_in(said, language).transcript.text, line.replace("50", "五十")
        if language == "en":
            alike = fold(heard) == fold(due)
        else:
            alike = likeness(syllables(fold(heard)), syllables(fold(due))) > 0.75
        if not alike:
            wrong.append(name)
    assert wrong == []
