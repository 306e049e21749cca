"""Record the lines that drills play, in the reference voice: the catalog's, and the drivers'.

Made once, at set-up; what is there is left as it is. A station's own phrases are said too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from audio.voice import RATE, Kokoro, Speaker, VoiceError
from audio.write import write
from phrases import scene
from scripts.resample import resample
from service import bootstrap, drill_voice, settings
from service.bootstrap import Progress
from service.console import note, progress, utf8

MODEL, DRIVER, ENGLISH = "zf_xiaobei", "zm_yunxi", "af_heart"
"""voices: of the model, of drivers, of the English forms"""
_RATE = 48_000


def main(arguments: Sequence[str]) -> int:
    """Record what is missing into the user's data folder, or into the folder named."""
    utf8()
    folder = Path(arguments[0]) if arguments else drill_voice.default_folder()
    try:
        made = record(settings.load(), Kokoro(threads=2), folder, progress=progress)
    except VoiceError as error:
        note(error)
        return 1
    note(f"{made} lines recorded for the drills")
    return 0


def record(
    site: settings.Settings,
    speaker: Speaker,
    folder: Path,
    *,
    progress: Progress,
    wanted: Callable[[str], bool] = lambda _: True,
) -> int:
    """Record each line that is not there yet and whose name is wanted; how many were."""
    known = bootstrap.knowledge(site)
    rules = scene.load(phrases=known.catalog.phrases)
    missing = {
        name: (text, DRIVER if driver else ENGLISH if name.endswith(".en") else MODEL)
        for name, text, driver in drill_voice.to_say(known, rules)
        if wanted(name) and not (folder / f"{name}.opus").exists()
    }
    folder.mkdir(parents=True, exist_ok=True)
    with progress("recording the model's lines", len(missing)) as bar:
        for number, (name, (text, voice)) in enumerate(missing.items(), start=1):
            speech = speaker.say(text, voice, 1.0)
            part = folder / f"{name}.part.opus"
            # Opus knows 48 kHz, not 24.
            write(part, resample(speech, _RATE, RATE).reshape(1, -1), _RATE, bits_per_second=32_000)
            part.replace(folder / f"{name}.opus")
            bar(number)
    return len(missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
