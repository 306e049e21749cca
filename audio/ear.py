"""Follow one channel of the recording: sound in, drafts of utterances and their measures out.

The measures of frames are kept as long as they may count for what is usual (36 bytes each, 3 MB for
a recording, under 2 MB live), the sound only as long as speech that is still open may need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from audio.quality import COLUMNS, Floats, Recent, mean_db, measure
from audio.segment import Segmenter, Speech, split
from audio.types import RATE, Faint, HearingSettings, Samples
from audio.vad import FRAME, FRAME_MS
from phrases.types import Side

_MS = RATE // 1000
_TURN_MS = 250
_JUMP_DB = 6.0
_SPARE_MS = 120_000
"""milliseconds of measures that are kept beyond what is asked for: speech may be open for long"""


class Detector(Protocol):
    """Gives the probability of speech, 0..1, of each frame of FRAME samples."""

    def feed(self, samples: Samples) -> Floats:
        """Probabilities of these samples' frames, in order."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Draft:
    """Speech that was cut, before anything is said about whose it is."""

    speech: Speech
    samples: Samples
    """float32 [frames], with the padding"""
    before_ms: int
    """milliseconds of padding that there are"""
    after_ms: int
    """milliseconds of padding that there are"""
    whose: Side | None = None
    """what a machine's prompt in it has settled; None: nothing is known"""


class Ear:
    """One channel, followed from its start."""

    def __init__(self, settings: HearingSettings, detector: Detector) -> None:
        self._set = settings
        self._detector = detector
        self._segmenter = Segmenter(settings, FRAME_MS)
        self._pad = (settings.pad_ms + 2 * FRAME_MS) * _MS
        self.most = (settings.horizon_ms + 2 * settings.lookahead_ms + _SPARE_MS) // FRAME_MS
        """frames whose measures are kept, at least"""
        self._table = np.zeros((4_096, COLUMNS), np.float32)
        self._gone = self._frames = 0
        self._rest = np.zeros(0, np.float32)
        self._sound = np.zeros(0, np.float32)
        self._from = 0
        self._total = 0

    @property
    def frames(self) -> Recent:
        """The measures of the frames so far; the oldest are forgotten."""
        return Recent(self._table[: self._frames], self._gone)

    @property
    def settled_ms(self) -> int:
        """Milliseconds up to which everything that was found has been handed out."""
        return self._segmenter.settled_ms

    @property
    def heard_ms(self) -> int:
        """Milliseconds of sound so far."""
        return self._total * 1000 // RATE

    def feed(self, samples: Samples) -> list[Draft | Faint]:
        """What is certain after this sound, float32 [frames]."""
        self._total += len(samples)
        stream = np.concatenate((self._rest, samples))
        whole = len(stream) // FRAME * FRAME
        self._rest = stream[whole:]
        return self._listen(stream[:whole])

    def finish(self) -> list[Draft | Faint]:
        """What is still open at the end."""
        last = self._rest
        found = list[Draft | Faint]()
        if len(last):
            # Filled up with its own sound: silence would look like a lost microphone.
            found = self._listen(np.resize(last, FRAME))
        self._sound = self._sound[: max(0, self._total - self._from)]
        return found + self._draft(self._segmenter.finish())

    def _listen(self, sound: Samples) -> list[Draft | Faint]:
        if not len(sound):
            return []
        finite = np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0)
        speech = self._detector.feed(np.clip(finite, -1, 1))
        self._keep(measure(sound, speech).table)
        self._sound = np.concatenate((self._sound, np.clip(finite, -1, 1)))
        found = self._draft(self._segmenter.feed(speech.tolist()))
        spare = self._segmenter.settled_ms * _MS - self._pad - self._from
        if spare > 0:
            self._sound, self._from = self._sound[spare:], self._from + spare
        return found

    def _keep(self, table: Floats) -> None:
        if self._frames > 2 * self.most:
            spare = self._frames - self.most
            self._table[: self.most] = self._table[spare : self._frames].copy()
            self._gone, self._frames = self._gone + spare, self.most
        need = self._frames + len(table)
        if need > len(self._table):
            larger = np.zeros((max(need, 2 * len(self._table)), COLUMNS), np.float32)
            larger[: self._frames] = self._table[: self._frames]
            self._table = larger
        self._table[self._frames : need] = table
        self._frames = need

    def _draft(self, found: list[Speech | Faint]) -> list[Draft | Faint]:
        drafts = list[Draft | Faint]()
        for one in found:
            if isinstance(one, Faint):
                drafts.append(one)
            else:
                drafts += [self._cut_out(part) for part in self._by_level(one)]
        return drafts

    def _by_level(self, speech: Speech) -> list[Speech]:
        """The speech, cut at pauses over which its level jumps: another person went on."""
        bounds = [speech.start_ms, *sum(speech.pauses_ms, ()), speech.end_ms]
        levels = [
            mean_db(self.frames[start // FRAME_MS : end // FRAME_MS].band)
            for start, end in zip(bounds[::2], bounds[1::2], strict=True)
        ]
        jumps = [
            number
            for number, (start, end) in enumerate(speech.pauses_ms)
            if end - start >= _TURN_MS and abs(levels[number + 1] - levels[number]) >= _JUMP_DB
        ]
        return split(speech, jumps, self._set.pad_ms)

    def _cut_out(self, speech: Speech) -> Draft:
        start, stop = speech.start_ms * _MS - self._from, speech.end_ms * _MS - self._from
        first = max(0, start - speech.pad_before_ms * _MS)
        last = min(len(self._sound), stop + speech.pad_after_ms * _MS)
        return Draft(
            speech=speech,
            samples=self._sound[first:last].copy(),
            before_ms=(start - first) // _MS,
            after_ms=max(0, last - stop) // _MS,
        )
