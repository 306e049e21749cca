"""Sum up many leaves in one hash, as RFC 6962 does it (2.1), and show that a leaf is among them.

Leaves and inner nodes are hashed with different first bytes, so neither passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside a node on the way from a leaf to the root."""

    hash: bytes
    """32 bytes"""
    left: bool
    """it stands on the left"""


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash: 32 bytes; of no leaves, the sum of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    return list(_levels(leaves))[-1][0]


def path(leaves: Sequence[bytes], index: int) -> tuple[Beside, ...]:
    """What stands beside the way up from the leaf of that index (2.1.1): its inclusion proof."""
    found = []
    for level in _levels(leaves):
        other = index ^ 1
        if other < len(level):
            found.append(Beside(hash=level[other], left=other < index))
        index //= 2
    return tuple(found)


def climbed(leaf: bytes, beside: Iterable[Beside]) -> bytes:
    """The root that the way up from this leaf ends at."""
    at = _leaf(leaf)
    for each in beside:
        at = _node(each.hash, at) if each.left else _node(at, each.hash)
    return at


def _levels(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The hashes of the leaves, and each level above them up to the root."""
    level = [_leaf(leaf) for leaf in leaves]
    yield level
    # Pairs from the left, a last odd one carried up: the same tree as the RFC's split at the
    # largest power of two.
    while len(level) > 1:
        above = [_node(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
        yield level


def _leaf(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
