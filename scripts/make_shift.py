"""Make a booth recording from a script: sound, the lane's events, and the truth.

    scripts/make_shift scripts/shifts/demo.toml tests/recordings/demo.opus

writes `demo.opus`, `demo.events.json` (what `changshou grade --events` takes) and
`demo.truth.json` (what perfect ears would find). See docs/recordings.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audio.voice import RATE, Kept, Kokoro, Speaker, VoiceError, styles_folder
from audio.write import write
from phrases.source import DataError, Fault
from scripts.shift_script import Scene, Script, amount_of, read_script
from scripts.shift_stage import Said, Staged, losses, sound, stage
from scripts.shift_truth import Step, contradiction, steps_of


def make(script: Script, name: str, out: Path, speaker: Speaker) -> None:
    """Write the recording `out` and its two companions; DataError if the script lies."""
    staged = stage(script, speaker)
    faults = [
        Fault(file=name, key="scene", problem=problem)
        for s in staged
        if s.scene.vehicle is not None and (problem := contradiction(s.scene, _steps(script, s)))
    ]
    if faults:
        raise DataError(faults)
    samples = sound(script, staged, speaker)
    out.parent.mkdir(parents=True, exist_ok=True)
    write(out, samples, RATE)
    _write_json(out.with_suffix(".events.json"), events(script, staged))
    _write_json(out.with_suffix(".truth.json"), truth(script, staged, samples.shape[1] / RATE))


def events(script: Script, staged: Sequence[Staged]) -> dict[str, Any]:
    """The events file: what a lane controller and the station would know."""
    found: dict[str, Any] = {"lane": script.lane, "started_at": script.started_at.isoformat()}
    found["events"] = [
        {"vehicle": s.scene.vehicle, "arrived": _s(s.arrived), "left": _s(s.left)} | _paid(s.scene)
        for s in staged
        if s.scene.vehicle is not None
    ]
    for key in ("weather", "notices", "profile"):
        spans = [span.model_dump(exclude_none=True) for span in getattr(script, key)]
        if spans:
            found[key] = spans
    return found


def truth(script: Script, staged: Sequence[Staged], duration_s: float) -> dict[str, Any]:
    """What perfect ears would find, and when everything was said."""
    return {
        "lane": script.lane,
        "started_at": script.started_at.isoformat(),
        "duration_s": round(duration_s, 3),
        "seed": script.seed,
        "room": script.room,
        "channels": script.channels,
        "noise": script.noise.model_dump(),
        "voices": script.voices.model_dump(),
        "vehicles": [_vehicle(script, s) for s in staged if s.scene.vehicle is not None],
        "between": [_line(said) for s in staged if s.scene.vehicle is None for said in s.lines],
        "gaps": [
            {"start_s": _s(gap.start), "end_s": _s(gap.end), "how": gap.how}
            for gap in losses(staged)
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="make_shift", description=__doc__.split("\n")[0])
    parser.add_argument("script", type=Path, help="TOML script")
    parser.add_argument("out", type=Path, help="recording to write: .opus, .wav, .mp3 or .flac")
    parser.add_argument("--voices", type=Path, default=None, help="folder of the style files")
    parser.add_argument("--keep", type=Path, default=None, help="folder for lines once spoken")
    chosen = parser.parse_args(arguments)
    keep = chosen.keep or styles_folder().parent / "lines"
    try:
        script = read_script(chosen.script)
        make(script, chosen.script.name, chosen.out, Kept(Kokoro(chosen.voices), keep))
    except (DataError, VoiceError, ValueError, OSError) as error:
        print(f"make_shift: {error}", file=sys.stderr)
        return 2
    return 0


def _peak(script: Script, staged: Staged) -> bool:
    return any(span.from_s <= _s(staged.arrived) < span.to_s for span in script.profile)


def _steps(script: Script, staged: Staged) -> tuple[Step, ...]:
    lane = staged.scene.lane or script.lane
    return steps_of(staged.scene, lane, peak=_peak(script, staged))


def _paid(scene: Scene) -> dict[str, Any]:
    keys = ("toll", "tendered", "payment", "lane", "ticket", "excuse")
    return {key: _plain(value) for key in keys if (value := getattr(scene, key)) is not None}


def _vehicle(script: Script, staged: Staged) -> dict[str, Any]:
    scene, lane = staged.scene, staged.scene.lane or script.lane
    steps = _steps(script, staged)
    return {
        "vehicle": scene.vehicle,
        "lane": lane,
        "arrived": _s(staged.arrived),
        "left": _s(staged.left),
        "peak": _peak(script, staged),
        "steps": {
            step.step: {"state": step.state, "mandatory": step.mandatory}
            | ({"phrase": step.phrase} if step.phrase else {})
            | ({"amount": step.amount} if step.amount else {})
            for step in steps
        },
        "findings": sorted(scene.findings),
        "unheard": [f"missing.{s.step}" for s in steps if s.mandatory and s.state == "unheard"],
        "lines": [_line(said) for said in staged.lines],
    }


def _line(said: Said) -> dict[str, Any]:
    line = said.line
    found: dict[str, Any] = {
        "who": line.who,
        "text": line.say.replace("|", ""),
        "start_s": _s(said.start),
        "end_s": _s(said.end),
        "over": line.over,
        "phrases": [],
    }
    parts = line.say.split("|") if "|" in line.say else [line.say] * 0
    at = said.start
    for number, phrase in enumerate(line.phrases):
        name, amount = amount_of(phrase)
        # Without a mark the phrases share the line; with marks, by their length in characters.
        share = len(parts[number]) / max(len("".join(parts)), 1) if parts else 1.0
        start, at = (at, at + int(share * said.speech.size)) if parts else (said.start, said.end)
        if name != "-":
            found["phrases"].append(
                {"phrase": name, "start_s": _s(start), "end_s": _s(at)}
                | ({"amount": amount} if amount else {})
            )
    return found


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _s(sample: int) -> float:
    return round(sample / RATE, 2)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
