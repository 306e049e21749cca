"""What may have hidden a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from phrases.dialogue import Window
from phrases.listened import Ears, ears
from phrases.turn import Turn
from phrases.types import Gap, GapReason, Heard, Lane, Side, Span
from tests.phrases.scene import DIALOGUES, TABLE, event, hear

STEP = next(step for step in DIALOGUES[Lane.EXIT].steps if step.id == "ticket")
TURN = Turn(
    start_ms=10_000,
    end_ms=30_000,
    vehicle=1,
    lane=Lane.EXIT,
    event=event(arrived=10, left=30),
    matches=(),
    floor_ms=0,
    ceil_ms=60_000,
)


def window(start: float, end: float) -> Window:
    """A window in seconds."""
    return Window(
        start_ms=int(start * 1000), end_ms=int(end * 1000), after_step=False, before_step=False
    )


def listen(
    said: Sequence[str] = ("50.0 help",),
    speech: Sequence[str] = (),
    gaps: Sequence[Gap] = (),
    faint: Sequence[Span] = (),
    duration: int = 60_000,
) -> Ears:
    """A recording of a minute in which the collector was heard."""
    return ears(
        heard=hear(said, speech),
        gaps=gaps,
        faint=faint,
        duration_ms=duration,
        limits=TABLE.listening,
    )


def hindrance(recording: Ears, start: float = 15, end: float = 20, turn: Turn = TURN) -> str | None:
    """Why a ticket may have been said between the two."""
    return recording.hindrance(turn, window(start, end), STEP)


def test_silence_proves_something() -> None:
    """Where all was heard and nothing said, nothing hides the step."""
    assert hindrance(listen()) is None


@pytest.mark.parametrize(
    ("start", "end", "hides"),
    [(16, 17, True), (5, 40, True), (14, 14.8, True), (20.2, 21, True), (5, 14.5, False)],
)
def test_a_gap(start: float, end: float, hides: bool) -> None:
    """A gap in the window, or as near as its ends may be off, hides the step."""
    span = {"start_ms": int(start * 1000), "end_ms": int(end * 1000)}
    gap = Gap(**span, reason=GapReason.TOO_NOISY)
    reason = hindrance(listen(gaps=[gap]))
    assert (reason is not None) is hides
    assert not hides or "too_noisy" in str(reason)
    assert (hindrance(listen(faint=[Span(**span)])) is not None) is hides


def test_an_empty_window_can_be_hidden_too() -> None:
    """Between two phrases said in one breath a gap still counts."""
    gap = Gap(start_ms=14_900, end_ms=15_100, reason=GapReason.OVERRUN)
    assert hindrance(listen(gaps=[gap]), 15, 15) is not None


@pytest.mark.parametrize(
    ("speech", "hides"),
    [
        ("16.0-17.0", True),
        ("16.0-16.4", False),
        ("14.8-15.1", False),
        ("5.0-14.0", False),
        ("16.0-17.0 unknown", True),
        ("16.0-17.0 far", False),
        ("16.0-17.0 foreign", False),
        ("16.0-17.0 foreign noisy", True),
    ],
)
def test_speech_that_nobody_understood(speech: str, hides: bool) -> None:
    """Near speech as long as the step hides it, unless it is clearly something else."""
    assert (hindrance(listen(speech=[speech])) is not None) is hides


def test_the_rest_of_an_utterance_hides_only_where_it_lies() -> None:
    """Left-over speech in an utterance is looked for beside its accepted phrases."""
    (said,) = hear(["12.0 flow.received=50"])
    long = replace(said, start_ms=9_000, unexplained_ms=3_000)
    recording = ears(heard=(long,), gaps=(), faint=(), duration_ms=60_000, limits=TABLE.listening)
    assert hindrance(recording, 13, 20) is None
    assert hindrance(recording, 8, 12) is not None


def test_a_phrase_that_reaches_into_an_utterance_explains_its_part() -> None:
    """A phrase that spans two utterances explains the second one as well."""
    (first,) = hear(["14.0 flow.received=50"])
    spanning = replace(first.matches[0], end_ms=17_000, utterances=(0, 1))
    second = Heard(
        start_ms=15_000,
        end_ms=17_000,
        utterance=1,
        side=first.side,
        text="",
        unexplained_ms=600,
    )
    recording = ears(
        heard=(replace(first, matches=(spanning,)), second),
        gaps=(),
        faint=(),
        duration_ms=60_000,
        limits=TABLE.listening,
    )
    assert hindrance(recording) is None


def test_a_microphone_that_never_heard_the_collector_proves_nothing() -> None:
    """Silence counts only near a phrase that was certainly the collector's."""
    for said in ([], ["50.0 help?"], ["50.0 help~"]):
        assert "deaf" in str(hindrance(listen(said)))


def test_proof_does_not_last_for_hours() -> None:
    """A microphone that went deaf hours ago accuses nobody now."""
    late = replace(TURN, start_ms=3_600_000, end_ms=3_620_000)
    assert "deaf" in str(hindrance(listen(duration=7_200_000), 3_601, 3_610, late))


def test_the_end_of_the_recording() -> None:
    """What a vehicle said after the recording's end is unknown; a second is no matter."""
    assert "ended" in str(hindrance(listen(duration=18_000)))
    assert hindrance(listen(duration=29_500)) is None
    assert hindrance(listen(duration=18_000), 12, 17) is None


def test_noise_over_words() -> None:
    """Words under noise may be misheard."""
    recording = listen(speech=["16.0-17.0 noisy", "20.0-21.0"])
    assert recording.poor(Span(start_ms=16_500, end_ms=16_800)) is not None
    assert recording.poor(Span(start_ms=20_500, end_ms=20_800)) is None


def test_faint_sounds_at_a_far_voice_are_its_own() -> None:
    """The weak beginning of a driver's sentence hides nothing of the collector's."""
    faint = Span(start_ms=16_000, end_ms=16_300)
    far = Heard(start_ms=16_500, end_ms=17_500, utterance=9, side=Side.FAR, text=None)
    proof = hear(("50.0 help",), ())
    alone = ears(heard=proof, gaps=(), faint=(faint,), duration_ms=60_000, limits=TABLE.listening)
    driver = ears(
        heard=(*proof, far), gaps=(), faint=(faint,), duration_ms=60_000, limits=TABLE.listening
    )
    assert hindrance(alone) is not None
    assert hindrance(driver) is None
