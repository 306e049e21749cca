"""Verify the ledger of a database, and say what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db.verify import Verified, verify
from service import bootstrap
from service.settings import Settings


def verified(site: Settings) -> Verified:
    """Every chain and every clip, checked; the database is only read. BadInput if it cannot be."""
    with bootstrap.database(site, read_only=True) as engine:
        return verify(engine, bootstrap.kept_vault(site, engine))


def lines(result: Verified) -> Iterator[str]:
    """What came of it, for people: a line for each chain, for each problem, and in all."""
    for chain in result.chains:
        more = [f"words erased {chain.erased} times"] if chain.erased else []
        more += [_count(chain.clips, "clip", "clips")] if chain.clips else []
        more += [f"{chain.clips_elsewhere:,} of them elsewhere"] if chain.clips_elsewhere else []
        more += [_count(chain.clips_erased, "clip", "clips") + " erased"] * bool(chain.clips_erased)
        entries = _count(chain.entries, "entry", "entries")
        seals = _count(chain.seals, "seal", "seals")
        yield ", ".join([f"{chain.writer}: {entries} under {seals}", *more])
        if chain.awaited:
            yield f"  and {_count(chain.awaited, 'entry', 'entries')} that wait for others"
        yield f"  ends with {chain.head}"
        yield from (f"  sealed by {key}" for key in chain.keys)
    if result.before:
        yield f"{_count(result.before, 'grading is', 'gradings are')} from before the ledger"
    yield from (f"bad: {problem}" for problem in result.problems)
    if not result.problems:
        yield "the ledger holds"


def as_json(result: Verified) -> dict[str, Any]:
    """The same for machines (docs/command-line.md)."""
    problems = [
        {"writer": problem.writer, "seq": problem.seq, "what": problem.what}
        for problem in result.problems
    ]
    return {
        "holds": not problems,
        "first_bad": problems[0] if problems else None,
        "problems": problems,
        "chains": [
            {
                "writer": chain.writer,
                "entries": chain.entries,
                "seals": chain.seals,
                "erased": chain.erased,
                "awaited": chain.awaited,
                "clips": chain.clips,
                "clips_erased": chain.clips_erased,
                "clips_elsewhere": chain.clips_elsewhere,
                "head": chain.head,
                "keys": list(chain.keys),
            }
            for chain in result.chains
        ],
        "before": result.before,
    }


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
