"""Listen to a recording: cut it, recognise each utterance, match each turn, in order of time.

A phrase may span utterances (收您五十 … 元), so what follows closely is matched together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from audio.cut import cut
from audio.types import AudioChunk, Faint, HearingSettings, Passed, Utterance
from phrases.catalog import Catalog
from phrases.evidence import Thresholds
from phrases.match import Scorer, match
from phrases.types import Decision, Gap, GapReason, Heard, PhraseMatch, Side, Transcript
from phrases.weigh import Weighed

TURN_PAUSE_MS = 1_200
"""milliseconds of silence after which speech is a new turn"""
TURN_SIZE = 8
"""utterances in a turn, at most: each keeps its encoding until the turn is matched"""


class Ear(Protocol):
    """Turns an utterance into words; the real one is Whisper, tests have their own."""

    @property
    def model_id(self) -> str:
        """Names the weights, in the versions of a grading."""

    def hear(self, utterance: Utterance) -> tuple[Transcript, Scorer | None]:
        """What was said, and what scores other readings by its sound.

        RuntimeError if the recogniser fails on it.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """All that begins before this moment has been given."""

    done_ms: int
    """milliseconds from the recording's start"""
    gaps_ms: int = 0
    """milliseconds before which all gaps that begin have been given, live"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SoFar:
    """What a turn holds that is not over: what follows may yet make more, or other, of it."""

    matches: tuple[PhraseMatch, ...]
    """what was accepted, in the order said; in place of what was told of the turn before"""
    end_ms: int
    """where its speech ends so far, milliseconds from the recording's start"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """Somebody asked to stop; nothing from this moment on was listened to."""

    at_ms: int
    """milliseconds from the recording's start"""


Amounts = Callable[[int, int], Collection[int]]
"""The amounts in fen that the lane knows of between two times in milliseconds."""

Item = Heard | Gap | Faint | Progress | SoFar | Stopped
Cutter = Callable[..., Iterator[Utterance | Gap | Faint | Passed]]
"""The signature of `audio.cut.cut` and, for live listening, `audio.cut.follow`."""


class Hearer:
    """The way from sound to matched phrases, with all that it needs."""

    def __init__(
        self,
        ear: Ear,
        catalog: Catalog,
        *,
        thresholds: Thresholds | None = None,
        settings: HearingSettings | None = None,
        cutter: Cutter = cut,
        watch: Callable[[Sequence[Weighed]], None] | None = None,
    ) -> None:
        self._ear = ear
        self._catalog = catalog
        self._thresholds = thresholds
        self._settings = settings or HearingSettings()
        self._cut = cutter
        self.watch = watch
        """is shown every candidate that was weighed, turn by turn"""

    @property
    def model_id(self) -> str:
        """Names the weights."""
        return self._ear.model_id

    def listen(
        self,
        chunks: Iterable[AudioChunk],
        *,
        collector_channel: int = 0,
        near_only: bool = False,
        stop: Callable[[], bool] = lambda: False,
        due: Amounts = lambda _start_ms, _end_ms: (),
        so_far: bool = False,
    ) -> Iterator[Item]:
        """What is heard, in order of time but for gaps and faint stretches within a turn.

        Ends early once `stop` says so, with Stopped. `due` can only cast doubt on an amount
        that was heard. With `so_far`, SoFar follows each utterance, for somebody who waits.
        """
        turn = _Turn()
        items = self._cut(
            chunks,
            settings=self._settings,
            collector_channel=collector_channel,
            near_only=near_only,
        )
        for item in items:
            if stop():
                yield from self._matched(turn, due)
                at_ms = item.at_ms if isinstance(item, Passed) else item.start_ms
                yield Stopped(at_ms=at_ms)
                return
            if isinstance(item, Passed):
                if turn and item.at_ms - turn.end_ms > TURN_PAUSE_MS:
                    yield from self._matched(turn, due)
                done_ms = turn.start_ms if turn else item.at_ms
                yield Progress(done_ms=done_ms, gaps_ms=item.gaps_ms)
                continue
            if not isinstance(item, Utterance):
                yield item
                if not turn:
                    yield Progress(done_ms=item.end_ms)
                continue
            if not turn.goes_on(item):
                yield from self._matched(turn, due)
                yield Progress(done_ms=item.start_ms)
            if item.side is Side.FAR:
                yield _far(item)
                continue
            try:
                turn.add(*self._ear.hear(item))
            except RuntimeError:
                yield Gap(start_ms=item.start_ms, end_ms=item.end_ms, reason=GapReason.ASR_FAILED)
                continue
            if so_far:
                said = tuple(_accepted(self._match(turn, due)))
                yield SoFar(matches=said, end_ms=turn.end_ms)
        yield from self._matched(turn, due)

    def _matched(self, turn: _Turn, due: Amounts) -> Iterator[Heard]:
        """What the turn holds; it is empty afterwards."""
        if turn:
            yield from self._match(turn, due)
        turn.clear()

    def _match(self, turn: _Turn, due: Amounts) -> Sequence[Heard]:
        """The same, of a turn that may go on; what is known of it is not asked again."""
        amounts = frozenset(due(turn.start_ms, turn.end_ms))
        if turn.matched is None or turn.matched[0] != amounts:
            heard = match(
                turn.transcripts,
                self._catalog,
                scorers=turn.scorers,
                thresholds=self._thresholds,
                due=amounts,
                watch=self.watch,
            )
            turn.matched = amounts, heard
        return turn.matched[1]


class _Turn:
    """Utterances of one side that follow each other closely."""

    def __init__(self) -> None:
        self.transcripts: list[Transcript] = []
        self.scorers: dict[int, Scorer] = {}
        self.matched: tuple[frozenset[int], Sequence[Heard]] | None = None
        """amounts that were due, and what was made of the utterances; None: not asked yet"""

    def __bool__(self) -> bool:
        return bool(self.transcripts)

    @property
    def start_ms(self) -> int:
        """Where its first utterance begins, milliseconds from the recording's start."""
        return self.transcripts[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where its last utterance ends, milliseconds from the recording's start."""
        return self.transcripts[-1].end_ms

    def goes_on(self, utterance: Utterance) -> bool:
        """Whether the utterance belongs to it."""
        if not self.transcripts:
            return True
        last = self.transcripts[-1]
        return (
            utterance.side is last.side
            and utterance.start_ms - last.end_ms <= TURN_PAUSE_MS
            and len(self.transcripts) < TURN_SIZE
        )

    def add(self, transcript: Transcript, scorer: Scorer | None) -> None:
        self.transcripts.append(transcript)
        self.matched = None
        if scorer is not None:
            self.scorers[transcript.utterance] = scorer

    def clear(self) -> None:
        self.transcripts, self.scorers, self.matched = [], {}, None


def _accepted(heard: Iterable[Heard]) -> Iterator[PhraseMatch]:
    for one in heard:
        yield from (match for match in one.matches if match.decision is Decision.ACCEPTED)


def _far(utterance: Utterance) -> Heard:
    """That somebody spoke, not what."""
    return Heard(
        start_ms=utterance.start_ms,
        end_ms=utterance.end_ms,
        utterance=utterance.number,
        side=Side.FAR,
        text=None,
        snr_db=utterance.quality.snr_db,
    )
