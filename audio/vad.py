"""Tell speech from all else, frame by frame, with the Silero network.

The network is a file inside faster-whisper's wheel; it is read without importing that package,
which would load its own recogniser, hub client and decoder.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from audio.types import RATE, Samples

FRAME = 512
"""samples in a frame"""
FRAME_MS = FRAME * 1000 // RATE
"""milliseconds in a frame"""
_CONTEXT = 64
_BATCH = 1024
_MODEL = Path("assets") / "silero_vad_v6.onnx"


class VadError(RuntimeError):
    """The network cannot be loaded; the text says what to do."""


def find_model() -> Path:
    """The network's file; VadError if it is not installed."""
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / _MODEL).is_file():
            return path
    raise VadError(f"{_MODEL.name} is missing: reinstall faster-whisper, whose wheel holds it")


@functools.cache
def _load(path: Path) -> onnxruntime.InferenceSession:
    """The network, loaded once a process: it holds no state, and loading outlasts a clip."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises kinds of its own without a common base
        raise VadError(f"{path.name} is broken: reinstall faster-whisper") from error


class Vad:
    """The probability of speech in each frame of one stream, in the order of the frames.

    State and context are carried from call to call, so that however the stream is cut into
    pieces, the answer is the same.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._session = _load(model or find_model())
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> NDArray[np.float32]:
        """Probabilities, 0..1, of the frames that are whole now; samples: float32 [n], finite."""
        stream = np.concatenate((self._context, self._rest, samples))
        frames = (len(stream) - _CONTEXT) // FRAME
        self._rest = stream[_CONTEXT + frames * FRAME :]
        if not frames:
            return np.zeros(0, np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(stream, _CONTEXT + FRAME)[::FRAME]
        self._context = stream[frames * FRAME : frames * FRAME + _CONTEXT]
        return np.concatenate(
            [self._run(windows[at : at + _BATCH]) for at in range(0, frames, _BATCH)]
        )

    def finish(self) -> NDArray[np.float32]:
        """The probability of the last, unfinished frame, filled up with silence; may be empty."""
        if not len(self._rest):
            return np.zeros(0, np.float32)
        return self.feed(np.zeros(FRAME - len(self._rest), np.float32))

    def _run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        probabilities, self._hidden, self._cell = self._session.run(
            None,
            {"input": np.ascontiguousarray(windows), "h": self._hidden, "c": self._cell},
        )
        return np.asarray(probabilities, np.float32).reshape(-1)
