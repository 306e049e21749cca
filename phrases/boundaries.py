"""Tell vehicles apart by the speech alone, where no lane controller does.

A greeting begins a vehicle, and so does whatever would set the dialogue back. What is said about
a boundary is guesswork, so each turn says how clear its beginning and its end are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from phrases.dialogue import Flow, Move
from phrases.dialogue_data import covers
from phrases.reasons import reason
from phrases.turn import Turn
from phrases.types import Decision, PhraseMatch


@dataclass(kw_only=True, slots=True)
class _Group:
    """A vehicle as it is put together."""

    matches: list[PhraseMatch] = field(default_factory=list)
    filled: frozenset[str] = frozenset()
    torn: bool = False
    """True: it stood still for so long that it may be two"""
    accepted: int = 0
    """how many of the matches are"""

    @property
    def end_ms(self) -> int:
        return max(match.end_ms for match in self.matches)


def infer(flow: Flow, matches: Sequence[PhraseMatch], duration_ms: int) -> tuple[Turn, ...]:
    """The vehicles spoken to, numbered from 1; none where no step was accepted."""
    groups = [group for group in _groups(flow, matches) if group.filled]
    return tuple(_turn(flow, groups, at, duration_ms) for at in range(len(groups)))


def settled(flow: Flow, matches: Sequence[PhraseMatch], heard_ms: int) -> tuple[Turn, ...]:
    """Of the vehicles spoken to, those that nothing said from `heard_ms` on can change.

    `matches` has all that began before `heard_ms`.
    """
    groups = _groups(flow, matches)
    filled = [group for group in groups if group.filled]
    done = 0
    for at, group in enumerate(groups):
        if not _is_over(flow, groups, at, heard_ms):
            break
        done += bool(group.filled)
    return tuple(_turn(flow, filled, at, heard_ms) for at in range(done))


def _is_over(flow: Flow, groups: Sequence[_Group], at: int, heard_ms: int) -> bool:
    """Whether a group and what its turn hangs on can no longer change."""
    limits, group = flow.dialogue.inferred, groups[at]
    if heard_ms <= group.end_ms + limits.pause_ms:
        return False
    later = groups[at + 1 :]
    if not later or sum(bool(other.filled) for other in later) >= 2:
        # What is said after so long a silence is another vehicle's.
        return bool(later) or heard_ms > group.end_ms + limits.wait_ms + limits.pause_ms
    following = later[0]
    silence = following.matches[0].start_ms - group.end_ms
    clear = silence >= limits.pause_ms or flow.closed(group.filled)
    opened = not following.filled.isdisjoint(flow.dialogue.opening)
    if following.filled and following.accepted > 1 and (clear or opened):
        return True
    return heard_ms > max(other.end_ms for other in later) + limits.wait_ms + limits.pause_ms


def _groups(flow: Flow, matches: Sequence[PhraseMatch]) -> list[_Group]:
    """All that was said, by vehicle; in groups that fill no step nobody may have stood there."""
    matches = sorted(matches, key=lambda match: (match.start_ms, match.end_ms))
    accepted = [match for match in matches if match.decision is Decision.ACCEPTED]
    groups = _group(flow, accepted)
    filled = [group for group in groups if group.filled]
    for match in matches:
        if match.decision is not Decision.ACCEPTED:
            group = _nearest(flow, filled, match)
            if group is not None:
                group.matches.append(match)
    return groups


def _group(flow: Flow, matches: Sequence[PhraseMatch]) -> list[_Group]:
    groups: list[_Group] = []
    for at, match in enumerate(matches):
        following = matches[at + 1] if at + 1 < len(matches) else None
        if not groups or _begins(flow, groups[-1], match, following):
            groups.append(_Group())
        group = groups[-1]
        if group.matches and match.start_ms - group.end_ms >= flow.dialogue.inferred.pause_ms:
            group.torn = group.torn or bool(group.filled)
        group.matches.append(match)
        group.accepted += 1
        group.filled = flow.advance(group.filled, flow.fills(match.phrase))
    return groups


def _begins(flow: Flow, group: _Group, match: PhraseMatch, following: PhraseMatch | None) -> bool:
    """Whether the phrase begins another vehicle than the group's."""
    limits, phrases = flow.dialogue.inferred, flow.dialogue.phrases
    silence = match.start_ms - group.end_ms
    steps, begun = flow.fills(match.phrase), flow.begun(group.filled)
    if silence >= limits.wait_ms:
        return True
    if not steps:
        starts = any(covers(pattern, match.phrase) for pattern in phrases.starts)
        return (starts and begun) or silence >= limits.pause_ms
    if not steps.isdisjoint(flow.dialogue.opening):
        if not begun:
            return silence >= limits.pause_ms and bool(group.filled)
        wish = any(covers(pattern, match.phrase) for pattern in phrases.wishes)
        return not (wish and silence < limits.send_off_ms and _parts(flow, match, following))
    move = flow.move(group.filled, steps)
    if move is Move.BACK:
        return True
    closed = flow.closed(group.filled)
    if move is Move.REPEAT:
        return silence >= limits.pause_ms or (closed and any(flow.behind[s] for s in steps))
    return closed and any(flow.behind[step] for step in steps)


def _parts(flow: Flow, wish: PhraseMatch, following: PhraseMatch | None) -> bool:
    """Whether a wish at the end of a vehicle is its send-off: what follows opens the next one."""
    if following is None or following.start_ms - wish.end_ms >= flow.dialogue.inferred.pause_ms:
        return True
    return not flow.fills(following.phrase).isdisjoint(flow.dialogue.opening)


def _nearest(flow: Flow, groups: Sequence[_Group], match: PhraseMatch) -> _Group | None:
    """The group that an unsure phrase belongs to, the nearest within a pause.

    An opening belongs to what follows.
    """

    def silence(group: _Group) -> int:
        return max(group.matches[0].start_ms - match.end_ms, match.start_ms - group.end_ms, 0)

    close = [group for group in groups if silence(group) < flow.dialogue.inferred.pause_ms]
    if not flow.fills(match.phrase).isdisjoint(flow.dialogue.opening):
        later = (group for group in close if group.matches[0].start_ms >= match.end_ms)
        if (group := next(later, None)) is not None:
            return group
    return min(close, key=silence, default=None)


def _turn(flow: Flow, groups: Sequence[_Group], at: int, duration_ms: int) -> Turn:
    group, pause = groups[at], flow.dialogue.inferred.pause_ms
    matches = sorted(group.matches, key=lambda match: match.start_ms)
    start, end = matches[0].start_ms, group.end_ms
    previous = groups[at - 1] if at else None
    following = groups[at + 1] if at + 1 < len(groups) else None
    floor = max(previous.end_ms if previous else 0, start - pause)
    next_start = following.matches[0].start_ms if following else duration_ms
    ceil = max(end, min(next_start, end + pause))
    closing, opening = set(flow.dialogue.closing), set(flow.dialogue.opening)
    ended = previous is not None and not previous.filled.isdisjoint(closing)
    opened = following is not None and not following.filled.isdisjoint(opening)
    doubt = None
    if group.torn:
        doubt = reason("two_vehicles")
    elif len(group.filled) < flow.dialogue.inferred.shows:
        doubt = reason("no_vehicle")
    return Turn(
        start_ms=start,
        end_ms=end,
        vehicle=at + 1,
        lane=flow.dialogue.lane,
        event=None,
        matches=tuple(matches),
        floor_ms=min(floor, start),
        ceil_ms=ceil,
        doubt=doubt,
        doubt_start=None
        if ended or start - (previous.end_ms if previous else 0) >= pause
        else reason("came_unclear"),
        doubt_end=None
        if opened or next_start - end >= pause or flow.closed(group.filled)
        else reason("left_unclear"),
    )
