"""Compare ways to compute: windows, batches, threads against workers, and number formats.

Everything is measured in one run on the same clips; what counts are the ratios. With `--docs`
they become docs/decisions/0010-speed.md.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from rich.console import Group, RenderableType
from rich.table import Table

from audio.recognize import FRAMES_A_SECOND
from audio.types import RATE
from audio.weights import find
from audio.window import TRAINED
from phrases import catalog
from scripts import make_clips
from scripts.bench_arms import samples
from scripts.bench_clips import few, read_clips
from scripts.bench_keep import ROOT
from service.console import progress

PAGE = ROOT / "docs" / "decisions" / "0010-speed.md"
BATCHES = (1, 2, 4, 8)
FORMATS = ("int8", "int8_float32", "float32", "bfloat16")
BATCH_WINDOW_S = 6
_PROMPT = (50258, 50260, 50359, 50363)
_TOKENS = 40

Sound = npt.NDArray[np.float32]


def run(out: Path, clips: Path | None, *, quick: bool) -> dict[str, Any]:
    """Seconds a clip for each way."""
    folder = clips or out / "clips-24"
    if not (folder / make_clips.TABLE).exists() and make_clips.main(
        [str(folder), "--set", "bench", "--lines", "24"]
    ):
        raise ValueError("no clips could be made")
    known = read_clips(folder, catalog.load().phrases)
    chosen = few([c for c in known if c.kind != "noise"], 8 if quick else 16)
    sounds = [samples(clip.path) for clip in chosen]
    weights, cores = find(), os.cpu_count() or 1
    model = _load(weights.folder, "int8", cores)
    rounds = 1 if quick else 2
    with progress("comparing ways to compute", 4) as bar:
        windows = {
            f"{size} s": _median(partial(_each, model, sounds, size), len(sounds), rounds)
            for size in TRAINED.sizes_s
        }
        bar(1)
        batches = {
            str(size): _median(partial(_batched, model, sounds, size), len(sounds), rounds)
            for size in BATCHES
        }
        bar(2)
        workers = {}
        for threads, count in _splits(cores):
            split = _load(weights.folder, "int8", threads, count)
            name = f"{threads} × {count}"
            workers[name] = _median(partial(_parallel, split, sounds, count), len(sounds), rounds)
        bar(3)
        formats: dict[str, float | None] = {}
        supported = ctranslate2.get_supported_compute_types("cpu")
        for kind in FORMATS:
            formats[kind] = None
            if kind in supported:
                own = _load(weights.folder, kind, cores)
                formats[kind] = _median(
                    partial(_each, own, sounds, BATCH_WINDOW_S), len(sounds), rounds
                )
        bar(4)
    return {
        "speech": "synthetic",
        "full": not quick,
        "model": weights.id,
        "cores": cores,
        "clips": len(sounds),
        "mean_clip_s": round(sum(map(len, sounds)) / len(sounds) / RATE, 2),
        "windows": windows,
        "batches": batches,
        "threads_by_workers": workers,
        "formats": formats,
    }


def ratios(seconds: dict[str, float | None]) -> list[tuple[str, str, str]]:
    """Each way, its seconds a clip, and how many times the first way's they are."""
    first = next((value for value in seconds.values() if value), 1.0)
    return [
        (name, "not supported", "–") if value is None
        else (name, f"{value:.3f}", f"{value / first:.2f}")
        for name, value in seconds.items()
    ]  # fmt: skip


def tables(figures: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """The four comparisons, by title."""
    return {
        "Encoder's window (each clip alone)": ratios(figures["windows"]),
        f"Batch of a backlog ({BATCH_WINDOW_S} s window)": ratios(figures["batches"]),
        "Threads × workers": ratios(figures["threads_by_workers"]),
        "Number format": ratios(figures["formats"]),
    }


def as_table(figures: dict[str, Any]) -> RenderableType:
    """For people."""
    made = []
    for title, rows in tables(figures).items():
        table = Table(title=title, title_justify="left")
        for name in ("", "seconds a clip", "against the first"):
            table.add_column(name)
        for row in rows:
            table.add_row(*row)
        made.append(table)
    return Group(*made)


def markdown(figures: dict[str, Any]) -> str:
    """The decision's page; the choice is named by the figures."""
    size = "" if figures["full"] else " **This was a quick run: no figure counts.**"
    parts = [
        "# 0010 Speed: windows, batches, threads and number formats\n",
        "Written by `scripts/bench speed --docs`; every figure is of one run on synthetic speech: "
        f"{figures['clips']} clips of {figures['mean_clip_s']} s on average, "
        f"{figures['cores']} cores, weights {figures['model']}. The ratios count; seconds are the "
        f"machine's.{size}\n",
        "**Decided.** The smallest window that holds the utterance and its margin, one utterance "
        "at a time, int8, all cores in one worker.\n",
    ]
    for title, rows in tables(figures).items():
        parts.append(f"## {title}\n")
        parts.append("| | seconds a clip | against the first |\n| --- | --- | --- |")
        parts += [f"| {' | '.join(row)} |" for row in rows]
        parts.append("")
    quickest = {
        name: min((v, k) for k, v in figures[name].items() if v is not None)[1]
        for name in ("windows", "batches", "threads_by_workers", "formats")
    }
    parts.append(
        f"**Quickest here:** window {quickest['windows']}, batch {quickest['batches']}, threads × "
        f"workers {quickest['threads_by_workers']}, format {quickest['formats']}. A window shorter "
        "than the speech cuts it off. A batch makes the first verdict wait for the last utterance, "
        "so a live booth hears them one by one whatever a backlog would gain; each further worker "
        "shares the weights but has working memory of its own.\n"
    )
    return "\n".join(parts)


def write(figures: dict[str, Any]) -> list[Path]:
    """Write the page."""
    PAGE.write_text(markdown(figures), encoding="utf-8")
    return [PAGE]


def _splits(cores: int) -> list[tuple[int, int]]:
    return list(dict.fromkeys([(cores, 1), (max(1, cores // 2), 2), (1, cores)]))


def _load(folder: Path, kind: str, threads: int, workers: int = 1) -> ctranslate2.models.Whisper:
    return ctranslate2.models.Whisper(
        str(folder), device="cpu", compute_type=kind, intra_threads=threads, inter_threads=workers
    )


def _median(work: Callable[[], None], clips: int, rounds: int) -> float:
    work()
    spent = []
    for _ in range(rounds):
        before = time.perf_counter()
        work()
        spent.append((time.perf_counter() - before) / clips)
    return round(statistics.median(spent), 4)


def _each(model: ctranslate2.models.Whisper, sounds: Sequence[Sound], size_s: int) -> None:
    for sound in sounds:
        _decode(model, [sound], size_s)


def _batched(model: ctranslate2.models.Whisper, sounds: Sequence[Sound], size: int) -> None:
    for first in range(0, len(sounds), size):
        _decode(model, sounds[first : first + size], BATCH_WINDOW_S)


def _parallel(model: ctranslate2.models.Whisper, sounds: Sequence[Sound], workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda sound: _decode(model, [sound], BATCH_WINDOW_S), sounds))


def _decode(model: ctranslate2.models.Whisper, sounds: Sequence[Sound], size_s: int) -> None:
    features = FeatureExtractor(feature_size=model.n_mels)
    mels = []
    for sound in sounds:
        padded = np.zeros(size_s * RATE, np.float32)
        kept = sound[: size_s * RATE]
        padded[: len(kept)] = kept
        mels.append(features(padded, padding=0)[:, : size_s * FRAMES_A_SECOND])
    batch = np.ascontiguousarray(np.stack(mels), dtype=np.float32)
    encoded = model.encode(ctranslate2.StorageView.from_array(batch))
    prompts = [list(_PROMPT)] * len(sounds)
    model.generate(encoded, prompts, beam_size=1, max_length=len(_PROMPT) + _TOKENS)
