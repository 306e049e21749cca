"""A turn becomes one row of timed characters, and one with amounts as single units."""

from phrases.layout import lay_out
from phrases.types import Side, Span, Transcript


def said(text: str, start_ms: int, end_ms: int, *pauses: tuple[int, int]) -> Transcript:
    """A transcript at a time."""
    return Transcript(
        utterance=0,
        start_ms=start_ms,
        end_ms=end_ms,
        side=Side.NEAR,
        text=text,
        pauses=tuple(Span(start_ms=a, end_ms=b) for a, b in pauses),
    )


def test_characters_share_the_time_evenly() -> None:
    """Without a pause each character has the same share of the utterance."""
    row = lay_out([said("一路平安", 1000, 1800)], ["一路平安"]).chars
    assert [(u.start_ms, u.end_ms) for u in row] == [
        (1000, 1200),
        (1200, 1400),
        (1400, 1600),
        (1600, 1800),
    ]


def test_no_character_lies_in_a_pause() -> None:
    """The time of an inner silence belongs to no character's beginning."""
    row = lay_out([said("谢谢再见", 0, 1400, (400, 1000))], ["谢谢再见"]).chars
    assert [u.start_ms for u in row] == [0, 200, 1000, 1200]
    assert row[-1].end_ms == 1400


def test_a_long_pause_and_a_comma_make_a_fresh_start() -> None:
    """Words after a long silence or a comma do not run on from those before."""
    paused = lay_out([said("谢谢再见", 0, 1400, (400, 1000))], ["谢谢再见"]).chars
    assert [u.fresh for u in paused] == [True, False, True, False]
    comma = lay_out([said("谢谢,再见", 0, 800)], ["谢谢,再见"]).chars
    assert [u.fresh for u in comma] == [True, False, True, False]


def test_an_amount_is_one_unit_of_the_money_row() -> None:
    """The money row has the amount whole, with its fen, its time and its characters."""
    layout = lay_out([said("收您五十元", 0, 1000)], ["收您五十元"])
    assert len(layout.chars) == 5
    assert [(u.text, u.fen) for u in layout.money] == [
        ("收", None),
        ("您", None),
        ("五十元", 5000),
    ]
    amount = layout.money[-1]
    assert (amount.start_ms, amount.end_ms, amount.first, amount.last) == (400, 1000, 2, 5)


def test_two_utterances_make_one_row() -> None:
    """Positions run on over the utterances of a turn, and each unit knows its own."""
    turn = [said("收您", 0, 400), said("五十元", 900, 1500)]
    layout = lay_out(turn, ["收您", "五十元"])
    assert [u.turn for u in layout.chars] == [0, 0, 1, 1, 1]
    assert [u.first for u in layout.chars] == [0, 1, 2, 3, 4]
    assert layout.money[-1].fen == 5000


def test_an_utterance_without_words_adds_nothing() -> None:
    """What the recogniser made up is left out by its emptied text."""
    layout = lay_out([said("谢谢观看", 0, 400), said("您好", 900, 1300)], ["", "您好"])
    assert [u.text for u in layout.chars] == ["您", "好"]
    assert [u.turn for u in layout.chars] == [1, 1]
