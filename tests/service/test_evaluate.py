"""evaluate: the manifest is read strictly, and found means with the right amount."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from phrases.types import Decision, PhraseMatch
from service import settings
from service.errors import BadInput
from service.evaluate import (
    Clip,
    Evaluation,
    Expected,
    Result,
    as_json,
    as_table,
    evaluate,
    read_manifest,
)
from tests import contract
from tests.fakes import ears, quiet, utterance, wav
from tests.service.test_report_table import shown

KNOWN: Mapping[str, object] = {"greet.hello": 1, "flow.received": 1, "flow.change": 1}


def manifest(tmp_path: Path, text: str) -> Path:
    """A manifest beside one clip, a.wav."""
    wav(tmp_path / "a.wav", 0.5)
    path = tmp_path / "m.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def found(phrase: str, amount: str | None = None) -> PhraseMatch:
    """An accepted match."""
    return PhraseMatch(
        phrase=phrase,
        slots={} if amount is None else {"amount": amount},
        text="",
        utterances=(0,),
        char_score=1,
        pinyin_score=1,
        score=1,
        decision=Decision.ACCEPTED,
        why="",
        start_ms=0,
        end_ms=100,
    )


def result(expected: tuple[Expected, ...], *accepted: PhraseMatch) -> Result:
    """A clip and what was found in it."""
    clip = Clip(file="a.wav", path=Path("a.wav"), label="x", expected=expected)
    return Result(clip=clip, text="", accepted=accepted, unsure=())


def test_labels_are_read(tmp_path: Path) -> None:
    """An id, with an amount, several in order, or nothing; other columns do not matter."""
    text = (
        "voice\tfile\texpected\n"
        "x\ta.wav\tgreet.hello\n"
        "x\ta.wav\tflow.received=15.5\n"
        "x\ta.wav\tgreet.hello+flow.received=50+flow.change=35\n"
        "x\ta.wav\t-\n"
    )
    clips = read_manifest(manifest(tmp_path, text), KNOWN)
    assert [c.expected for c in clips] == [
        (Expected(phrase="greet.hello"),),
        (Expected(phrase="flow.received", amount_fen=1550),),
        (
            Expected(phrase="greet.hello"),
            Expected(phrase="flow.received", amount_fen=5000),
            Expected(phrase="flow.change", amount_fen=3500),
        ),
        (),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no header"),
        ("file\texpected\n", "has no rows"),
        ("clip\texpected\na.wav\t-\n", "line 1: no column file"),
        ("file\texpected\na.wav\n", "line 2: column expected is empty"),
        ("file\texpected\n\t-\n", "line 2: column file is empty"),
        ("file\texpected\na.wav\t-\nb.wav\t-\n", "line 3: b.wav: no such file"),
        ("file\texpected\na.wav\tgreet.hullo\n", "line 2: no phrase has the id 'greet.hullo'"),
        ("file\texpected\na.wav\tflow.received=much\n", "line 2: flow.received=much"),
        ("file\texpected\na.wav\tgreet.hello+\n", "line 2: no phrase has the id ''"),
    ],
)
def test_a_wrong_manifest_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    """Before any clip is heard."""
    with pytest.raises(BadInput) as caught:
        read_manifest(manifest(tmp_path, text), KNOWN)
    assert said in str(caught.value)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    """The path and what is wrong."""
    with pytest.raises(BadInput, match="cannot be read"):
        read_manifest(tmp_path / "none.tsv", KNOWN)


def test_found_means_every_phrase_with_its_amount() -> None:
    """15 is not 50, and saying one of two is not enough."""
    fifty = Expected(phrase="flow.received", amount_fen=5000)
    hello = Expected(phrase="greet.hello")
    assert result((fifty,), found("flow.received", "50.0")).found
    assert not result((fifty,), found("flow.received", "15")).found
    assert not result((hello, fifty), found("greet.hello")).found
    assert not result((hello, hello), found("greet.hello")).found
    assert result((hello, fifty), found("greet.hello"), found("flow.received", "50")).found


def test_a_false_accept_is_a_phrase_from_a_clip_without_one() -> None:
    """Forbidden phrases count apart; a second phrase beside the right one is no false accept."""
    assert result((), found("greet.hello")).false_accept
    assert not result((), found("forbidden.x")).false_accept
    assert not result((Expected(phrase="greet.hello"),), found("goodbye")).false_accept


def test_the_figures_and_their_json() -> None:
    """Recall over the clips with a phrase, as the contract has it."""
    hello = (Expected(phrase="greet.hello"),)
    results = (result(hello, found("greet.hello")), result(hello), result((), found("goodbye")))
    evaluation = Evaluation(results=results, seconds_audio=3.0, seconds_compute=0.5)
    tree = contract.Evaluation.model_validate(as_json(evaluation))
    assert (tree.clips, tree.recall, tree.false_accepts) == (3, 0.5, 1)
    text = shown(as_table(evaluation))
    assert "recall 0.500" in text
    assert "false accepts 1 of 1" in text


def test_without_a_phrase_there_is_no_recall() -> None:
    """A manifest of noise has none, rather than nought or all."""
    assert Evaluation(results=(result(()),), seconds_audio=1, seconds_compute=1).recall is None


def test_every_clip_is_heard_as_the_collectors_own(tmp_path: Path) -> None:
    """One row, one result, with the whole clip's length."""
    path = manifest(tmp_path, "file\texpected\na.wav\tgreet.hello\n")
    (tmp_path / "s.toml").write_text("", encoding="utf-8")
    site = settings.load({"CHANGSHOU_CONFIG": str(tmp_path / "s.toml")})
    done = evaluate(path, site, progress=quiet, ears=ears([utterance(0, 0, 400)], {0: "您好"}))
    assert done.recall == 1.0
    assert done.seconds_audio == 0.5
