"""Merge a low-rank adapter into Whisper's weights, file to file.

Plain Whisper was trained on 30 s windows and on subtitles; a few million numbers teach it short
windows and booths (docs/decisions/0007). They ship as a small file and are added to the weights
once: every matrix W becomes W + B·A, and nothing is slower afterwards. The format of
CTranslate2's model file is that of its model_spec.py, version 6.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_TYPES: Mapping[int, type[np.generic]] = {
    0: np.float32,
    1: np.int8,
    2: np.int16,
    3: np.int32,
    4: np.float16,
}
_CODES = {np.dtype(kind): code for code, kind in _TYPES.items()}

Array = NDArray[np.generic]


class AdapterError(ValueError):
    """The adapter does not belong to the weights; the text says where they differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A CTranslate2 model file, taken apart."""

    version: int
    spec: str
    revision: int
    variables: Mapping[str, Array]
    aliases: bytes
    """what follows the variables, as it is"""


def merge(source: Path, adapter: Path, target: Path) -> None:
    """Write `source` with `adapter` added to it as `target`.

    The sums are taken in double precision, so that every machine writes the same bytes.

    Raises:
        AdapterError: the adapter names a matrix that the model lacks or that has another shape.
        OSError: a file cannot be read or written.
    """
    model = read(source)
    changed = dict(model.variables)
    with np.load(adapter, allow_pickle=False) as low_rank:
        for name in sorted(key.removesuffix(":A") for key in low_rank if key.endswith(":A")):
            a = low_rank[f"{name}:A"].astype(np.float64)
            b = low_rank[f"{name}:B"].astype(np.float64)
            weight = changed.get(name)
            if weight is None or weight.shape != (b.shape[0], a.shape[1]):
                raise AdapterError(
                    f"{adapter.name}: {name} is not a matrix of these weights, or of another size"
                )
            changed[name] = (weight.astype(np.float64) + b @ a).astype(weight.dtype)
    write(target, model, changed)


def read(path: Path) -> Model:
    """The file's variables by name; ValueError if it is cut short."""
    data = memoryview(path.read_bytes())
    at = 0

    def number(form: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{form}", data, at)
        at += struct.calcsize(f"<{form}")
        return int(value)

    def text() -> str:
        nonlocal at
        length = number("H")
        at += length
        return bytes(data[at - length : at - 1]).decode()

    try:
        version, spec, revision = number("I"), text(), number("I")
        variables: dict[str, Array] = {}
        for _ in range(number("I")):
            name = text()
            shape = [number("I") for _ in range(number("B"))]
            kind = np.dtype(_TYPES[number("B")])
            size = number("I")
            variables[name] = np.frombuffer(data, kind, size // kind.itemsize, at).reshape(shape)
            at += size
    except (struct.error, KeyError) as error:
        raise ValueError(f"{path.name}: is no CTranslate2 model file of a known version") from error
    return Model(
        version=version,
        spec=spec,
        revision=revision,
        variables=variables,
        aliases=bytes(data[at:]),
    )


def write(path: Path, model: Model, variables: Mapping[str, Array]) -> None:
    """Write the model with these variables in place of its own."""
    with path.open("wb") as file:
        file.write(struct.pack("<I", model.version))
        _text(file, model.spec)
        file.write(struct.pack("<II", model.revision, len(variables)))
        for name, array in variables.items():
            _text(file, name)
            file.write(struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape))
            file.write(struct.pack("<BI", _CODES[array.dtype], array.nbytes))
            file.write(np.ascontiguousarray(array).tobytes())
        file.write(model.aliases)


def _text(file: BinaryIO, text: str) -> None:
    coded = text.encode() + b"\0"
    file.write(struct.pack("<H", len(coded)) + coded)
