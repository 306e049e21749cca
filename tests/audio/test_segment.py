"""Speech is cut by its probabilities alone; what is too weak to be cut is handed on as faint."""

from __future__ import annotations

from collections.abc import Sequence

from audio.segment import Segmenter, Speech, split
from audio.types import Faint, HearingSettings

FRAME_MS = 32
SETTINGS = HearingSettings()


def frames(*stretches: tuple[float, int]) -> list[float]:
    """Probabilities, each held for a number of frames."""
    return [probability for probability, count in stretches for _ in range(count)]


def segment(probabilities: Sequence[float], piece: int | None = None) -> list[Speech | Faint]:
    """All that is found, fed in pieces of so many frames."""
    segmenter = Segmenter(SETTINGS, FRAME_MS)
    found = list[Speech | Faint]()
    step = piece or max(1, len(probabilities))
    for at in range(0, len(probabilities), step):
        found += segmenter.feed(probabilities[at : at + step])
    return found + segmenter.finish()


def test_a_word_is_cut_with_its_padding() -> None:
    """Speech has its own bounds, and sound is kept on both sides of it."""
    (word,) = segment(frames((0.0, 30), (0.9, 10), (0.0, 30)))
    assert isinstance(word, Speech)
    assert (word.start_ms, word.end_ms) == (30 * 32, 40 * 32)
    assert word.pad_before_ms == word.pad_after_ms == SETTINGS.pad_ms
    assert word.speech_ms == 320


def test_three_frames_are_a_word() -> None:
    """In noise 谢谢 leaves a tenth of a second: it is cut all the same."""
    assert len(segment(frames((0.0, 30), (0.8, 3), (0.0, 30)))) == 1


def test_a_blip_is_nothing() -> None:
    """One frame is no word, and too short to hint at one."""
    assert segment(frames((0.0, 30), (0.9, 1), (0.0, 30))) == []


def test_a_commas_pause_is_noted_and_does_not_cut() -> None:
    """Phrases said in one breath stay one utterance, with the pause between them."""
    (both,) = segment(frames((0.0, 20), (0.9, 20), (0.0, 10), (0.9, 20), (0.0, 30)))
    assert isinstance(both, Speech)
    assert both.pauses_ms == ((40 * 32, 50 * 32),)
    assert both.speech_ms == 40 * 32


def test_a_silence_cuts_and_padding_stays_out_of_other_speech() -> None:
    """A longer silence ends the utterance; neither side's padding reaches the other's speech."""
    one, two = segment(frames((0.0, 5), (0.9, 20), (0.0, 16), (0.9, 20), (0.0, 30)))
    assert isinstance(one, Speech)
    assert isinstance(two, Speech)
    assert one.pad_before_ms == 5 * 32
    assert one.end_ms + one.pad_after_ms <= two.start_ms
    assert two.start_ms - two.pad_before_ms >= one.end_ms


def test_a_dip_between_the_thresholds_does_not_end_speech() -> None:
    """Speech that has begun goes on while it is over the lower threshold."""
    (word,) = segment(frames((0.0, 20), (0.9, 5), (0.4, 30), (0.9, 5), (0.0, 30)))
    assert isinstance(word, Speech)
    assert word.pauses_ms == ()


def test_long_speech_is_cut_at_its_longest_pause() -> None:
    """No utterance is longer than the limit, and the cut is where least is lost."""
    found = segment(
        frames((0.9, 250), (0.0, 5), (0.9, 60), (0.0, 9), (0.9, 60), (0.0, 4), (0.9, 120), (0, 40))
    )
    assert found[0].end_ms == (250 + 5 + 60) * 32
    assert all(one.end_ms - one.start_ms <= SETTINGS.max_utterance_ms for one in found)
    assert found[1].start_ms == (250 + 5 + 60 + 9) * 32


def test_long_speech_without_a_pause_is_cut_where_it_is_least_sure() -> None:
    """Speech without any pause is cut all the same, at its weakest frame, and none is lost."""
    found = segment(frames((0.9, 300), (0.6, 1), (0.9, 400), (0.0, 30)))
    assert found[0].end_ms == 300 * 32
    assert [one.start_ms for one in found[1:]] == [one.end_ms for one in found[:-1]]
    assert found[-1].end_ms == 701 * 32


def test_weak_speech_is_faint() -> None:
    """What is between the thresholds for long enough is handed on, not dropped."""
    (hint,) = segment(frames((0.0, 20), (0.3, 10), (0.0, 30)))
    assert hint == Faint(start_ms=20 * 32, end_ms=30 * 32)


def test_the_edges_of_an_utterance_are_not_faint() -> None:
    """Rising and falling probabilities within the padding belong to the utterance."""
    assert len(segment(frames((0.0, 9), (0.3, 7), (0.9, 20), (0.3, 7), (0.0, 30)))) == 1


def test_a_long_weak_lead_is_faint() -> None:
    """Weak speech long before the utterance begins is not covered by its padding."""
    hint, word = segment(frames((0.0, 9), (0.3, 40), (0.9, 20), (0.0, 30)))
    assert isinstance(hint, Faint)
    assert isinstance(word, Speech)
    assert hint.start_ms == 9 * 32
    assert hint.end_ms <= word.start_ms


def test_pieces_do_not_matter() -> None:
    """However the stream is cut into pieces, the same is found."""
    stream = frames(
        (0.0, 9), (0.3, 40), (0.9, 20), (0.1, 5), (0.8, 3), (0.0, 30), (0.6, 2), (0.25, 9), (0, 9)
    )
    assert segment(stream, 1) == segment(stream, 7) == segment(stream)


def test_speech_at_the_end_is_not_lost() -> None:
    """The recording may end within a word."""
    (word,) = segment(frames((0.0, 9), (0.9, 20)))
    assert word.end_ms == 29 * 32


def test_nothing_comes_before_what_is_settled() -> None:
    """What is found later never starts before the time up to which all was handed out."""
    segmenter = Segmenter(SETTINGS, FRAME_MS)
    settled = 0
    for probability in frames((0.0, 9), (0.3, 40), (0.9, 20), (0.0, 30), (0.9, 600), (0.0, 30)):
        for one in segmenter.feed([probability]):
            assert one.start_ms >= settled
        settled = segmenter.settled_ms


def test_speech_is_split_at_chosen_pauses() -> None:
    """The parts have the speech and the pauses of the whole, but for those they are cut at."""
    whole = Speech(
        start_ms=1000,
        end_ms=4000,
        pad_before_ms=300,
        pad_after_ms=300,
        pauses_ms=((1500, 1600), (2000, 2200), (3000, 3100)),
        speech_ms=2600,
    )
    one, two = split(whole, [1], 300)
    assert (one.start_ms, one.end_ms, one.pauses_ms) == (1000, 2000, ((1500, 1600),))
    assert (two.start_ms, two.end_ms, two.pauses_ms) == (2200, 4000, ((3000, 3100),))
    assert one.pad_after_ms == two.pad_before_ms == 200
    assert one.speech_ms + two.speech_ms == whole.speech_ms
