"""Draw the scripts of two shifts for the benchmark, each vehicle with its truth.

Collectors' and drivers' lines, amounts and faults come from a seed; drivers also say what
collectors say (您好, 谢谢), which must never be credited to the collector.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phrases.saying import speak
from scripts.shift_script import Script

VEHICLES = 12
_TOLLS = (5, 10, 15, 20, 25, 30, 35, 45, 60, 75, 85, 90)
_NOTES = (10, 20, 50, 100)
_DRIVER = (
    "您好", "你好，多少钱", "给你钱", "谢谢", "好的，再见", "师傅，前面堵不堵", "这里能扫码吗",
    "请问去南昌怎么走", "麻烦给张票", "谢谢啊，辛苦了", "等一下，我找找零钱", "今天车怎么这么多",
)  # fmt: skip
_FAULTS: tuple[str | None, ...] = (
    "missing.greet", "missing.received", "missing.change", "missing.ticket", "missing.thanks",
    "amount.received", "amount.change",
)  # fmt: skip
_FAULTY = 5
"""of twelve vehicles"""
_ENTRIES = 2
_EXACT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Booth:
    """Where a shift is, and who works there."""

    seed: int
    room: str
    collector: str
    drivers: tuple[str, ...]
    snr_db: float
    noises: Mapping[str, float]


BOOTHS = (
    Booth(
        seed=71,
        room="booth",
        collector="zm_yunyang",
        drivers=("zf_xiaobei", "zm_yunxi", "zf_xiaoxiao:0.5+zm_yunxi:0.5"),
        snr_db=15.0,
        noises={"truck": 0.0, "rain": -3.0},
    ),
    Booth(
        seed=72,
        room="glass",
        collector="zf_xiaobei:0.3+zm_yunyang:0.7",
        drivers=("zm_yunxi", "zf_xiaoxiao", "zm_yunyang"),
        snr_db=14.0,
        noises={"white": -6.0, "truck": 0.0, "babble": -4.0},
    ),
)


def drawn(booth: Booth, vehicles: int = VEHICLES) -> Script:
    """The script of a shift in this booth."""
    rng = random.Random(f"shift {booth.seed}")
    faults: list[str | None] = list(rng.sample(_FAULTS, min(_FAULTY, vehicles // 2)))
    kinds = ["faulty"] * len(faults) + ["entry"] * _ENTRIES + ["exact"] * _EXACT
    kinds = (kinds + ["cash"] * vehicles)[:vehicles]
    rng.shuffle(kinds)
    scenes = [
        _entry(number + 1, rng)
        if kind == "entry"
        else _exit(number + 1, rng, faults.pop() if kind == "faulty" else None, kind == "exact")
        for number, kind in enumerate(kinds)
    ]
    return Script.model_validate(
        {
            "seed": booth.seed,
            "lane": "exit",
            "started_at": "2026-11-24T10:00:00+08:00",
            "room": booth.room,
            "voices": {"collector": booth.collector, "drivers": list(booth.drivers)},
            "noise": {"snr_db": booth.snr_db, "kinds": dict(booth.noises)},
            "scene": scenes,
        },
        strict=False,
    )


def _exit(number: int, rng: random.Random, fault: str | None, exact: bool) -> dict[str, Any]:
    toll = rng.choice(_TOLLS)
    tendered = toll if exact else rng.choice([note for note in _NOTES if note > toll])
    change = tendered - toll
    lines: list[dict[str, Any]] = []
    if fault != "missing.greet":
        lines.append({"say": "您好", "phrases": ["greet.hello"]})
    lines.append({"who": "driver", "say": rng.choice(_DRIVER)})
    if fault != "missing.received":
        said = tendered * 10 if fault == "amount.received" else tendered
        lines.append(_amount("收您", "flow.received", said))
    if change and fault != "missing.change":
        said = change + rng.choice((10, 20, 50)) if fault == "amount.change" else change
        lines.append(_amount("找您", "flow.change", said))
    last = [("请拿好通行票", "ticket.take"), ("谢谢", "flow.thanks")]
    left_out = {"missing.ticket": "ticket.take", "missing.thanks": "flow.thanks"}.get(fault or "")
    kept = [(say, phrase) for say, phrase in last if phrase != left_out]
    if rng.random() < 0.5 and len(kept) > 1:  # in one breath
        lines.append({"say": ",|".join(s for s, _ in kept), "phrases": [p for _, p in kept]})
    else:
        lines += [{"say": say, "phrases": [phrase]} for say, phrase in kept]
    if rng.random() < 0.6:
        lines.append({"who": "driver", "say": rng.choice(_DRIVER)})
    return {
        "vehicle": number, "toll": toll, "tendered": tendered, "payment": "cash",
        "findings": [fault] if fault else [], "lines": lines,
    }  # fmt: skip


def _entry(number: int, rng: random.Random) -> dict[str, Any]:
    return {
        "vehicle": number,
        "lane": "entry",
        "lines": [
            {"say": "您好,|请拿好通行卡", "phrases": ["greet.hello", "card.take"]},
            {"who": "driver", "say": rng.choice(_DRIVER)},
            {"say": "请走好", "phrases": ["flow.go_well"]},
        ],
    }


def _amount(verb: str, phrase: str, yuan: int) -> dict[str, Any]:
    return {"say": verb + speak(yuan * 100), "phrases": [f"{phrase}={yuan}"]}
