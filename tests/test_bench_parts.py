"""What a phrase waits for, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from audio.types import AudioChunk
from scripts.bench_live import by_part, run
from scripts.bench_parts import PARTS, Watch

SECOND_NS = 1_000_000_000


def watch(*, asked_s: float) -> Watch:
    """A microphone that began at 100 s; sound up to 3.2 s in it was read at 103.3 s."""
    made = Watch()
    made.origin_ns = 100 * SECOND_NS
    made.fed(AudioChunk(samples=np.zeros((3_200, 1), np.float32), start_ms=3_000))
    made.fed_ns, made.asked_ns = round(103.3 * SECOND_NS), round(asked_s * SECOND_NS)
    return made


def test_the_parts_are_all_of_the_time() -> None:
    """From the end of the speech to the commit, nothing twice and nothing left out."""
    found = watch(asked_s=103.5).parts(2_500, round(103.6 * SECOND_NS), round(103.61 * SECOND_NS))
    assert list(found) == list(PARTS)
    assert list(found.values()) == pytest.approx([0.7, 0.1, 0.2, 0.1, 0.01])
    assert sum(found.values()) == pytest.approx(103.61 - 102.5)


def test_a_question_of_before_is_not_this_ones() -> None:
    """The lane was asked for another turn: then matching is not told apart from recognising."""
    found = watch(asked_s=90.0).parts(2_500, round(103.6 * SECOND_NS), round(103.61 * SECOND_NS))
    assert list(found.values()) == pytest.approx([0.7, 0.1, 0.0, 0.3, 0.01])


def test_each_part_has_its_quantiles() -> None:
    """And all of them together, which are not the sum of the parts' own."""
    one = {"kind": "parts", **dict.fromkeys(PARTS, 0.0)}
    lines: list[dict[str, Any]] = [
        {"kind": "phrase"},
        one | {"waited_s": 1.0},
        one | {"stored_s": 1.0},
    ]
    found = by_part(lines)
    assert found["waited_s"]["p50"] == found["stored_s"]["p50"] == 0.5
    assert found["all_s"] == {"p50": 1.0, "p95": 1.0}


@pytest.mark.slow
def test_a_spoken_shift_tells_its_parts() -> None:
    """Through PulseAudio and PortAudio: the wait for silence is the longest of them."""
    found = run(0.4, parts=True)
    assert found["phrases"] >= 4
    assert found["complete"]
    parts = found["parts"]
    assert all(parts[name]["p50"] is not None for name in PARTS)
    assert parts["all_s"]["p50"] > parts["waited_s"]["p50"] > 0.5
