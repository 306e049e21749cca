"""Teach Whisper short windows and booths: train the adapter that ships as audio/data/booth.npz.

    scripts/train_adapter CORPUS [CORPUS …] OUT.npz --minutes 45

wants PyTorch beside the project, in an environment of its own. It prints the SHA-256 of model.bin
with the adapter in it, which audio/weights.py pins. Two runs on different machines, or with
different numbers of threads, need not give the same file. See docs/decisions/0007.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

from audio import weights
from audio.adapter import AdapterError, merge, read
from audio.files import sha256
from phrases.normalize import simplify
from scripts.train_draws import Batch, batches, read_corpus
from scripts.train_model import Network, TorchError, torch_or_error

RATE_OF_LEARNING = 5e-4
_WARM_STEPS = 30
_LEAST = 0.03
_DECAY = 0.01
_BATCH = 8
_TELL_EVERY = 20
_START = ("<|startoftranscript|>", "<|{}|>", "<|transcribe|>", "<|notimestamps|>")
_LANGUAGES = ("zh", "en")
_KEEP_EVERY = 100
_END = "<|endoftext|>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """When training ends: at whichever is met first."""

    steps: int
    seconds: float


def learning_rate(step: int, elapsed_s: float, limits: Limits) -> float:
    """Up over the first 30 steps, then down to a thirtieth at the nearer of the two limits."""
    gone = max(step / limits.steps, elapsed_s / limits.seconds)
    return RATE_OF_LEARNING * min(1.0, (step + 1) / _WARM_STEPS) * max(_LEAST, 1.0 - gone)


def train(
    network: Network,
    torch: Any,
    drawn: Iterator[Batch],
    limits: Limits,
    keep: Callable[[], None] = lambda: None,
) -> int:
    """Train in place; how many steps were taken. `keep` is called now and then."""
    optimizer = torch.optim.AdamW(network.parameters, lr=RATE_OF_LEARNING, weight_decay=_DECAY)
    began, mean = time.monotonic(), 0.0
    for step in range(limits.steps):
        elapsed = time.monotonic() - began
        if elapsed > limits.seconds:
            return step
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, elapsed, limits)
        batch = next(drawn)
        loss = network.loss(batch.samples, batch.inputs, batch.targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters, 1.0)
        optimizer.step()
        mean = 0.95 * mean + 0.05 * loss.item() if step else loss.item()
        if step % _TELL_EVERY == 0:
            print(f"train_adapter: step {step}, loss {mean:.3f}, {elapsed:.0f} s", file=sys.stderr)
        if step % _KEEP_EVERY == _KEEP_EVERY - 1:
            keep()
    return limits.steps


def tokens_of(tokenizer: Tokenizer, text: str) -> list[int]:
    """The text as Whisper writes it: simplified characters, plain commas."""
    written = simplify(text).replace("，", ",")
    return list(tokenizer.encode(written, add_special_tokens=False).ids)


def marker(tokenizer: Tokenizer, name: str) -> int:
    """The token of this name; ValueError if there is none."""
    token = tokenizer.token_to_id(name)
    if token is None:
        raise ValueError(f"the model's tokenizer has no {name}")
    return int(token)


def merged_sum(model: Path, adapter: Path) -> str:
    """SHA-256 of the model file with the adapter in it, as audio.weights makes it."""
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "model.bin"
        merge(model, adapter, merged)
        return sha256(merged)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="train_adapter", description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="+", help="folders that make_corpus filled")
    parser.add_argument("out", type=Path, help="adapter to write, .npz")
    parser.add_argument("--steps", type=int, default=1500, help="most steps, of 8 draws each")
    parser.add_argument("--minutes", type=float, default=45.0, help="longest time")
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch")
    parser.add_argument("--seed", type=int, default=5, help="another seed, other draws")
    parser.add_argument("--start", type=Path, default=None, help="adapter to go on from, .npz")
    chosen = parser.parse_args(arguments)
    if chosen.out.suffix != ".npz" or chosen.steps < 1 or chosen.minutes <= 0:
        parser.error("give OUT.npz, one step or more, and some time")
    try:
        _run(chosen)
    except (TorchError, weights.WeightsError, AdapterError, ValueError, OSError) as error:
        print(f"train_adapter: {error}", file=sys.stderr)
        return 2
    return 0


def _run(chosen: argparse.Namespace) -> None:
    torch = torch_or_error()
    torch.set_num_threads(chosen.threads)
    folder = weights.find(pinned=weights.PLAIN).folder
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    corpus = read_corpus(*chosen.corpus)
    starts = {
        language: [marker(tokenizer, name.format(language)) for name in _START]
        for language in _LANGUAGES
    }
    end = marker(tokenizer, _END)
    network = Network(read(folder / "model.bin"), FeatureExtractor().mel_filters, seed=chosen.seed)
    if chosen.start is not None:
        with np.load(chosen.start, allow_pickle=False) as low_rank:
            network.start_from(low_rank, chosen.start.name)
    rng = np.random.default_rng(chosen.seed)

    def keep() -> None:
        low_rank: dict[str, Any] = network.low_rank()
        np.savez(chosen.out, **low_rank)

    steps = train(
        network,
        torch,
        batches(corpus, partial(tokens_of, tokenizer), starts, end, rng, _BATCH),
        Limits(steps=chosen.steps, seconds=60 * chosen.minutes),
        keep,
    )
    keep()
    print(f"train_adapter: {steps} steps", file=sys.stderr)
    print(merged_sum(folder / "model.bin", chosen.out))


if __name__ == "__main__":
    sys.exit(main())
