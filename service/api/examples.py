"""Examples of what is asked and answered, for the description of the API.

`examples.json` is recorded from real answers by tests/service/api/test_examples.py, which fails
where one is missing or no longer fits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def recorded() -> Mapping[str, Mapping[str, Any]]:
    """By method and path: `body` and `answer`, where there are any."""
    text = (files("service.api") / "examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found


def put_into(operation: dict[str, Any], method: str, path: str) -> None:
    """Add the examples to an operation of the description, in place."""
    example = recorded().get(f"{method} {path}", {})
    if "body" in example:
        for content in operation["requestBody"]["content"].values():
            content["example"] = example["body"]
    if "answer" in example:
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                for kind, content in response.get("content", {}).items():
                    if kind == "application/json":
                        content["example"] = example["answer"]
