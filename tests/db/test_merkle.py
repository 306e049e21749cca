"""The Merkle root, and the way up to it, are those of RFC 6962."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from db.merkle import climbed, path, root

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


@pytest.mark.parametrize("count", range(1, 40))
def test_the_way_up_from_a_leaf_ends_at_the_root(count: int) -> None:
    """From every leaf; from another leaf, or with anything else beside, it ends elsewhere."""
    leaves = [str(number).encode() for number in range(count)]
    for index, leaf in enumerate(leaves):
        beside = path(leaves, index)
        assert climbed(leaf, beside) == root(leaves)
        assert climbed(b"another", beside) != root(leaves)
        for place, each in enumerate(beside):
            other = (*beside[:place], replace(each, left=not each.left), *beside[place + 1 :])
            assert climbed(leaf, other) != root(leaves)


def test_the_shape_of_a_way_up() -> None:
    """The seventh of seven has no neighbour on the lowest level (RFC 6962, 2.1.3)."""
    first, second, third, fourth, fifth, sixth, seventh = LEAVES[:7]
    beside = path(LEAVES[:7], 6)
    assert [each.left for each in beside] == [True, True]
    assert [each.hash for each in beside] == [
        root([fifth, sixth]),
        root([first, second, third, fourth]),
    ]
    assert climbed(seventh, beside) == root(LEAVES[:7])
