"""Rules of the benchmark's arithmetic, its curves, its pages and the weights it exports."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from phrases.catalog import load
from scripts import bench_peer
from scripts.bench_arms import Took
from scripts.bench_booth import noise
from scripts.bench_cer import plain as compared
from scripts.bench_clips import Clip, few
from scripts.bench_export import dimensions, state, write_ggml
from scripts.bench_figures import (
    Answer,
    Share,
    confusions,
    error_rate,
    found,
    pure,
    quantile,
    right,
    summary,
    taken,
    worst_below_mean,
)
from scripts.bench_grade import credited, verdicts
from scripts.bench_keep import as_json, from_json, heard
from scripts.bench_plots import lines
from scripts.bench_report import Line
from scripts.bench_shifts import BOOTHS, drawn
from scripts.bench_speed import ratios
from scripts.bench_sweep import by_length
from scripts.bench_text import plain
from scripts.shift_truth import contradiction, steps_of
from service.evaluate import Expected

HELLO = Expected(phrase="greet.hello")
FIFTY = Expected(phrase="flow.received", amount_fen=5000)
FIFTEEN = Expected(phrase="flow.received", amount_fen=1500)


def clip(*expected: Expected, kind: str = "phrase", file: str = "a.wav", voice: str = "v") -> Clip:
    """A clip that holds these."""
    return Clip(
        file=file, path=Path(file), expected=expected, text="", kind=kind, language="zh",
        voice=voice, sex="f", condition="10dB", noise="rain", speed="1.0",
    )  # fmt: skip


def answer(*accepted: Expected) -> Answer:
    """An answer of these."""
    return Answer(accepted=accepted)


def test_a_wrong_amount_is_found_but_not_right() -> None:
    """Phrases and their amounts are counted apart."""
    assert found(clip(FIFTY), answer(FIFTEEN))
    assert not right(clip(FIFTY), answer(FIFTEEN))
    assert not pure(clip(FIFTY), answer(FIFTEEN))


def test_what_is_said_twice_is_wanted_twice() -> None:
    """One match does not stand for two."""
    assert not found(clip(HELLO, HELLO), answer(HELLO))
    assert found(clip(HELLO, HELLO), answer(HELLO, HELLO))


def test_forbidden_phrases_are_no_false_accepts() -> None:
    """They count apart, as in `evaluate`."""
    assert taken(clip(), answer(HELLO))
    assert not taken(clip(), answer(Expected(phrase="forbidden.busy")))
    assert not taken(clip(HELLO), answer(FIFTY))


def test_the_summary_counts_each_kind_apart() -> None:
    """Other speech does not enter recall, nor phrases the false accepts."""
    rows = [
        (clip(HELLO, voice="a"), answer(HELLO)),
        (clip(HELLO, voice="b"), answer()),
        (clip(kind="other"), answer(HELLO)),
        (clip(kind="near_miss"), answer()),
        (clip(kind="noise"), answer()),
    ]
    made = json.loads(json.dumps(summary(rows)))
    assert (made["found"]["10dB"]["hits"], made["found"]["10dB"]["of"]) == (1, 2)
    assert (made["others_taken"]["hits"], made["others_taken"]["of"]) == (1, 2)
    assert made["noise_taken"]["share"] == 0
    assert made["worst_voice_below_mean"] == 0.5
    assert made["only_what_was_said"]["of"] == 4


def test_a_share_of_nothing_is_no_figure() -> None:
    """An empty cell is not nought."""
    assert Share(hits=0, of=0).value is None
    assert worst_below_mean([]) is None


def test_quantiles_are_values_that_were_measured() -> None:
    """The nearest rank, so that p95 of few is the largest."""
    values = [float(n) for n in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.95)) == (50.0, 95.0)
    assert quantile([3.0, 1.0], 0.95) == 3.0


def test_character_errors_are_over_all_texts() -> None:
    """A long text weighs more than a short one."""
    pairs = [("四个汉字", "四个汉字"), ("两字", "")]
    assert error_rate(pairs, lambda a, b: abs(len(a) - len(b))) == pytest.approx(2 / 6)
    assert compared("收您50元，謝謝。") == "收您五十元谢谢"


def test_confusions_name_what_was_said() -> None:
    """The most frequent first."""
    rows = [(clip(FIFTY), answer(FIFTEEN))] * 2 + [(clip(kind="other"), answer(HELLO))]
    first, second = confusions(rows)
    assert first == {"said": "flow.received=50", "accepted": "flow.received=15", "clips": 2}
    assert second["said"] == "other"


def test_plain_fuzz_reads_the_amount_of_the_text() -> None:
    """The likest line with the amount that the text holds."""
    ratio, guess = plain("收您五十元", load().forms)
    assert (ratio, guess) == (100.0, FIFTY)


def test_few_are_spread_evenly() -> None:
    """From the first to the last, in order."""
    clips = [clip(file=str(n)) for n in range(10)]
    assert [c.file for c in few(clips, 5)] == ["0", "2", "4", "6", "8"]
    assert len(few(clips, 20)) == 10


def test_answers_are_kept_and_not_asked_again(tmp_path: Path) -> None:
    """A run that was stopped goes on; another key begins anew."""

    class Arm:
        def __init__(self, key: str) -> None:
            self.key, self.asked = key, 0

        def hear(self, clip: Clip) -> Took:
            self.asked += 1
            return Took(seconds=0.5, text=clip.file, answer=answer(FIFTY), utterance_s=1.0)

    clips = [clip(file="a"), clip(file="b")]
    first, again, other = Arm("k"), Arm("k"), Arm("other")
    heard(first, "x", clips[:1], "set", tmp_path, lambda _: None)
    took = heard(again, "x", clips, "set", tmp_path, lambda _: None)
    heard(other, "x", clips, "set", tmp_path, lambda _: None)
    assert (first.asked, again.asked, other.asked) == (1, 1, 2)
    assert took["a"] == from_json(as_json(took["a"]))
    assert took["a"].answer == answer(FIFTY)


def test_lengths_are_binned_by_the_speech_itself() -> None:
    """By what our ears cut, whichever arm computed."""
    measured = {"a": Took(seconds=9, text="", utterance_s=1.5)}
    took = {"a": Took(seconds=2, text=""), "b": Took(seconds=3, text="")}
    assert by_length(took, measured) == [{"from_s": 1, "clips": 1, "median_s": 2}]


@pytest.mark.parametrize("vehicles", [4, 12])
def test_drawn_shifts_are_true(vehicles: int) -> None:
    """The faults that are stated are those that the lines make; some are planted in each."""
    for booth in BOOTHS:
        script = drawn(booth, vehicles)
        assert len(script.scene) == vehicles
        assert any(scene.findings for scene in script.scene)
        for scene in script.scene:
            assert contradiction(scene, steps_of(scene, scene.lane or script.lane)) is None


def test_nothing_heard_is_nobodys() -> None:
    """Without a match no line of a driver is credited, and no shift gives no share."""
    truth = {
        "vehicles": [{"lines": [{"who": "driver", "start_s": 0.0, "end_s": 1.0}]}],
        "between": [],
    }
    assert credited([], truth) == {"lines": 1, "credited": 0, "unsure": 0}
    assert verdicts([])["found_share"] is None


def test_the_empty_booth_is_the_same_each_time() -> None:
    """Whole minutes, in chunks one after the other, never beyond full scale."""
    crowd = [np.sin(np.arange(8_000) / 20).astype(np.float32)]
    first, second = list(noise(1, crowd)), list(noise(1, crowd))
    assert sum(len(chunk.samples) for chunk in first) == 60 * 16_000
    assert [chunk.start_ms for chunk in first] == list(range(0, 60_000, 5_000))
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first, second, strict=True))
    assert max(float(np.abs(chunk.samples).max()) for chunk in first) <= 1


def variables() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """A model of one layer, each number its own."""
    w = 64
    shapes: dict[str, tuple[int, ...]] = {
        "encoder/conv1/weight": (w, 80, 3), "encoder/conv1/bias": (w,),
        "encoder/position_encodings/encodings": (1500, w),
        "decoder/position_encodings/encodings": (448, w),
        "decoder/embeddings/weight": (9, w),
        "encoder/layer_0/self_attention/linear_0/weight": (3 * w, w),
        "encoder/layer_0/self_attention/linear_0/bias": (3 * w,),
        "decoder/layer_0/attention/linear_1/weight": (2 * w, w),
        "decoder/layer_0/ffn/layer_norm/gamma": (w,),
        "decoder/num_heads": (),
    }  # fmt: skip
    return {
        name: np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
        for name, shape in shapes.items()
    }


def test_exported_weights_have_their_names_and_shapes() -> None:
    """Joined matrices are parted in order: query, key, value; keys have no bias."""
    own = variables()
    made = state(own)
    joined = [made[f"encoder.blocks.0.attn.{part}.weight"] for part in ("query", "key", "value")]
    whole = own["encoder/layer_0/self_attention/linear_0/weight"]
    assert np.array_equal(np.concatenate(joined), whole)
    assert "encoder.blocks.0.attn.key.bias" not in made
    assert made["encoder.blocks.0.attn.value.bias"][0] == 128
    assert made["decoder.blocks.0.cross_attn.key.weight"].shape == (64, 64)
    assert made["decoder.blocks.0.mlp_ln.weight"].shape == (64,)
    dims = dimensions(own)
    assert (dims["n_vocab"], dims["n_audio_ctx"], dims["n_mels"]) == (9, 1500, 80)
    assert (dims["n_audio_layer"], dims["n_text_layer"], dims["n_text_head"]) == (1, 1, 1)


def test_a_variable_without_a_place_is_refused() -> None:
    """Other models must not be exported wrongly in silence."""
    with pytest.raises(ValueError, match="has no place"):
        state({"encoder/layer_0/odd/weight": np.zeros((2, 2), np.float32)})


def test_whisper_cpps_file_reads_back() -> None:
    """Numbers, mels, tokens, then each tensor with its sizes from the last axis on."""
    file = io.BytesIO()
    own = variables()
    tensor = np.arange(6, dtype=np.float16).reshape(2, 3)
    write_ggml(file, dimensions(own), np.ones((80, 201), np.float32), [b"a", b"bc"], {"t": tensor})
    data = file.getvalue()
    head = struct.unpack_from("<14i", data)
    assert head[0] == 0x67676D6C
    assert (head[1], head[10], head[11], head[12:]) == (9, 80, 1, (80, 201))
    at = 14 * 4 + 80 * 201 * 4
    assert struct.unpack_from("<2i", data, at) == (2, 1)
    at += 4 + (4 + 1) + (4 + 2)
    assert struct.unpack_from("<5i", data, at) == (2, 1, 1, 3, 2)
    assert np.array_equal(np.frombuffer(data, "<f2", 6, at + 21).reshape(2, 3), tensor)


def test_the_peers_process_answers_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of JSON for one, in order."""
    monkeypatch.setattr(bench_peer, "read", lambda file: file)
    asked = [{"file": name, "language": "zh"} for name in ("a", "b")]
    answers = io.StringIO()
    questions = io.StringIO("".join(json.dumps(one) + "\n" for one in asked))
    bench_peer.serve(lambda samples, language: f"{samples} {language}", questions, answers)
    texts = [json.loads(line)["text"] for line in answers.getvalue().splitlines()]
    assert texts == ["a zh", "b zh"]


def test_a_figure_holds_only_within_its_bound() -> None:
    """What was not measured neither holds nor fails."""
    line = Line(what="", asked="", value=0.98, shown="", least=0.98)
    assert line.holds
    assert Line(what="", asked="", value=0.02, shown="", most=0.01).holds is False
    assert Line(what="", asked="", value=None, shown="", least=1).holds is None


def test_ratios_are_to_the_first() -> None:
    """A format that is not supported is named, not guessed."""
    rows = ratios({"int8": 0.2, "float32": 0.5, "bfloat16": None})
    assert rows[1] == ("float32", "0.500", "2.50")
    assert rows[2][1] == "not supported"


def test_a_plot_names_its_curves() -> None:
    """Names are escaped, and each curve is drawn."""
    made = lines("title", "x", "y", {"a<b": [(0, 0), (1, 3)], "c": [(1, 1)]})
    assert made.count("<polyline") == 2
    assert "a&lt;b" in made
