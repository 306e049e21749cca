"""Find the model's recordings: a station's own speaker first, else the reference voice.

They are made once, at set-up (`scripts/setup_voice`); a drill without them says so and works.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs

from phrases.scene import SceneFile, spoken_sum
from service import drill_english
from service.bootstrap import Knowledge
from service.drill_score import EXAMPLE, line_of
from service.errors import BadInput

SUFFIXES: Mapping[str, str] = {
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
}
"""of the files that are looked for, in this order, to their media types"""
_NAME = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")


class Voices:
    """Where the recordings are."""

    def __init__(self, own: Path | None, rendered: Path | None = None) -> None:
        """`own` is the station's folder, if it has one; the other is what set-up made."""
        self._folders = [one for one in (own, rendered or default_folder()) if one is not None]

    def find(self, name: str) -> Path | None:
        """The recording of that name; None: there is none."""
        if not _NAME.fullmatch(name):
            return None
        for folder in self._folders:
            for suffix in SUFFIXES:
                file = folder / f"{name}{suffix}"
                if file.is_file():
                    return file
        return None

    @property
    def any(self) -> bool:
        """Whether there is a voice at all."""
        return self.find("greet.hello") is not None


def default_folder() -> Path:
    """Where set-up puts what it made."""
    return platformdirs.user_data_path("changshou", False) / "model-voice"


def english_name(phrase: str) -> str:
    """The recording of a phrase's English form."""
    return f"{phrase}.en"


def line_name(line: str) -> str:
    """The recording of a driver's line."""
    return f"line-{hashlib.sha256(line.encode()).hexdigest()[:16]}"


def to_say(known: Knowledge, rules: SceneFile) -> Iterator[tuple[str, str, bool]]:
    """Name and text of all that is recorded, and whether a driver says it.

    Of a phrase with a sum the drill's example; of a driver's line every note that there is.
    """
    for phrase, one in known.catalog.phrases.items():
        if one.forbidden:
            continue
        try:
            line_of(known, phrase, None)
        except BadInput:
            continue
        yield phrase, one.expected(EXAMPLE), False
    for phrase in drill_english.drilled(known):
        yield english_name(phrase), drill_english.line_of(known, phrase), False
    notes = sorted({fen for level in rules.level for fen in level.notes_fen})
    for line in rules.line:
        for text in line.zh:
            for fen in notes if "{note}" in text else notes[:1]:
                said = text.replace("{note}", spoken_sum(fen))
                yield line_name(said), said, True
