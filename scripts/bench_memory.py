"""Say how much memory a process takes that only hears one recording.

    python -m scripts.bench_memory AUDIO

A process of its own, since nothing else may be loaded in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from audio import files
from service import bootstrap, settings


def peak(audio: Path) -> dict[str, Any]:
    """The figures of a process that hears the recording; RuntimeError if it fails."""
    command = [sys.executable, "-m", "scripts.bench_memory", str(audio)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the process that only hears failed: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str]) -> int:
    """Hear it; print the peak."""
    site = settings.load()
    hearer = bootstrap.hearer(
        site, bootstrap.knowledge(site), lambda _what, _total: nullcontext(lambda _done: None)
    )
    ready = _megabytes()
    for _ in hearer.listen(files.stream([Path(arguments[0])])):
        pass
    print(json.dumps({"ready_mb": round(ready), "peak_mb": round(_megabytes())}))
    return 0


def _megabytes() -> float:
    # Not getrusage: on Linux its peak is also that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
