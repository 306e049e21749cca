"""Write the log: a line of JSON for each event, on standard error, for the journal to keep.

What people said is personal data, and the text of an error may quote it. So of an error that
nobody foresaw only its kind and place are written, and nothing below a warning of other libraries.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

ROOMS = ("audio", "db", "phrases", "service")


class Lines(logging.Formatter):
    """One line of JSON: at, level, where, what, and of an error its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            # A library's own message beside an error is often the error's text once more.
            kind, _, trace = record.exc_info
            line |= {"what": "an error that nobody foresaw", "error": kind.__name__}
            line["place"] = place(trace)
        else:
            line["what"] = record.getMessage()
        return json.dumps(line, ensure_ascii=False)


def place(trace: TracebackType | None) -> str:
    """File and line where it broke, without what stood there."""
    frames = traceback.extract_tb(trace)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def install(stream: TextIO | None = None) -> None:
    """Log to the stream (None: standard error) from now on; what was set up before is undone."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for room in ROOMS:
        logging.getLogger(room).setLevel(logging.INFO)
