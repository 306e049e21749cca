"""Say why a step that was not heard may still have been said.

"Not heard" and "could not listen" are different things: a step is missing only where none of
these reasons holds over all the time in which it could have been said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phrases.dialogue import Window, is_sure
from phrases.dialogue_data import Listening, Step
from phrases.reasons import reason
from phrases.turn import Turn
from phrases.types import Decision, Gap, Heard, PhraseMatch, Side, Span

EDGE_MS = 400
"""milliseconds from a far voice within which a faint sound is its own beginning or end"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ears:
    """How well the recording could be listened to; `ears` makes one."""

    gaps: tuple[Gap, ...]
    faint: tuple[Span, ...]
    utterances: tuple[Heard, ...]
    """the collector's, or from a side that cannot be told; by start"""
    starts: tuple[int, ...]
    """milliseconds, theirs"""
    longest_ms: int
    """milliseconds of the longest of them"""
    accepted: Mapping[int, tuple[PhraseMatch, ...]]
    """number of an utterance to the accepted phrases that lie in it, or reach into it"""
    proofs: tuple[int, ...]
    """milliseconds at which the collector was certainly heard"""
    duration_ms: int
    limits: Listening

    def hindrance(self, turn: Turn, window: Window, step: Step) -> str | None:
        """Why the step may have been said in the window unheard; None: it was not said.

        The reason is for people and quotes nobody.
        """
        return (
            self._deaf(turn)
            or self._ended(turn, window)
            or self._gap(window)
            or self._faint(window)
            or self._unexplained(window, step)
        )

    def gap(self, span: Span) -> str | None:
        """Why not all of the span could be listened to, if a gap touches it."""
        return self._gap(span)

    def poor(self, span: Span) -> str | None:
        """Why words in the span may be misheard, if noise lay over them."""
        for said in self._near(span.start_ms, span.end_ms):
            if said.snr_db < self.limits.min_snr_db:
                return reason("noise_over", at=_at(said.start_ms))
        return None

    def _deaf(self, turn: Turn) -> str | None:
        reach = self.limits.proof_ms
        at = bisect_left(self.proofs, turn.start_ms - reach)
        if at < len(self.proofs) and self.proofs[at] <= turn.end_ms + reach:
            return None
        return reason("deaf")

    def _ended(self, turn: Turn, window: Span) -> str | None:
        late = turn.end_ms > self.duration_ms + self.limits.record_end_ms
        if late and window.end_ms > self.duration_ms:
            return reason("ended", at=_at(self.duration_ms))
        return None

    def _gap(self, span: Span) -> str | None:
        low, high = self._widened(span)
        for gap in self.gaps:
            if gap.overlaps(low, high):
                start, end = _at(gap.start_ms), _at(gap.end_ms)
                return reason("gap", at=start, end=end, term=gap.reason)
        return None

    def _faint(self, span: Span) -> str | None:
        low, high = self._widened(span)
        for faint in self.faint:
            if faint.overlaps(low, high):
                return reason("faint", at=_at(faint.start_ms))
        return None

    def _unexplained(self, span: Span, step: Step) -> str | None:
        for said in self._near(span.start_ms, span.end_ms):
            if said.unexplained_ms < step.shortest_ms:
                continue
            if self._free_ms(said, span) < step.shortest_ms / 2:
                continue
            if not said.foreign:
                return reason("not_understood", at=_at(said.start_ms))
            if said.snr_db < self.limits.min_snr_db:
                return reason("in_noise", at=_at(said.start_ms))
        return None

    def _near(self, start_ms: int, end_ms: int) -> Sequence[Heard]:
        low = bisect_left(self.starts, start_ms - self.longest_ms)
        high = bisect_left(self.starts, end_ms)
        return [said for said in self.utterances[low:high] if said.overlaps(start_ms, end_ms)]

    def _free_ms(self, said: Heard, span: Span) -> int:
        """Milliseconds of the utterance inside the span that no accepted phrase claims."""
        start, end = max(said.start_ms, span.start_ms), min(said.end_ms, span.end_ms)
        claimed = self.accepted.get(said.utterance, ())
        shared = (min(m.end_ms, end) - max(m.start_ms, start) for m in claimed)
        return end - start - sum(max(0, taken) for taken in shared)

    def _widened(self, span: Span) -> tuple[int, int]:
        slack = self.limits.slack_ms
        return span.start_ms - slack, max(span.end_ms, span.start_ms + 1) + slack


def ears(
    *,
    heard: Sequence[Heard],
    gaps: Sequence[Gap],
    faint: Sequence[Span],
    duration_ms: int,
    limits: Listening,
) -> Ears:
    """What the recording can prove by silence.

    The far side's speech hides nothing, nor do the faint sounds at its edges.
    """
    far = [said for said in heard if said.side is Side.FAR]
    utterances = sorted(
        (said for said in heard if said.side is not Side.FAR), key=lambda said: said.start_ms
    )
    matches = [match for said in utterances for match in said.matches]
    accepted: dict[int, list[PhraseMatch]] = {}
    for match in matches:
        if match.decision is Decision.ACCEPTED:
            for number in match.utterances:
                accepted.setdefault(number, []).append(match)
    return Ears(
        gaps=tuple(gaps),
        faint=tuple(
            span
            for span in faint
            if not any(
                said.overlaps(span.start_ms - EDGE_MS, span.end_ms + EDGE_MS) for said in far
            )
        ),
        utterances=tuple(utterances),
        starts=tuple(said.start_ms for said in utterances),
        longest_ms=max((said.end_ms - said.start_ms for said in utterances), default=0),
        accepted={number: tuple(found) for number, found in accepted.items()},
        proofs=tuple(sorted(match.start_ms for match in matches if is_sure(match))),
        duration_ms=duration_ms,
        limits=limits,
    )


def _at(ms: int) -> str:
    return f"{ms / 1000:.1f}"
