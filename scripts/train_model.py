"""Whisper with a low-rank adapter, in PyTorch, on the weights of a CTranslate2 model file.

Only what training wants is here: both stacks over short windows, the adapter's matrices as the
only parameters. PyTorch is no part of the project's own environment: importing this module does
not import it, building a `Network` does.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from audio.adapter import Array, Model

RANK = 16
"""columns of each B and rows of each A"""
_HEAD_WIDTH = 64
_FLOOR = 1e-10
_FFT, _HOP = 400, 160


class TorchError(RuntimeError):
    """PyTorch is not there; the text says what to do."""


def torch_or_error() -> Any:
    """PyTorch; TorchError without it."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        raise TorchError(
            "PyTorch is not installed: training wants an environment of its own, with this "
            "project in it and `pip install torch`"
        ) from None


def adapted(variables: Mapping[str, Array]) -> tuple[str, ...]:
    """Names of the matrices that get an adapter: each linear one of a layer, of both stacks."""
    return tuple(
        name
        for name, array in variables.items()
        if "/layer_" in name and name.endswith("/weight") and array.ndim == 2
    )


def layers(variables: Mapping[str, Array], stack: str) -> int:
    """How many layers `encoder` or `decoder` has."""
    names = {name.split("/")[1] for name in variables if name.startswith(f"{stack}/layer_")}
    return sum(name.removeprefix("layer_").isdigit() for name in names)


class Network:
    """The model with its adapter; `parameters` are what learns."""

    def __init__(self, model: Model, mel_filters: npt.NDArray[np.floating], *, seed: int) -> None:
        """Build it: A drawn by `seed`, B nought, so that it begins as the plain model.

        `mel_filters` is [mels, 201]. TorchError without PyTorch.
        """
        self._torch = torch = torch_or_error()
        self._f = torch.nn.functional
        torch.manual_seed(seed)
        self._w = {
            name: torch.tensor(np.array(array, np.float32))
            for name, array in model.variables.items()
            if array.ndim >= 1
        }
        self._depth = {stack: layers(model.variables, stack) for stack in ("encoder", "decoder")}
        self._a: dict[str, Any] = {}
        self._b: dict[str, Any] = {}
        for name in adapted(model.variables):
            rows, columns = model.variables[name].shape
            a = torch.randn(RANK, columns) / math.sqrt(columns)
            self._a[name] = a.requires_grad_()
            self._b[name] = torch.zeros(rows, RANK, requires_grad=True)
        self._mel = torch.tensor(np.asarray(mel_filters, np.float32))
        self._window = torch.hann_window(_FFT)
        # Without AVX-512 a step in bfloat16 takes minutes instead of seconds.
        self._halves = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())

    @property
    def parameters(self) -> list[Any]:
        """All A and B."""
        return [*self._a.values(), *self._b.values()]

    def start_from(self, low_rank: Mapping[str, npt.NDArray[np.generic]], name: str) -> None:
        """Go on from an adapter that `low_rank` gave; ValueError if it is of other weights."""
        torch = self._torch
        for letter, all_own in (("A", self._a), ("B", self._b)):
            for layer, own in all_own.items():
                matrix = f"{layer}:{letter}"
                if matrix not in low_rank or low_rank[matrix].shape != tuple(own.shape):
                    raise ValueError(f"{name}: {matrix} is missing or of another size")
                with torch.no_grad():
                    own.copy_(torch.tensor(np.asarray(low_rank[matrix], np.float32)))

    def loss(
        self, samples: npt.NDArray[np.float32], inputs: npt.NDArray[np.int64],
        targets: npt.NDArray[np.int64],
    ) -> Any:  # fmt: skip
        """Mean cross entropy of the tokens in `targets`, as a scalar that can be derived.

        `samples` is [batch, window] at 16 kHz, `inputs` and `targets` [batch, tokens]; a target
        below 0 is not asked for.
        """
        torch = self._torch
        wanted = torch.tensor(targets)
        asked = wanted >= 0
        with torch.autocast("cpu", torch.bfloat16, enabled=self._halves):
            encoded = self._encode(self._features(torch.tensor(samples)))
            states = self._decode(torch.tensor(inputs), encoded)
            logits = self._f.linear(states[asked], self._w["decoder/embeddings/weight"])
        return self._f.cross_entropy(logits.float(), wanted[asked])

    def low_rank(self) -> dict[str, npt.NDArray[np.float16]]:
        """The adapter as `audio.adapter.merge` reads it: NAME:A and NAME:B."""
        found = {f"{name}:A": value for name, value in self._a.items()}
        found |= {f"{name}:B": value for name, value in self._b.items()}
        return {key: value.detach().numpy().astype(np.float16) for key, value in found.items()}

    def _features(self, samples: Any) -> Any:
        """Whisper's log mel spectrum, [batch, mels, frames]."""
        torch = self._torch
        spectrum = torch.stft(samples, _FFT, _HOP, window=self._window, return_complex=True)
        power = spectrum[..., :-1].abs() ** 2
        mel = torch.log10((self._mel @ power).clamp(min=_FLOOR))
        return (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8) + 4) / 4

    def _encode(self, mel: Any) -> Any:
        w, f = self._w, self._f
        for name, stride in (("encoder/conv1", 1), ("encoder/conv2", 2)):
            weight, bias = w[f"{name}/weight"], w[f"{name}/bias"]
            mel = f.gelu(f.conv1d(mel, weight, bias, stride=stride, padding=1))
        x = mel.transpose(1, 2)
        x = x + w["encoder/position_encodings/encodings"][: x.shape[1]]
        for number in range(self._depth["encoder"]):
            layer = f"encoder/layer_{number}"
            x = self._forward(self._own(x, layer, causal=False), layer)
        return self._norm(x, "encoder/layer_norm")

    def _decode(self, tokens: Any, encoded: Any) -> Any:
        w = self._w
        x = w["decoder/embeddings/weight"][tokens]
        x = x + w["decoder/position_encodings/encodings"][: tokens.shape[1]]
        for number in range(self._depth["decoder"]):
            layer = f"decoder/layer_{number}"
            x = self._own(x, layer, causal=True)
            cross = f"{layer}/attention"
            query = self._linear(self._norm(x, f"{cross}/layer_norm"), f"{cross}/linear_0")
            key, value = self._linear(encoded, f"{cross}/linear_1").chunk(2, -1)
            x = x + self._linear(self._attend(query, key, value), f"{cross}/linear_2")
            x = self._forward(x, layer)
        return self._norm(x, "decoder/layer_norm")

    def _own(self, x: Any, layer: str, *, causal: bool) -> Any:
        name = f"{layer}/self_attention"
        joint = self._linear(self._norm(x, f"{name}/layer_norm"), f"{name}/linear_0")
        query, key, value = joint.chunk(3, -1)
        return x + self._linear(self._attend(query, key, value, causal=causal), f"{name}/linear_1")

    def _forward(self, x: Any, layer: str) -> Any:
        inner = self._linear(self._norm(x, f"{layer}/ffn/layer_norm"), f"{layer}/ffn/linear_0")
        return x + self._linear(self._f.gelu(inner), f"{layer}/ffn/linear_1")

    def _linear(self, x: Any, name: str) -> Any:
        weight = f"{name}/weight"
        y = self._f.linear(x, self._w[weight], self._w[f"{name}/bias"])
        low = self._f.linear(x, self._a[weight])
        return y + self._f.linear(low, self._b[weight])

    def _norm(self, x: Any, name: str) -> Any:
        gamma = self._w[f"{name}/gamma"]
        return self._f.layer_norm(x, tuple(gamma.shape), gamma, self._w[f"{name}/beta"])

    def _attend(self, query: Any, key: Any, value: Any, *, causal: bool = False) -> Any:
        def heads(x: Any) -> Any:
            return x.view(*x.shape[:2], -1, _HEAD_WIDTH).transpose(1, 2)

        joined = self._f.scaled_dot_product_attention(
            heads(query), heads(key), heads(value), is_causal=causal
        )
        return joined.transpose(1, 2).flatten(2)
