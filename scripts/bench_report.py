"""Write the benchmark's figures for people: the table of what was asked, and docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from scripts.bench_figures import CONDITIONS
from scripts.bench_keep import ROOT
from scripts.bench_plots import lines

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "pictures"

Figures = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One figure that was asked for."""

    what: str
    asked: str
    value: float | None
    shown: str
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether it is reached; None: nothing was measured."""
        if self.value is None:
            return None
        low_enough = self.most is None or self.value <= self.most
        return low_enough and (self.least is None or self.value >= self.least)


def asked(figures: Figures) -> list[Line]:
    """The whole table of issue 4, with what was measured."""
    mine, shifts, booth = figures["ours"]["ours"], figures["shifts"], figures["booth"]
    pace = figures["pace"]["arms"]
    faster = pace.get("faster-whisper-plain") or pace["faster-whisper"]
    found = [
        ("catalog phrases found", "found", (0.98, 0.96, 0.90)),
        ("amounts right, of those said", "amounts_right", (0.97, 0.93)),
        ("several phrases in one breath, all found", "breath", (0.90,)),
        ("English forms found", "english", (0.90, 0.80)),
    ]
    rows = [
        _least(f"{what}, {condition}", mine[key].get(condition, {}), target)
        for what, key, targets in found
        for condition, target in zip(CONDITIONS, targets, strict=False)
    ]
    below = mine["worst_voice_below_mean"]
    rows += [
        _most("worst voice at 10 dB, under the mean by", below, 0.05),
        _least("clips in which only what was said is accepted", mine["only_what_was_said"], 0.99),
        _most_share("other speech and near misses taken", mine["others_taken"], 0.01),
        _most_share("single words taken", mine["words_taken"], 0.01),
        _most_share("clips of noise alone taken", mine["noise_taken"], 0.0),
        _most("empty booth (synthetic noise), accepted an hour", booth["accepted_per_hour"], 0),
        _most(
            f"two shifts, {shifts['vehicles']} vehicles: false accusations",
            shifts["false_accusations"], 0,
        ),
        Line(what="… faults found", asked="at least 0.9", value=shifts["found_share"], least=0.9,
             shown=f"{shifts['faults_found']} of {shifts['faults']}"),
        Line(what="… vehicles unsure", asked="at most 0.1", value=shifts["unsure_share"], most=0.1,
             shown=f"{shifts['unsure']} of {shifts['vehicles']}"),
        _most("steps in dead or drowned sound called missing", shifts["lost"]["missing"], 0),
        Line(what="… unsure", asked=f"{shifts['lost']['steps']}", value=shifts["lost"]["unsure"],
             least=shifts["lost"]["steps"], shown=str(shifts["lost"]["unsure"])),
        _most("others' lines credited to the collector", shifts["others"]["credited"], 0),
        _most("compute, share of audio time", pace["ours"]["share_of_audio"], 0.05),
        Line(what="times as fast as faster-whisper's defaults", asked="at least 4",
             value=faster["times_ours"], least=4, shown=f"{faster['times_ours']:g}"),
        _most("seconds to the verdict, p95, up to 5 s", figures["latency"]["p95_s"], 0.5),
        _most("memory of the hearing process, MB", figures["memory"]["peak_mb"], 700),
    ]  # fmt: skip
    return rows


def as_table(figures: Figures) -> RenderableType:
    """The table for the terminal."""
    table = Table(title="hearing, on synthetic speech", title_justify="left")
    for name in ("what", "asked", "measured", ""):
        table.add_column(name)
    for row in asked(figures):
        table.add_row(row.what, row.asked, row.shown, _mark(row))
    return table


def markdown(figures: Figures) -> str:
    """The page docs/benchmarks.md."""
    made, machine, pace = figures["made"], figures["machine"], figures["pace"]
    latency, booth, memory = figures["latency"], figures["booth"], figures["memory"]
    size = "" if made["full"] else " **This was a quick run on a few clips: no figure counts.**"
    parts = [
        "# Benchmarks of the hearing",
        "Written by `scripts/bench hear --docs`. **Every figure is of synthetic speech** in "
        "simulated rooms and synthetic noise; real booths are harder. One voice, the noises and "
        f"one room were never in training.{size}",
        f"{made['clips_heard']} clips ({made['seconds_audio']:.0f} s), {made['clips_peers']} of "
        f"them heard by the recognisers of others too. {machine['processor']}, {machine['cores']} "
        f"cores, {machine['threads']} threads. Weights {made['model']} (plain "
        f"{made['plain_model']}), thresholds {made['thresholds']}, catalog {made['catalog']}.",
        "## What is asked, and what was measured",
        _grid(("what (synthetic speech)", "asked", "measured", ""),
              [(r.what, r.asked, r.shown, _mark(r)) for r in asked(figures)]),
        f"Compute to the verdict: p50 {latency['p50_s']} s, p95 {latency['p95_s']} s over "
        f"{latency['clips']} clips, the voice detector's share in. Empty booth: "
        f"{booth['minutes']} minutes, {booth['utterances']} utterances cut from it, "
        f"{booth['accepted']} phrases accepted, {booth['unsure']} unsure. Memory once loaded: "
        f"{memory['ready_mb']} MB.",
        "## By voice, sex, pace and noise",
        "Phrases found at 10 dB (synthetic speech).",
        _grid(("", "found", "of"), [
            (f"{key.removeprefix('by_')}: {name}", _value(one), str(one["of"]))
            for key in ("by_voice", "by_sex", "by_speed", "by_noise")
            for name, one in figures["ours"]["ours"][key].items()
        ]),
        "## Side by side",
        "The same clips, the same run. *text*: our matching of the transcript without the sound; "
        "*fuzz*: the likest standard line by `fuzz.ratio` from 80 on; *whole*: with the sound. "
        "Others are told each clip's language. openai-whisper and whisper.cpp have the adapted "
        "weights, exported from the same file (synthetic speech).",
        _grid(("", *(f"found {c}" for c in CONDITIONS), "amounts right", "other speech taken",
               "words taken", "noise taken"),
              [_compared(name, one) for name, one in figures["side_by_side"].items()]),
    ]  # fmt: skip
    parts += [f"- Not measured: {name}: {why}." for name, why in figures["absent"].items()]
    parts += [
        f"Computing on {pace['clips']} clips ({pace['seconds_audio']} s), the arms one after the "
        "other on each clip (synthetic speech).",
        _grid(("", "share of audio time", "times ours", "median seconds"), [
            (name, f"{one['share_of_audio']:.3f}", f"{one['times_ours']:.2f}",
             f"{one['median_s']:.3f}") for name, one in pace["arms"].items()
        ]),
    ]  # fmt: skip
    parts += _gate(figures)
    parts += [
        "## Curves",
        "![Phrases missed against other speech taken](pictures/bench-trade-off.svg)",
        "![Seconds of computing by length of the speech](pictures/bench-length.svg)",
        "## What is still confused",
        _grid(("said", "accepted", "clips"),
              [(one["said"], one["accepted"], str(one["clips"])) for one in figures["confusions"]]),
        "## Not measured here",
        "Human voices, real traffic, rain and crowds: no such recordings are at hand.",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def write(figures: Figures) -> list[Path]:
    """Write the page and its pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    pictures = {
        "bench-trade-off.svg": lines(
            "Detection error trade-off (synthetic speech)",
            "share of other speech taken",
            "share of phrases missed",
            {name: [(p["taken"], p["missed"]) for p in points]
             for name, points in figures["sweep"].items()},
        ),
        "bench-length.svg": lines(
            "Computing by length (synthetic speech)",
            "seconds of speech (from)",
            "median seconds of computing",
            {name: [(p["from_s"], p["median_s"]) for p in points]
             for name, points in figures["by_length"].items()},
        ),
    }  # fmt: skip
    for name, text in pictures.items():
        (PICTURES / name).write_text(text, encoding="utf-8")
    PAGE.write_text(markdown(figures), encoding="utf-8")
    return [PAGE, *(PICTURES / name for name in pictures)]


def _gate(figures: Figures) -> list[str]:
    """The adapted weights against the plain ones, through the whole program."""
    if "ours-plain" not in figures["ours"]:
        return []
    rows = [_compared(name, figures["ours"][name]) for name in ("ours", "ours-plain")]
    cer = figures["cer"]
    return [
        "## Adapted weights against plain ones",
        "All clips, the whole program (synthetic speech).",
        _grid(("", *(f"found {c}" for c in CONDITIONS), "amounts right", "other speech taken",
               "words taken", "noise taken"), rows),
        "Character errors on general Mandarin (synthetic speech).",
        _grid(("weights, window", "all", *CONDITIONS), [
            (name, f"{one['all']:.3f}", *(f"{one[c]:.3f}" for c in CONDITIONS))
            for name, one in cer.items()
        ]),
    ]  # fmt: skip


def _compared(name: str, one: Figures) -> tuple[str, ...]:
    found = (_value(one["found"].get(c, {})) for c in CONDITIONS)
    amounts = [share for share in one["amounts_right"].values() if share["of"]]
    right, of = (sum(share[key] for share in amounts) for key in ("hits", "of"))
    taken = (_value(one[key]) for key in ("others_taken", "words_taken", "noise_taken"))
    return (name, *found, f"{right / of:.3f}" if of else "–", *taken)


def _value(share: Figures) -> str:
    value = share.get("share")
    return "–" if value is None else f"{value:.3f}"


def _least(what: str, share: Figures, target: float) -> Line:
    shown = f"{_value(share)} of {share.get('of', 0)}"
    return Line(
        what=what, asked=f"{target:.2f}", value=share.get("share"), least=target, shown=shown
    )


def _most_share(what: str, share: Figures, target: float) -> Line:
    shown = f"{share['hits']} of {share['of']}"
    return Line(
        what=what, asked=f"at most {target:g}", value=share["share"], most=target, shown=shown
    )


def _most(what: str, value: float | None, target: float) -> Line:
    shown = "–" if value is None else f"{value:g}"
    return Line(what=what, asked=f"at most {target:g}", value=value, most=target, shown=shown)


def _mark(line: Line) -> str:
    return {True: "yes", False: "no", None: "not measured"}[line.holds]


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    return "\n".join([*text, *(f"| {' | '.join(row)} |" for row in rows)])
