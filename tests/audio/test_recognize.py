"""Whisper on real sound: words come out, windows stay short, loops are noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio import files
from audio.cut import cut
from audio.recognize import (
    Encoding,
    Hearing,
    ModelError,
    Recognizer,
    is_loop,
    tokens_cap,
)
from audio.types import HearingSettings, Utterance
from audio.verify import Noise, Verifier
from audio.weights import find
from audio.window import UNTRAINED
from phrases.normalize import fold, polite
from phrases.types import Side, Transcript
from tests.fakes import utterance

RECORDING = Path(__file__).parents[1] / "recordings" / "quiet.opus"


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    """The weights that ship."""
    weights = find()
    return Recognizer(weights.folder, model_id=weights.id, windows=weights.windows, threads=2)


@pytest.fixture(scope="module")
def utterances() -> list[Utterance]:
    """The collector's utterances of the quiet recording."""
    items = cut(files.stream([RECORDING]), settings=HearingSettings())
    return [i for i in items if isinstance(i, Utterance) and i.side is Side.NEAR]


def verifier(recognizer: Recognizer, hearing: Hearing) -> Verifier:
    """The second look at what was heard."""
    return Verifier(recognizer, hearing, Noise(recognizer))


@pytest.mark.slow
def test_the_words_of_a_quiet_booth_are_heard(
    recognizer: Recognizer, utterances: list[Utterance]
) -> None:
    """Synthetic speech in a quiet booth gives transcripts with the script's words."""
    heard = [recognizer.hear(u).transcript for u in utterances]
    text = polite(fold("".join(t.text for t in heard)))
    assert all(word in text for word in ("您好", "谢谢", "元"))
    assert [t.utterance for t in heard] == [u.number for u in utterances]
    assert all(t.logprob < 0 for t in heard)


@pytest.mark.slow
def test_the_sound_bears_out_what_was_said(
    recognizer: Recognizer, utterances: list[Utterance]
) -> None:
    """The transcript scores higher by sound than other words of the same length."""
    hearing = recognizer.hear(max(utterances, key=lambda u: u.speech_ms))
    said = fold(hearing.transcript.text)
    other = "这个月工资发了没有今天中午吃什么你家孩子上几年级"[: len(said)]
    right, wrong = verifier(recognizer, hearing).score([said, other])
    assert len(right) == len(said)
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 1


@pytest.mark.slow
def test_scoring_twice_gives_the_same(recognizer: Recognizer, utterances: list[Utterance]) -> None:
    """A reading's score does not depend on what is scored beside it."""
    scorer = verifier(recognizer, recognizer.hear(utterances[0]))
    alone = verifier(recognizer, recognizer.hear(utterances[0])).score(["谢谢"])[0]
    among = scorer.score(["一路平安", "谢谢", "请拿好通行票"])[1]
    assert alone == pytest.approx(among, abs=0.05)


@pytest.mark.slow
def test_a_beginning_of_what_was_said_does_not_end_there(
    recognizer: Recognizer, utterances: list[Utterance]
) -> None:
    """The end is likelier after the whole transcript than after any part of it."""
    hearing = recognizer.hear(max(utterances, key=lambda u: u.speech_ms))
    scorer, said = verifier(recognizer, hearing), hearing.transcript.text
    whole, *parts = [scorer.end(said[:size]) for size in (len(said), len(said) // 2, 2)]
    assert whole > -1.0
    assert max(parts) < whole - 2


@pytest.mark.slow
def test_noise_gives_no_wording_much(recognizer: Recognizer, utterances: list[Utterance]) -> None:
    """What was said is likelier by its sound than noise would make it; asked twice, the same."""
    scorer = verifier(recognizer, recognizer.hear(max(utterances, key=lambda u: u.speech_ms)))
    said = fold(recognizer.hear(max(utterances, key=lambda u: u.speech_ms)).transcript.text)
    heard, *noise = [sum(scorer.score([said])[0]) / len(said), *scorer.noise([said, said])]
    assert heard > noise[0] + 1
    assert noise[0] == noise[1]


@pytest.mark.slow
def test_the_longest_utterance_fits(recognizer: Recognizer, utterances: list[Utterance]) -> None:
    """An utterance longer than the largest window is heard as far as the window goes."""
    samples = np.tile(utterances[0].samples, 40)[: 40 * 16_000]
    hearing = recognizer.hear(replace(utterances[0], samples=samples))
    assert hearing.encoding.frames == 3000


@pytest.mark.parametrize(
    ("text", "seconds", "loop"),
    [
        ("早上行早上行早上行早上行早上行", 1.5, True),
        ("收您五十元找您三十五元请拿好通行票谢谢", 0.6, True),
        ("收您五十元找您三十五元请拿好通行票谢谢", 4.0, False),
        ("谢谢谢谢", 1.0, False),
    ],
)
def test_loops_are_noticed(text: str, seconds: float, loop: bool) -> None:
    """Repetition without end, or more characters than anybody says, is a loop."""
    assert is_loop(text, seconds) is loop


@pytest.mark.parametrize(("seconds", "tokens"), [(0.2, 16), (1.0, 16), (2.0, 24), (30.0, 360)])
def test_a_transcript_has_no_more_tokens_than_the_time_allows(seconds: float, tokens: int) -> None:
    """Twelve a second, and enough for a short cry; a loop ends there."""
    assert tokens_cap(round(seconds * 100)) == tokens


class Looping(Recognizer):
    """Decodes to what is scripted for each window, and keeps which windows were asked."""

    def __init__(self, texts: dict[int, str]) -> None:
        self._texts = texts
        self._windows = UNTRAINED
        self.windows: list[int] = []

    def _decode(self, utterance: Utterance, *, size_s: int) -> Hearing:
        self.windows.append(size_s)
        transcript = Transcript(
            utterance=utterance.number,
            start_ms=utterance.start_ms,
            end_ms=utterance.end_ms,
            side=utterance.side,
            text=self._texts[size_s],
            logprob=-0.1,
        )
        return Hearing(transcript=transcript, encoding=Encoding(encoded=None, frames=0))


@pytest.mark.parametrize(
    "looped", ["收您收您收您收您收您", "收您五十元，找您三十五元，请拿好通行票，谢谢您的合作"]
)
def test_a_loop_is_heard_again_in_the_largest_window(looped: str) -> None:
    """What repeats itself, or is more than can be said in the time, is not what is kept."""
    ears = Looping({4: looped, 30: "收您五十元"})
    assert ears.hear(utterance(0, 0, 1500)).transcript.text == "收您五十元"
    assert ears.windows == [4, 30]


def test_what_is_no_loop_is_heard_once() -> None:
    """The second decode costs a second, and is for loops only."""
    ears = Looping({4: "收您五十元"})
    assert ears.hear(utterance(0, 0, 1500)).transcript.text == "收您五十元"
    assert ears.windows == [4]


def test_digital_silence_holds_no_words() -> None:
    """Whatever Whisper makes up on it; the last bit of sixteen is still silence, speech is not."""
    speech = utterance(0, 0, 1500)
    for level, said in ((0.0, ""), (2.0**-15, ""), (0.01, "对不起")):
        ears = Looping({4: "对不起"})
        sound = replace(speech, samples=np.full_like(speech.samples, level))
        assert ears.hear(sound).transcript.text == said


def test_the_largest_window_is_the_last() -> None:
    """A loop that stays one is not decoded for ever; the matching drops it."""
    ears = Looping({30: "收您" * 200})
    ears.hear(utterance(0, 0, 29_500))
    assert ears.windows == [30]


class Bilingual(Looping):
    """Hears nothing much in Mandarin, and Good morning in English, as surely as it is told."""

    def __init__(self, logprob: float) -> None:
        super().__init__({4: "咕嘟"})
        self._surely = logprob

    def _may_be_english(self, hearing: Hearing) -> bool:  # noqa: ARG002
        return True

    def _decode(self, utterance: Utterance, *, size_s: int) -> Hearing:
        hearing = super()._decode(utterance, size_s=size_s)
        return replace(hearing, transcript=replace(hearing.transcript, logprob=-2.0))

    def _read(self, utterance: Utterance, encoding: Encoding, language: str) -> Hearing:
        hearing = super()._decode(utterance, size_s=4)
        said = replace(
            hearing.transcript, text="Good morning.", language=language, logprob=self._surely
        )
        return Hearing(transcript=said, encoding=encoding)


@pytest.mark.parametrize(("logprob", "language"), [(-0.1, "en"), (-1.2, "zh")])
def test_english_that_is_not_sure_is_noise(logprob: float, language: str) -> None:
    """Noise decoded as English is Good morning; only a sure transcript is taken for English."""
    assert Bilingual(logprob).hear(utterance(0, 0, 1500)).transcript.language == language


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1, 3])
def test_a_decode_stops_at_its_cap(recognizer: Recognizer, seconds: int) -> None:
    """Whatever the sound, no transcript is longer than the time allows."""
    rng = np.random.default_rng(seconds)
    samples = (0.1 * rng.standard_normal(seconds * 16_000)).astype(np.float32)
    heard = recognizer.hear(replace(utterance(0, 0, seconds * 1000), samples=samples))
    tokens = recognizer.tokenizer.encode(heard.transcript.text, add_special_tokens=False).ids
    assert len(tokens) <= tokens_cap(100 * seconds)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """What is no model gives one clear line."""
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="not a CTranslate2 Whisper model"):
        Recognizer(tmp_path, model_id="x")
