"""Sets of listings as integers: bit n is the listing with number n. Pure, and fast where sets are large."""

import zlib
from collections.abc import Collection, Iterator

#: Listings in one row of the index; one byte for each, compressed.
BLOCK = 16_384

#: The parts of a listing by weight; a place holds the number of the best part that has the token.
TITLE, KEYWORDS, SUMMARY, COLUMNS = 4, 3, 2, 1
LEVELS = (COLUMNS, SUMMARY, KEYWORDS, TITLE)
_FALSE_OR_TRUE = {
    level: bytes(ord("1") if level <= value <= TITLE else ord("0") for value in range(256))
    for level in LEVELS
}


def empty_block() -> bytearray:
    """A block in which no listing has the token."""
    return bytearray(BLOCK)


def packed(block: bytes | bytearray) -> bytes:
    """A block as it is stored."""
    return zlib.compress(block, 1)


def unpacked(data: bytes) -> bytearray:
    """The block of what is stored."""
    return bytearray(zlib.decompress(data))


def write_place(block: bytearray, number: int, level: int) -> None:
    """Note the level of a listing; the bytes run backwards so that a block reads as one binary number."""
    block[BLOCK - 1 - number % BLOCK] = level


def read_level(data: bytes, block: int, level: int) -> int:
    """The listings of a stored block that have the token at this level or a better one."""
    return int(zlib.decompress(data).translate(_FALSE_OR_TRUE[level]), 2) << (block * BLOCK)


def read_levels(data: bytes, block: int) -> tuple[int, ...]:
    """The sets of all levels, the widest first: anywhere, summary or better, keywords or better, title."""
    places, sets = zlib.decompress(data), [0]
    for level in LEVELS:
        # Most tokens stand in one or two parts: the set is the wider one's when nothing lies between.
        is_same = level > COLUMNS and level - 1 not in places
        sets.append(sets[-1] if is_same else int(places.translate(_FALSE_OR_TRUE[level]), 2))
    return tuple(listings << (block * BLOCK) for listings in sets[1:])


def newest_first(listings: int) -> Iterator[int]:
    """The numbers in a set, the highest, which is the newest, first."""
    digits = f"{listings:b}"
    top, at = len(digits) - 1, digits.find("1")
    while at >= 0:
        yield top - at
        at = digits.find("1", at + 1)


def set_of(numbers: Collection[int]) -> int:
    """The set with these numbers."""
    if not numbers:
        return 0
    top = max(numbers)
    digits = bytearray(b"0" * (top + 1))
    for number in numbers:
        digits[top - number] = ord("1")
    return int(digits, 2)


def as_flags(listings: int) -> bytes:
    """One byte for each number from 0 on, 1 where it is in the set."""
    return f"{listings:b}"[::-1].encode().translate(_FLAGS)


_FLAGS = bytes(1 if value == ord("1") else 0 for value in range(256))


class Scores:
    """A score for every listing, kept as binary digits that are sets; adding to a million costs a few steps."""

    def __init__(self) -> None:
        self._digits: list[int] = []

    def add(self, listings: int, *, doublings: int = 0) -> None:
        """Add 2 to the power of `doublings` to each listing of the set."""
        at = doublings
        while listings:
            while len(self._digits) <= at:
                self._digits.append(0)
            self._digits[at], listings = self._digits[at] ^ listings, self._digits[at] & listings
            at += 1

    def groups(self, listings: int) -> Iterator[int]:
        """The set, divided by score, the best group first."""
        yield from self._divided(listings, len(self._digits) - 1)

    def at_least(self, least: int, listings: int) -> int:
        """Those of the set whose score is the given one or a higher one."""
        above, equal = 0, listings
        for at in range(max(len(self._digits), least.bit_length()) - 1, -1, -1):
            digit = self._digits[at] if at < len(self._digits) else 0
            if not least >> at & 1:
                above |= equal & digit
                equal &= ~digit
            else:
                equal &= digit
        return above | equal

    def _divided(self, listings: int, at: int) -> Iterator[int]:
        if not listings:
            return
        if at < 0:
            yield listings
            return
        yield from self._divided(listings & self._digits[at], at - 1)
        yield from self._divided(listings & ~self._digits[at], at - 1)
