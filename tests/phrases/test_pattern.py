"""Patterns are read as written, and a mistake names its character."""

from __future__ import annotations

import pytest

from phrases.pattern import Form, Literal, PatternError, Slot, forms, parse


def spell(pattern: str, language: str = "zh") -> list[Form]:
    """All forms of a pattern."""
    return list(forms(pattern, phrase="p", language=language, standard=True))


def keys(pattern: str) -> list[str]:
    """Their words."""
    return [form.key for form in spell(pattern)]


def test_plain_words_lose_their_punctuation_but_the_line_keeps_it() -> None:
    """Commas are only a hint for the reader."""
    (form,) = spell("谢谢，再见！")
    assert form.tokens == (Literal(text="谢谢再见"),)
    assert form.line == "谢谢，再见！"


def test_optional_part_gives_the_fuller_form_first() -> None:
    """`[a]` may be left out."""
    assert keys("[祝您]一路平安") == ["祝您一路平安", "一路平安"]


def test_optional_choice_gives_each_and_none() -> None:
    """`[a|b]` is one of them or nothing."""
    assert keys("[祝您|祝]一路平安") == ["祝您一路平安", "祝一路平安", "一路平安"]


def test_alternatives_multiply() -> None:
    """Every combination of choices is a form."""
    assert keys("{师傅|先生}{您好|再见}") == ["师傅您好", "师傅再见", "先生您好", "先生再见"]


def test_unnamed_alternatives_leave_no_slot() -> None:
    """Only a named choice is kept."""
    assert [form.slots for form in spell("{师傅|先生}您好")] == [{}, {}]


def test_named_alternatives_are_kept_as_slots() -> None:
    """Which alternative was said is a slot's value."""
    assert [form.slots for form in spell("正在{what:施工|排障}")] == [
        {"what": "施工"},
        {"what": "排障"},
    ]


def test_star_is_a_slot_of_a_few_words() -> None:
    """`*` stands for anything, within bounds."""
    fixed, free = spell("为您提供{item:开水|*}")
    assert fixed.slots == {"item": "开水"}
    assert free.slots == {}
    assert free.tokens[-1] == Slot(name="item", kind="words", min_chars=1, max_chars=10)


def test_amount_is_a_slot_of_money() -> None:
    """{amount} is parsed by a grammar, not matched as words."""
    (form,) = spell("收您{amount}")
    assert form.key == "收您<amount>"
    assert isinstance(form.tokens[1], Slot)
    assert form.tokens[1].kind == "amount"


@pytest.mark.parametrize(
    ("name", "longest"), [("direction", 8), ("cause", 8), ("time", 8), ("name", 10)]
)
def test_slots_of_words_have_bounds(name: str, longest: int) -> None:
    """A slot of words holds a few characters, never a sentence."""
    (form,) = spell(f"您好这里{{{name}}}")
    assert form.tokens[1] == Slot(name=name, kind="words", min_chars=1, max_chars=longest)


def test_texts_around_a_choice_are_one_literal() -> None:
    """No two literals stand in a row."""
    assert spell("请{拿|收}好")[0].tokens == (Literal(text="请拿好"),)


def test_equal_forms_are_given_once() -> None:
    """Choices that come to the same words are one form."""
    assert keys("[您]您好") == ["您您好", "您好"]
    assert keys("{您好|您好，}师傅") == ["您好师傅"]


def test_leading_comma_of_a_left_out_part_goes() -> None:
    """A line never begins with what parted it from a word that is not there."""
    assert [form.line for form in spell("[师傅]，请走好")] == ["师傅，请走好", "请走好"]


def test_english_is_lower_case_words() -> None:
    """English keeps its spaces and loses case, hyphens and stops."""
    assert spell("Good-bye,  Sir.", "en")[0].tokens == (Literal(text="goodbye sir"),)


def test_fill_shows_values_and_what_is_unknown() -> None:
    """Findings print the line with what was due."""
    (form,) = spell("因{cause}原因，收您{amount}")
    assert form.fill({"amount": "50"}) == "因××原因，收您50元"
    assert form.fill({"cause": "大雾"}) == "因大雾原因，收您×元"


def test_forms_can_be_kept_in_sets() -> None:
    """Matching caches by form."""
    assert len({*spell("{what:施工|排障}方向"), *spell("{what:施工|排障}方向")}) == 2


@pytest.mark.parametrize(
    ("pattern", "character", "problem"),
    [
        ("您好[吗", 3, "never closed"),
        ("您好{师傅|先生", 3, "never closed"),
        ("您好]", 3, "closes nothing"),
        ("您好}", 3, "closes nothing"),
        ("您好[吗}", 5, "']' is wanted"),
        ("[您{a|b}]好", 3, "inside"),
        ("您好|再见", 3, "outside"),
        ("您好*", 3, "outside"),
        ("收您{amuont}", 4, "unknown slot 'amuont'"),
        ("您好{}", 4, "unknown slot"),
        ("{师傅}您好", 2, "unknown slot"),
        ("{师傅||先生}您好", 5, "empty"),
        ("[]您好", 2, "empty"),
        ("{what:}您好", 7, "empty"),
        ("[，]您好", 2, "empty"),
        ("{开水|*}您好", 2, "'*' may only"),
        ("[开水|*]您好", 2, "'*' may only"),
        ("您好{item:开水|水*}", 13, "stand alone"),
        ("您好{amount:五十|十}", 4, "grammar"),
        ("您好{项目:开水|水}", 4, "no slot name"),
    ],
)
def test_a_bad_pattern_names_its_character(pattern: str, character: int, problem: str) -> None:
    """Whoever edits a file is told where the mistake stands."""
    with pytest.raises(PatternError, match=f"character {character}: ") as caught:
        parse(pattern)
    assert problem in str(caught.value)
    assert pattern in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("因{direction}{cause}封道", "nothing parts"),
        ("从{direction}方向到{direction}方向", "stands twice"),
        ("{amount}", "0 fixed characters; 1 "),
        ("好", "1 fixed characters; 2 "),
        ("[您]好", "1 fixed characters; 2 "),
        ("您好{name}", "2 fixed characters; 3 "),
        ("，！", "0 fixed characters"),
        ("", "0 fixed characters"),
    ],
)
def test_a_form_that_could_not_be_known_is_refused(pattern: str, problem: str) -> None:
    """A wording needs words of its own, and slots that can be told apart."""
    with pytest.raises(PatternError, match=problem):
        spell(pattern)
