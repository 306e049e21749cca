"""What an answer about drills says."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from db.drill_types import DrillKind
from service.api.values import Output, Utc
from service.drills import Why


class Advice(Output):
    """What to change first, or why nothing could be judged."""

    zh: str
    en: str


class Char(Output):
    """A character, as it was said."""

    char: str
    pinyin: str = Field(description="as it is to be said")
    heard: Literal["right", "wrong", "missing", "unsure"]
    tone_expected: int = Field(description="1 to 4; 5: light; 0: no Chinese syllable")
    tone_heard: int | None
    tone: Literal["right", "wrong", "unsure"]
    start_s: float | None = Field(description="seconds from the sound's start; null: not said")
    end_s: float | None
    pitch: list[float | None] = Field(
        description="semitones about your own median, at even steps; null: not sure"
    )


class Manner(Output):
    """How it was said, beside what."""

    speech_s: float
    per_s: float = Field(description="characters a second")
    pauses_s: list[float]
    level_dbfs: float
    snr_db: float = Field(description="speech over noise")
    clipped: float = Field(description="0 to 1, share of it at full scale")


class State(StrEnum):
    """How it stands with a try."""

    WAITING = "waiting"
    JUDGED = "judged"
    UNJUDGED = "unjudged"
    """it could not be, and counts for nothing"""


class Attempt(Output):
    """A try."""

    id: int
    at: Utc
    kind: DrillKind
    exercise: str | None
    text: str = Field(description="what was to be said")
    state: State
    ahead: int | None = Field(description="tries that are judged before it; null: it is judged")
    about_s: float | None = Field(description="seconds until it is judged, about")
    score: float | None = Field(description="0 to 100; null: not judged")
    unsure: int | None = Field(description="characters that could not be judged")
    problem: str | None = Field(
        description="why nothing could be judged: too_long, no_speech, muted, faint, loud, "
        "other_language, other_line, unclear, broken"
    )
    advice: Advice | None
    chars: list[Char]
    manner: Manner | None = Field(description="null: nothing was heard, or it waits")
    kept_until: Utc | None = Field(description="its sound is kept until then; null: it is not")


class Task(Output):
    """Something to practise."""

    exercise: str = Field(examples=["phrase:ticket.take"])
    kind: DrillKind
    lines: list[str] = Field(description="for people; a pair has two, said one after the other")
    text: str = Field(description="what is to be said, characters only")
    phrases: list[str] = Field(description="ids of the catalog")
    why: Why = Field(description="own: missing or wrong in your own last shifts")
    due: Utc | None = Field(description="null: it is new")
    strength: float | None = Field(description="0 to 1: how likely you know it now; null: new")


class Queue(Output):
    """What is to be practised today, in order: own misses, then what is due, then what is new."""

    tasks: list[Task]
    done: int = Field(description="tries of today that could be judged")
    new_left: int = Field(description="new cards that today still lets in")


class Strong(Output):
    """How well a card is known."""

    exercise: str
    lines: list[str]
    strength: float = Field(description="0 to 1: how likely you know it now")
    due: Utc


class Progress(Output):
    """How it goes; nobody else is shown it."""

    days: int = Field(
        description="of the last `of`, on which you practised: one left out is no loss"
    )
    of: int
    today: bool
    tries: int = Field(description="in those days, that could be judged")
    cards: list[Strong] = Field(description="the weakest first")


class Known(Output):
    """Something that can be practised at any time."""

    exercise: str
    kind: DrillKind
    lines: list[str]
    text: str
    phrases: list[str]
