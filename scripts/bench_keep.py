"""Keep what an arm made of each clip, so that a benchmark that was stopped goes on.

One file of JSON lines for each arm and each key: other weights, thresholds, catalogs or code give
another key, and so begin anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.bench_arms import Arm, Took
from scripts.bench_clips import Clip
from scripts.bench_figures import Answer
from service.evaluate import Expected

ROOT = Path(__file__).parent.parent
CODE = ("audio", "phrases", "service")


def heard(
    arm: Arm, name: str, clips: Iterable[Clip], of: str, folder: Path, done: Callable[[int], None]
) -> dict[str, Took]:
    """What the arm makes of each clip, by file; `of` names the set of clips."""
    key = hashlib.sha256(f"{arm.key} {of}".encode()).hexdigest()[:12]
    file = folder / f"{name}-{key}.jsonl"
    known = _read(file)
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        for number, clip in enumerate(clips):
            if clip.file not in known:
                known[clip.file] = arm.hear(clip)
                line = {"file": clip.file} | as_json(known[clip.file])
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                out.flush()
            done(number + 1)
    return known


def once(folder: Path, name: str, key: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, as JSON, from the folder if it was made with the same key."""
    file = folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"
    if file.exists():
        return json.loads(file.read_text(encoding="utf-8"))
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(file)
    return made


def code() -> str:
    """Names the program as it is: a sum over its sources and data."""
    whole = hashlib.sha256()
    for room in CODE:
        for path in sorted((ROOT / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def as_json(took: Took) -> dict[str, Any]:
    """One line of the file."""
    answer = took.answer
    return {
        "seconds": round(took.seconds, 4),
        "text": took.text,
        "accepted": None if answer is None else [[e.phrase, e.amount_fen] for e in answer.accepted],
        "unsure": None if answer is None else [[e.phrase, e.amount_fen] for e in answer.unsure],
        "sweep": took.sweep,
        "utterance_s": took.utterance_s,
    }


def from_json(line: Mapping[str, Any]) -> Took:
    """The same again."""
    answer = None
    if line["accepted"] is not None:
        answer = Answer(accepted=_labels(line["accepted"]), unsure=_labels(line["unsure"]))
    return Took(
        seconds=line["seconds"],
        text=line["text"],
        answer=answer,
        sweep=(line["sweep"][0], line["sweep"][1]) if line["sweep"] else None,
        utterance_s=line["utterance_s"],
    )


def _labels(rows: Iterable[tuple[str, int | None]]) -> tuple[Expected, ...]:
    return tuple(Expected(phrase=phrase, amount_fen=fen) for phrase, fen in rows)


def _read(file: Path) -> dict[str, Took]:
    known: dict[str, Took] = {}
    if not file.exists():
        return known
    for text in file.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:  # cut short when it was stopped
            continue
        known[line["file"]] = from_json(line)
    return known
