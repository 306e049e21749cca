"""Cut a stream of speech probabilities into utterances, and note where speech may be hidden.

Pure: fed with probabilities, it knows neither sound nor clock. Speech begins at one probability
and ends under a lower one that lasts; a comma's pause does not end it. What is too weak or too
short to be cut is handed on as faint, never dropped: the judge must not call missing what may
have been said there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audio.types import Faint, HearingSettings
from phrases.types import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech(Span):
    """A stretch of speech to be cut."""

    pad_before_ms: int
    """milliseconds of sound to keep before it: never into other speech"""
    pad_after_ms: int
    """milliseconds of sound to keep after it: never into other speech"""
    pauses_ms: tuple[tuple[int, int], ...]
    """(start, end) of the pauses within it, milliseconds from the recording's start"""
    speech_ms: int
    """milliseconds of speech in it, pauses left out"""


class Segmenter:
    """Finds speech in one stream of probabilities, one for each frame of `frame_ms`."""

    def __init__(self, settings: HearingSettings, frame_ms: int) -> None:
        self._set = settings
        self._ms = frame_ms
        self._now = 0
        self._probabilities = list[float]()  # since the start of the open speech
        self._start: int | None = None
        self._end = 0  # of the open speech so far; behind _now during a silence
        self._pauses = list[tuple[int, int]]()
        self._last = Span(start_ms=0, end_ms=0)
        self._hint: tuple[int, int, int] | None = None  # start, end and length of a faint run

    @property
    def settled_ms(self) -> int:
        """Milliseconds up to which all is handed out: nothing that comes later starts before."""
        frames = [self._now]
        if self._start is not None:
            frames.append(self._start)
        if self._hint is not None:
            frames.append(self._hint[0])
        return min(frames) * self._ms

    def feed(self, probabilities: Iterable[float]) -> list[Speech | Faint]:
        """What is certain after these frames, by its end."""
        found = list[Speech | Faint]()
        for probability in probabilities:
            self._follow_hint(probability, found)
            if self._start is None:
                if probability >= self._set.speech_on:
                    self._cut_hint(found)
                    self._start, self._end = self._now, self._now + 1
                    self._probabilities, self._pauses = [probability], []
            else:
                self._follow(probability, found)
            self._now += 1
        return found

    def finish(self) -> list[Speech | Faint]:
        """What is still open at the end of the stream."""
        found = list[Speech | Faint]()
        if self._start is not None:
            self._close(self._end, self._now, found)
        self._close_hint(found)
        return found

    def _follow(self, probability: float, found: list[Speech | Faint]) -> None:
        """One more frame of open speech."""
        assert self._start is not None
        self._probabilities.append(probability)
        silent = self._now - self._end
        bar = self._set.speech_on if silent else self._set.speech_off
        if probability >= bar:
            if silent and silent * self._ms >= self._set.min_pause_ms:
                self._pauses.append((self._end, self._now))
            self._end = self._now + 1
        elif (silent + 1) * self._ms >= self._set.min_silence_ms:
            self._close(self._end, self._now + 1, found)
            return
        if (self._end - self._start) * self._ms >= self._set.max_utterance_ms:
            self._split(found)

    def _split(self, found: list[Speech | Faint]) -> None:
        """Cut speech that is too long at its longest pause, or else where it is least sure."""
        assert self._start is not None
        start, end, pauses = self._start, self._end, self._pauses
        middle = start + (end - start) // 3
        late = [pause for pause in pauses if pause[0] >= middle]
        if late:
            stop, resume = max(late, key=lambda pause: pause[1] - pause[0])
        else:
            weak = range(middle, end - 1)
            stop = resume = min(weak, key=lambda at: self._probabilities[at - start])
        self._pauses = [pause for pause in pauses if pause[1] <= stop]
        self._close(stop, resume, found)
        self._start, self._end = resume, end
        self._probabilities = self._probabilities[resume - start :]
        self._pauses = [pause for pause in pauses if pause[0] >= resume and pause[0] > stop]

    def _close(self, end: int, free: int, found: list[Speech | Faint]) -> None:
        """Hand out the open speech up to `end`; up to `free` there is no other speech."""
        assert self._start is not None
        start, self._start = self._start, None
        spoken = (end - start - sum(b - a for a, b in self._pauses)) * self._ms
        if spoken < self._set.min_speech_ms:
            return  # the run of faint frames remembers it
        before = min(self._set.pad_ms, start * self._ms - self._last.end_ms)
        speech = Speech(
            start_ms=start * self._ms,
            end_ms=end * self._ms,
            pad_before_ms=max(0, before),
            pad_after_ms=min(self._set.pad_ms, (free - end) * self._ms),
            pauses_ms=tuple((a * self._ms, b * self._ms) for a, b in self._pauses),
            speech_ms=spoken,
        )
        self._last = speech
        self._hint = None
        found.append(speech)

    def _follow_hint(self, probability: float, found: list[Speech | Faint]) -> None:
        """Keep the run of frames that may be weak speech; dips of two frames do not end it."""
        if probability >= self._set.speech_faint:
            start, _, length = self._hint or (self._now, 0, 0)
            self._hint = (start, self._now + 1, length + 1)
        elif self._hint and self._now - self._hint[1] >= 2 and self._start is None:
            self._close_hint(found)

    def _cut_hint(self, found: list[Speech | Faint]) -> None:
        """Where speech begins: hand out the weak frames before it that its padding leaves."""
        if self._hint and self._hint[0] < self._now:
            length = self._now - self._hint[0] - self._set.pad_ms // self._ms
            self._hint = (self._hint[0], self._now - self._set.pad_ms // self._ms, length)
            self._close_hint(found)
            self._hint = (self._now, self._now + 1, 1)

    def _close_hint(self, found: list[Speech | Faint]) -> None:
        """Hand out the run unless an utterance with its padding covers it."""
        hint, self._hint = self._hint, None
        if not hint or hint[2] * self._ms < self._set.min_faint_ms:
            return
        start = max(hint[0] * self._ms, self._last.end_ms and self._last.end_ms + self._set.pad_ms)
        if hint[1] * self._ms - start >= self._set.min_faint_ms:
            found.append(Faint(start_ms=start, end_ms=hint[1] * self._ms))


def split(speech: Speech, pauses: Iterable[int], pad_ms: int) -> list[Speech]:
    """The parts of `speech` between those of its pauses, numbered from 0; in order."""
    parts = list[Speech]()
    rest = speech
    for start_ms, end_ms in (speech.pauses_ms[number] for number in sorted(pauses)):
        pad = min(pad_ms, end_ms - start_ms)
        before = tuple(pause for pause in rest.pauses_ms if pause[1] <= start_ms)
        after = tuple(pause for pause in rest.pauses_ms if pause[0] >= end_ms)
        parts.append(
            Speech(
                start_ms=rest.start_ms,
                end_ms=start_ms,
                pad_before_ms=rest.pad_before_ms,
                pad_after_ms=pad,
                pauses_ms=before,
                speech_ms=start_ms - rest.start_ms - sum(b - a for a, b in before),
            )
        )
        rest = Speech(
            start_ms=end_ms,
            end_ms=rest.end_ms,
            pad_before_ms=pad,
            pad_after_ms=rest.pad_after_ms,
            pauses_ms=after,
            speech_ms=rest.end_ms - end_ms - sum(b - a for a, b in after),
        )
    return [*parts, rest]
