"""`scripts/bench query` fills a PostgreSQL, asks it every question, and says how long it took."""

from __future__ import annotations

import json

import pytest

from scripts import bench, bench_query


@pytest.mark.slow
def test_every_question_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Of vehicles that are there: an answer that is empty for want of data would be no measure."""
    assert bench.main(["query", "--vehicles", "1200", "--times", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["vehicles"] == 1200
    assert [each["question"] for each in found["questions"]] == list(bench_query.QUESTIONS)
    for each in found["questions"]:
        assert 0 < each["p50_ms"] <= each["p95_ms"] <= each["max_ms"]
    assert found["p95_ms"] == max(each["p95_ms"] for each in found["questions"])


def test_numbers_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, before a server is started."""
    assert bench.main(["query", "--vehicles", "0"]) == 2
    assert "at least 1" in capsys.readouterr().err
