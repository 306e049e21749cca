"""Grade made-up shifts as `changshou grade` does, and hold the verdicts against their truth."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio.voice import Speaker
from phrases.types import (
    Decision,
    FindingStatus,
    Heard,
    Outcome,
    ShiftReport,
    Side,
    StepOutcome,
    TransactionVerdict,
)
from scripts.bench_shifts import BOOTHS, drawn
from scripts.make_shift import make
from service import pipeline
from service.lane_log import Options
from service.settings import Settings

Truth = Mapping[str, Any]

_CHECKED = ("missing.", "amount.", "forbidden")
_SLACK_S = 0.3


def make_shifts(folder: Path, vehicles: int, speaker: Speaker) -> list[Path]:
    """The recordings of the two shifts, made if they are not there yet."""
    paths = []
    for booth in BOOTHS:
        path = folder / f"shift_{booth.seed}_{vehicles}.wav"
        if not path.with_suffix(".truth.json").exists():
            make(drawn(booth, vehicles), path.name, path, speaker)
        paths.append(path)
    return paths


def graded(recording: Path, site: Settings) -> ShiftReport:
    """The report of a recording with its events, through a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        request = pipeline.Request(
            audio=(recording,),
            events=recording.with_suffix(".events.json"),
            options=Options(),
            collector_channel=0,
            collector="bench",
            station="bench",
            booth="bench",
            team=None,
        )
        own = replace(
            site,
            database=f"sqlite:///{folder}/bench.db",
            seal_key=Path(folder) / "ledger.key",
        )
        quietly = pipeline.grade(
            request, own, progress=lambda _what, _total: nullcontext(lambda _done: None)
        )
        return quietly.stored.report


def truth_of(recording: Path) -> Truth:
    """What perfect ears would find."""
    found: Truth = json.loads(recording.with_suffix(".truth.json").read_text(encoding="utf-8"))
    return found


def verdicts(pairs: Sequence[tuple[ShiftReport, Truth]]) -> dict[str, object]:
    """False accusations, faults found and vehicles unsure, of all shifts together."""
    accused: list[str] = []
    missed: list[str] = []
    unsure_faults = found = vehicles = unsure = 0
    for report, truth in pairs:
        by_vehicle = {t.vehicle: t for t in report.transactions}
        for vehicle in truth["vehicles"]:
            one = by_vehicle[vehicle["vehicle"]]
            wanted = {code for code in vehicle["findings"] if code.startswith(_CHECKED)}
            faults = _codes(one, FindingStatus.FAULT)
            vehicles += 1
            unsure += one.outcome is Outcome.UNSURE
            found += len(wanted & faults)
            unsure_faults += len(wanted & _codes(one, FindingStatus.UNSURE))
            accused += [f"vehicle {one.vehicle}: {code}" for code in sorted(faults - wanted)]
            missed += [f"vehicle {one.vehicle}: {code}" for code in sorted(wanted - faults)]
    total = found + len(missed)
    return {
        "vehicles": vehicles,
        "false_accusations": len(accused),
        "accused": accused,
        "faults": total,
        "faults_found": found,
        "faults_unsure": unsure_faults,
        "missed": missed,
        "found_share": round(found / total, 4) if total else None,
        "unsure": unsure,
        "unsure_share": round(unsure / max(1, vehicles), 4),
    }


def lost_steps(report: ShiftReport, truth: Truth) -> dict[str, int]:
    """What became of the steps that were said while nobody could hear them."""
    counted = {"steps": 0, "missing": 0, "unsure": 0, "other": 0}
    by_vehicle = {t.vehicle: t for t in report.transactions}
    for vehicle in truth["vehicles"]:
        outcomes = {s.step: s.outcome for s in by_vehicle[vehicle["vehicle"]].steps}
        for code in vehicle["unheard"]:
            outcome = outcomes.get(code.removeprefix("missing."))
            counted["steps"] += 1
            if outcome in (StepOutcome.MISSING, StepOutcome.WRONG):
                counted["missing"] += 1
            else:
                counted["unsure" if outcome is StepOutcome.UNSURE else "other"] += 1
    return counted


def credited(utterances: Sequence[Heard], truth: Truth) -> dict[str, int]:
    """Lines of others from which a phrase was accepted as the collector's."""
    lines = [line for vehicle in truth["vehicles"] for line in vehicle["lines"]]
    lines += truth["between"]
    own = [line for line in lines if line["who"] == "collector"]
    others = [line for line in lines if line["who"] != "collector"]
    counted = {"lines": len(others), "credited": 0, "unsure": 0}
    matches = [m for u in utterances for m in u.matches if m.decision is Decision.ACCEPTED]
    for line in others:
        inside = [
            match
            for match in matches
            if _within(line, (match.start_ms + match.end_ms) / 2000, _SLACK_S)
            and not any(_within(o, (match.start_ms + match.end_ms) / 2000, _SLACK_S) for o in own)
        ]
        counted["credited"] += any(match.side is Side.NEAR for match in inside)
        counted["unsure"] += bool(inside) and all(match.side is not Side.NEAR for match in inside)
    return counted


def _within(line: Mapping[str, Any], at_s: float, slack_s: float) -> bool:
    return bool(line["start_s"] - slack_s <= at_s <= line["end_s"] + slack_s)


def _codes(transaction: TransactionVerdict, status: FindingStatus) -> set[str]:
    return {f.code for f in transaction.findings if f.status is status}
