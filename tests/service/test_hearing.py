"""Hearing: utterances become turns, a broken recogniser a gap, the far side nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audio.types import Faint, Passed, Utterance
from phrases.types import Decision, Gap, GapReason, Heard, Side
from service.hearing import Item, Progress, SoFar, Stopped
from tests.fakes import hearer, utterance


def listen(
    items: Sequence[Utterance | Gap | Faint | Passed],
    words: dict[int, str],
    *,
    broken: Sequence[int] = (),
    stop: Callable[[], bool] = lambda: False,
) -> list[Item]:
    """All that comes out."""
    return list(hearer(items, words, broken).listen([], stop=stop))


def accepted(items: Sequence[Item]) -> list[str]:
    """Ids of the phrases that were accepted, in order."""
    return [
        match.phrase
        for item in items
        if isinstance(item, Heard)
        for match in item.matches
        if match.decision is Decision.ACCEPTED
    ]


def test_what_was_said_is_found() -> None:
    """Each utterance comes out once, with its phrases."""
    items = listen(
        [utterance(0, 1000, 2000), utterance(1, 9000, 11_000)], {0: "您好", 1: "收您五十元"}
    )
    assert accepted(items) == ["greet.hello", "flow.received"]
    assert [i.utterance for i in items if isinstance(i, Heard)] == [0, 1]


def test_the_far_side_is_neither_recognised_nor_kept() -> None:
    """A driver's words never reach the recogniser: it would break on this one."""
    items = listen([utterance(0, 1000, 2000, Side.FAR)], {0: "您好"}, broken=[0])
    heard = [i for i in items if isinstance(i, Heard)]
    assert [(h.side, h.text, h.matches) for h in heard] == [(Side.FAR, None, ())]


def test_a_driver_ends_the_turn() -> None:
    """What the collector says before and after a driver's words is not one phrase."""
    near, far = utterance(0, 1000, 2000), utterance(1, 2100, 2600, Side.FAR)
    items = listen([near, far, utterance(2, 2700, 3500)], {0: "收您", 2: "五十元"})
    assert "flow.received" not in accepted(items)


def test_a_recogniser_that_fails_is_a_gap() -> None:
    """Failure is a value: the time is not heard, and the rest is."""
    items = listen([utterance(0, 1000, 2000), utterance(1, 9000, 9800)], {1: "您好"}, broken=[0])
    gaps = [i for i in items if isinstance(i, Gap)]
    assert [(g.start_ms, g.end_ms, g.reason) for g in gaps] == [(1000, 2000, GapReason.ASR_FAILED)]
    assert accepted(items) == ["greet.hello"]


def test_gaps_and_faint_stretches_pass_through() -> None:
    """What the cutter could not hear is told on as it is."""
    gap = Gap(start_ms=0, end_ms=500, reason=GapReason.MIC_LOST)
    faint = Faint(start_ms=600, end_ms=900)
    items = listen([gap, faint], {})
    assert gap in items
    assert faint in items


def test_stopping_keeps_what_was_heard_and_says_where_it_ended() -> None:
    """Nothing from that moment on is claimed to have been listened to."""
    answers = iter([False, True])
    items = listen(
        [utterance(0, 1000, 2000), utterance(1, 9000, 9800)],
        {0: "您好", 1: "谢谢"},
        stop=lambda: next(answers),
    )
    assert accepted(items) == ["greet.hello"]
    assert items[-1] == Stopped(at_ms=9000)


def test_progress_never_runs_ahead_of_what_was_given() -> None:
    """A bar at 9 s means that everything before has been given out."""
    items = listen([utterance(0, 1000, 2000), utterance(1, 9000, 9800)], {0: "您好", 1: "谢谢"})
    for n, item in enumerate(items):
        if isinstance(item, Progress):
            later = [i for i in items[n:] if isinstance(i, Heard)]
            assert all(heard.start_ms >= item.done_ms for heard in later)


def test_a_turn_is_over_when_time_has_passed() -> None:
    """Who listens live does not wait for the next word to know that there was none."""
    items = listen(
        [
            utterance(0, 1000, 2000),
            Passed(at_ms=3000),
            utterance(1, 3100, 4000),
            Passed(at_ms=5000),
            Passed(at_ms=5300),
            Gap(start_ms=5300, end_ms=5400, reason=GapReason.MIC_LOST),
        ],
        {0: "收您", 1: "五十元"},
    )
    assert accepted(items) == ["flow.received"]
    kinds = [type(item).__name__ for item in items]
    assert kinds.index("Heard") < kinds.index("Gap")
    assert Progress(done_ms=5300) in items


def test_what_a_turn_holds_so_far_is_told_at_once() -> None:
    """After each utterance, and in place of what was told before; the end is what it always was."""
    cut: list[Utterance | Gap | Faint | Passed] = [
        utterance(0, 1000, 2000),
        utterance(1, 2600, 3500),
        Passed(at_ms=5000),
    ]
    words = {0: "对不起", 1: "请稍等"}
    items = list(hearer(cut, words).listen([], so_far=True))
    told = [item for item in items if isinstance(item, SoFar)]
    assert [[m.phrase for m in one.matches] for one in told] == [["sorry"], accepted(items)]
    assert [one.end_ms for one in told] == [2000, 3500]
    assert accepted(items) == accepted(listen(cut, words))
    assert not any(isinstance(item, SoFar) for item in listen(cut, words))


def test_an_unfinished_turn_is_asked_again_only_if_the_lane_knows_more() -> None:
    """What a sum may be held against decides, not when it is asked."""
    asked: list[int] = []

    def due(_start_ms: int, _end_ms: int) -> set[int]:
        asked.append(len(asked))
        return {5_000} if len(asked) > 1 else set()

    ears = hearer([utterance(0, 1000, 2000)], {0: "收您十五元"})
    (early, late) = [
        i for i in ears.listen([], so_far=True, due=due) if not isinstance(i, Progress)
    ]
    assert isinstance(early, SoFar)
    assert isinstance(late, Heard)
    assert early.matches[0].rivals == ()
    assert late.matches[0].rivals != ()


def test_a_driver_s_words_are_in_no_turn() -> None:
    """Not even for as long as it goes on."""
    items = list(hearer([utterance(0, 1000, 2000, Side.FAR)], {0: "您好"}).listen([], so_far=True))
    assert not any(isinstance(item, SoFar) for item in items)
