"""Nothing that the ears use tells anybody anything."""

from __future__ import annotations

import os
import subprocess
import sys


def test_onnxruntime_gathers_nothing() -> None:
    """It reads this when it is first imported, so hearing says it before."""
    code = "import audio.vad, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
