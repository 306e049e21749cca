"""Hear labelled clips through the ears of `grade`; count what was found and what was made up."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from audio import files
from audio.files import AudioError
from audio.types import RATE
from phrases.amounts import fen
from phrases.schema import FORBIDDEN
from phrases.types import Decision, Heard, PhraseMatch
from service import bootstrap
from service.errors import BadInput
from service.hearing import Hearer
from service.report_json import Json, match
from service.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """One phrase that a clip holds."""

    phrase: str
    amount_fen: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """One row of the manifest."""

    file: str
    """as the manifest names it"""
    path: Path
    label: str
    """as the manifest has it"""
    expected: tuple[Expected, ...]
    """in the order said; empty: nothing of the catalog"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What was made of one clip."""

    clip: Clip
    text: str
    accepted: tuple[PhraseMatch, ...]
    unsure: tuple[PhraseMatch, ...]

    @property
    def found(self) -> bool:
        """Whether every phrase expected, with its amount, was accepted as often as expected."""
        left = list(self.accepted)
        for wanted in self.clip.expected:
            fitting = (m for m in left if _is(m, wanted))
            hit = next(fitting, None)
            if hit is None:
                return False
            left.remove(hit)
        return True

    @property
    def false_accept(self) -> bool:
        """Whether a phrase was taken from a clip that holds none; forbidden ones count apart."""
        return not self.clip.expected and any(
            not m.phrase.startswith(FORBIDDEN) for m in self.accepted
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """All clips together."""

    results: tuple[Result, ...]
    seconds_audio: float
    """of the whole clips"""
    seconds_compute: float
    """wall time from the decoded files to their matches, one after the other"""

    @property
    def recall(self) -> float | None:
        """Share of the clips with a phrase in which all was found; None: there are none."""
        spoken = [r for r in self.results if r.clip.expected]
        return sum(r.found for r in spoken) / len(spoken) if spoken else None

    @property
    def false_accepts(self) -> int:
        """Clips that hold nothing in which something was accepted."""
        return sum(r.false_accept for r in self.results)


def evaluate(
    manifest: Path,
    site: Settings,
    *,
    progress: bootstrap.Progress,
    ears: bootstrap.Ears = bootstrap.hearer,
) -> Evaluation:
    """Hear every clip of the manifest; BadInput names the line of what cannot be used."""
    known = bootstrap.knowledge(site)
    clips = read_manifest(manifest, known.catalog.phrases)
    for clip in clips:
        try:
            files.check(clip.path)
        except AudioError as error:
            raise BadInput(f"{manifest.name}: {error}") from None
    hearer = ears(site, known, progress)
    results: list[Result] = []
    audio = compute = 0.0
    with progress("evaluating", len(clips)) as bar:
        for n, clip in enumerate(clips):
            try:
                seconds, spent, result = _hear(hearer, clip)
            except AudioError as error:
                raise BadInput(f"{manifest.name}: {error}") from None
            audio, compute = audio + seconds, compute + spent
            results.append(result)
            bar(n + 1)
    return Evaluation(results=tuple(results), seconds_audio=audio, seconds_compute=compute)


def read_manifest(path: Path, phrases: Mapping[str, object]) -> tuple[Clip, ...]:
    """The manifest's rows; BadInput names the line of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is not UTF-8 text") from None
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise BadInput(f"{path}: has no header; its first line names the columns")
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in ("file", "expected") if name not in (rows.fieldnames or ())]
    if missing:
        raise BadInput(f"{path}: line 1: no column {' and no column '.join(missing)}")
    clips: list[Clip] = []
    for row in rows:
        place = f"{path}: line {rows.line_num}"
        name, label = (row.get("file") or "").strip(), (row.get("expected") or "").strip()
        if not name or not label:
            raise BadInput(f"{place}: column {'expected' if name else 'file'} is empty")
        file = path.parent / name
        if not file.is_file():
            raise BadInput(f"{place}: {name}: no such file")
        try:
            expected = labelled(label, phrases)
        except ValueError as error:
            raise BadInput(f"{place}: {error}") from None
        clips.append(Clip(file=name, path=file, label=label, expected=expected))
    if not clips:
        raise BadInput(f"{path}: has no rows")
    return tuple(clips)


def labelled(label: str, phrases: Mapping[str, object]) -> tuple[Expected, ...]:
    """What a label says; ValueError if it cannot be."""
    if label == "-":
        return ()
    found: list[Expected] = []
    for part in label.split("+"):
        phrase, equals, amount = part.strip().partition("=")
        if phrase.strip() not in phrases:
            raise ValueError(f"no phrase has the id {phrase.strip()!r}")
        try:
            sum_ = fen(amount.strip()) if equals else None
        except ValueError as error:
            raise ValueError(f"{part.strip()}: {error}") from None
        found.append(Expected(phrase=phrase.strip(), amount_fen=sum_))
    return tuple(found)


def _hear(hearer: Hearer, clip: Clip) -> tuple[float, float, Result]:
    """Seconds of sound, seconds of computing, and what was heard."""
    chunks = list(files.stream([clip.path]))
    seconds = sum(len(chunk.samples) for chunk in chunks) / RATE
    before = time.perf_counter()
    heard = [item for item in hearer.listen(chunks, near_only=True) if isinstance(item, Heard)]
    spent = time.perf_counter() - before
    heard.sort(key=lambda h: h.start_ms)
    matches = sorted((m for h in heard for m in h.matches), key=lambda m: m.start_ms)
    return (
        seconds,
        spent,
        Result(
            clip=clip,
            text=" ".join(h.text for h in heard if h.text),
            accepted=tuple(m for m in matches if m.decision is Decision.ACCEPTED),
            unsure=tuple(m for m in matches if m.decision is Decision.UNSURE),
        ),
    )


def _is(found: PhraseMatch, wanted: Expected) -> bool:
    if found.phrase != wanted.phrase:
        return False
    if wanted.amount_fen is None:
        return True
    try:
        return fen(found.slots.get("amount", "")) == wanted.amount_fen
    except ValueError:
        return False


def as_json(evaluation: Evaluation) -> Json:
    """The object of `changshou evaluate --json`."""
    return {
        "clips": len(evaluation.results),
        "recall": evaluation.recall,
        "false_accepts": evaluation.false_accepts,
        "seconds_audio": round(evaluation.seconds_audio, 3),
        "seconds_compute": round(evaluation.seconds_compute, 3),
        "results": [
            {
                "file": result.clip.file,
                "expected": result.clip.label,
                "text": result.text,
                "accepted": [match(m) for m in result.accepted],
                "unsure": [match(m) for m in result.unsure],
            }
            for result in evaluation.results
        ],
    }


def as_table(evaluation: Evaluation) -> RenderableType:
    """The figures for people, and the clips in which something went wrong."""
    wrong = [r for r in evaluation.results if r.false_accept or not r.found]
    table = Table(title="not as expected", title_justify="left", header_style="bold")
    for name in ("file", "expected", "accepted", "unsure"):
        table.add_column(name, overflow="fold")
    for result in wrong:
        table.add_row(
            result.clip.file,
            result.clip.label,
            Text(_labels(result.accepted), style="red" if result.false_accept else ""),
            _labels(result.unsure),
        )
    spoken = sum(bool(r.clip.expected) for r in evaluation.results)
    recall = "–" if evaluation.recall is None else f"{evaluation.recall:.3f}"
    share = evaluation.seconds_compute / max(evaluation.seconds_audio, 1e-9)
    figures = Text(
        f"{len(evaluation.results)} clips, {spoken} with a phrase\n"
        f"recall {recall} · false accepts {evaluation.false_accepts} of "
        f"{len(evaluation.results) - spoken}\n"
        f"{evaluation.seconds_audio:.1f} s of audio in {evaluation.seconds_compute:.1f} s of "
        f"computing: {share:.3f} of its time"
    )
    return Group(table, figures) if wrong else figures


def _labels(matches: Sequence[PhraseMatch]) -> str:
    """Matches as a manifest would name them."""
    return "+".join(
        f"{m.phrase}={m.slots['amount']}" if "amount" in m.slots else m.phrase for m in matches
    )
