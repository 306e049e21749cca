"""Enrol the recordings of the lane's machines, named one by one or by their folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from audio.files import check, stream
from audio.prompts import Prompt, PromptError, prompt
from audio.types import Samples

_LONGEST_S = 30
"""seconds of a file that is worth decoding: a prompt has 15 at most, and silence at its ends"""


def enrol(paths: Sequence[Path]) -> tuple[Prompt, ...]:
    """The prompts in files, and in all files of folders but hidden ones, in their order.

    PromptError, or AudioError, names the first file that cannot be used and what is wrong.
    """
    return tuple(_enrolled(path) for path in _files(paths))


def version(prompts: Sequence[Prompt]) -> str:
    """Twelve hexadecimal digits that change with what is enrolled; not with its order."""
    sums = sorted(hashlib.sha256(one.sound.tobytes()).hexdigest() for one in prompts)
    return hashlib.sha256("".join(sums).encode()).hexdigest()[:12]


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(
                one for one in path.iterdir() if one.is_file() and not one.name.startswith(".")
            )
        except OSError as error:
            raise PromptError(f"{path}: cannot be read: {error.strerror}") from None
        if not inside:
            raise PromptError(f"{path}: no prompt in this folder; put sound files there")
        yield from inside


def _enrolled(path: Path) -> Prompt:
    try:
        length_s = check(path).duration_ms / 1000
        if length_s > _LONGEST_S:
            raise PromptError(f"{length_s:.0f} s long; a prompt is at most 15 s")
        return prompt(path.name, _sound(path))
    except PromptError as error:
        raise PromptError(f"{path}: {error}") from None


def _sound(path: Path) -> Samples:
    """The louder channel."""
    whole = np.nan_to_num(np.concatenate([chunk.samples for chunk in stream([path])]))
    loudest: Samples = whole[:, int(np.argmax(np.mean(whole**2, axis=0)))]
    return loudest
