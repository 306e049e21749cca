"""Hear the clips of stored shifts again, with the weights, catalog and thresholds of now."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, RowMapping

from audio import clip
from audio.files import AudioError
from db import clips
from db.regrade import Left
from db.vault import ClipError, Vault
from phrases.dialogue import flow
from phrases.dialogue_data import ScoreTable
from phrases.rehear import Ear, rehear
from phrases.reweigh import reweigh
from phrases.types import Heard, Outcome, ShiftReport
from service.bootstrap import Knowledge
from service.hearing import Hearer
from service.live_moved import moved

NONE_HERE = "no clip of a fault or an unsure vehicle is on this machine"


class SecondHearing:
    """Hears shifts again; the recogniser is loaded when the first clip is there."""

    def __init__(self, vault: Vault | None, known: Knowledge, hearer: Callable[[], Hearer]) -> None:
        self._vault = vault
        self._known = known
        self._open = hearer
        self._hearer: Hearer | None = None
        parts = known.catalog.parts
        self._flows = {lane: flow(dialogue, parts) for lane, dialogue in known.dialogues.items()}

    def again(
        self, connection: Connection, grading_id: int, report: ShiftReport, table: ScoreTable
    ) -> ShiftReport:
        """The report, judged with what is heard now. Left if there is nothing to hear."""
        heard = {
            row["vehicle_position"]: found
            for row in clips.of_grading(connection, grading_id)
            if report.transactions[row["vehicle_position"]].outcome is not Outcome.COMPLIANT
            and (found := self._hear(connection, grading_id, row)) is not None
        }
        if self._hearer is None or not heard:
            raise Left(NONE_HERE)
        known = self._known
        now = known.versions(self._hearer.model_id)
        ear = Ear(model=now.model, catalog=now.catalog, thresholds=now.thresholds)
        return reweigh(rehear(report, heard, self._flows, ear), table)

    def _hear(
        self, connection: Connection, grading_id: int, row: RowMapping
    ) -> tuple[Heard, ...] | None:
        """What is heard in a clip, in the shift's time; None: it is not on this machine."""
        kept, wrapped = clips.one(connection, grading_id, row["vehicle_position"])
        if self._vault is None or wrapped is None or kept["opened_by"] != self._vault.wrapped_by:
            return None
        try:
            sound = clip.decoded(self._vault.get(kept["sha256"], wrapped))
        except (ClipError, AudioError):
            return None
        self._hearer = self._hearer or self._open()
        # Whoever else spoke was silenced when it was kept.
        items = self._hearer.listen([sound], near_only=True)
        return tuple(moved(item, row["start_ms"], 0) for item in items if isinstance(item, Heard))
