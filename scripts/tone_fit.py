"""Fit the small networks that hear tones: one hidden layer, by Adam (Kingma and Ba, 2015)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from audio.tones import TONES, Net

HIDDEN, EPOCHS, BATCH = 192, 40, 256
RATE_0, DECAY = 2e-3, 1e-3
NOISE, DROPPED, SMOOTH = 0.1, 0.5, 0.1
"""of a feature's spread; of the hidden layer; of the probability, spread over all tones"""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Layer = tuple[Floats, Floats, Floats, Floats]


def fit(features: Floats, tone: NDArray[np.int64], *, nets: int, seed: int, deaf: int = 0) -> Net:
    """Networks that vote.

    Args:
        features: [rows, features].
        tone: 1..4 of each row.
        nets: how many.
        seed: for all that is drawn.
        deaf: of every second network, how many of the first features it does not see.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    x, y = ((features - mean) / spread).astype(np.float32), tone - 1
    layers = []
    for n in range(nets):
        hidden = deaf if n % 2 else 0
        first, *rest = _fit(x[:, hidden:], y, np.random.default_rng([seed, n]))
        layers.append((np.pad(first, ((hidden, 0), (0, 0))), *rest))
    return Net(layers=tuple(_layer(*one) for one in layers), mean=mean, spread=spread)


def _layer(*parts: Singles) -> Layer:
    w1, b1, w2, b2 = (part.astype(np.float64) for part in parts)
    return w1, b1, w2, b2


def _fit(x: Singles, y: NDArray[np.int64], rng: np.random.Generator) -> list[Singles]:
    width, classes = x.shape[1], len(TONES)
    weights = [
        rng.normal(0, np.sqrt(2 / width), (width, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, classes)).astype(np.float32),
        np.zeros(classes, np.float32),
    ]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    step = 0
    for epoch in range(EPOCHS):
        rate = RATE_0 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        for rows in _batches(len(x), rng):
            step += 1
            for k, slope in enumerate(_slopes(weights, x[rows], y[rows], rng)):
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope**2
                move = (first[k] / (1 - 0.9**step)) / (
                    np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8
                )
                weights[k] = (weights[k] - rate * (move + DECAY * weights[k])).astype(np.float32)
    return weights


def _slopes(
    weights: list[Singles], x: Singles, y: NDArray[np.int64], rng: np.random.Generator
) -> list[Singles]:
    """Of the cross entropy of a batch, with noise on what is seen and part of the layer dropped."""
    seen = x + NOISE * rng.standard_normal(x.shape, np.float32)
    hidden = np.maximum(seen @ weights[0] + weights[1], 0.0)
    keep = ((rng.random(hidden.shape) >= DROPPED) / (1 - DROPPED)).astype(np.float32)
    kept = hidden * keep
    logits = kept @ weights[2] + weights[3]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    wanted = np.full_like(p, SMOOTH / len(TONES))
    wanted[np.arange(len(y)), y] += 1 - SMOOTH
    error = (p - wanted) / len(y)
    back = (error @ weights[2].T) * keep * (hidden > 0)
    return [seen.T @ back, back.sum(axis=0), kept.T @ error, error.sum(axis=0)]


def _batches(count: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(count)
    for start in range(0, count, BATCH):
        yield order[start : start + BATCH]
