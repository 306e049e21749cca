"""Small scenes in a booth, written as text, for the tests of the judgement.

`said("4.0 flow.received=50/15?~")` is 收您五十元 from 4.0 s, which may as well be 15, unsure (?)
and from a side that cannot be told (~). A phrase takes a second.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from phrases.dialogue_data import Dialogue, ScoreTable, load_dialogues, load_table
from phrases.judge import judge
from phrases.types import (
    Decision,
    Due,
    DueLine,
    Excuse,
    Gap,
    GapReason,
    Heard,
    Lane,
    LaneEvent,
    LaneLog,
    Payment,
    PhraseMatch,
    Profile,
    Side,
    Span,
    TimeSource,
    TransactionVerdict,
)

DIALOGUES = load_dialogues()
TABLE = load_table()
PARTS = {
    "phone.close": frozenset({"flow.thanks", "goodbye"}),
    "assist.ask": frozenset({"greet.hello"}),
    "phone.open": frozenset({"greet.hello"}),
    "weekend": frozenset({"trip.safe"}),
    "seat_belt": frozenset({"trip.safe"}),
    "exception.wait": frozenset({"sorry", "wait"}),
}
START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NOTHING_DUE = Due(
    lines=(), clock=("greet.morning",), clock_sure=True, rule_version="test", day="a Tuesday"
)

_SAID = re.compile(
    r"(?P<at>[\d.]+) (?P<phrase>[\w.]+)(=(?P<amount>[\d.]+)(?P<rivals>(/[\d.]+)*))?"
    r"(?P<unsure>\??)(?P<unknown>~?)(?P<slots>( \w+:\S+)*)"
)
_SPEECH = re.compile(r"(?P<from>[\d.]+)-(?P<to>[\d.]+)(?P<marks>( \w+)*)")


def ms(seconds: float | str) -> int:
    """Seconds as milliseconds."""
    return int(Decimal(str(seconds)) * 1000)


def said(line: str, utterance: int = 0) -> PhraseMatch:
    """One phrase; see the module's docstring."""
    found = _SAID.fullmatch(line)
    assert found, line
    slots = dict(pair.split(":", 1) for pair in found["slots"].split())
    if found["amount"]:
        slots["amount"] = found["amount"]
    return PhraseMatch(
        start_ms=ms(found["at"]),
        end_ms=ms(found["at"]) + 1000,
        phrase=found["phrase"],
        slots=slots,
        text=found["phrase"],
        utterances=(utterance,),
        char_score=1.0,
        pinyin_score=1.0,
        score=0.9,
        decision=Decision.UNSURE if found["unsure"] else Decision.ACCEPTED,
        why="text",
        side=Side.UNKNOWN if found["unknown"] else Side.NEAR,
        rivals=tuple((found["rivals"] or "").strip("/").split("/")) if found["rivals"] else (),
    )


def speech(line: str, utterance: int) -> Heard:
    """Other speech: `5.0-7.0`, with `foreign`, `noisy`, `unknown` or `far` after it."""
    found = _SPEECH.fullmatch(line)
    assert found, line
    marks = found["marks"].split()
    start, end = ms(found["from"]), ms(found["to"])
    side = Side.FAR if "far" in marks else Side.UNKNOWN if "unknown" in marks else Side.NEAR
    return Heard(
        start_ms=start,
        end_ms=end,
        utterance=utterance,
        side=side,
        text=None if side is Side.FAR else "",
        unexplained_ms=end - start,
        foreign="foreign" in marks,
        snr_db=0.0 if "noisy" in marks else 30.0,
    )


def event(**given: Any) -> LaneEvent:
    """A lane event as the events file has it: seconds and yuan."""
    money = {
        f"{key}_fen": int(Decimal(str(given[key])) * 100)
        for key in ("toll", "tendered")
        if key in given
    }
    return LaneEvent(
        vehicle=given.get("vehicle", 1),
        arrived_ms=ms(given["arrived"]),
        left_ms=ms(given["left"]) if "left" in given else None,
        payment=Payment(given["payment"]) if "payment" in given else None,
        lane=Lane(given["lane"]) if "lane" in given else None,
        ticket=given.get("ticket"),
        excuse=Excuse(given["excuse"]) if "excuse" in given else None,
        **money,
    )


def due_of(scene: Mapping[str, Any]) -> Due:
    """What is due in a scene: its `due` lines, `wish`, `clock`."""
    lines = tuple(
        DueLine(
            code=line["code"],
            phrases=tuple(line["phrases"]),
            slots=line.get("slots", {}),
            reason="it is so",
            sure=line.get("sure", True),
        )
        for line in scene.get("due", ())
    )
    return Due(
        lines=lines,
        clock=tuple(scene.get("clock", ("greet.morning",))),
        clock_sure=scene.get("clock_sure", True),
        wish_allowed=scene.get("wish", True),
        rule_version="test",
    )


def hear(lines: Sequence[str], other: Sequence[str] = ()) -> tuple[Heard, ...]:
    """Every phrase as an utterance of its own, and other speech after them."""
    phrases = [said(line, number) for number, line in enumerate(lines)]
    own = [
        Heard(
            start_ms=match.start_ms,
            end_ms=match.end_ms,
            utterance=number,
            side=match.side,
            text=match.text,
            matches=(match,),
            unexplained_ms=0 if match.decision is Decision.ACCEPTED else 1000,
        )
        for number, match in enumerate(phrases)
    ]
    rest = [speech(line, len(own) + number) for number, line in enumerate(other)]
    return tuple(sorted((*own, *rest), key=lambda heard: heard.start_ms))


def play(
    scene: Mapping[str, Any],
    *,
    lane: Lane = Lane.EXIT,
    dialogues: Mapping[Lane, Dialogue] = DIALOGUES,
    table: ScoreTable = TABLE,
    same: Callable[[str, str], bool] = lambda one, other: one == other,
) -> tuple[TransactionVerdict, ...]:
    """The verdicts on a scene: `said`, `speech`, `events`, `gaps`, `faint`, `due` and so on.

    A scene without `events` has no lane controller. It lasts 60 s unless it says otherwise. The
    collector is heard once more at its very end, so that silence elsewhere counts, unless the
    scene is `deaf`.
    """
    length = ms(scene.get("length", 60.0))
    events = scene.get("events")
    proof = () if scene.get("deaf") else (f"{length / 1000 - 1.0} help",)
    return judge(
        log=LaneLog(
            lane=lane,
            started_at=START,
            time_source=TimeSource.GIVEN,
            events=None if events is None else tuple(event(**each) for each in events),
            profile=Profile(scene.get("profile", "normal")),
        ),
        duration_ms=length,
        heard=hear((*scene.get("said", ()), *proof), scene.get("speech", ())),
        gaps=[
            Gap(start_ms=ms(start), end_ms=ms(end), reason=GapReason.MIC_LOST)
            for start, end in scene.get("gaps", ())
        ],
        faint=[Span(start_ms=ms(start), end_ms=ms(end)) for start, end in scene.get("faint", ())],
        dialogues=dialogues,
        table=table,
        due=lambda arrived_ms, left_ms: due_of(scene),  # noqa: ARG005
        parts=PARTS,
        same=same,
    )


def found(verdict: TransactionVerdict) -> list[str]:
    """Its findings as `code:status`, sorted."""
    return sorted(f"{finding.code}:{finding.status}" for finding in verdict.findings)


def steps(verdict: TransactionVerdict) -> dict[str, str]:
    """Its steps' outcomes."""
    return {step.step: str(step.outcome) for step in verdict.steps}
