"""Run the whole benchmark of the hearing, and give its figures as one JSON object.

Every part is kept in the output folder under a key of what it depends on, so that a run that was
stopped goes on. The compute of the arms is compared on a few clips that are heard anew in each
run, one arm after the other on each clip: what else the machine does then falls on all alike.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audio.recognize import Recognizer
from audio.voice import Kept, Kokoro, styles_folder
from audio.weights import PLAIN, Weights, find
from phrases.catalog import Catalog
from scripts import bench_booth, bench_cer, bench_grade, bench_memory, make_clips
from scripts.bench_arms import (
    Arm,
    FasterWhisper,
    Ours,
    Peer,
    PeerError,
    Took,
    samples,
    seconds_of,
    without_adapter,
)  # fmt: skip
from scripts.bench_clips import Clip, digest, few, read_clips
from scripts.bench_export import export_ggml, export_openai
from scripts.bench_figures import CONDITIONS, Answer, confusions, quantile, summary
from scripts.bench_keep import ROOT, code, heard, once
from scripts.bench_sweep import by_length, fuzz_sweep, sweep_of
from scripts.bench_text import BAR, ours, plain
from service import bootstrap, settings
from service.console import progress
from service.errors import BadInput
from service.settings import Settings

OURS, OURS_PLAIN = "ours", "ours-plain"
FASTER_PLAIN, FASTER = "faster-whisper-plain", "faster-whisper"
OPENAI, CPP = "openai-whisper", "whisper.cpp"
LONGEST_S = 5.0
"""seconds of the longest phrase whose verdict is timed"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much of everything is measured."""

    lines: int | None
    """lines of clips; None: all"""
    peer_clips: int
    """clips that the recognisers of others hear too"""
    pace_clips: int
    """clips on which the computing of all arms is compared"""
    minutes: int
    """of the empty booth"""
    vehicles: int
    """in each of the two shifts"""


FULL = Size(lines=None, peer_clips=60, pace_clips=12, minutes=30, vehicles=12)
QUICK = Size(lines=24, peer_clips=24, pace_clips=6, minutes=3, vehicles=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What is asked for."""

    out: Path
    """folder of clips, of what is kept, and of the figures"""
    clips: Path | None
    """folder of clips that are there already"""
    size: Size
    peers: str | None
    """Python of the environment with the recognisers of others"""
    plain_thresholds: Path | None
    """thresholds fitted to the plain weights; None: the same for both"""


def run(options: Options) -> dict[str, Any]:
    """All figures; BadInput or VoiceError if something that is wanted cannot be used."""
    site = replace(settings.load(), adapted=True)
    size, kept = options.size, options.out / "kept"
    known = bootstrap.knowledge(site)
    clips = _clips(options, known.catalog)
    of, program = digest(clips), code()
    adapted = find(site.model)
    unadapted = adapted if site.model else find(pinned=PLAIN)
    mine = Ours(site, known, program)
    arms: dict[str, Arm] = {OURS: mine}
    if not site.model:
        own = without_adapter(site, options.plain_thresholds)
        arms[OURS_PLAIN] = Ours(own, bootstrap.knowledge(own), program)
    took = {name: _listen(name, arm, clips, of, kept) for name, arm in arms.items()}
    chosen = few(clips, size.peer_clips)
    absent: dict[str, str] = {}
    with _others(options, site, adapted, unadapted, absent) as others:
        took |= {name: _listen(name, arm, chosen, of, kept) for name, arm in others.items()}
        paced = few([c for c in clips if c.kind != "noise"], size.pace_clips)
        pace = _pace(arms | others, paced)
        versions = {name: arm.key.partition(" ")[0] for name, arm in others.items()}
    key = f"{mine.key} {of}"
    said = [c for c in clips if c.kind == "other"]
    crowd = [samples(c.path) for c in said if c.condition == "clean"]
    booth = once(kept, "booth", f"{key} {size.minutes}", lambda: _booth(mine, size.minutes, crowd))
    cer = once(
        kept, "cer", f"{adapted.id} {unadapted.id} {of} {program}",
        lambda: _cer(adapted, unadapted, said, site.threads),
    )  # fmt: skip
    shifts = once(
        kept, "shifts", f"{key} {size.vehicles}", lambda: _shifts(options.out, site, size)
    )
    speaking = [took[OURS][c.file] for c in clips if took[OURS][c.file].utterance_s]
    return {
        "speech": "synthetic",
        "machine": {"cores": os.cpu_count(), "processor": _processor(), "threads": site.threads},
        "made": {
            "model": adapted.id,
            "plain_model": unadapted.id,
            "thresholds": known.versions(adapted.id).thresholds,
            "catalog": known.catalog.version,
            "clips": of,
            "clips_heard": len(clips),
            "clips_peers": len(chosen),
            "seconds_audio": round(sum(seconds_of(c.path) for c in clips), 1),
            "full": size == FULL,
            "versions": versions,
        },
        "ours": {name: _summary(took[name], clips) for name in arms},
        "confusions": confusions(_rows(took[OURS], clips)),
        "side_by_side": _side_by_side(took, chosen, known.catalog),
        "absent": absent,
        "pace": pace,
        "latency": _latency(speaking),
        "memory": bench_memory.peak(ROOT / "tests" / "recordings" / "demo.opus"),
        "booth": booth,
        "cer": cer,
        "shifts": shifts,
        "sweep": {name: sweep_of(took[name], clips) for name in arms}
        | {
            f"{name}+fuzz": fuzz_sweep(took[name], chosen, known.catalog.forms)
            for name in (FASTER_PLAIN, FASTER)
            if name in took
        },
        "by_length": {name: by_length(took[name], took[OURS]) for name in took},
    }


def _clips(options: Options, catalog: Catalog) -> tuple[Clip, ...]:
    """The clips, made first where none are named; of a folder, the first lines only."""
    lines = options.size.lines
    folder = options.clips or options.out / (f"clips-{lines}" if lines else "clips")
    if not (folder / make_clips.TABLE).exists():
        wanted = [str(folder), "--set", "bench"] + (["--lines", str(lines)] if lines else [])
        if make_clips.main(wanted):
            raise BadInput("no clips could be made")
    clips = read_clips(folder, catalog.phrases)
    if lines is None:
        return clips
    spoken = [c for c in clips if c.kind != "noise"][: lines * len(CONDITIONS)]
    return (*spoken, *few([c for c in clips if c.kind == "noise"], lines // 3))


def _listen(name: str, arm: Arm, clips: Sequence[Clip], of: str, kept: Path) -> dict[str, Took]:
    with progress(f"hearing: {name}", len(clips)) as bar:
        return heard(arm, name, clips, of, kept, bar)


@contextmanager
def _others(
    options: Options, site: Settings, adapted: Weights, unadapted: Weights, absent: dict[str, str]
) -> Iterator[dict[str, Arm]]:
    """The recognisers of others, ready; `absent` gets those that are not, and why."""
    arms: dict[str, Arm] = {FASTER: FasterWhisper(adapted.folder, adapted.id, site.threads)}
    if unadapted != adapted:
        arms[FASTER_PLAIN] = FasterWhisper(unadapted.folder, unadapted.id, site.threads)
    peers: list[Peer] = []
    folder = options.out / "weights" / adapted.id
    folder.mkdir(parents=True, exist_ok=True)
    wanted: tuple[tuple[str, str, Callable[[Path, Path], None]], ...] = (
        (OPENAI, "openai.npz", export_openai),
        (CPP, "ggml.bin", export_ggml),
    )
    for which, file, export in wanted:
        if options.peers is None:
            absent[which] = "not asked for: --peers names no Python"
            continue
        model = folder / file
        if not model.exists():
            export(adapted.folder, model)
        try:
            peer = Peer(options.peers, which, model, adapted.id, site.threads)
        except PeerError as error:
            absent[which] = str(error)
            continue
        peers.append(peer)
        arms[which] = peer
    try:
        yield arms
    finally:
        for peer in peers:
            peer.close()


def _pace(arms: Mapping[str, Arm], clips: Sequence[Clip]) -> dict[str, Any]:
    """Computing of each arm on the same clips, one arm after the other on each."""
    for arm in arms.values():
        arm.hear(clips[0])  # what is loaded at the first use is not counted
    spent: dict[str, list[float]] = {name: [] for name in arms}
    with progress("comparing the speed", len(clips)) as bar:
        for number, clip in enumerate(clips):
            for name, arm in arms.items():
                spent[name].append(arm.hear(clip).seconds)
            bar(number + 1)
    audio = sum(seconds_of(clip.path) for clip in clips)
    ours_s = sum(spent[OURS])
    return {
        "clips": len(clips),
        "seconds_audio": round(audio, 2),
        "arms": {
            name: {
                "share_of_audio": round(sum(seconds) / audio, 4),
                "times_ours": round(sum(seconds) / ours_s, 2),
                "median_s": round(statistics.median(seconds), 3),
            }
            for name, seconds in spent.items()
        },
    }


def _latency(took: Sequence[Took]) -> dict[str, Any]:
    """Compute of the whole clip: more than what is left to do when an utterance has ended."""
    seconds = [t.seconds for t in took if t.utterance_s and t.utterance_s <= LONGEST_S]
    if not seconds:
        return {"clips": 0, "p50_s": None, "p95_s": None}
    return {
        "clips": len(seconds),
        "p50_s": round(quantile(seconds, 0.5), 3),
        "p95_s": round(quantile(seconds, 0.95), 3),
    }


def _summary(took: Mapping[str, Took], clips: Sequence[Clip]) -> dict[str, object]:
    return summary(_rows(took, clips))


def _rows(took: Mapping[str, Took], clips: Sequence[Clip]) -> list[tuple[Clip, Answer]]:
    return [(c, answer) for c in clips if (answer := took[c.file].answer) is not None]


def _side_by_side(
    took: Mapping[str, Mapping[str, Took]], clips: Sequence[Clip], catalog: Catalog
) -> dict[str, Any]:
    """Every arm on the same clips, with the same matching of its text alone."""
    found: dict[str, Any] = {}
    for name, heard_ in took.items():
        texts = [(clip, heard_[clip.file].text) for clip in clips]
        found[f"{name}, text"] = summary(
            [(clip, Answer(accepted=ours(text, catalog))) for clip, text in texts]
        )
        if name in (FASTER, FASTER_PLAIN):
            guesses = [(clip, plain(text, catalog.forms)) for clip, text in texts]
            found[f"{name}, fuzz"] = summary(
                [
                    (clip, Answer(accepted=(guess,) if guess and ratio >= BAR else ()))
                    for clip, (ratio, guess) in guesses
                ]
            )
        if name in (OURS, OURS_PLAIN):
            found[f"{name}, whole"] = _summary(heard_, clips)
    return found


def _booth(arm: Ours, minutes: int, crowd: Sequence[Any]) -> dict[str, object]:
    with progress("empty booth", minutes) as bar:
        return bench_booth.empty(arm.hearer, minutes, crowd, bar)


def _cer(
    adapted: Weights, unadapted: Weights, clips: Sequence[Clip], threads: int
) -> dict[str, Any]:
    recognizers: dict[str, Recognizer] = {}
    for name, weights in (("adapted", adapted), ("plain", unadapted)):
        for window, kind in ((bench_cer.SHORT, Recognizer), (bench_cer.LONG, bench_cer.LongWindow)):
            recognizers[f"{name}, {window}"] = kind(
                weights.folder, model_id=weights.id, windows=weights.windows, threads=threads
            )
    with progress("character errors", len(clips)) as bar:
        return dict(bench_cer.errors(recognizers, clips, bar))


def _shifts(out: Path, site: Settings, size: Size) -> dict[str, Any]:
    """Both drawn shifts, and the recordings of the repository that are about ears."""
    speaker = Kept(Kokoro(), styles_folder().parent / "said")
    drawn = bench_grade.make_shifts(out / "shifts", size.vehicles, speaker)
    recordings = ROOT / "tests" / "recordings"
    lost, two = recordings / "lost.opus", recordings / "two_channels.opus"
    reports = {}
    with progress("grading shifts", 4) as bar:
        for number, path in enumerate((*drawn, lost, two)):
            reports[path] = bench_grade.graded(path, site), bench_grade.truth_of(path)
            bar(number + 1)
    heard_ = [bench_grade.credited(report.utterances, truth) for report, truth in reports.values()]
    return bench_grade.verdicts([reports[path] for path in drawn]) | {
        "lost": bench_grade.lost_steps(*reports[lost]),
        "others": {key: sum(one[key] for one in heard_) for key in heard_[0]},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
