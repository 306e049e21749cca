"""The evidence of one vehicle: its verdict, what that rests on, and the ledger's proof of it."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from db import evidence as stored
from db.proof import Proof
from phrases.schema import FORBIDDEN
from service import report_json
from service.api.problems import not_found
from service.api.shift_models import Gap, PlacedTransaction, ShiftWithWarnings, Utterance
from service.api.shifts import Position, Results
from service.api.values import Output, ShiftId
from service.api.wiring import Services, Shared

router = APIRouter(prefix="/v1/shifts", tags=["shifts"])


class Beside(Output):
    """What stands beside the way up a Merkle tree."""

    hash: str
    left: bool


class LedgerProof(Output):
    """What the ledger says of the vehicle, and which of it holds (docs/ledger.md)."""

    writer: str = Field(description="whose chain: station/booth")
    seq: int = Field(description="the entry that states the vehicle")
    at: str
    entry: str = Field(description="the entry's hash, a leaf of the tree")
    beside: list[Beside] = Field(description="the way from the leaf to the root (RFC 6962)")
    first_seq: int
    last_seq: int = Field(description="the seal is over the entries from first_seq to this one")
    root: str
    public_key: str
    signature: str
    stated: bool = Field(description="what is stored is what the entry states")
    chained: bool = Field(description="the hash is the entry's own; it follows the one before")
    included: bool = Field(description="the way up from the leaf ends at the root")
    sealed: bool = Field(description="the root is signed with a key that the chain introduces")
    erased: bool = Field(description="words of it were erased: nothing can be shown of them")
    holds: bool


class Bars(Output):
    """The scores that what was heard is held against."""

    accept: dict[str, float] = Field(description="phrase to the score from which it is said")
    unsure: float = Field(description="from this score on it may have been said")


class Evidence(Output):
    """One vehicle and what its verdict rests on, all of one grading."""

    shift: ShiftWithWarnings
    vehicle: PlacedTransaction
    utterances: list[Utterance] = Field(description="heard in its time, or just around it")
    gaps: list[Gap] = Field(description="stretches of its time that could not be listened to")
    bars: Bars | None = Field(description="null: graded with other thresholds than those in use")
    proof: LedgerProof | None = Field(description="null: no entry of the ledger states it")


@router.get("/{shift}/vehicles/{position}/evidence")
def evidence(shift: ShiftId, position: Position, caller: Results, services: Shared) -> Evidence:
    """All that a vehicle's evidence card shows, but for its clip."""
    with services.database.reading() as connection:
        found = stored.evidence(connection, caller.reach, shift, position)
    if found is None:
        raise not_found("vehicle")
    figures = report_json.shift(found.shift) | {"warnings": list(found.warnings)}
    vehicle = report_json.transaction(found.verdict) | {"position": position}
    return Evidence(
        shift=ShiftWithWarnings.model_validate(figures),
        vehicle=PlacedTransaction.model_validate(vehicle),
        utterances=[
            Utterance.model_validate(report_json.utterance(one)) for one in found.utterances
        ],
        gaps=[Gap.model_validate(report_json.gap(one)) for one in found.gaps],
        bars=_bars(services, found),
        proof=None if found.proof is None else _proof(found.proof),
    )


def _bars(services: Services, found: stored.Evidence) -> Bars | None:
    """Those of the phrases that were heard, if it was graded by the thresholds in use."""
    own, by = services.known.thresholds, found.shift.versions
    if by.thresholds != services.known.versions(by.model).thresholds:
        return None
    said = {match.phrase for heard in found.utterances for match in heard.matches}
    said |= {step.phrase for step in found.verdict.steps if step.phrase is not None}
    accept = {
        phrase: own.forbidden if phrase.startswith(FORBIDDEN) else own.bar(phrase)
        for phrase in sorted(said)
    }
    return Bars(accept=accept, unsure=own.unsure)


def _proof(one: Proof) -> LedgerProof:
    names = LedgerProof.model_fields.keys() - {"beside"}
    return LedgerProof(
        **{name: getattr(one, name) for name in names},
        beside=[Beside(hash=each.hash.hex(), left=each.left) for each in one.beside],
    )
