"""Cells that break the type of their column: found, counted and named by place, value and rule."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from exchange.datasets.engine import Scratch
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import Column
from exchange.datasets.ingest.parts import Part
from exchange.datasets.ingest.progress import Progress
from exchange.datasets.ingest.segments import Piece, counting_segments, each_segment
from exchange.datasets.ingest.sources import Loaded

#: More than fit a screen help nobody; the count says how many there are.
LISTED_FAULTS = 20

_SHOWN_CHARACTERS = 60
_COLUMNS_AT_ONCE = 32


class Fault(NamedTuple):
    """One bad cell; `place` names its file, when there are several, and its line or row."""

    place: str
    column: str
    value: str | None
    rule: str


class _Found(NamedTuple):
    record: int
    column: int
    value: str | None


def refuse_faults(work: Scratch, loaded: Loaded, columns: Sequence[Column], progress: Progress) -> None:
    """Look at every cell of every column.

    Raises:
        UnreadableSource: some cells break the type of their column; the first ones are named, all are counted.
    """
    faults, count = find_faults(work, loaded, columns, progress)
    if not faults:
        return
    first = faults[0]
    more = f" {count} cells are at fault, here is the first." if count > 1 else ""
    raise UnreadableSource(
        f"{first.place}, column {first.column}: {_said(first)}.{more}",
        field=first.column,
        remedy="Correct the cell, empty it if the value is missing, or declare the column as text.",
        place=_place_alone(first, loaded),
        value=first.value,
        rule=first.rule,
        fault_count=count,
        faults=[dict(fault._asdict()) for fault in faults],
    )


def find_faults(
    work: Scratch, loaded: Loaded, columns: Sequence[Column], progress: Progress
) -> tuple[list[Fault], int]:
    """Return the first bad cells in the order of the file, and how many there are."""
    checked: dict[int, Column] = {
        index: column for index, column in enumerate(columns) if column.faulty != "false"
    }
    segments = counting_segments(loaded)
    counts = each_segment(
        work, segments, lambda piece: _count(piece, checked), stage="types", progress=progress
    )
    faults: list[Fault] = []
    start, part = 0, None
    for segment, (rows, wrong) in zip(segments, counts, strict=True):
        if segment.part is not part:
            part, start = segment.part, 0
        bad = {index: checked[index] for index, number in wrong.items() if number}
        if bad and len(faults) < LISTED_FAULTS:
            (listed,) = each_segment(work, [segment], partial(_list, bad), stage="types", progress=progress)
            faults += _named(segment.part, listed, start, columns)
        start += rows
    return faults[:LISTED_FAULTS], sum(sum(wrong.values()) for _, wrong in counts)


def _count(piece: Piece, checked: dict[int, Column]) -> tuple[int, dict[int, int]]:
    rows = 0
    wrong: dict[int, int] = {}
    indexes = list(checked) or [0]
    for start in range(0, len(indexes), _COLUMNS_AT_ONCE):
        part = [index for index in indexes[start : start + _COLUMNS_AT_ONCE] if index in checked]
        tests = "".join(f", count(*) FILTER ({checked[index].faulty})" for index in part)
        row = piece.cursor.execute(
            f"SELECT count(*){tests} FROM {piece.scan.clause}",  # noqa: S608 - generated names only
            piece.scan.parameters,
        ).fetchone() or (0,)
        rows = row[0]
        wrong |= dict(zip(part, row[1:], strict=True))
    return rows, wrong


def _list(bad: dict[int, Column], piece: Piece) -> list[_Found]:
    found: list[_Found] = []
    indexes = list(bad)
    for start in range(0, len(indexes), _COLUMNS_AT_ONCE):
        part = indexes[start : start + _COLUMNS_AT_ONCE]
        marks = ", ".join(f"({bad[index].faulty}) AS f{index}, CAST(c{index} AS VARCHAR)" for index in part)
        any_bad = " OR ".join(f"f{index}" for index in part)
        rows = piece.cursor.execute(
            f"SELECT * FROM (SELECT row_number() OVER () - 1, {marks} FROM {piece.scan.clause})"  # noqa: S608
            f" WHERE {any_bad} LIMIT {LISTED_FAULTS}",
            piece.scan.parameters,
        ).fetchall()
        found += [
            _Found(row[0], index, row[2 * number + 2])
            for row in rows
            for number, index in enumerate(part)
            if row[2 * number + 1]
        ]
    return sorted(found)[:LISTED_FAULTS]


def _named(part: Part, found: list[_Found], start: int, columns: Sequence[Column]) -> list[Fault]:
    records = sorted({item.record + start for item in found})
    places = dict(zip(records, part.places(records), strict=True))
    return [
        Fault(
            f"{part.name}, {places[item.record + start]}",
            columns[item.column].name,
            _shown(item.value),
            columns[item.column].rule or "a value, which this column must have",
        )
        for item in found
    ]


def _shown(value: str | None) -> str | None:
    if value is None or len(value) <= _SHOWN_CHARACTERS:
        return value
    return value[:_SHOWN_CHARACTERS] + "…"


def _said(fault: Fault) -> str:
    return (
        f"the cell is empty, not {fault.rule}"
        if fault.value is None
        else f"{fault.value!r} is not {fault.rule}"
    )


def _place_alone(fault: Fault, loaded: Loaded) -> str:
    return fault.place.removeprefix(f"{loaded.name}, ")
