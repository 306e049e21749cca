"""What training the adapter does without PyTorch: draws, targets, the pace of learning."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from audio.window import TRAINED
from phrases import catalog
from scripts.corpus_text import Sentences
from scripts.make_corpus import make
from scripts.resample import resample
from scripts.train_adapter import RATE_OF_LEARNING, Limits, learning_rate, main
from scripts.train_draws import NOT_ASKED, Spoken, batches, coloured, draw, read_corpus, shifted
from scripts.train_model import adapted, layers
from tests.speakers import Buzzer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of twelve buzzes."""
    made = tmp_path_factory.mktemp("corpus")
    words = {"高速": 900, "面粉": 300}
    sentences = Sentences(words, ("今天天气不错",), catalog.load().forms, seed=1)
    make(made, sentences, 12, Buzzer(), seed=1)
    return made


@pytest.fixture(scope="module")
def corpus(folder: Path) -> tuple[Spoken, ...]:
    """The same, read."""
    return read_corpus(folder)


def test_each_token_is_asked_of_those_before_it() -> None:
    """The start is given, the text and its end are asked for, padding is neither."""
    inputs, targets = shifted([([1, 2], [7, 8]), ([1, 2], [])], 9)
    assert inputs.tolist() == [[1, 2, 7, 8], [1, 2, 9, 9]]
    assert targets.tolist() == [[NOT_ASKED, 7, 8, 9], [NOT_ASKED, 9, NOT_ASKED, NOT_ASKED]]


@pytest.mark.slow
def test_draws_are_of_all_kinds_and_never_clip(corpus: tuple[Spoken, ...]) -> None:
    """Noise alone has no text; catalog lines and other speech come about in the shares set."""
    rng = np.random.default_rng(1)
    drawn = [draw(corpus, rng) for _ in range(120)]
    assert all(np.abs(samples).max() <= 1 and np.isfinite(samples).all() for samples, _, _ in drawn)
    lines = {spoken.text for spoken in corpus if spoken.catalog}
    texts = [text for _, text, _ in drawn]
    assert 2 <= texts.count("") <= 25
    assert 25 <= sum(text.split(",")[0] in lines for text in texts) <= 80
    assert any("," in text and text.split(",")[0] in lines for text in texts)


def test_noise_of_any_colour_is_even_in_level() -> None:
    """Whatever its colour it has the same strength, and no two are alike."""
    rng = np.random.default_rng(1)
    made = [coloured(8_000, rng) for _ in range(20)]
    assert all(np.sqrt(np.mean(noise**2)) == pytest.approx(1, abs=0.01) for noise in made)
    tilts = [np.abs(np.diff(noise)).mean() / np.abs(noise).mean() for noise in made]
    assert max(tilts) > 2 * min(tilts)


def test_a_batch_fits_a_window_of_run_time(corpus: tuple[Spoken, ...]) -> None:
    """All draws of a step lie in one of the recogniser's short windows."""
    starts = {"zh": [1, 2], "en": [1, 3]}
    rng = np.random.default_rng(3)
    drawn = batches(corpus, lambda text: [5] * len(text), starts, 9, rng, 4)
    made = [next(drawn) for _ in range(12)]
    for one in made:
        assert one.samples.shape[0] == one.inputs.shape[0] == 4
        assert one.samples.shape[1] / 16_000 in TRAINED.sizes_s
        assert one.inputs.shape == one.targets.shape
    assert len({one.samples.shape[1] for one in made}) > 2


def test_a_corpus_of_one_kind_is_refused(folder: Path, tmp_path: Path) -> None:
    """Half of the draws would have nothing to draw from."""
    rows = (folder / "corpus.tsv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "corpus.tsv").write_text(rows[0] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="both kinds"):
        read_corpus(tmp_path)


def test_learning_warms_up_and_dies_down() -> None:
    """Whichever limit is nearer sets the pace."""
    limits = Limits(steps=400, seconds=100.0)
    assert learning_rate(0, 0.0, limits) == pytest.approx(RATE_OF_LEARNING / 30)
    assert learning_rate(200, 1.0, limits) == pytest.approx(RATE_OF_LEARNING / 2)
    assert learning_rate(40, 75.0, limits) == pytest.approx(RATE_OF_LEARNING / 4)
    assert learning_rate(399, 99.9, limits) == pytest.approx(RATE_OF_LEARNING * 0.03)


def test_resampling_keeps_a_tone() -> None:
    """A tone has the same pitch in seconds and the same strength at another rate."""
    tone = np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000).astype(np.float32)
    wanted = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    made = resample(tone, 16_000, 24_000)
    assert made.shape == (16_000,)
    assert np.abs(made - wanted)[200:-200].max() < 0.01


def test_linear_layers_of_both_stacks_are_adapted() -> None:
    """Convolutions, embeddings, norms and biases are left as they are."""
    variables = {
        "encoder/conv1/weight": np.zeros((2, 2, 3), np.float16),
        "encoder/layer_0/ffn/linear_0/weight": np.zeros((4, 2), np.float16),
        "encoder/layer_0/ffn/linear_0/bias": np.zeros(4, np.float16),
        "encoder/layer_norm/gamma": np.zeros(2, np.float16),
        "decoder/embeddings/weight": np.zeros((9, 2), np.float16),
        "decoder/layer_1/attention/linear_1/weight": np.zeros((4, 2), np.float16),
    }
    assert adapted(variables) == (
        "encoder/layer_0/ffn/linear_0/weight",
        "decoder/layer_1/attention/linear_1/weight",
    )
    assert (layers(variables, "encoder"), layers(variables, "decoder")) == (1, 1)


def test_without_pytorch_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """PyTorch is not in the lock: one line, and nothing is written."""

    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    assert main([str(tmp_path), str(tmp_path / "out.npz")]) == 2
    assert "PyTorch is not installed" in capsys.readouterr().err
    assert not (tmp_path / "out.npz").exists()
