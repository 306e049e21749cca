"""Another trade needs no code: the counters of a post office or a bank are three data files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from phrases.source import DATA
from phrases.types import Lane, Outcome, StepOutcome, TransactionVerdict
from service import bootstrap, settings
from service.bootstrap import knowledge
from service.lane_log import Options, when
from tests.fakes import utterance
from tests.service.test_pipeline import TUESDAY, grade, lane, request

COUNTER = DATA / "counter"
SAID = {
    0: "您好请问您办理什么业务",
    1: "请稍等",
    2: "请您在这里签字",
    3: "请您点清钱款",
    4: "请慢走",
}
SPOKEN = [utterance(n, 2_000 + 4_000 * n, 4_000 + 4_000 * n) for n in range(5)]
CUSTOMER = {"vehicle": "A001", "arrived": 1, "left": 24, "toll": 15, "tendered": 50}


@pytest.fixture
def counter(tmp_path: Path) -> settings.Settings:
    """An office's settings: nothing but the names of the files."""
    own = (
        "[judging]\n"
        f'catalogs = ["{COUNTER / "phrases.toml"}"]\n'
        f'dialogues = ["{COUNTER / "window.toml"}"]\n'
        f'score_table = "{COUNTER / "score.toml"}"\n'
        '[database]\nseal_key = "ledger.key"\n'
        '[keeping]\nclip_key = "clips.key"\nshare = 0\n'
    )
    (tmp_path / "s.toml").write_text(own, encoding="utf-8")
    env = {"CHANGSHOU_CONFIG": str(tmp_path / "s.toml")}
    return settings.load(env, db=f"sqlite:///{tmp_path / 'c.db'}")


def served(
    tmp_path: Path, site: settings.Settings, words: dict[int, str], **customer: object
) -> TransactionVerdict:
    """The verdict on one customer to whom this is said."""
    events = lane(tmp_path, CUSTOMER | customer)
    graded = grade(request(tmp_path, 26, events=events), site, SPOKEN, words)
    (verdict,) = graded.stored.report.transactions
    return verdict


def outcomes(verdict: TransactionVerdict) -> dict[str, StepOutcome]:
    """What each step came to."""
    return {step.step: step.outcome for step in verdict.steps}


def test_the_files_are_data_and_nothing_else(counter: settings.Settings) -> None:
    """They load without a fault, with the files that ship and by the same checks."""
    assert {path.suffix for path in COUNTER.iterdir()} == {".toml"}
    assert bootstrap.check_catalogs(counter, ()).faults == ()
    known = knowledge(counter)
    steps = [step.id for step in known.dialogues[Lane.EXIT].steps if step.mandatory]
    assert steps == ["greet", "sign", "count", "goodbye"]
    assert known.wording("counter.count", {}) == "请您点清钱款"
    assert "ticket.take" in known.catalog.off


def test_a_customer_served_as_wanted_is_compliant(
    tmp_path: Path, counter: settings.Settings
) -> None:
    """Greeting, please wait, sign here, count your money, goodbye."""
    verdict = served(tmp_path, counter, SAID)
    assert verdict.outcome is Outcome.COMPLIANT
    assert set(outcomes(verdict).values()) - {StepOutcome.EXCUSED} == {StepOutcome.SAID}
    assert outcomes(verdict)["wait"] is StepOutcome.SAID


@pytest.mark.parametrize(("left_out", "step"), [(2, "sign"), (3, "count"), (4, "goodbye")])
def test_what_is_not_said_is_found(
    tmp_path: Path, counter: settings.Settings, left_out: int, step: str
) -> None:
    """Each by its own name, and no toll's step beside it."""
    words = SAID | {left_out: "今天天气不错啊"}
    verdict = served(tmp_path, counter, words)
    assert {f.code for f in verdict.findings if f.status != "remark"} == {f"missing.{step}"}


def test_what_is_not_due_is_excused(tmp_path: Path, counter: settings.Settings) -> None:
    """No money over the counter is nothing to count, and no slip nothing to sign."""
    words = {n: text for n, text in SAID.items() if n not in (2, 3)} | {2: "", 3: ""}
    verdict = served(tmp_path, counter, words, payment="card", ticket=False)
    assert outcomes(verdict)["count"] is StepOutcome.EXCUSED
    assert outcomes(verdict)["sign"] is StepOutcome.EXCUSED
    assert not [f for f in verdict.findings if f.code.startswith(("missing", "amount"))]


def test_customers_are_told_apart_by_what_is_said(
    tmp_path: Path, counter: settings.Settings
) -> None:
    """Without anything that counts them: the second greeting begins the next."""
    again = [utterance(n + 5, 42_000 + 4_000 * n, 44_000 + 4_000 * n) for n in range(5)]
    words = SAID | {n + 5: text for n, text in SAID.items()}
    options = Options(started_at=when(TUESDAY, counter.time_zone))
    graded = grade(request(tmp_path, 66, options=options), counter, [*SPOKEN, *again], words)
    report = graded.stored.report
    assert [t.outcome for t in report.transactions] == [Outcome.COMPLIANT] * 2
    assert all(t.inferred for t in report.transactions)


def test_the_program_names_no_counter() -> None:
    """What is particular to the trade stands in its files: no room of the program knows of it."""
    ids = {
        phrase["id"]
        for phrase in tomllib.loads((COUNTER / "phrases.toml").read_text("utf-8"))["phrase"]
    }
    root = Path(bootstrap.__file__).parent.parent
    for room in ("phrases", "audio", "db", "service"):
        for path in (root / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not [name for name in ids if name in text], path
