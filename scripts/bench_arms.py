"""The arms of the benchmark: each is one way from a clip's sound to a text, or to phrases.

Ours hears as `changshou evaluate` does. faster-whisper runs here too; openai-whisper and
whisper.cpp run in a process of their own (scripts/bench_peer.py), with their environment's Python.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel

from audio import files
from audio.types import RATE, AudioChunk
from phrases.evidence import Thresholds
from phrases.match import accepted
from phrases.types import Decision, Heard
from phrases.weigh import Weighed
from scripts.bench_clips import Clip
from scripts.bench_figures import Answer, found, taken
from scripts.bench_text import expected
from service import bootstrap
from service.evaluate import Expected
from service.fit import GRID
from service.settings import Settings

INT8 = "int8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Took:
    """What an arm made of a clip, and what that cost."""

    seconds: float
    """of computing, from the decoded sound on"""
    text: str
    answer: Answer | None = None
    """None: this arm gives a text only"""
    sweep: tuple[str, str] | None = None
    """for each bar of `fit.GRID`, 1 or 0: found what was said; took what was not"""
    utterance_s: float | None = None
    """seconds from the start of the speech to its end, as it was cut"""


class Arm(Protocol):
    """One way to hear a clip."""

    @property
    def key(self) -> str:
        """Changes whenever its answers may."""

    def hear(self, clip: Clip) -> Took:
        """Hear one clip."""


class Ours:
    """The program's ears, with their matching."""

    def __init__(self, site: Settings, known: bootstrap.Knowledge, code: str) -> None:
        self.hearer = bootstrap.hearer(site, known, _quietly)
        self._limits = known.thresholds
        versions = known.versions(self.hearer.model_id)
        self.key = f"{versions.model} {versions.thresholds} {versions.catalog} {code}"

    def hear(self, clip: Clip) -> Took:
        """Hear it as `changshou evaluate` does; every voice counts as the collector's."""
        chunks = list(files.stream([clip.path]))
        turns: list[Sequence[Weighed]] = []
        self.hearer.watch = turns.append
        before = time.perf_counter()
        items = [i for i in self.hearer.listen(chunks, near_only=True) if isinstance(i, Heard)]
        seconds = time.perf_counter() - before
        items.sort(key=lambda heard: heard.start_ms)
        matches = [m for heard in items for m in heard.matches]
        return Took(
            seconds=seconds,
            text=" ".join(heard.text for heard in items if heard.text),
            answer=Answer(
                accepted=tuple(expected(m) for m in matches if m.decision is Decision.ACCEPTED),
                unsure=tuple(expected(m) for m in matches if m.decision is Decision.UNSURE),
            ),
            sweep=sweep(clip, turns, self._limits),
            utterance_s=(items[-1].end_ms - items[0].start_ms) / 1000 if items else None,
        )


def sweep(clip: Clip, turns: Sequence[Sequence[Weighed]], limits: Thresholds) -> tuple[str, str]:
    """For each bar of the grid in place of all others: found what was said; took what was not."""
    hits, wrong = "", ""
    for bar in GRID:
        tried = limits.model_copy(update={"accept": bar, "phrases": {}})
        got = tuple(
            Expected(phrase=w.candidate.form.phrase, amount_fen=w.candidate.fen)
            for turn in turns
            for w in accepted(turn, tried)
        )
        answer = Answer(accepted=got)
        hits += str(int(bool(clip.expected) and found(clip, answer)))
        wrong += str(int(taken(clip, answer)))
    return hits, wrong


class FasterWhisper:
    """faster-whisper with its defaults: beam of 5, 30 s window; the same int8 and threads as ours.

    It is told the clip's language, which spares it a guess.
    """

    def __init__(self, folder: Path, model_id: str, threads: int) -> None:
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type=INT8, cpu_threads=threads
        )
        self.key = f"faster-whisper {model_id}"

    def hear(self, clip: Clip) -> Took:
        """The transcript."""
        sound = samples(clip.path)
        before = time.perf_counter()
        segments, _ = self._model.transcribe(sound, language=clip.language)
        text = "".join(segment.text for segment in segments)
        return Took(seconds=time.perf_counter() - before, text=text.strip())


class PeerError(RuntimeError):
    """A recogniser of others cannot be run; the text says why."""


class Peer:
    """A recogniser in a process of its own, asked clip by clip."""

    def __init__(self, python: str, which: str, model: Path, model_id: str, threads: int) -> None:
        """Start it; PeerError if it cannot be."""
        script = Path(__file__).with_name("bench_peer.py")
        try:
            self._process = subprocess.Popen(
                [python, str(script), which, str(model), str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise PeerError(f"{python}: {error.strerror}") from None
        self.version = str(self._answer()["version"])
        self.key = f"{which} {self.version} {model_id}"

    def hear(self, clip: Clip) -> Took:
        """The transcript; PeerError if the process has gone."""
        assert self._process.stdin is not None
        question = {"file": str(clip.path), "language": clip.language}
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise PeerError("its process ended") from None
        answer = self._answer()
        return Took(seconds=float(answer["seconds"]), text=str(answer["text"]).strip())

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    def _answer(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(f"its process ended with code {self._process.wait()}")
        answer: Mapping[str, Any] = json.loads(line)
        if "error" in answer:
            self._process.wait()
            raise PeerError(str(answer["error"]))
        return answer


def samples(path: Path) -> npt.NDArray[np.float32]:
    """The clip's sound, mono at 16 kHz."""
    return np.concatenate([chunk.samples[:, 0] for chunk in files.stream([path])])


def seconds_of(path: Path) -> float:
    """How long a clip is."""
    chunks: Sequence[AudioChunk] = list(files.stream([path]))
    return sum(len(chunk.samples) for chunk in chunks) / RATE


def without_adapter(site: Settings, thresholds: Path | None) -> Settings:
    """The same settings with the plain weights, and with thresholds of their own if there are."""
    return replace(site, adapted=False, thresholds=thresholds or site.thresholds)


def _quietly(_what: str, _total: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _done: None)
