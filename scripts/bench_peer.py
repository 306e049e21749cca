"""Transcribe clips one by one with a recogniser of others; runs in the peers' own environment.

    PYTHON scripts/bench_peer.py openai-whisper|whisper.cpp MODEL THREADS

answers each line of JSON on standard input with one on standard output. Nothing of this project
is imported here: that environment does not have it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import wave
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TextIO

Transcribe = Callable[[Any, str], str]


def openai_whisper(model: str, threads: int) -> tuple[str, Transcribe]:
    """openai-whisper with its defaults, on the state that scripts/bench_export wrote."""
    numpy = importlib.import_module("numpy")
    torch = importlib.import_module("torch")
    whisper = importlib.import_module("whisper.model")
    torch.set_num_threads(threads)
    with numpy.load(model, allow_pickle=False) as state:
        dims = {name[5:]: int(state[name]) for name in state if name.startswith("dims:")}
        tensors = {
            name: torch.tensor(state[name].astype("float32"))
            for name in state
            if not name.startswith("dims:")
        }
    network = whisper.Whisper(whisper.ModelDimensions(**dims))
    network.load_state_dict(tensors)
    network.eval()

    def transcribe(samples: Any, language: str) -> str:
        return str(network.transcribe(samples, language=language, fp16=False)["text"])

    return f"openai-whisper {version('openai-whisper')}", transcribe


def whisper_cpp(model: str, threads: int) -> tuple[str, Transcribe]:
    """whisper.cpp with its defaults, through pywhispercpp."""
    binding = importlib.import_module("pywhispercpp.model")
    network = binding.Model(model, n_threads=threads, print_progress=False, print_realtime=False)

    def transcribe(samples: Any, language: str) -> str:
        segments = network.transcribe(samples, language=language)
        return "".join(segment.text for segment in segments)

    return f"pywhispercpp {version('pywhispercpp')}", transcribe


LOADERS = {"openai-whisper": openai_whisper, "whisper.cpp": whisper_cpp}


def serve(transcribe: Transcribe, questions: TextIO, answers: TextIO) -> None:
    """Answer every question until there are no more."""
    for line in questions:
        question = json.loads(line)
        samples = read(question["file"])
        before = time.perf_counter()
        text = transcribe(samples, question["language"])
        _say(answers, {"text": text, "seconds": time.perf_counter() - before})


def read(path: str) -> Any:
    """A WAV file of 16-bit samples, mono at 16 kHz, as floats."""
    numpy = importlib.import_module("numpy")
    with wave.open(path, "rb") as file:
        raw = file.readframes(file.getnframes())
    return numpy.frombuffer(raw, "<i2").astype("float32") / 32_768


def main(arguments: list[str]) -> int:
    """Load and serve; the exit code."""
    which, model, threads = arguments
    # Libraries print where they like: what they print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        name, transcribe = LOADERS[which](model, int(threads))
    except Exception as error:
        _say(answers, {"error": f"{type(error).__name__}: {error}"})
        return 1
    _say(answers, {"version": name})
    serve(transcribe, sys.stdin, answers)
    return 0


def _say(answers: TextIO, what: dict[str, object]) -> None:
    answers.write(json.dumps(what, ensure_ascii=False) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
