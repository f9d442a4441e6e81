from hashlib import sha256

import pytest

from exchange.audit import merkle
from exchange.audit.merkle import (
    Frontier,
    consistency_proof,
    hasher_of,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZES = range(131)
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(130)]
HASHER = hasher_of(LEAVES)


def split(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(leaves):
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m, leaves):
    """RFC 6962, section 2.1.2."""

    def subproof(m, leaves, *, whole):
        if m == len(leaves):
            return [] if whole else [mth(leaves)]
        k = split(len(leaves))
        if m <= k:
            return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
        return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]

    return subproof(m, leaves, whole=True)


ROOTS = [mth(LEAVES[:size]) for size in SIZES]


def test_frontier_has_the_root_of_the_definition_at_every_size():
    frontier = Frontier()
    roots = [frontier.root()]
    for leaf in LEAVES:
        frontier.append(leaf)
        roots.append(frontier.root())

    assert roots == ROOTS
    assert [root_of(LEAVES[:size]) for size in SIZES] == ROOTS


def test_known_leaf_and_empty_tree_of_rfc_6962():
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", range(1, 131))
def test_every_inclusion_proof_is_the_defined_one_and_verifies(size):
    for index in range(size):
        hashes = inclusion_proof(index, size, HASHER)
        assert verify_inclusion(LEAVES[index], index, size, hashes, ROOTS[size])
        if size <= 40 or index in {0, size // 2, size - 1}:
            assert hashes == path(index, LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_proof_is_the_defined_one_and_verifies(size):
    for old_size in range(size + 1):
        hashes = consistency_proof(old_size, size, HASHER)
        assert verify_consistency(old_size, size, hashes, ROOTS[old_size], ROOTS[size])
        if old_size and (size <= 40 or old_size in {1, size // 2, size - 1}):
            assert hashes == proof(old_size, LEAVES[:size])


def mutations(hashes):
    """Every hash changed, one more, one less."""
    for at, node in enumerate(hashes):
        yield [*hashes[:at], bytes([node[0] ^ 1]) + node[1:], *hashes[at + 1 :]]
    yield [*hashes, ROOTS[1]]
    if hashes:
        yield hashes[:-1]
        yield hashes[1:]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 21, 64])
def test_wrong_inclusion_proofs_are_rejected(size):
    for index in range(size):
        hashes = inclusion_proof(index, size, HASHER)
        for wrong in mutations(hashes):
            assert not verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])
        for wrong_index in {*range(-1, size + 2)} - {index}:
            assert not verify_inclusion(LEAVES[index], wrong_index, size, hashes, ROOTS[size])
        assert not verify_inclusion(LEAVES[index], index, size, hashes, ROOTS[size - 1])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 21, 64])
def test_wrong_consistency_proofs_are_rejected(size):
    for old_size in range(size + 1):
        hashes = consistency_proof(old_size, size, HASHER)
        for wrong in mutations(hashes):
            assert not verify_consistency(old_size, size, wrong, ROOTS[old_size], ROOTS[size])
        assert not verify_consistency(old_size, size, hashes, b"\0" * 32, ROOTS[size])
        if old_size:
            assert not verify_consistency(old_size, size, hashes, ROOTS[old_size], b"\0" * 32)


def test_proof_of_what_the_tree_does_not_have_is_refused():
    for index, size in [(3, 3), (-1, 3), (0, 0)]:
        with pytest.raises(ValueError, match="has no leaf"):
            inclusion_proof(index, size, HASHER)
    with pytest.raises(ValueError, match="no earlier state"):
        consistency_proof(4, 3, HASHER)
    assert not verify_consistency(4, 3, [], ROOTS[4], ROOTS[3])
