"""Typed Parquet files of a fitting size, in order: the same rows give the same bytes on every machine.

Every file is written by one thread, several files at once, and where the files begin depends on the source
alone, never on the machine.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from exchange.datasets.engine import PARQUET, Scratch, exact_path, exact_paths, identifier, workers
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import Column
from exchange.datasets.ingest.parts import Part, Scan, Segment
from exchange.datasets.ingest.progress import Advance, Progress
from exchange.datasets.ingest.segments import Piece, each_segment
from exchange.datasets.ingest.sources import Loaded, scanning
from exchange.datasets.schema import Field

#: Large enough for readers far away, small enough to be fetched for a few rows.
TARGET_FILE_BYTES = 64 << 20
LEAST_FILE_BYTES, MOST_FILE_BYTES = 16 << 20, 128 << 20

_VECTOR = 2048
_FEWEST_GROUP_ROWS = 2 * _VECTOR
_MOST_GROUP_ROWS = 30 * _VECTOR
_GROUPS_AIMED = 100
_GROUP_CELLS = 4_000_000


class TypedFile(NamedTuple):
    """A Parquet file and its number of rows."""

    path: Path
    rows: int


def write_typed(
    work: Scratch, loaded: Loaded, columns: Sequence[Column], progress: Progress
) -> list[TypedFile]:
    """Write every record of every part as typed rows, in the order of the source.

    Raises:
        CellRefused: a cell breaks the type of its column.
        SlowReaderNeeded: the engine does not understand a text.
        UnreadableSource: there are no records.
    """
    folder = work.folder / "typed"
    folder.mkdir(exist_ok=True)
    kept = [column for column in columns if not column.dropped]
    group = group_rows(sum(part.rows_about() for part in loaded.parts), len(columns))

    def write(piece: Piece) -> TypedFile:
        path = folder / f"{piece.number:05d}.parquet"
        (rows,) = piece.cursor.execute(
            f"COPY ({_typed(kept, piece.scan)}) TO ? {_format(group)}", [*piece.scan.parameters, str(path)]
        ).fetchone() or (0,)
        return TypedFile(path, rows)

    segments = [segment for part in loaded.parts for segment in _fitting_segments(work, part, kept, group)]
    written = each_segment(work, segments, write, stage="load", progress=progress)
    filled = [file for file in written if file.rows]
    if not filled:
        raise UnreadableSource(
            f"{loaded.name} has column names and no rows.", remedy="Add at least one row of data."
        )
    return balance(work, filled, group, progress)


def group_rows(rows: int, columns: int) -> int:
    """Small groups make a page cheap, few groups keep the footer small, and a group is held in memory."""
    wanted = max(_FEWEST_GROUP_ROWS, min(rows // _GROUPS_AIMED, _MOST_GROUP_ROWS, _GROUP_CELLS // columns))
    return wanted - wanted % _VECTOR


def are_sorted(work: Scratch, files: Sequence[TypedFile], keys: Sequence[Field]) -> bool:
    """Whether the rows already stand in the order of the keys; an empty cell comes last."""
    key = ", ".join(identifier(field.name) for field in keys)
    if len(keys) > 1 or keys[0].nullable:
        # Of rows the engine knows an order also where cells are empty.
        key = f"row({key})"
    with ThreadPoolExecutor(workers()) as pool:
        within = pool.map(lambda file: _rises_within(work, file, key), files)
        return all(within) and all(_rises_between(work, *pair, key) for pair in pairwise(files))


def _rises_within(work: Scratch, file: TypedFile, key: str) -> bool:
    with work.connection.cursor() as cursor:
        found = cursor.execute(
            f"SELECT 1 FROM (SELECT {key} < lag({key}) OVER () AS falls FROM {PARQUET}) WHERE falls LIMIT 1",  # noqa: S608
            [exact_path(file.path)],
        ).fetchone()
    return found is None


def _rises_between(work: Scratch, before: TypedFile, after: TypedFile, key: str) -> bool:
    row = f"(SELECT {key} FROM {PARQUET} WHERE file_row_number = ?)"  # noqa: S608
    (falls,) = work.connection.execute(
        f"SELECT {row} < {row}",
        [exact_path(after.path), 0, exact_path(before.path), before.rows - 1],
    ).fetchone() or (False,)
    return not falls


def sort_files(
    work: Scratch, files: Sequence[TypedFile], keys: Sequence[str], columns: int, progress: Progress
) -> list[TypedFile]:
    """Write the rows anew in the order of the keys; rows of one key keep their order."""
    rows = sum(file.rows for file in files)
    total = sum(file.path.stat().st_size for file in files)
    progress(Advance("sort", 0, total, rows))
    group = group_rows(rows, columns)
    path = work.folder / "sorted.parquet"
    order = ", ".join([*map(identifier, keys), "file_index", "file_row_number"])
    work.connection.execute(
        f"COPY (SELECT * FROM {PARQUET} ORDER BY {order}) TO ? {_format(group)}",  # noqa: S608
        [exact_paths([file.path for file in files]), str(path)],
    )
    for file in files:
        file.path.unlink()
    progress(Advance("sort", total, total, rows))
    return balance(work, [TypedFile(path, rows)], group, progress)


def balance(work: Scratch, files: list[TypedFile], group: int, progress: Progress) -> list[TypedFile]:
    """Write the rows anew into files of a fitting size, unless they have one."""
    sizes = [file.path.stat().st_size for file in files]
    fits = all(size >= LEAST_FILE_BYTES for size in sizes) or len(files) == 1
    if fits and max(sizes) <= MOST_FILE_BYTES:
        return files
    rows, count = sum(file.rows for file in files), fitting_count(sum(sizes))
    cuts = [rows * number // count for number in range(count + 1)]
    balanced = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        path = work.folder / f"balanced-{number:05d}.parquet"
        _copy_rows(work, files, start, end, path, group)
        balanced.append(TypedFile(path, end - start))
        progress(Advance("balance", end * sum(sizes) // max(1, rows), sum(sizes), end))
    for file in files:
        file.path.unlink()
    return balanced


def fitting_count(size_bytes: int) -> int:
    """Into how many files so many bytes go: one, or an even number, which two writers share well."""
    wanted = size_bytes / TARGET_FILE_BYTES
    return 1 if wanted < 0.75 else 2 * max(1, round(wanted / 2))


def _copy_rows(
    work: Scratch, files: Sequence[TypedFile], start: int, end: int, target: Path, group: int
) -> None:
    slices, parameters = [], []
    for file, (low, high) in _ranges(files):
        if low < end and high > start:
            slices.append(f"SELECT * FROM {PARQUET} WHERE file_row_number BETWEEN ? AND ?")  # noqa: S608
            parameters += [exact_path(file.path), max(start, low) - low, min(end, high) - low - 1]
    work.connection.execute(
        f"COPY ({' UNION ALL '.join(slices)}) TO ? {_format(group)}",
        [*parameters, str(target)],
    )


def _ranges(files: Sequence[TypedFile]) -> Iterator[tuple[TypedFile, tuple[int, int]]]:
    start = 0
    for file in files:
        yield file, (start, start + file.rows)
        start += file.rows


def _fitting_segments(work: Scratch, part: Part, columns: Sequence[Column], group: int) -> list[Segment]:
    """Cut a part so that its segments become files of a fitting size.

    How well the part compresses is measured on its beginning; should the rest be different, the files are
    balanced afterwards.
    """
    if part.size_bytes <= LEAST_FILE_BYTES:
        return part.segments(1)
    beginning = part.beginning()
    with _probe(work) as path, scanning(part), part.opened(beginning, work.folder / "beginning") as scan:
        work.connection.execute(
            f"COPY ({_typed(columns, scan)}) TO ? {_format(group)}", [*scan.parameters, str(path)]
        )
        size = path.stat().st_size
    return part.segments(fitting_count(size * part.size_bytes // max(1, beginning.size_bytes)))


@contextmanager
def _probe(work: Scratch) -> Iterator[Path]:
    path = work.folder / "probe.parquet"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _typed(columns: Sequence[Column], scan: Scan) -> str:
    selected = ", ".join(f"{column.checked} AS {identifier(column.name)}" for column in columns)
    prepared = "".join(f", {column.prepared}" for column in columns if column.prepared)
    return f"SELECT {selected} FROM (SELECT *{prepared} FROM {scan.clause})"  # noqa: S608


def _format(group: int) -> str:
    return f"(FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
