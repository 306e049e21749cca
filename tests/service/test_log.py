"""The log: lines for machines, and nothing that was said."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from service import log


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; the old one is put back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []
    written = io.StringIO()
    log.install(written)
    yield written
    root.handlers, root.level = before, level


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    """What was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_a_line_of_json(stream: io.StringIO) -> None:
    """With its time in UTC; line breaks do not make two of it."""
    logging.getLogger("service.booth").info("listening to %s\nagain", "USB")
    (line,) = lines(stream)
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "where": "service.booth", "what": "listening to USB\nagain"}


def test_of_an_error_only_kind_and_place_are_written(stream: io.StringIO) -> None:
    """Its text may quote what was said, and a library's message repeats it."""
    try:
        raise ValueError("收您五十元")
    except ValueError as error:
        logging.getLogger("uvicorn.error").exception("broke down: %s", error)
    (line,) = lines(stream)
    assert (line["error"], line["place"].partition(":")[0]) == ("ValueError", "test_log.py")
    assert "五十" not in stream.getvalue()


def test_other_libraries_are_heard_from_a_warning_on(stream: io.StringIO) -> None:
    """They log requests, whose addresses hold ids."""
    logging.getLogger("httpx2").info("GET /v1/shifts?collector=0147")
    logging.getLogger("uvicorn.error").warning("no room")
    assert [line["what"] for line in lines(stream)] == ["no room"]
