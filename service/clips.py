"""Keep the sound of a vehicle as evidence: chosen, cut, silenced, encoded, encrypted.

A voice that is not the collector's is nobody's business, so it is silenced before anything is
written: a clip that was never whole cannot leak. Where it was silenced is kept with the clip, lest
silence pass for a collector who said nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from audio.excerpt import excerpts, silenced
from audio.files import AudioError
from audio.types import RATE, AudioChunk, Samples
from audio.write import flac
from db.store import kept
from db.types import Clip, ClipReason, StoreError
from db.vault import Vault
from phrases.types import Gap, Heard, Outcome, ShiftReport, Side, Span, TransactionVerdict
from phrases.warned import warning
from service.bootstrap import Progress

MARGIN_MS = 500
"""milliseconds of sound kept before a vehicle and after it"""
PAD_MS = 300
"""milliseconds silenced before a voice and after it, less where the collector speaks"""
LONGEST_MS = 600_000
"""milliseconds of the longest clip; of a vehicle that stays longer, the beginning is kept"""
CODEC = "flac"


Draw = Callable[[], float]
"""gives a random number, 0 to below 1"""
DRAW: Draw = random.SystemRandom().random
"""the system's: nobody can tell beforehand which vehicle is sampled"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which vehicles' sound is kept beside that of faults and unsure ones."""

    share: float
    """0..1, of all others"""
    draw: Draw = DRAW


def reason(verdict: TransactionVerdict, choice: Choice) -> ClipReason | None:
    """Why the vehicle's sound is to be kept; None: it is not."""
    if verdict.outcome is Outcome.FAULT:
        return ClipReason.FAULT
    if verdict.outcome is Outcome.UNSURE:
        return ClipReason.UNSURE
    return ClipReason.SAMPLE if choice.draw() < choice.share else None


def span(verdict: TransactionVerdict, until_ms: int) -> Span | None:
    """The stretch to keep: the vehicle with all that was judged of it, and a small margin.

    None if nothing of it lies before `until_ms`, where the sound ends.
    """
    starts = [step.start_ms for step in verdict.steps if step.start_ms is not None]
    ends = [step.end_ms for step in verdict.steps if step.end_ms is not None]
    start = max(0, min(verdict.start_ms, *starts, verdict.end_ms) - MARGIN_MS)
    end = min(max(verdict.end_ms, *ends, verdict.start_ms) + MARGIN_MS, until_ms)
    end = min(end, start + LONGEST_MS)
    return Span(start_ms=start, end_ms=end) if start < end else None


def hushed(
    within: Span, heard: Iterable[Heard], gaps: Iterable[Gap], nobody: Iterable[Span] = ()
) -> tuple[Span, ...]:
    """The stretches of `within` that must not be kept, joined, by start.

    They are every far voice and every prompt; a voice of which it is not known whose it was,
    unless it said something of the catalog; what could not be listened to, since nobody knows who
    speaks there; and `nobody`: time in which the booth is nobody's.
    """
    near, others = list[Span](), list[Span]()
    for voice in heard:
        if voice.overlaps(within.start_ms - PAD_MS, within.end_ms + PAD_MS):
            (near if _is_the_collectors(voice) else others).append(voice)
    stretches = [(one.start_ms, one.end_ms) for one in (*gaps, *nobody)]
    stretches += [_padded(one, near) for one in others]
    joined = list[tuple[int, int]]()
    for start, end in sorted(stretches):
        start, end = max(start, within.start_ms), min(end, within.end_ms)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Span(start_ms=start, end_ms=end) for start, end in joined)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be kept of one vehicle."""

    vehicle: Span
    """what `span` gives"""
    position: int
    """the vehicle's place in the report, from 0"""
    reason: ClipReason
    """what `reason` gives"""
    hushed: Sequence[Span]
    """what `hushed` gives: there the sound is silenced"""


def keep(vault: Vault, samples: Samples, plan: Plan) -> Clip | None:
    """Put a vehicle's sound away; it is on the disk when this returns. None: there is none.

    What cannot be written is a Clip too, which says why: the verdict is stored without it. The
    samples are float32 [frames], mono, 16 kHz, of the collector's channel, from the start of
    `plan.vehicle`; fewer where the sound ended.
    """
    quiet = silenced(samples, plan.vehicle.start_ms, plan.hushed)
    if not quiet.any():
        return None
    try:
        sealed = vault.put(flac(quiet.reshape(1, -1), RATE))
    except StoreError as error:
        return unkept(vault, plan, str(error))
    return replace(
        unkept(vault, plan, None),
        end_ms=min(plan.vehicle.end_ms, plan.vehicle.start_ms + len(samples) * 1000 // RATE),
        sha256=sealed.sha256,
        size=sealed.size,
        wrapped=sealed.wrapped,
    )


def unkept(vault: Vault, plan: Plan, problem: str | None) -> Clip:
    """The row of a clip that there is none of, and why."""
    return Clip(
        start_ms=plan.vehicle.start_ms,
        end_ms=plan.vehicle.end_ms,
        vehicle_position=plan.position,
        reason=plan.reason,
        silenced=tuple(plan.hushed),
        sha256=None,
        codec=CODEC,
        wrapped_by=vault.wrapped_by,
        problem=problem,
    )


def of_recording(
    vault: Vault,
    report: ShiftReport,
    chunks: Iterable[AudioChunk],
    *,
    channel: int,
    choice: Choice,
    progress: Progress,
) -> tuple[Clip, ...]:
    """The sound of a recording's vehicles that is to be kept, put away.

    While a recording is heard nobody knows yet whose sound will be wanted, nor what of it is a
    driver's: so `chunks` is the recording read once more. One vehicle's sound is in memory.
    """
    chosen: list[tuple[Span, int, ClipReason]] = []
    for position, verdict in enumerate(report.transactions):
        why = reason(verdict, choice)
        where = span(verdict, report.duration_ms) if why else None
        if why and where:
            chosen.append((where, position, why))
    chosen.sort(key=lambda one: one[0].start_ms)
    found: list[Clip] = []
    sound = excerpts(chunks, [where for where, _, _ in chosen], channel=channel)
    with progress("keeping clips", len(chosen)) as bar:
        for done, (where, position, why) in enumerate(chosen):
            plan = Plan(
                vehicle=where,
                position=position,
                reason=why,
                hushed=hushed(where, report.utterances, report.gaps),
            )
            try:
                clip = keep(vault, next(sound), plan)
            except (AudioError, StopIteration):
                # Hours of listening are not thrown away for it.
                clip = unkept(vault, plan, warning("clip_unread"))
            found += [clip] if clip is not None else []
            bar(done + 1)
    return tuple(found)


def alarms(clips: Iterable[Clip]) -> Iterator[str]:
    """What went wrong with them, each thing once, with how many it befell; for people."""
    problems = [clip.problem for clip in clips if clip.problem is not None]
    for problem in dict.fromkeys(problems):
        count = problems.count(problem)
        yield (
            warning("unclipped_one", why=problem)
            if count == 1
            else warning("unclipped", count=count, why=problem)
        )


def _is_the_collectors(voice: Heard) -> bool:
    return voice.side is Side.NEAR or (voice.side is Side.UNKNOWN and kept(voice).text is not None)


def _padded(voice: Span, near: Iterable[Span]) -> tuple[int, int]:
    """The voice with what leads to it and dies away after it, up to where the collector speaks."""
    start, end = voice.start_ms - PAD_MS, voice.end_ms + PAD_MS
    for own in near:
        if own.overlaps(start, voice.start_ms):
            start = min(own.end_ms, voice.start_ms)
        if own.overlaps(voice.end_ms, end):
            end = max(own.start_ms, voice.end_ms)
    return start, end
