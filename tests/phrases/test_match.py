"""What a turn holds: accepted phrases that never overlap, doubtful ones, and what is left over."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from phrases.catalog import Catalog, load
from phrases.match import match, match_text
from phrases.types import Decision, Heard, Side, Transcript


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


class Deaf:
    """A scorer whose sound bears out no reading but the transcript's own."""

    def __init__(self, transcript: str) -> None:
        self._transcript = transcript

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Certain of the transcript, sure that nothing else was said."""
        return tuple(
            tuple(-0.1 if reading == self._transcript else -6.0 for _ in reading)
            for reading in readings
        )

    def noise(self, wordings: Sequence[str]) -> tuple[float, ...]:
        """Noise that sounds like nothing."""
        return tuple(-6.0 for _ in wordings)

    def end(self, reading: str) -> float:
        """Certain of the transcript's end only."""
        return -0.1 if reading == self._transcript else -6.0


class Keen(Deaf):
    """A scorer whose sound bears out every reading as well as the transcript."""

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """All readings alike."""
        return tuple(tuple(-0.4 for _ in reading) for reading in readings)


def said(text: str, number: int = 0, start_ms: int = 0, side: Side = Side.NEAR) -> Transcript:
    """A transcript at the pace of speech."""
    return Transcript(
        utterance=number,
        start_ms=start_ms,
        end_ms=start_ms + 220 * max(1, len(text)),
        side=side,
        text=text,
        logprob=-0.2,
    )


def accepted(heard: Sequence[Heard]) -> list[tuple[str, str | None]]:
    """Accepted phrases and their amounts, in order."""
    return [
        (m.phrase, m.slots.get("amount"))
        for h in heard
        for m in h.matches
        if m.decision is Decision.ACCEPTED
    ]


def test_several_phrases_in_one_breath(catalog: Catalog) -> None:
    """您好收您五十找您三十五 holds a greeting and both amounts, in order."""
    found = match([said("您好收您五十找您三十五")], catalog)
    assert accepted(found) == [
        ("greet.hello", None),
        ("flow.received", "50"),
        ("flow.change", "35"),
    ]


def test_accepted_phrases_do_not_overlap(catalog: Catalog) -> None:
    """Each accepted phrase ends before the next one begins."""
    (heard,) = match([said("您好,收您五十元,找您三十五元,请拿好通行票,谢谢")], catalog)
    matches = [m for m in heard.matches if m.decision is Decision.ACCEPTED]
    assert len(matches) == 5
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(matches))


def test_the_longest_phrase_wins(catalog: Catalog) -> None:
    """对不起,请稍等 is one phrase and not its two parts."""
    assert accepted(match([said("对不起,请稍等")], catalog)) == [("exception.wait", None)]


def test_a_phrase_may_span_utterances(catalog: Catalog) -> None:
    """A phrase with a breath in it is found, with the numbers of both utterances."""
    turn = [said("周末愉快", 3, 0), said("祝您一路顺风", 4, 1500)]
    (first, _) = match(turn, catalog)
    assert [(m.phrase, m.utterances) for m in first.matches] == [("weekend", (3, 4))]


def test_the_sound_can_refuse_what_the_text_resembles(catalog: Catalog) -> None:
    """A near miss that the sound does not bear out is not accepted; one that it does may be."""
    text = "请拿好通行盘"
    deaf = match([said(text)], catalog, scorers={0: Deaf(text)})
    keen = match([said(text)], catalog, scorers={0: Keen(text)})
    assert accepted(deaf) == []
    assert accepted(keen) in ([("ticket.take", None)], [("card.take", None)])


def test_a_guessed_amount_needs_the_sound(catalog: Catalog) -> None:
    """An amount in other characters is not accepted where the sound speaks against it."""
    text = "收您食物源"
    assert accepted(match([said(text)], catalog, scorers={0: Deaf(text)})) == []
    torn = Torn(text, "收您十五元")
    assert accepted(match([said(text)], catalog, scorers={0: torn})) == [("flow.received", "15")]


def test_other_speech_is_left_over_and_foreign(catalog: Catalog) -> None:
    """Understood talk that is like no phrase is unexplained, and hides none."""
    (heard,) = match([said("这个月工资发了没有")], catalog)
    assert heard.matches == ()
    assert heard.unexplained_ms > 1000
    assert heard.foreign


def test_what_was_not_understood_may_hide_a_phrase(catalog: Catalog) -> None:
    """A transcript that is unsure of itself is not called foreign."""
    blurred = Transcript(
        utterance=0, start_ms=0, end_ms=1500, side=Side.NEAR, text="这夜因此法", logprob=-1.6
    )
    (heard,) = match([blurred], catalog)
    assert heard.unexplained_ms > 1000
    assert not heard.foreign


def test_made_up_lines_are_no_words(catalog: Catalog) -> None:
    """What Whisper says on noise is dropped, and its time stays unexplained."""
    (heard,) = match([said("字幕由Amara.org社群提供")], catalog)
    assert heard.matches == ()
    assert heard.unexplained_ms == heard.end_ms - heard.start_ms


def test_a_stutter_counts_once(catalog: Catalog) -> None:
    """早上好早上好 is the short window's stutter: one greeting."""
    assert accepted(match([said("早上好早上好")], catalog)) == [("greet.morning", None)]


def test_the_far_side_is_not_looked_at(catalog: Catalog) -> None:
    """A driver's 谢谢 is listed without words or matches."""
    far, near = match([said("谢谢", 0, 0, Side.FAR), said("再见", 1, 900)], catalog)
    assert (far.text, far.matches, far.unexplained_ms) == (None, (), 0)
    assert accepted([near]) == [("goodbye", None)]


def test_a_voice_that_cannot_be_told_marks_its_matches(catalog: Catalog) -> None:
    """A match from an unknown side says so."""
    (heard,) = match([said("谢谢", side=Side.UNKNOWN)], catalog)
    assert [m.side for m in heard.matches] == [Side.UNKNOWN]


@pytest.mark.parametrize("text", ["自己看", "有本事你去告"])
def test_a_forbidden_phrase_counts_as_the_whole_utterance(catalog: Catalog, text: str) -> None:
    """A forbidden phrase alone is found; with other words around it, not even doubtfully."""
    assert [m.phrase.split(".")[0] for m in match_text(text, catalog)] == ["forbidden"]
    among = match_text(f"我说{text}过了没有", catalog)
    assert not any(m.phrase.startswith("forbidden") for m in among)


def test_a_short_phrase_with_words_run_into_it_is_not_accepted(catalog: Catalog) -> None:
    """您好 in 您好像走错道了 and 谢谢 in 谢谢大家来参加 were not said as phrases."""
    for text in ("您好像走错道了", "谢谢大家来参加", "再见面的时候"):
        assert accepted(match([said(text)], catalog)) == []


def test_ni_for_nin_is_the_same_phrase_with_a_remark(catalog: Catalog) -> None:
    """收你 counts as 收您 and says so; where the handbook itself has 你 nothing is said."""
    (heard,) = match([said("收你五十元")], catalog)
    assert accepted([heard]) == [("flow.received", "50")]
    assert heard.matches[0].remark is not None
    (own,) = match([said("谢谢你的合作")], catalog)
    assert accepted([own]) == [("thanks.cooperation", None)]
    assert own.matches[0].remark is None


class Torn(Deaf):
    """A scorer to which two readings sound nearly alike, and all others wrong."""

    def __init__(self, transcript: str, other: str) -> None:
        super().__init__(transcript)
        self._other = other

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """The other reading a little less likely than the transcript."""
        rows = super().score(readings)
        return tuple(
            tuple(-0.3 for _ in reading) if reading == self._other else row
            for reading, row in zip(readings, rows, strict=True)
        )

    def end(self, reading: str) -> float:
        """Either may be the end."""
        return -0.3 if reading == self._other else super().end(reading)


def test_an_amount_that_was_due_is_ruled_out_by_sound_only(catalog: Catalog) -> None:
    """Where the lane expects 15 and 50 was heard, 15 stays a rival unless the sound excludes it."""
    text = "收您五十元"
    torn = match([said(text)], catalog, scorers={0: Torn(text, "收您十五元")}, due={1500})
    sure = match([said(text)], catalog, scorers={0: Deaf(text)}, due={1500})
    assert torn[0].matches[0].rivals == ("15",)
    assert sure[0].matches[0].rivals == ()
    assert accepted(torn) == accepted(sure) == [("flow.received", "50")]


def test_what_is_due_makes_no_match(catalog: Catalog) -> None:
    """The lane's amounts never put words into anybody's mouth."""
    text = "今天中午吃什么"
    (heard,) = match([said(text)], catalog, scorers={0: Keen(text)}, due={1500})
    assert not [m for m in heard.matches if "amount" in m.slots]


def test_an_amount_that_runs_into_other_speech_rules_nothing_out(catalog: Catalog) -> None:
    """一块武 may have been 一块五: with other speech behind it, what was due stays possible."""
    text = "找您一块武器"
    (heard,) = match([said(text)], catalog, scorers={0: Keen(text)}, due={150})
    amounts = [m for m in heard.matches if m.phrase == "flow.change"]
    assert all("1.5" in m.rivals for m in amounts)
    assert amounts


def test_more_than_can_be_said_in_the_time_is_not_heard(catalog: Catalog) -> None:
    """A whole sentence in a third of a second was made up, and may hide what was said."""
    text = "谢谢您的合作祝您一路平安请您系好安全带"
    made_up = replace(said(text), end_ms=300)
    (heard,) = match([made_up], catalog)
    assert (heard.matches, heard.unexplained_ms) == ((), 300)
    assert accepted(match([said(text)], catalog))
