"""What one draft changes of another: clause by clause in words, and member by member."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from contracts.terms.clauses import Clause, clauses_of
from contracts.terms.constraints import Document

#: A run of Latin letters and digits, one Chinese character, white space, or one sign.
_TOKEN = re.compile(r"[A-Za-z0-9_.:/%-]+|\s+|.", re.DOTALL)

#: Words and signs between the first and the last difference that are compared one by one; a longer passage is
#: shown as taken out and put in.
MOST_COMPARED = 300


@dataclass(frozen=True)
class Piece:
    """A run of words that was kept, removed or added."""

    change: str
    text: str


@dataclass(frozen=True)
class MemberChange:
    """A member of the terms with its value before and after; None where it does not stand."""

    member: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ClauseChange:
    """A clause that differs; the number is that of the later draft, or 0 where the clause is gone."""

    number: int
    key: str
    heading: str
    pieces: tuple[Piece, ...]
    members: tuple[MemberChange, ...]


def compare(before: Document, after: Document, language: str) -> list[ClauseChange]:
    """The clauses in which two documents differ, in the order of the later one."""
    old = {clause.key: clause for clause in clauses_of(before, language)}
    new = {clause.key: clause for clause in clauses_of(after, language)}
    changes = []
    for key in [*new, *(key for key in old if key not in new)]:
        change = _compared(old.get(key), new.get(key), before, after)
        if change.members or any(piece.change != "kept" for piece in change.pieces):
            changes.append(change)
    return changes


def _compared(old: Clause | None, new: Clause | None, before: Document, after: Document) -> ClauseChange:
    shown = new or old
    if shown is None:
        raise AssertionError("a clause of neither document")
    members = dict.fromkeys([*(old.members if old else ()), *(new.members if new else ())])
    return ClauseChange(
        number=new.number if new else 0,
        key=shown.key,
        heading=shown.heading,
        pieces=tuple(_pieces(old.text if old else "", new.text if new else "")),
        members=tuple(
            MemberChange(member, _at(before, member), _at(after, member))
            for member in members
            if _at(before, member) != _at(after, member)
        ),
    )


def _pieces(old: str, new: str) -> Iterator[Piece]:
    first, second = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _shared(first, second)
    tail = _shared(first[head:][::-1], second[head:][::-1])
    end, other_end = len(first) - tail, len(second) - tail
    if head:
        yield Piece("kept", "".join(first[:head]))
    yield from _between(first[head:end], second[head:other_end])
    if tail:
        yield Piece("kept", "".join(first[end:]))


def _between(first: list[str], second: list[str]) -> Iterator[Piece]:
    changes: Sequence[tuple[str, int, int, int, int]]
    # Comparing takes time with the cube of the length where words repeat, and a party may write what it likes.
    if max(len(first), len(second)) > MOST_COMPARED:
        changes = [("replace", 0, len(first), 0, len(second))]
    else:
        changes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for operation, a, b, c, d in changes:
        if operation == "equal":
            yield Piece("kept", "".join(first[a:b]))
            continue
        if a < b:
            yield Piece("removed", "".join(first[a:b]))
        if c < d:
            yield Piece("added", "".join(second[c:d]))


def _shared(first: list[str], second: list[str]) -> int:
    """How many words two texts have in common at their beginning."""
    pairs = zip(first, second, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))


def _at(document: Document, path: str) -> Any:
    value: Any = document
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
