"""Cut a recording into utterances, gaps and faint stretches, in the order of time.

Whose voice it was, and what noise or silence is usual, is judged from the minutes before and
after; so everything is held back for a while, and no more than that is ever in memory.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from audio.carve import carve
from audio.channels import Apart, is_others, side_of_channels
from audio.ear import Detector, Draft, Ear
from audio.gaps import GapRun, drowned_weights, lost_weights
from audio.prompts import Played, Prompt, Spotter
from audio.quality import mean_db, quality, survey
from audio.segment import Speech
from audio.speaker import Voice, near_level, side
from audio.types import AudioChunk, Faint, HearingSettings, Passed, Samples, Utterance
from audio.vad import FRAME_MS, Vad
from phrases.types import Gap, GapReason, Side

_BLOCK = 10_000 // FRAME_MS
_MARGIN = 2_000 // FRAME_MS
_AROUND = 1_500 // FRAME_MS

Item = Utterance | Gap | Faint


def cut(
    chunks: Iterable[AudioChunk],
    *,
    settings: HearingSettings,
    collector_channel: int = 0,
    near_only: bool = False,
    prompts: Sequence[Prompt] = (),
    detector: Callable[[], Detector] = Vad,
) -> Iterator[Item]:
    """What there is to hear in the recording, by start.

    Args:
        chunks: the recording, without a break; all of one or all of two channels.
        settings: the thresholds.
        collector_channel: 0 or 1, of two channels; with one it does not matter.
        near_only: every voice is the collector's own, as in clips to evaluate.
        prompts: the fixed recordings of the lane's machines, which are nobody's speech.
        detector: makes what tells speech from all else, one for each channel.
    """
    followed = follow(
        chunks,
        settings=settings,
        collector_channel=collector_channel,
        near_only=near_only,
        prompts=prompts,
        detector=detector,
        in_order=True,
    )
    for item in followed:
        if not isinstance(item, Passed):
            yield item


def follow(
    chunks: Iterable[AudioChunk],
    *,
    settings: HearingSettings,
    collector_channel: int = 0,
    near_only: bool = False,
    prompts: Sequence[Prompt] = (),
    detector: Callable[[], Detector] = Vad,
    in_order: bool = False,
) -> Iterator[Item | Passed]:
    """The same for somebody who waits, with Passed after each chunk.

    Utterances come as soon as their side is judged, `settings.lookahead_ms` after them (what a
    short one costs: docs/listening.md). Unless `in_order`, they do not wait for the gaps around
    them, which are found in blocks of ten seconds and come later.
    """
    desk: _Desk | None = None
    picked = slice(None)
    for chunk in chunks:
        if desk is None:
            channels = chunk.samples.shape[1]
            if near_only and channels > 1:  # then the other channel is nobody's
                picked, channels = slice(collector_channel, collector_channel + 1), 1
            desk = _Desk(
                settings=settings,
                collector=collector_channel if channels > 1 else 0,
                ears=[Ear(settings, detector()) for _ in range(channels)],
                near_only=near_only,
                spotter=Spotter(prompts) if prompts and not near_only else None,
                in_order=in_order,
            )
        desk.feed(chunk.samples[:, picked])
        yield from desk.settle(settings.lookahead_ms)
    if desk is not None:
        desk.finish()
        yield from desk.settle(0, final=True)


class _Desk:
    """All that is held back at one time."""

    def __init__(
        self,
        *,
        settings: HearingSettings,
        collector: int,
        ears: list[Ear],
        near_only: bool,
        spotter: Spotter | None,
        in_order: bool,
    ) -> None:
        self._set = settings
        self._spotter = spotter
        self._played = deque[Played](maxlen=1_000)
        self._uncarved = list[Draft]()  # of the collector's channel: a prompt may be in them
        self._near_only = near_only
        self._in_order = in_order
        self._reach = min(_AROUND, settings.lookahead_ms // FRAME_MS)
        self._collector = collector
        self._ears = ears
        self._apart = Apart(ears[0].most) if len(ears) == 2 else None
        self._drafts = list[tuple[int, Draft]]()  # channel, draft
        self._voices = dict[int, Voice]()  # of the collector's channel, by start
        self._others = deque[Speech](maxlen=1_000)  # of the channel that is not the collector's
        self._hints = list[Faint]()
        self._runs = (
            GapRun(GapReason.MIC_LOST, FRAME_MS),
            GapRun(GapReason.TOO_NOISY, FRAME_MS),
        )
        self._judged = 0
        self._ready = list[tuple[int, int, Item]]()
        self._order = 0
        self._number = 0

    def feed(self, samples: Samples) -> None:
        """Hear float32 [frames, channels]."""
        if self._apart:
            self._apart.feed(samples)
        for channel, ear in enumerate(self._ears):
            self._sort(channel, ear.feed(samples[:, channel]))
        if self._spotter:
            self._carve(self._spotter.feed(samples[:, self._collector]))

    def finish(self) -> None:
        """Hear that the recording is over."""
        for channel, ear in enumerate(self._ears):
            self._sort(channel, ear.finish())
        if self._spotter:
            self._carve(self._spotter.finish(), final=True)

    def settle(self, lookahead_ms: int, final: bool = False) -> Iterator[Item | Passed]:
        """What is certain now, nothing being expected to matter after `lookahead_ms`."""
        ear = self._ears[self._collector]
        known_ms = len(ear.frames) * FRAME_MS - lookahead_ms
        if self._spotter:
            known_ms = min(known_ms, self._spotter.settled_ms)
        self._measure(final)
        while self._drafts and (final or self._drafts[0][1].speech.end_ms < known_ms):
            self._judge(*self._drafts.pop(0))
        while self._hints and (final or self._hints[0].end_ms < known_ms):
            self._judge_hint(self._hints.pop(0))
        while self._judged < len(ear.frames) and (
            final or (self._judged + _BLOCK + _MARGIN) * FRAME_MS < known_ms
        ):
            self._find_gaps()
        if final:
            for run in self._runs:
                self._hold_gaps(run.finish())
        limit = min(
            [one.settled_ms for one in self._ears]
            + [run.settled_ms for run in self._runs if self._in_order]
            + [draft.speech.start_ms for _, draft in self._drafts]
            + [draft.speech.start_ms for draft in self._uncarved]
            + ([self._spotter.settled_ms] if self._spotter else [])
            + [hint.start_ms for hint in self._hints]
        )
        while self._ready and (final or self._ready[0][0] < limit):
            yield self._numbered(heapq.heappop(self._ready)[2])
        gaps_ms = [run.settled_ms for run in self._runs]
        gaps_ms += [self._spotter.settled_ms] if self._spotter else []
        yield Passed(at_ms=limit, gaps_ms=min(gaps_ms))

    def _sort(self, channel: int, found: list[Draft | Faint]) -> None:
        for one in found:
            if isinstance(one, Draft):
                if self._spotter and channel == self._collector:
                    self._uncarved.append(one)
                else:
                    self._drafts.append((channel, one))
                if channel != self._collector:
                    self._others.append(one.speech)
            elif channel == self._collector:
                self._hints.append(one)
        self._drafts.sort(key=lambda draft: draft[1].speech.start_ms)

    def _carve(self, played: list[Played], final: bool = False) -> None:
        """Part prompts from speech, in the drafts over which no more of them can be found."""
        assert self._spotter
        self._played.extend(played)
        for over in (span for one in played for span in one.over):
            self._hold(Gap(start_ms=over.start_ms, end_ms=over.end_ms, reason=GapReason.TOO_NOISY))
        while self._uncarved and (
            final or self._uncarved[0].speech.end_ms <= self._spotter.settled_ms
        ):
            for part in carve(self._uncarved.pop(0), self._played, self._set.pad_ms):
                self._drafts.append((self._collector, part))
        self._drafts.sort(key=lambda draft: draft[1].speech.start_ms)

    def _measure(self, final: bool) -> None:
        """Measure the voices whose surroundings are known, and forget the oldest."""
        frames = self._ears[self._collector].frames
        for channel, draft in self._drafts:
            start, stop = _frames(draft)
            if channel != self._collector or draft.speech.start_ms in self._voices:
                continue
            if draft.whose is not None:
                continue  # no person's level, or not one person's
            if final or stop + self._reach <= len(frames):
                self._voices[draft.speech.start_ms] = Voice(
                    start_ms=draft.speech.start_ms,
                    speech_ms=draft.speech.speech_ms,
                    quality=quality(frames, start, stop, _AROUND),
                )
        oldest = len(frames) * FRAME_MS - self._set.horizon_ms - 2 * self._set.lookahead_ms
        for start_ms in [start for start in self._voices if start < oldest]:
            del self._voices[start_ms]

    def _around(self, at_ms: int, until_ms: int = 0) -> list[Voice]:
        first = at_ms - self._set.horizon_ms
        last = max(at_ms + self._set.lookahead_ms, until_ms)
        return [voice for start, voice in self._voices.items() if first <= start <= last]

    def _judge(self, channel: int, draft: Draft) -> None:
        """Say whose voice it is, and hold the utterance until its turn."""
        speech = draft.speech
        start, stop = _frames(draft)
        whose: Side | None
        if self._near_only:
            whose = Side.NEAR
        elif draft.whose is not None:
            whose = draft.whose
        elif self._apart is None or self._apart.same(start, stop):
            whose = None
            if channel == self._collector:
                around = self._around(speech.start_ms)
                whose = side(self._voices[speech.start_ms], around, self._set)
        else:
            whose = self._side_of_channels(channel, draft)
        if whose is None:
            return  # the other channel's copy of what the collector's has
        self._hold(
            Utterance(
                number=-1,
                samples=draft.samples,
                start_ms=speech.start_ms,
                end_ms=speech.end_ms,
                pad_before_ms=draft.before_ms,
                pad_after_ms=draft.after_ms,
                side=whose,
                quality=quality(self._ears[channel].frames, start, stop, _AROUND),
                pauses_ms=speech.pauses_ms,
                speech_ms=speech.speech_ms,
            )
        )

    def _judge_hint(self, hint: Faint) -> None:
        """Hold a faint stretch unless it is too weak to be the collector, or a machine's."""
        if any(one.covers(hint) and not one.over for one in self._played):
            return
        part = self._ears[self._collector].frames[
            hint.start_ms // FRAME_MS : hint.end_ms // FRAME_MS
        ]
        near = near_level(self._around(hint.start_ms), self._set)
        if near is None or mean_db(part.band) > near - self._set.faint_db:
            self._hold(hint)

    def _side_of_channels(self, channel: int, draft: Draft) -> Side | None:
        """Whose voice it is; None if the other channel's utterances have it."""
        start, stop = _frames(draft)
        mine = self._ears[self._collector].frames[start:stop]
        other = self._ears[1 - self._collector].frames[start:stop]
        if channel != self._collector:
            if any(one.covers(draft.speech) for one in self._played):
                return None  # the collector's channel has the prompt
            return Side.FAR if is_others(mine, other, self._set) else None
        whose = side_of_channels(mine, other, self._set)
        if whose is Side.FAR and any(
            one.overlaps(draft.speech.start_ms, draft.speech.end_ms) for one in self._others
        ):
            return None
        return whose

    def _find_gaps(self) -> None:
        """Judge the next block of frames by what is usual around it."""
        frames = self._ears[self._collector].frames
        start, stop = self._judged, min(self._judged + _BLOCK, len(frames))
        first = max(0, start - self._set.horizon_ms // FRAME_MS)
        around = survey(frames[first : stop + self._set.lookahead_ms // FRAME_MS], FRAME_MS)
        near = near_level(self._around(start * FRAME_MS, stop * FRAME_MS), self._set)
        near = self._set.assumed_near_dbfs if near is None else near
        left = max(0, start - _MARGIN)
        wide = frames[left : stop + _MARGIN]
        here = slice(start - left, stop - left)
        for run, weigh in zip(self._runs, (lost_weights, drowned_weights), strict=True):
            weights = weigh(wide, around, near, self._set, FRAME_MS)[here]
            self._hold_gaps(run.feed(weights))
        self._judged = stop

    def _hold_gaps(self, gaps: list[Gap]) -> None:
        heard_ms = self._ears[self._collector].heard_ms
        for gap in gaps:
            end_ms = min(gap.end_ms, heard_ms)
            self._hold(Gap(start_ms=gap.start_ms, end_ms=end_ms, reason=gap.reason))

    def _hold(self, item: Item) -> None:
        heapq.heappush(self._ready, (item.start_ms, self._order, item))
        self._order += 1

    def _numbered(self, item: Item) -> Item:
        if not isinstance(item, Utterance):
            return item
        self._number += 1
        return replace(item, number=self._number - 1)


def _frames(draft: Draft) -> tuple[int, int]:
    return draft.speech.start_ms // FRAME_MS, draft.speech.end_ms // FRAME_MS
