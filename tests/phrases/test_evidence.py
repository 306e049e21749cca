"""Evidence is weighed by numbers that are data, and better evidence never counts for less."""

from dataclasses import replace
from pathlib import Path

import pytest

from phrases.evidence import Asked, Evidence, default_thresholds, features, load, score
from phrases.source import DATA, DataError

GOOD = Evidence(
    size=6,
    beside=0.0,
    hanging=False,
    alone=0.0,
    by_sound=False,
    asked=Asked(sound=-0.8, worst=-1.5, loss=0.2, margin=1.0, gain=4.0, end=-0.1),
)


def sure(e: Evidence) -> float:
    """The score with the thresholds that ship."""
    return score(e, default_thresholds().weights)


def test_good_evidence_is_accepted() -> None:
    """A long phrase that text and sound bear out is accepted."""
    assert sure(GOOD) > default_thresholds().accept


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, asked=replace(GOOD.asked, sound=-3.5, gain=1.3)),
        replace(GOOD, asked=replace(GOOD.asked, margin=-1.0)),
        replace(GOOD, asked=replace(GOOD.asked, end=-5.0)),
        replace(GOOD, asked=replace(GOOD.asked, loss=2.5)),
        replace(GOOD, hanging=True),
        replace(GOOD, by_sound=True),
        replace(GOOD, size=2),
    ],
)
def test_worse_evidence_scores_less(worse: Evidence) -> None:
    """Each thing that speaks against a phrase lowers its score."""
    assert sure(worse) < sure(GOOD)


def test_features_stay_within_bounds() -> None:
    """Absurd evidence cannot outweigh everything else."""
    wild = replace(
        GOOD, asked=Asked(sound=-1e9, worst=-1e9, loss=1e9, margin=-1e9, gain=-1e9, end=-1e9)
    )
    assert all(abs(value) <= 4 for value in features(wild).values())
    assert 0.0 <= sure(wild) <= 1.0


def test_every_feature_has_its_weight() -> None:
    """The file's weights and the features have the same names."""
    assert set(features(GOOD)) == set(default_thresholds().weights.model_dump())


def test_unsure_lies_under_accept() -> None:
    """The shipped thresholds leave room for what may have been said."""
    limits = default_thresholds()
    assert 0 < limits.unsure < limits.accept <= limits.forbidden < 1


def test_faults_are_listed_with_their_keys(tmp_path: Path) -> None:
    """A station's file that lacks a weight or has another key is refused, both named."""
    text = (DATA / "thresholds.toml").read_text(encoding="utf-8")
    path = tmp_path / "thresholds.toml"
    path.write_text(text.replace("\nloss =", "\nlosses ="), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(path)
    assert {fault.key for fault in caught.value.faults} == {"weights.loss", "weights.losses"}
