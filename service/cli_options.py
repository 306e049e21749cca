"""Options that several commands have, each said once."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]
Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="Database; default: SQLite in your data folder."),
]
