"""The Merkle tree of RFC 6962 and RFC 9162: roots, inclusion proofs, consistency proofs.

A proof is first a list of leaf ranges, so that whoever holds hashes (a list, stored tiles) can fill it in.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

#: The hash of the subtree over the leaves start <= i < end.
SubtreeHash = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry; the prefix keeps an inner node from ever passing as a leaf."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Hash many entries; without a call for each this is a tenth faster, and a log has millions."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree one can append to and ask for its root, in memory that grows with log n only."""

    def __init__(self) -> None:
        self.size = 0
        self._perfect_roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        merges, node = self.size, leaf
        # Every trailing 1 bit of the size is a perfect subtree that the new leaf completes.
        while merges & 1:
            node = node_hash(self._perfect_roots.pop(), node)
            merges >>= 1
        self._perfect_roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything appended so far."""
        return fold(self._perfect_roots)


def fold(subtree_roots: Iterable[bytes]) -> bytes:
    """Join perfect subtrees, largest first, into the root over all of them."""
    root = None
    for node in reversed(list(subtree_roots)):
        root = node if root is None else node_hash(node, root)
    return EMPTY_ROOT if root is None else root


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes; written for speed, it makes most hashes of a log."""
    level = hashes
    while len(level) > 1:
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return level[0]


def perfect_ranges(start: int, end: int) -> list[tuple[int, int]]:
    """Split a range whose start is aligned into its perfect subtrees, largest first."""
    ranges = []
    while start < end:
        width = 1 << ((end - start).bit_length() - 1)
        ranges.append((start, start + width))
        start += width
    return ranges


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over any number of leaf hashes."""
    return fold(perfect_root(hashes[start:end]) for start, end in perfect_ranges(0, len(hashes)))


def hasher_of(hashes: Sequence[bytes]) -> SubtreeHash:
    """Answer subtree hashes from leaf hashes held in memory."""
    return lambda start, end: root_of(hashes[start:end])


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The subtrees an inclusion proof consists of, from the leaf's sibling upwards.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def inclusion_proof(index: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves."""
    return [subtree(start, end) for start, end in inclusion_ranges(index, size)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_ranges(old_size: int, size: int) -> list[tuple[int, int]]:
    """The subtrees a consistency proof consists of; none for equal sizes or an empty old tree.

    Raises:
        ValueError: the old tree is larger than the new one.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"A tree of {size} leaves has no earlier state of {old_size}.")
    start, end, ranges = 0, size, []
    if old_size in {0, size}:
        return []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # The old root itself is left out when the verifier has it: when the old tree is a perfect subtree.
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def consistency_proof(old_size: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """Prove that the tree of `size` leaves only appended to the tree of `old_size` leaves."""
    return [subtree(start, end) for start, end in consistency_ranges(old_size, size)]


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2); every tree is consistent with the empty one."""
    if not 0 <= old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof:
        return False
    nodes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    return _replay_consistency(old_size - 1, size - 1, nodes) == (old_root, root)


def _replay_consistency(old_last: int, last: int, nodes: list[bytes]) -> tuple[bytes, bytes] | None:
    while old_last & 1:
        old_last, last = old_last >> 1, last >> 1
    old_root = root = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if old_last & 1 or old_last == last:
            old_root, root = node_hash(node, old_root), node_hash(node, root)
            while not old_last & 1 and old_last:
                old_last, last = old_last >> 1, last >> 1
        else:
            root = node_hash(root, node)
        old_last, last = old_last >> 1, last >> 1
    return (old_root, root) if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << ((width - 1).bit_length() - 1)
