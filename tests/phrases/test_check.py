"""The check says everything that is wrong, and what is easily confused."""

from __future__ import annotations

from pathlib import Path

from phrases.catalog import Catalog
from phrases.check import check
from phrases.source import DataError, Fault


def test_the_shipped_files_have_no_fault() -> None:
    """What ships can be used."""
    report = check()
    assert report.faults == ()
    assert "no faults" in report.lines()[0]


def test_confusable_pairs_are_listed_in_a_stable_order() -> None:
    """Two runs print the same list, each pair on its line."""
    lines = check().lines()
    assert lines == check().lines()
    assert "  handover.take / handover.give: 接班 / 交班" in lines
    assert "  card.take / ticket.take: 请拿好通行卡 / 请拿好通行票" in lines
    ids = [sorted(pair.phrases) for pair in check().confusable]
    assert ids == sorted(ids)


def test_faults_are_listed_and_counted(tmp_path: Path) -> None:
    """Every fault is a line with file and key; the last line says how many."""
    path = tmp_path / "own.toml"
    path.write_text('[[phrase]]\nid = "own"\nzh = "好"\n[[change]]\nid = "none"\n', "utf-8")
    report = check([path])
    assert report.catalog is None
    assert report.confusable == ()
    assert len(report.faults) == 2
    assert report.lines()[-1] == "2 faults"
    assert all(line.startswith("own.toml: ") for line in report.lines()[:-1])


def test_what_stands_on_the_catalogs_is_checked_with_them(tmp_path: Path) -> None:
    """A dialogue's faults stand in the same list, with the catalogs' own or without."""
    seen: list[Catalog | None] = []

    def dialogues(catalog: Catalog | None) -> None:
        seen.append(catalog)
        raise DataError([Fault(file="exit.toml", key="step.0", problem="no such phrase")])

    report = check(others=[dialogues])
    assert [str(fault) for fault in report.faults] == ["exit.toml: step.0: no such phrase"]
    assert report.lines()[-1] == "1 fault"
    both = check([tmp_path / "none.toml"], others=[dialogues])
    assert [fault.file for fault in both.faults] == ["none.toml", "exit.toml"]
    assert seen[0] is not None
    assert seen[1] is None
