"""Fit the thresholds of matching to labelled clips, and say how well they do.

The figures come from fits that did not meet the clips they are measured on (`out_of_fold`); the
set that is kept is fitted on all of them. A set is a file with a version of its own; none is
ever overwritten.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import tomli_w
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from audio import files
from audio.files import AudioError
from phrases.evidence import Fitted, Thresholds, Weights
from phrases.weigh import Weighed
from service import bootstrap, fit, reliability
from service.errors import BadInput
from service.evaluate import Clip, read_manifest
from service.fit import Figures, Labelled, Said
from service.report_json import Json
from service.settings import Settings

FOLDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Targets:
    """What the bars have to hold, and where the fit starts."""

    false_accepts: float = 0.01
    """share of the clips without a phrase in which one is taken, at most"""
    impure: float = 0.01
    """share of all clips in which anything but what was said is accepted, at most"""
    precision: float = 0.9
    """a phrase that is certainly under it is advisory"""
    fresh: bool = False
    """whether the weights start from nought, not from those in use"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """A new set, and how it does."""

    thresholds: Thresholds
    file: Path
    picture: Path
    before: Figures
    """with the set that was in use"""
    after: Figures
    """with this one, each clip weighed by a fit that did not meet its group"""
    error: float
    """expected calibration error, out of fold"""
    brier: float
    """mean square of score less truth, out of fold"""


def calibrate(
    manifest: Path,
    site: Settings,
    *,
    out: Path | None,
    split: str | None,
    targets: Targets,
    today: dt.date,
    progress: bootstrap.Progress,
    ears: bootstrap.Ears = bootstrap.hearer,
) -> Calibration:
    """Fit a set to the manifest's clips, and keep it; BadInput names what cannot be used."""
    known = bootstrap.knowledge(site)
    start = _nought(known.thresholds) if targets.fresh else known.thresholds
    rows = read_manifest(manifest, known.catalog.phrases)
    groups = _groups(manifest, rows, split)
    for clip in rows:
        try:
            files.check(clip.path)
        except AudioError as error:
            raise BadInput(f"{manifest.name}: {error}") from None
    hearer = ears(site, known, progress)
    clips: list[Labelled] = []
    with progress("listening", len(rows)) as bar:
        for n, (clip, group) in enumerate(zip(rows, groups, strict=True)):
            turns: list[tuple[Weighed, ...]] = []
            hearer.watch = lambda weighed, turns=turns: turns.append(tuple(weighed))
            for _ in hearer.listen(files.stream([clip.path]), near_only=True):
                pass
            said = tuple(Said(phrase=e.phrase, fen=e.amount_fen) for e in clip.expected)
            clips.append(Labelled(said=said, turns=tuple(turns), group=group))
            bar(n + 1)
    candidates = fit.samples(clips)
    made = Fitted(
        model=hearer.model_id,
        catalog=known.catalog.version,
        clips=len(clips),
        candidates=len(candidates),
    )
    try:
        apart = fit.out_of_fold(clips, start.weights)
        thresholds = fitted(clips, apart, start, targets, made, today)
    except ValueError as error:
        raise BadInput(f"{manifest}: {error}") from None
    scored = fit.scored(apart)
    file = out or folder() / f"thresholds-{thresholds.version}.toml"
    store(thresholds, file)
    picture = file.with_suffix(".svg")
    picture.write_text(reliability.picture(scored), encoding="utf-8")
    return Calibration(
        thresholds=thresholds,
        file=file,
        picture=picture,
        before=fit.figures(clips, known.thresholds),
        after=fit.figures(apart, thresholds),
        error=fit.expected_error(scored),
        brier=sum((value - said) ** 2 for value, said in scored) / len(scored),
    )


def fitted(
    clips: Sequence[Labelled],
    apart: Sequence[Labelled],
    used: Thresholds,
    targets: Targets,
    made: Fitted,
    today: dt.date,
) -> Thresholds:
    """A set for these clips; what is not fitted is as in the one used; ValueError if it cannot.

    The bars are chosen on `apart`, the clips out of fold: on their own fit they are too bold.
    """
    weights = fit.fit_weights(fit.samples(clips), used.weights)
    limits = used.model_copy(update={"weights": weights, "fitted": made, "phrases": {}})

    def bars(accept: float) -> Thresholds:
        own = fit.by_phrase(
            apart, accept, min_precision=targets.precision, target=f"{targets.precision:g}"
        )
        return limits.model_copy(update={"accept": accept, "phrases": own})

    limits = fit.choose_accept(
        apart, bars, false_accepts=targets.false_accepts, impure=targets.impure
    )
    digest = hashlib.sha256(_toml(limits.model_copy(update={"version": ""})).encode())
    return limits.model_copy(update={"version": f"{today.isoformat()}-{digest.hexdigest()[:8]}"})


def folder() -> Path:
    """Where sets are kept that no `--out` names."""
    return Path(platformdirs.user_data_dir("changshou", False)) / "thresholds"


def store(thresholds: Thresholds, file: Path) -> None:
    """Write the set; BadInput if another set is there, or it cannot be written."""
    text = _toml(thresholds)
    try:
        if file.exists() and file.read_text(encoding="utf-8") != text:
            raise BadInput(f"{file}: another set is there: give another name, or none")
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written: {error.strerror or error}") from None


def as_json(made: Calibration) -> Json:
    """The object of `changshou calibrate --json`."""
    return {
        "version": made.thresholds.version,
        "file": str(made.file),
        "picture": str(made.picture),
        "accept": made.thresholds.accept,
        "before": dict(fit.summary(made.before)),
        "after": dict(fit.summary(made.after)),
        "calibration_error": round(made.error, 4),
        "brier": round(made.brier, 4),
        "phrases": {phrase: own.model_dump() for phrase, own in made.thresholds.phrases.items()},
    }


def as_table(made: Calibration) -> RenderableType:
    """The figures for people, and the phrases that became advisory."""
    table = Table(title="thresholds", title_justify="left", header_style="bold")
    for name in ("", "found", "taken from other speech", "only what was said"):
        table.add_column(name)
    for name, of in (("as before", made.before), ("fitted", made.after)):
        table.add_row(
            name,
            f"{of.recall:.3f} of {of.spoken}",
            f"{of.taken} of {of.silent}",
            f"{of.pure / max(1, of.clips):.3f}",
        )
    held = [
        f"advisory: {phrase}: {own.why}"
        for phrase, own in made.thresholds.phrases.items()
        if own.advisory
    ]
    text = Text(
        "\n".join(
            [
                f"accepted from {made.thresholds.accept:.2f} on · calibration error "
                f"{made.error:.3f} · Brier {made.brier:.3f}, each clip by a fit that did not "
                "meet it",
                *held,
                f"kept as {made.file}, picture {made.picture}",
                f'use it: [judging] thresholds = "{made.file}"',
            ]
        )
    )
    return Group(table, text)


def _nought(limits: Thresholds) -> Thresholds:
    """The same set with all weights at nought."""
    return limits.model_copy(
        update={"weights": Weights(**dict.fromkeys(Weights.model_fields, 0.0))}
    )


def _groups(manifest: Path, rows: Sequence[Clip], split: str | None) -> list[str]:
    """What each clip is left out with: a column's value, else one of a few even shares."""
    if split is None:
        return [str(n % FOLDS) for n in range(len(rows))]
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        table: list[Mapping[str, str]] = list(
            csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    if split not in table[0]:
        raise BadInput(f"{manifest}: line 1: no column {split}: --split names one of its columns")
    return [row[split] or "" for row in table]


def _toml(thresholds: Thresholds) -> str:
    head = "# Fitted by changshou calibrate; docs/calibrate.md.\n\n"
    return head + tomli_w.dumps(thresholds.model_dump(exclude_none=True, exclude_defaults=False))
