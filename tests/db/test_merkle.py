"""The Merkle root is the one of RFC 6962."""

from __future__ import annotations

import hashlib

import pytest

from db.merkle import root

LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
LEAVES += [bytes.fromhex("5051525354555657"), bytes.fromhex("606162636465666768696a6b6c6d6e6f")]


def by_the_book(leaves: list[bytes]) -> bytes:
    """The RFC's own words: split at the largest power of two smaller than the count."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = by_the_book(leaves[:split]), by_the_book(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize(
    ("count", "wanted"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_known_roots(count: int, wanted: str) -> None:
    """The test vectors of Certificate Transparency."""
    assert root(LEAVES[:count]).hex() == wanted


@pytest.mark.parametrize("count", range(1, 70))
def test_the_tree_is_that_of_the_standard(count: int) -> None:
    """Whatever the number of leaves."""
    leaves = [str(number).encode() for number in range(count)]
    assert root(leaves) == by_the_book(leaves)
