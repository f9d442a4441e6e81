"""What type a column has, decided on every cell."""

from collections.abc import Collection, Sequence

import duckdb

from exchange.datasets.engine import Scratch, literal
from exchange.datasets.ingest.engine_types import read_engine_column
from exchange.datasets.ingest.kinds import KINDS, Column, Kind, parsed_column, text_column
from exchange.datasets.ingest.progress import Progress
from exchange.datasets.ingest.segments import Piece, counting_segments, each_segment
from exchange.datasets.ingest.sources import Loaded, scanning

# A column in which nine of ten cells are numbers is a column of numbers with faults, not text.
INTENT_PERCENT = 90

_GUESS_ROWS = 8192
# The engine plans a statement of many expressions more slowly than several of few.
_COLUMNS_AT_ONCE = 8

#: For every column the non-empty cells, then those of each kind.
Counts = dict[int, tuple[int, ...]]


def guess_columns(
    work: Scratch, loaded: Loaded, text_columns: Collection[str], progress: Progress
) -> list[Column]:
    """Take for every column the type that all of the first rows have; where there is none, count all rows.

    A guess that holds for every cell is the answer of `decide_columns`: every narrower type has failed in
    the first rows already. One that does not makes the load fail. Columns of Parquet keep the type they
    have.

    Raises:
        UnreadableSource: the engine type of a column has no counterpart here.
    """
    if loaded.engine_types is not None:
        pairs = zip(loaded.names, loaded.engine_types, strict=True)
        return [read_engine_column(index, *pair, file=loaded.name) for index, pair in enumerate(pairs)]
    wanted = [index for index, name in enumerate(loaded.names) if name not in text_columns]
    counts = _count_head(work, loaded, wanted)
    certain = {index: kind for index in wanted if (kind := choose_kind(counts[index], percent=100))}
    if uncertain := [index for index in wanted if index not in certain]:
        counted = count_kinds(work, loaded, uncertain, progress)
        certain |= {index: kind for index in uncertain if (kind := choose_kind(counted[index]))}
    return _columns(loaded, certain)


def decide_columns(
    work: Scratch, loaded: Loaded, text_columns: Collection[str], progress: Progress
) -> list[Column]:
    """Take for every column the first type, from the narrowest, that every non-empty cell has.

    A type that at least `INTENT_PERCENT` of the cells have is taken as meant: the others are faults.
    `text_columns` stay text whatever they look like.
    """
    wanted = [index for index, name in enumerate(loaded.names) if name not in text_columns]
    counts = count_kinds(work, loaded, wanted, progress)
    return _columns(
        loaded, {index: kind for index, counted in counts.items() if (kind := choose_kind(counted))}
    )


def choose_kind(counts: tuple[int, ...], *, percent: int = INTENT_PERCENT) -> Kind | None:
    """Choose among the kinds by their counts; None when too few cells are of any."""
    filled, *matches = counts
    best = max(matches)
    if filled == 0 or best * 100 < filled * percent:
        return None
    return KINDS[matches.index(best)]


def count_kinds(
    work: Scratch,
    loaded: Loaded,
    indexes: Sequence[int],
    progress: Progress,
    *,
    null_words: Sequence[str] = (),
) -> Counts:
    """Count the cells of each kind in some columns, over all rows; null words count as empty."""

    def count(piece: Piece) -> Counts:
        return _count(piece.cursor, piece.scan.clause, piece.scan.parameters, indexes, null_words)

    counted = each_segment(work, counting_segments(loaded), count, stage="types", progress=progress)
    return {
        index: tuple(sum(numbers) for numbers in zip(*(item[index] for item in counted), strict=True))
        for index in indexes
    }


def _count_head(work: Scratch, loaded: Loaded, indexes: Sequence[int]) -> Counts:
    part = loaded.parts[0]
    with scanning(part), part.opened(part.beginning(), work.folder / "head") as scan:
        work.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE head AS SELECT * FROM {scan.clause} LIMIT {_GUESS_ROWS}",  # noqa: S608
            scan.parameters,
        )
    return _count(work.connection, "head", (), indexes)


def _count(
    connection: duckdb.DuckDBPyConnection,
    clause: str,
    parameters: Sequence[object],
    indexes: Sequence[int],
    null_words: Sequence[str] = (),
) -> Counts:
    width = 1 + len(KINDS)
    counts: Counts = {}
    for start in range(0, len(indexes), _COLUMNS_AT_ONCE):
        part = indexes[start : start + _COLUMNS_AT_ONCE]
        tests = ", ".join(
            f"count(*) FILTER ({test})" for index in part for test in _tests(index, null_words)
        )
        row = connection.execute(f"SELECT {tests} FROM {clause}", parameters).fetchone() or ()  # noqa: S608
        for number, index in enumerate(part):
            counts[index] = row[number * width : (number + 1) * width]
    return counts


def _tests(index: int, null_words: Sequence[str]) -> list[str]:
    cell = f"trim(c{index})"
    empty = ", ".join(map(literal, ("", *null_words)))
    return [f"{cell} NOT IN ({empty})", *(kind.sound(cell) for kind in KINDS)]


def _columns(loaded: Loaded, kinds: dict[int, Kind]) -> list[Column]:
    return [
        parsed_column(index, name, kinds[index], marks=loaded.has_number_marks)
        if index in kinds
        else text_column(index, name)
        for index, name in enumerate(loaded.names)
    ]
