"""calibrate: a set is fitted to labelled clips, kept by its version, and never overwritten."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from audio.types import Utterance
from phrases.evidence import default_thresholds, load
from phrases.match import Scorer
from phrases.types import Transcript
from service import calibrate, settings
from service.bootstrap import Ears, Knowledge, Progress
from service.calibrate import Calibration, Targets, as_json, as_table
from service.errors import BadInput
from service.hearing import Hearer
from service.settings import Settings
from tests.fakes import FakeEar, cutter, quiet, utterance, wav
from tests.phrases.test_match import Deaf, Keen
from tests.service.test_report_table import shown

pytestmark = pytest.mark.slow  # each fits anew: seconds each

TODAY = dt.date(2026, 11, 25)
LABELS = ("greet.hello", "flow.thanks", "trip.safe", "ticket.take")
ROUNDS = 4
HEARD = ("您号", "写谢", "一路平按", "请拿号通行漂")


class Doubtful(FakeEar):
    """Each clip's words in turn, a little wrong; the sound bears out what was said only."""

    def __init__(self, texts: Sequence[tuple[str, bool]]) -> None:
        super().__init__({})
        self._texts: Iterator[tuple[str, bool]] = iter(texts)

    def hear(self, utterance: Utterance) -> tuple[Transcript, Scorer | None]:
        """The next words, of which the recogniser is not sure."""
        text, said = next(self._texts)
        transcript, _ = super().hear(utterance)
        return replace(transcript, text=text, logprob=-1.0), Keen(text) if said else Deaf(text)


def clips(folder: Path, kinds: Sequence[bool] = (True, False)) -> tuple[Path, Ears]:
    """A manifest of clips that hold a phrase and clips that only sound like it, and its ears."""
    wav(folder / "a.wav", 2.0)
    rows, texts = ["file\texpected\tvoice"], []
    for number in range(ROUNDS):
        for label, text in zip(LABELS, HEARD, strict=True):
            for said in kinds:
                rows.append(f"a.wav\t{label if said else '-'}\tvoice{number % 3}")
                texts.append((text, said))
    manifest = folder / "m.tsv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")

    def make(site: Settings, known: Knowledge, progress: Progress) -> Hearer:  # noqa: ARG001
        heard = cutter([utterance(0, 0, 1_800)])
        return Hearer(Doubtful(texts), known.catalog, thresholds=known.thresholds, cutter=heard)

    return manifest, make


def run(
    folder: Path,
    *,
    out: Path | None = None,
    split: str | None = None,
    kinds: Sequence[bool] = (True, False),
    targets: Targets | None = None,
) -> Calibration:
    """Calibrate with the clips above."""
    manifest, ears = clips(folder, kinds)
    return calibrate.calibrate(
        manifest,
        settings.load(),
        out=out,
        split=split,
        targets=targets or Targets(),
        today=TODAY,
        progress=quiet,
        ears=ears,
    )


def test_the_set_tells_apart_what_the_sound_tells_apart(tmp_path: Path) -> None:
    """Everything said is found, nothing is taken from the rest, each clip by another fit."""
    made = run(tmp_path, out=tmp_path / "own.toml", split="voice")
    assert (made.after.found, made.after.spoken) == (16, 16)
    assert (made.after.taken, made.after.silent) == (0, 16)
    assert made.error < 0.2
    assert made.brier < 0.1


def test_what_is_kept_is_what_was_fitted(tmp_path: Path) -> None:
    """The file is a set that the program loads, with its version and what it was fitted on."""
    made = run(tmp_path, out=tmp_path / "deep" / "own.toml")
    kept = load(made.file)
    assert kept == made.thresholds
    assert kept.version.startswith("2026-11-25-")
    assert kept.fitted is not None
    assert (kept.fitted.clips, kept.fitted.model) == (32, "fake")
    assert made.picture.read_text(encoding="utf-8").startswith("<")


def test_the_same_clips_give_the_same_version(tmp_path: Path) -> None:
    """Nothing is drawn by chance, so a set can be made again and checked."""
    first = run(tmp_path, out=tmp_path / "own.toml")
    again = run(tmp_path, out=tmp_path / "own.toml")
    assert first.thresholds == again.thresholds


def test_another_set_is_never_overwritten(tmp_path: Path) -> None:
    """A file that holds another set stays as it is."""
    file = tmp_path / "own.toml"
    file.write_text("kept", encoding="utf-8")
    with pytest.raises(BadInput, match=r"own\.toml: another set is there"):
        run(tmp_path, out=file)
    assert file.read_text(encoding="utf-8") == "kept"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The path that is a file cannot hold the set."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match=r"own\.toml: cannot be written"):
        run(tmp_path, out=tmp_path / "file" / "own.toml")


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    """--split names a column of the manifest."""
    with pytest.raises(BadInput, match="no column booth"):
        run(tmp_path, split="booth")


def test_clips_of_one_kind_cannot_be_fitted(tmp_path: Path) -> None:
    """Without phrases that were said nothing can be told apart; the manifest is named."""
    with pytest.raises(BadInput, match=r"m\.tsv: wants clips with phrases and clips with other"):
        run(tmp_path, kinds=(False,))


def test_a_fresh_fit_does_not_hang_on_the_set_in_use(tmp_path: Path) -> None:
    """From nought, few clips give small weights; from those in use, they stay near them."""
    fresh = run(tmp_path, out=tmp_path / "a.toml", targets=Targets(fresh=True)).thresholds.weights
    used = run(tmp_path, out=tmp_path / "b.toml").thresholds.weights
    in_use = default_thresholds().weights
    assert abs(fresh.hanging) < 0.1 < abs(in_use.hanging)
    assert used.hanging == pytest.approx(in_use.hanging, abs=0.1)


def test_both_reports_have_the_figures(tmp_path: Path) -> None:
    """JSON for programs, a table for people; both say where the set is and how to use it."""
    made = run(tmp_path, out=tmp_path / "own.toml")
    found = json.loads(json.dumps(as_json(made)))
    assert found["version"] == made.thresholds.version
    assert found["after"]["recall"] == 1.0
    assert set(found["phrases"]) == set(LABELS)
    text = shown(as_table(made))
    assert "16" in text
    assert "[judging] thresholds" in text
