"""Write the weights of a CTranslate2 Whisper model as other recognisers read them.

So that the benchmark compares programs and not weights. The names are those of OpenAI's
whisper/model.py; the layout of whisper.cpp's file is what models/README.md and
models/convert-pt-to-ggml.py of whisper.cpp document: numbers, mel filters, tokens, then each
tensor with its sizes, name and data.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

from audio.adapter import Array, read
from scripts.train_model import layers

State = dict[str, Array]

_MAGIC = 0x67676D6C
_FLOAT32, _FLOAT16 = 0, 1
_HEAD_WIDTH = 64
_DIMS = (
    "n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer",
    "n_text_ctx", "n_text_state", "n_text_head", "n_text_layer", "n_mels",
)  # fmt: skip
"""in the order of whisper.cpp's file"""
_WHOLE = {
    "encoder/conv1/weight": "encoder.conv1.weight",
    "encoder/conv1/bias": "encoder.conv1.bias",
    "encoder/conv2/weight": "encoder.conv2.weight",
    "encoder/conv2/bias": "encoder.conv2.bias",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "encoder/layer_norm/gamma": "encoder.ln_post.weight",
    "encoder/layer_norm/beta": "encoder.ln_post.bias",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/layer_norm/gamma": "decoder.ln.weight",
    "decoder/layer_norm/beta": "decoder.ln.bias",
}
_PARTS = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "self_attention/layer_norm": ("attn_ln",),
    "attention/layer_norm": ("cross_attn_ln",),
    "ffn/layer_norm": ("mlp_ln",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
"""CTranslate2 keeps query, key and value in one matrix"""
_LEAVES = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
_LAYER = re.compile(r"(encoder|decoder)/layer_([0-9]+)/(.+)/(weight|bias|gamma|beta)")


def state(variables: Mapping[str, Array]) -> State:
    """The tensors by OpenAI's names; ValueError for a variable that has no place there."""
    found: State = {}
    for name, array in variables.items():
        if array.ndim == 0 or name.endswith(("alignment_heads", "alignment_layer")):
            continue  # flags of CTranslate2
        if whole := _WHOLE.get(name):
            found[whole] = array
            continue
        layer = _LAYER.fullmatch(name)
        parts = _PARTS.get(layer[3]) if layer else None
        if layer is None or parts is None:
            raise ValueError(f"{name}: has no place in OpenAI's model")
        leaf = _LEAVES[layer[4]]
        for part, piece in zip(parts, np.split(array, len(parts)), strict=True):
            if not part.endswith("key") or leaf != "bias":  # OpenAI's keys have no bias
                found[f"{layer[1]}.blocks.{layer[2]}.{part}.{leaf}"] = piece
    return found


def dimensions(variables: Mapping[str, Array]) -> dict[str, int]:
    """OpenAI's ModelDimensions of these weights."""
    n_vocab, width = variables["decoder/embeddings/weight"].shape
    heads = width // _HEAD_WIDTH
    values = (
        n_vocab,
        variables["encoder/position_encodings/encodings"].shape[0],
        width,
        heads,
        layers(variables, "encoder"),
        variables["decoder/position_encodings/encodings"].shape[0],
        width,
        heads,
        layers(variables, "decoder"),
        variables["encoder/conv1/weight"].shape[1],
    )
    return dict(zip(_DIMS, values, strict=True))


def export_openai(folder: Path, target: Path) -> None:
    """The state and its dimensions as one .npz, which bench_peer gives to openai-whisper."""
    variables = read(folder / "model.bin").variables
    dims = {f"dims:{name}": np.int64(value) for name, value in dimensions(variables).items()}
    part = target.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **dims, **state(variables))
    part.replace(target)


def export_ggml(folder: Path, target: Path) -> None:
    """The file that whisper.cpp loads, in 16 bits."""
    variables = read(folder / "model.bin").variables
    dims = dimensions(variables)
    mels = np.asarray(FeatureExtractor(feature_size=dims["n_mels"]).mel_filters, np.float32)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        write_ggml(file, dims, mels, tokens(tokenizer), state(variables))
    part.replace(target)


def write_ggml(
    file: BinaryIO,
    dims: Mapping[str, int],
    mels: npt.NDArray[np.float32],
    words: Sequence[bytes],
    tensors: Mapping[str, Array],
) -> None:
    """Write the file; what has one axis, or stands for a place, is in 32 bits."""
    file.write(struct.pack("<i", _MAGIC))
    file.write(struct.pack("<10i", *(dims[name] for name in _DIMS)))
    file.write(struct.pack("<i", _FLOAT16))
    file.write(struct.pack("<2i", *mels.shape))
    file.write(mels.astype("<f4").tobytes())
    file.write(struct.pack("<i", len(words)))
    for word in words:
        file.write(struct.pack("<i", len(word)) + word)
    for name, array in tensors.items():
        small = array.ndim < 2 or name.endswith("positional_embedding")
        shaped = array[:, None] if re.fullmatch(r"encoder\.conv.\.bias", name) else array
        coded = name.encode()
        kind = _FLOAT32 if small else _FLOAT16
        file.write(struct.pack("<3i", shaped.ndim, len(coded), kind))
        file.write(struct.pack(f"<{shaped.ndim}i", *reversed(shaped.shape)))
        file.write(coded)
        file.write(shaped.astype("<f4" if small else "<f2").tobytes())


def tokens(tokenizer: Tokenizer) -> list[bytes]:
    """The bytes of every token before the end of the text; the markers follow by rule."""
    end = tokenizer.token_to_id("<|endoftext|>")
    if end is None:
        raise ValueError("the tokenizer has no end of text")
    back = {character: byte for byte, character in _spelling()}
    return [bytes(back[c] for c in str(tokenizer.id_to_token(n))) for n in range(end)]


def _spelling() -> Iterator[tuple[int, str]]:
    """How a byte-level vocabulary spells each byte: visible ones as themselves."""
    others = 256
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or 174 <= byte <= 255:
            yield byte, chr(byte)
        else:
            yield byte, chr(others)
            others += 1
