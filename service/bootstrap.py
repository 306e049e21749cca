"""Put the program together: the only place where data, weights and databases are opened."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from audio.cut import cut, follow
from audio.enrol import enrol
from audio.enrol import version as prompts_version
from audio.files import AudioError
from audio.prompts import PromptError
from audio.recognize import ModelError, Recognizer
from audio.types import HearingSettings, Utterance
from audio.vad import VadError, find_model
from audio.verify import Noise, Verifier
from audio.weights import BASE, PLAIN, WeightsError, find
from db.engine import default_database, open_engine, upgrade
from db.explain import place
from db.seal import Signer, open_signer
from db.types import StoreError
from db.vault import Vault, default_folder, has_key, open_vault
from phrases import (
    aliases,
    catalog,
    check,
    checks,
    consequences,
    dialogue_data,
    evidence,
    hallucinations,
    month,
    notified,
    occasions,
)
from phrases.calendar import Calendar, load_calendar
from phrases.catalog import Catalog
from phrases.checks import Checks
from phrases.dialogue_data import Dialogue, ScoreTable
from phrases.evidence import Thresholds
from phrases.match import Scorer
from phrases.month import MonthRules
from phrases.occasions import ContextSettings
from phrases.source import DATA, DataError, Fault
from phrases.types import Lane, Transcript, Versions
from service.errors import BadInput, Failed
from service.hearing import Hearer
from service.settings import Settings

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Called with what is done and how much there is; gives what is called with the amount done."""

Ears = Callable[[Settings, "Knowledge", Progress], Hearer]
"""Makes what listens: `hearer`, or a test's own."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """All data that decides what is heard, due and judged."""

    catalog: Catalog
    dialogues: dict[Lane, Dialogue]
    table: ScoreTable
    calendar: Calendar
    context: ContextSettings
    thresholds: Thresholds
    checks: Checks
    month: MonthRules
    provisions: consequences.Rules

    def wording(self, phrase: str, slots: Mapping[str, str]) -> str:
        """The standard line of a phrase for people, with what a notice says in its slots."""
        line = self.catalog.phrases.get(phrase)
        values = {name: notified.plain(value) for name, value in slots.items()}
        return line.expected(values) if line else phrase

    def versions(self, model: str) -> Versions:
        """What a grading with this data and these weights is stamped with."""
        own = dialogue_data.version(self.thresholds)
        return Versions(
            program=program_version(),
            catalog=self.catalog.version,
            dialogue=dialogue_data.version(*self.dialogues.values()),
            score_table=dialogue_data.version(self.table),
            calendar=f"{self.calendar.version}; context {self.context.version}",
            model=model,
            thresholds=f"{self.thresholds.version} ({own})",
        )


def program_version() -> str:
    """The version of the installed program."""
    return version("changshou")


def knowledge(site: Settings) -> Knowledge:
    """The shipped data with the station's own over it; BadInput with every fault of every file."""
    drawer = _Drawer()
    known = drawer.open(site)
    if known is None:
        raise BadInput("; ".join(map(str, drawer.faults)))
    return known


def look(site: Settings, files: Sequence[Path]) -> tuple[check.Report, Knowledge | None]:
    """Every fault of the shipped data, the settings' files and `files`, whatever they hold.

    And what they make together; None: there are faults.
    """
    faults: list[Fault] = []
    for path in files:
        site = _with(site, path, faults)
    drawer = _Drawer()
    known = drawer.open(site)
    report = check.Report(faults=(*faults, *drawer.faults), catalog=drawer.catalog)
    return report, None if faults else known


def check_catalogs(site: Settings, files: Sequence[Path]) -> check.Report:
    """The faults alone."""
    return look(site, files)[0]


def with_files(site: Settings, files: Sequence[Path]) -> Settings:
    """The settings with more files of the station's, such as drafts; BadInput if any is none."""
    faults: list[Fault] = []
    for path in files:
        site = _with(site, path, faults)
    if faults:
        raise BadInput("; ".join(map(str, faults)))
    return site


def scoring(site: Settings) -> tuple[ScoreTable, MonthRules]:
    """The score table and a month's rules, without all else; BadInput with every fault."""
    drawer = _Drawer()
    table, rules = drawer.scoring(site)
    if table is None or rules is None:
        raise BadInput("; ".join(map(str, drawer.faults)))
    return table, rules


def provisions(site: Settings) -> consequences.Rules:
    """What a consequence can rest on; BadInput with every fault."""
    try:
        return consequences.load(site.consequences or DATA / "consequences.toml")
    except DataError as error:
        raise BadInput(error) from None


def guide(site: Settings) -> float:
    """The line of the score that is shown as a guide, 0..100."""
    try:
        return dialogue_data.load_table(site.score_table or DATA / "score.toml").points.guide
    except DataError as error:
        raise BadInput(error) from None


def hearer(
    site: Settings, known: Knowledge, progress: Progress, *, lookahead_ms: int | None = None
) -> Hearer:
    """The ears, ready: prompts enrolled; weights found, joined, checked and loaded.

    Args:
        site: the settings.
        known: what there is to hear.
        progress: shows how far the weights are.
        lookahead_ms: for live listening: milliseconds after an utterance from which its side is
            judged. None: a recording, of which all is known.

    Raises:
        BadInput: the model or a prompt that the settings name cannot be used.
        Failed: the model that is installed cannot.
    """
    try:
        prompts = enrol(site.prompts)
    except (PromptError, AudioError) as error:
        raise BadInput(f"hearing.prompts: {error}") from None
    ear = WhisperEar(recognizer(site, progress), prompts_version(prompts) if prompts else None)
    live = None if lookahead_ms is None else HearingSettings(lookahead_ms=lookahead_ms)
    return Hearer(
        ear,
        known.catalog,
        thresholds=known.thresholds,
        settings=live,
        cutter=partial(follow if live else cut, prompts=prompts),
    )


def recognizer(site: Settings, progress: Progress) -> Recognizer:
    """The weights, found, joined, checked and loaded; BadInput and Failed as `hearer`."""
    try:
        find_model()
        with progress("preparing the recogniser", 100) as bar:
            weights = find(
                site.model,
                on_progress=lambda done, total: bar(100 * done // total),
                pinned=BASE if site.adapted else PLAIN,
            )
        return Recognizer(
            weights.folder, model_id=weights.id, windows=weights.windows, threads=site.threads
        )
    except (WeightsError, ModelError, VadError) as error:
        raise (BadInput if site.model else Failed)(error) from None


class WhisperEar:
    """The recogniser and its second look, as the port that hearing asks for."""

    def __init__(self, recognizer: Recognizer, prompts: str | None = None) -> None:
        self._recognizer = recognizer
        self._prompts = prompts
        self._noise = Noise(recognizer)

    @property
    def model_id(self) -> str:
        """Names the weights, and the machines' prompts that are not heard."""
        own = self._recognizer.model_id
        return f"{own}; prompts {self._prompts}" if self._prompts else own

    def hear(self, utterance: Utterance) -> tuple[Transcript, Scorer | None]:
        """The transcript and the scorer of the same encoding; none for English.

        Its lines are long and unlike each other: the words decide.
        """
        hearing = self._recognizer.hear(utterance)
        if hearing.transcript.language != "zh":
            return hearing.transcript, None
        return hearing.transcript, Verifier(self._recognizer, hearing, self._noise)


@contextmanager
def database(site: Settings, *, read_only: bool = False) -> Iterator[Engine]:
    """The database, reached and up to date; BadInput if it cannot be used.

    What it refuses later is Failed: by then there is work to lose.
    """
    try:
        engine = open_engine(site.database, read_only=read_only)
    except StoreError as error:
        raise BadInput(error) from None
    try:
        try:
            upgrade(engine)
        except StoreError as error:
            raise BadInput(error) from None
        try:
            yield engine
        except StoreError as error:
            raise Failed(error) from None
    finally:
        engine.dispose()


def signer(site: Settings) -> Signer:
    """The key that seals what is stored, made at first use; BadInput if it cannot be used."""
    try:
        return open_signer(site.seal_key)
    except StoreError as error:
        raise BadInput(error) from None


def vault(site: Settings, engine: Engine) -> Vault:
    """Where the database's clips lie, and the key to them, made at first use.

    BadInput if the key cannot be used.
    """
    try:
        return open_vault(clips_folder(site, engine), site.clip_key)
    except StoreError as error:
        raise BadInput(error) from None


def clips_folder(site: Settings, engine: Engine) -> Path:
    """Where the database's clips lie; it need not exist."""
    return site.clips_folder or default_folder(engine.url)


def lists_folder(engine: Engine) -> Path:
    """Where lists lie that were asked for, beside where clips lie by default; it need not exist."""
    clips = default_folder(engine.url)
    return clips.with_name(f"{clips.name.removesuffix('-clips')}-lists")


def kept_vault(site: Settings, engine: Engine) -> Vault | None:
    """The same for who only reads; None: this machine has no key, so it kept no clip."""
    return vault(site, engine) if has_key(site.clip_key) else None


def is_new(site: Settings) -> bool:
    """Whether the database is a file that nobody has made yet."""
    if site.database is None:
        return not default_database().exists()
    try:
        url = make_url(site.database)
        if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
            return False
        return not Path(str(url.database)).expanduser().exists()
    except (ArgumentError, NoSuchModuleError, ValueError, OSError):
        return False


def database_name(engine: Engine) -> str:
    """The database for people, without a password."""
    return place(engine.url)


class _Drawer:
    """Loads every data file, and keeps the faults of all instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.catalog: Catalog | None = None

    def open(self, site: Settings) -> Knowledge | None:
        """All data; None, with the faults kept, if any of it cannot be used."""
        self.catalog = self._try(lambda: catalog.load(station=site.catalogs))
        phrases = self.catalog.phrases if self.catalog else {}
        dialogues = self._try(lambda: dialogue_data.load_dialogues(station=site.dialogues))
        table, monthly = self.scoring(site)
        calendar = self._try(lambda: load_calendar(station_years=site.calendar))
        context = self._try(lambda: occasions.load_settings(phrases.values(), station=site.context))
        thresholds = self._try(lambda: evidence.load(site.thresholds or DATA / "thresholds.toml"))
        by_hand = self._try(lambda: checks.load(site.checks or DATA / "checks.toml"))
        own = site.consequences or DATA / "consequences.toml"
        provisions = self._try(lambda: consequences.load(own))
        self._try(hallucinations.load)
        self._try(aliases.load)
        if self.catalog and dialogues and table:
            self.faults += dialogue_data.check(
                dialogues, table, {*self.catalog.phrases, *self.catalog.off}
            )
        if self.faults or not (
            self.catalog
            and dialogues
            and table
            and calendar
            and context
            and thresholds
            and by_hand
            and monthly
            and provisions
        ):
            return None
        return Knowledge(
            catalog=self.catalog,
            dialogues=dict(dialogues),
            table=table,
            calendar=calendar,
            context=replace(context, zone=site.time_zone),
            thresholds=thresholds,
            checks=by_hand,
            month=monthly,
            provisions=provisions,
        )

    def scoring(self, site: Settings) -> tuple[ScoreTable | None, MonthRules | None]:
        """What months are scored by; None for what cannot be used."""
        table = self._try(lambda: dialogue_data.load_table(site.score_table or DATA / "score.toml"))
        return table, self._try(lambda: month.load(site.month or DATA / "month.toml"))

    def _try(self, load: Callable[[], T]) -> T | None:
        try:
            return load()
        except DataError as error:
            self.faults += error.faults
            return None


def _with(site: Settings, path: Path, faults: list[Fault]) -> Settings:
    """The settings with one more file of the station's, put where its keys say it belongs."""
    try:
        keys = set(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        faults.append(Fault(file=path.name, key="", problem=problem))
        return site
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault(file=path.name, key="", problem=f"is not valid TOML: {error}"))
        return site
    if keys & {"steps", "opening", "inferred"}:
        return replace(site, dialogues=(*site.dialogues, path))
    if "provisions" in keys:
        return replace(site, consequences=path)
    if keys & {"items", "night"}:
        return replace(site, checks=path)
    if keys & {"stars", "goals", "targets"}:
        return replace(site, month=path)
    if keys & {"points", "slow_s", "listening"}:
        return replace(site, score_table=path)
    if keys & {"year", "mourning"}:
        return replace(site, calendar=path)
    if keys & {"clock", "grace_min", "settle_min", "zone"}:
        return replace(site, context=path)
    if keys & {"accept", "unsure", "plain"}:
        return replace(site, thresholds=path)
    return replace(site, catalogs=(*site.catalogs, path))
