"""The commands of the drills."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from phrases.drill import CharVerdict, Judged, ToneVerdict
from phrases.pinyin import written
from service import bootstrap, drill_json, drill_score, report_json, settings
from service.cli_options import AsJson
from service.console import note, output, progress
from service.drill_score import Tried


def score(
    audio: Annotated[Path, typer.Argument(metavar="AUDIO", help="The recording of one line.")],
    phrase: Annotated[
        str | None, typer.Option(metavar="ID", help="Which phrase of the catalog was to be said.")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="汉字", help="Or which characters.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score a try at a line: which characters were said, in which tones, what to change first."""
    site = settings.load()
    known = bootstrap.knowledge(site)
    line = drill_score.line_of(known, phrase, text)
    samples = drill_score.recording(audio)
    tried = drill_score.Coach(bootstrap.recognizer(site, progress)).score(line, samples)
    if as_json:
        print(report_json.dumps(drill_json.drilled(tried)))
        return
    show(tried)


def show(tried: Tried) -> None:
    """A try at a line, for people."""
    output().print(_table(tried))
    result = "nothing could be judged" if tried.score is None else f"{tried.score:.0f} of 100"
    doubt = f", {tried.unsure} characters could not be judged" if tried.unsure else ""
    note(f"{result}{doubt}")
    print(tried.advice.zh)
    print(tried.advice.en)


def _table(tried: Tried) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "", "said", "tone", "heard as", "at"):
        table.add_column(name)
    for one in tried.chars:
        table.add_row(
            one.char,
            written(one.char, one.tone_expected or None),
            one.heard.value,
            one.tone.tone.value if _toned(one) else "",
            _named(one),
            "" if one.start_ms is None else f"{one.start_ms / 1000:.2f} s",
        )
    return table


def _toned(one: Judged) -> bool:
    return one.heard is CharVerdict.RIGHT or one.tone.tone is not ToneVerdict.UNSURE


def _named(one: Judged) -> str:
    if one.tone.heard is None or not _toned(one):
        return ""
    return written(one.char, one.tone.heard)
