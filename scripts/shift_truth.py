"""Work out what perfect ears would find in a made-up shift.

Written apart from `phrases/`, on purpose: the judge must not be its own witness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from scripts.shift_script import Line, Scene, amount_of

STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "exit": ("greet", "received", "change", "ticket", "thanks"),
        "entry": ("greet", "go_well"),
        "phone": ("open", "close"),
        "handover": ("take", "give", "positions"),
    }
)

_PEAK = MappingProxyType({"exit": ("greet", "received", "change"), "entry": ("greet",)})
_FILLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "greet": ("greet.", "festival.", "weekend", "assist.ask", "loiter"),
        "received": ("flow.received",),
        "change": ("flow.change",),
        "ticket": ("ticket.take",),
        "thanks": ("flow.thanks", "thanks.cooperation", "phone.close"),
        "go_well": ("flow.go_well", "trip.safe", "goodbye", "seat_belt", "phone.close"),
        "open": ("phone.open",),
        "close": ("phone.close",),
        "take": ("handover.take",),
        "give": ("handover.give",),
        "positions": ("handover.positions",),
    }
)
_DAY = ("festival.", "weekend", "weather.", "road.")
_MONEY = ("received", "change")
_CHECKED = ("missing.", "amount.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The truth about one step of one vehicle."""

    step: str
    mandatory: bool
    state: str
    """said, missing, wrong, unheard (said, but dead or drowned), excused, or unknown: nobody
    who has only the sound and the lane's log could tell"""
    phrase: str | None = None
    amount: str | None = None
    """yuan"""


def steps_of(scene: Scene, lane: str, *, peak: bool = False) -> tuple[Step, ...]:
    """The truth about every step of the scene's dialogue."""
    said = [
        (*amount_of(phrase), line)
        for line in scene.lines
        for phrase in line.phrases
        if phrase != "-"
    ]
    mandatory = _PEAK.get(lane, STEPS[lane]) if peak else STEPS[lane]
    if lane == "handover":
        mandatory = ()
    truth = []
    for name in STEPS[lane]:
        filling = [entry for entry in said if entry[0].startswith(_FILLS[name])]
        if name == "go_well":
            filling += [entry for entry in said[1:] if entry[0].startswith(_DAY)]
        state, found = _state(name, scene, filling, said)
        truth.append(
            Step(
                step=name,
                mandatory=name in mandatory and state != "excused",
                state=state,
                phrase=found[0] if found else None,
                amount=found[1] if found else None,
            )
        )
    return tuple(truth)


def findings_of(steps: Sequence[Step]) -> set[str]:
    """Codes of the mandatory steps that are missing or wrong."""
    return {
        f"amount.{s.step}" if s.state == "wrong" else f"missing.{s.step}"
        for s in steps
        if s.mandatory and s.state in ("missing", "wrong")
    }


def contradiction(scene: Scene, steps: Sequence[Step]) -> str | None:
    """Where the findings that the script states differ from its lines, for people."""
    stated = {code for code in scene.findings if code.startswith(_CHECKED)}
    worked_out = findings_of(steps)
    if stated == worked_out:
        return None
    return (
        f"vehicle {scene.vehicle}: the script states {sorted(stated) or 'nothing'}, "
        f"its lines make {sorted(worked_out) or 'nothing'}"
    )


_Said = tuple[str, str | None, Line]


def _state(
    step: str, scene: Scene, filling: list[_Said], said: list[_Said]
) -> tuple[str, _Said | None]:
    heard = [entry for entry in filling if entry[2].over is None]
    if scene.excuse:
        return "excused", heard[-1] if heard else None
    if heard:
        # A collector who corrects himself has said the last amount.
        wrong = step in _MONEY and not _amount_right(step, scene, heard[-1], said)
        return ("wrong" if wrong else "said"), heard[-1]
    if not _due(step, scene):
        return "excused", None
    if filling:
        return "unheard", filling[-1]
    deaf = any(line.who == "collector" and line.over for line in scene.lines)
    unpaid = step in _MONEY and scene.payment is None and scene.tendered is None
    no_note = step == "change" and scene.tendered is None
    return ("unknown" if deaf or unpaid or no_note else "missing"), None


def _due(step: str, scene: Scene) -> bool:
    if step in _MONEY:
        if scene.toll == 0 or scene.payment not in (None, "cash"):
            return False
        return step != "change" or scene.tendered is None or scene.tendered != scene.toll
    if step == "ticket":
        return scene.ticket is not False and scene.payment not in ("free", "etc")
    return True


def _amount_right(step: str, scene: Scene, entry: _Said, said: list[_Said]) -> bool:
    amount = _yuan(entry[1])
    toll, tendered = _yuan(scene.toll), _yuan(scene.tendered)
    if amount is None or toll is None:
        return True
    if step == "received":
        return amount == tendered if tendered is not None else amount >= toll
    if tendered is None:
        taken = [a for name, a, line in said if name == "flow.received" and not line.over]
        tendered = _yuan(taken[-1]) if taken else None
    return tendered is None or amount == tendered - toll


def _yuan(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
