"""An adapter is added to the weights exactly, and only to those that it was made for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.adapter import AdapterError, Array, Model, merge, read, write


def model(path: Path) -> Model:
    """A small model file and what is in it."""
    rng = np.random.default_rng(1)
    variables: dict[str, Array] = {
        "decoder/layer_0/weight": rng.standard_normal((4, 3)).astype(np.float16),
        "decoder/layer_0/bias": rng.standard_normal(4).astype(np.float32),
        "scale": np.asarray(7, np.int8).reshape(()),
    }
    made = Model(version=6, spec="WhisperSpec", revision=3, variables=variables, aliases=b"tail")
    write(path, made, variables)
    return made


def adapter(path: Path, name: str, rows: int, columns: int) -> tuple[Array, Array]:
    """A low-rank file for one matrix."""
    rng = np.random.default_rng(2)
    a = rng.standard_normal((2, columns)).astype(np.float16)
    b = rng.standard_normal((rows, 2)).astype(np.float16)
    arrays: dict[str, Any] = {f"{name}:A": a, f"{name}:B": b}
    np.savez(path, **arrays)
    return a, b


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """A model file survives being taken apart and put together, byte for byte."""
    made = model(tmp_path / "model.bin")
    again = read(tmp_path / "model.bin")
    assert list(again.variables) == list(made.variables)
    write(tmp_path / "again.bin", again, again.variables)
    assert (tmp_path / "again.bin").read_bytes() == (tmp_path / "model.bin").read_bytes()


def test_the_product_is_added(tmp_path: Path) -> None:
    """The matrix becomes W + B·A in its own precision; everything else stays."""
    made = model(tmp_path / "model.bin")
    a, b = adapter(tmp_path / "booth.npz", "decoder/layer_0/weight", 4, 3)
    merge(tmp_path / "model.bin", tmp_path / "booth.npz", tmp_path / "merged.bin")
    merged = read(tmp_path / "merged.bin")
    before = made.variables["decoder/layer_0/weight"].astype(np.float64)
    wanted = (before + b.astype(np.float64) @ a.astype(np.float64)).astype(np.float16)
    assert np.array_equal(merged.variables["decoder/layer_0/weight"], wanted)
    assert np.array_equal(
        merged.variables["decoder/layer_0/bias"], made.variables["decoder/layer_0/bias"]
    )
    assert merged.aliases == b"tail"


@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("encoder/weight", 4, 3), ("decoder/layer_0/weight", 5, 3)]
)
def test_an_adapter_of_other_weights_is_refused(
    tmp_path: Path, name: str, rows: int, columns: int
) -> None:
    """A matrix that the model lacks, or of another size, is named."""
    model(tmp_path / "model.bin")
    adapter(tmp_path / "booth.npz", name, rows, columns)
    with pytest.raises(AdapterError, match=name):
        merge(tmp_path / "model.bin", tmp_path / "booth.npz", tmp_path / "merged.bin")
    assert not (tmp_path / "merged.bin").exists()


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    """A truncated model file gives one error that names it."""
    model(tmp_path / "model.bin")
    data = (tmp_path / "model.bin").read_bytes()
    (tmp_path / "cut.bin").write_bytes(data[:20])
    with pytest.raises(ValueError, match=r"cut\.bin"):
        read(tmp_path / "cut.bin")
