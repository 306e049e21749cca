"""A second hearing of clips lessens what was found, accuses nobody, and adds what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, select

from db import reads, regrade, tables
from db.clip_tables import ClipKey
from db.figures_types import Asked
from db.regrade import What
from db.verify import verify
from phrases.dialogue_data import load_table, version
from phrases.types import FindingStatus, Gap, GapReason, Outcome, StepOutcome
from service import bootstrap, settings
from service.hearing import Hearer
from service.rehear import NONE_HERE, SecondHearing
from tests.fakes import FakeEar, cutter, utterance
from tests.service.test_clips import MISSING, graded
from tests.service.test_pipeline import EXIT, SPOKEN

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
EVER = Asked(since=dt.date(2020, 1, 1), until=dt.date(2030, 1, 1))
TABLE = load_table()


def again(engine: Engine, words: Mapping[int, str], model: str = "another") -> tuple[int, Any]:
    """Grade all shifts anew by their clips, in which these words are heard; number and progress."""
    site = settings.load()
    known = bootstrap.knowledge(site)
    items = [utterance(n, 1_500 + 3_000 * n, 3_000 + 3_000 * n) for n in words]

    def ear() -> Hearer:
        made = FakeEar(dict(words))
        made.model_id = model
        return Hearer(made, known.catalog, cutter=cutter(items))

    hearing = SecondHearing(bootstrap.kept_vault(site, engine), known, ear)
    with engine.begin() as connection:
        number, shifts = regrade.begin(
            connection,
            EVER,
            what=What.CLIPS,
            score_table=version(TABLE),
            table_json=TABLE.model_dump_json(),
            by="ann",
            at=AT,
        )
    for shift in shifts:
        regrade.one(
            engine,
            bootstrap.signer(site),
            number,
            shift,
            lambda connection, grading, report: hearing.again(connection, grading, report, TABLE),
        )
    return number, regrade.progress(engine, number)


def newest(engine: Engine) -> Any:
    """The newest grading's one vehicle, and its versions."""
    (row,) = reads.shifts(engine)
    with engine.connect() as connection:
        last = connection.scalar(select(func.max(tables.Grading.number)))
    report = reads.report(engine, row.shift_id, last).report
    return report.transactions[0], report.versions


def statuses(verdict: Any) -> dict[str, FindingStatus]:
    """Code to status."""
    return {finding.code: finding.status for finding in verdict.findings}


def test_a_fault_that_is_heard_now_is_doubtful(home: Path) -> None:
    """Two hearings disagree: it is unsure, and shown only when a person says so."""
    graded(home, SPOKEN[:3], MISSING)
    with bootstrap.database(settings.load()) as engine:
        before, versions = newest(engine)
        assert statuses(before)["missing.thanks"] is FindingStatus.FAULT
        number, so_far = again(engine, EXIT)
        assert (so_far.done, so_far.same, dict(so_far.left)) == (1, 0, {})
        assert (so_far.before["fault"], so_far.after["unsure"]) == (1, 1)
        (row,) = reads.shifts(engine)
        assert row.fault == 1
        after, made = newest(engine)
        assert after.outcome is Outcome.UNSURE
        assert statuses(after)["missing.thanks"] is FindingStatus.UNSURE
        steps = {step.step: step for step in after.steps}
        assert steps["thanks"].outcome is StepOutcome.UNSURE
        assert steps["received"] == {s.step: s for s in before.steps}["received"]
        assert (versions.model, made.model) == ("fake", "fake, then another")
        assert made.catalog == versions.catalog
        assert regrade.show(engine, number, by="ann", at=AT) == (1, 0)
        (row,) = reads.shifts(engine)
        assert (row.fault, row.unsure) == (0, 1)
        assert verify(engine, bootstrap.kept_vault(settings.load(), engine)).problems == ()


def test_what_was_unsure_and_is_heard_now_was_said(home: Path) -> None:
    """Its finding is gone, and nothing else is touched."""
    gap = Gap(start_ms=11_000, end_ms=17_500, reason=GapReason.TOO_NOISY)
    graded(home, [*SPOKEN[:3], gap], MISSING)
    with bootstrap.database(settings.load()) as engine:
        before, _ = newest(engine)
        assert statuses(before)["missing.thanks"] is FindingStatus.UNSURE
        again(engine, EXIT)
        after, _ = newest(engine)
        assert "missing.thanks" not in statuses(after)
        said = {step.step: step for step in after.steps}["thanks"]
        assert (said.outcome, said.start_ms) == (StepOutcome.SAID, 14_000)
        assert said.phrase == "flow.thanks"


def test_a_second_hearing_accuses_nobody(home: Path) -> None:
    """Whatever it does not hear, or hears another amount: the first one's verdict stays."""
    graded(home, SPOKEN[:3], MISSING)
    with bootstrap.database(settings.load()) as engine:
        before, _ = newest(engine)
        again(engine, {0: "你在哪里", 1: "收您二十元"})
        after, _ = newest(engine)
        assert statuses(after) == statuses(before)
        assert after.steps == before.steps


def test_a_wrong_amount_is_doubtful_only_if_the_right_one_is_heard(home: Path) -> None:
    """Another wrong one is no doubt."""
    graded(home, SPOKEN, EXIT | {2: "找您二十元"})
    with bootstrap.database(settings.load()) as engine:
        before, _ = newest(engine)
        assert statuses(before) == {"amount.change": FindingStatus.FAULT}
        again(engine, EXIT | {2: "找您二十五元"}, model="wrong again")
        after, _ = newest(engine)
        assert statuses(after) == {"amount.change": FindingStatus.FAULT}
        again(engine, EXIT, model="right")
        after, _ = newest(engine)
        assert statuses(after) == {"amount.change": FindingStatus.UNSURE}


def test_a_forbidden_phrase_that_is_not_heard_again_is_doubtful(home: Path) -> None:
    """What is heard again stands."""
    rude = EXIT | {4: "有本事你去告"}
    graded(home, SPOKEN, rude)
    with bootstrap.database(settings.load()) as engine:
        before, _ = newest(engine)
        (code,) = (code for code in statuses(before) if code.startswith("forbidden."))
        again(engine, rude, model="the same")
        after, _ = newest(engine)
        assert statuses(after)[code] == statuses(before)[code]
        again(engine, EXIT, model="another")
        after, _ = newest(engine)
        assert statuses(after)[code] is not FindingStatus.FAULT


def test_the_same_ears_add_nothing(home: Path) -> None:
    """Clip, model, catalog and thresholds are the same: it was done."""
    graded(home, SPOKEN[:3], MISSING)
    with bootstrap.database(settings.load()) as engine:
        for model in ("fake", "another", "another"):
            again(engine, EXIT, model=model)
        with engine.connect() as connection:
            count = connection.scalar(select(func.count()).select_from(tables.Grading))
        assert count == 2


def test_a_shift_whose_clips_are_elsewhere_is_left(home: Path) -> None:
    """With the reason; nothing is added."""
    graded(home, SPOKEN[:3], MISSING)
    with bootstrap.database(settings.load()) as engine:
        with engine.begin() as connection:
            connection.execute(delete(ClipKey))
        _, so_far = again(engine, EXIT)
        assert (so_far.done, dict(so_far.left)) == (0, {NONE_HERE: 1})
