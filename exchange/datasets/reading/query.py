"""Questions to a stored revision: one page of rows, or the whole range as a file."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from exchange.datasets.engine import PARQUET, delivered_sql, exact_path, exact_paths, identifier, reader
from exchange.datasets.errors import PageSizeInvalid, UnknownColumn
from exchange.datasets.files import RevisionFile, RevisionFiles
from exchange.datasets.landing import digest_file, landing
from exchange.datasets.reading.rendering import Page, Row, csv_lines, render_csv, render_json
from exchange.datasets.reading.row_filter import Condition, row_condition
from exchange.datasets.reading.time_range import instant, time_condition
from exchange.datasets.schema import Schema

__all__ = ["Page", "WrittenFile", "read_page", "render_csv", "render_json", "write_file"]

_FILE_CHUNK_ROWS = 8192


class WrittenFile(NamedTuple):
    """What was written, as the delivery record states it."""

    rows: int
    size_bytes: int
    sha256: str


def read_page(
    revision: RevisionFiles,
    schema: Schema,
    *,
    columns: tuple[str, ...],
    time_from: str | None,
    time_to: str | None,
    after_row: int,
    limit: int,
    row_filter: Sequence[Condition] = (),
) -> Page:
    """Read the rows after `after_row` (-1 for the start) with `time_from` <= time < `time_to`.

    Rows that do not fulfil every condition of `row_filter` are as if they were not there.

    Rows are numbered over all files of the revision. The files never change, so the same question has
    the same answer for ever, and following `next_row` meets every row of the range exactly once.

    Raises:
        UnknownColumn: a column is not in the schema, or is asked for twice, or none is asked for.
        TimeRangeInvalid: a bound is not in the format of the time field, or there is no time field.
        RowFilterInvalid: a condition is none of these rows.
        PageSizeInvalid: `limit` is under 1 or `after_row` under -1.
    """
    if limit < 1 or after_row < -1:
        raise PageSizeInvalid(
            "A page has at least one row, and its cursor is -1 or a row number.",
            field="limit" if limit < 1 else "after_row",
        )
    selected = _select(schema, columns)
    condition, bounds = _condition(schema, time_from, time_to, row_filter)
    # No ORDER BY: one thread with insertion order kept reads in stored order, and stops at the limit.
    query = (
        f"SELECT file_row_number + ?, {selected} FROM {PARQUET}"  # noqa: S608 - names cannot be bound
        f" WHERE file_row_number > ?{condition} LIMIT ?"
    )
    rows: list[tuple[Any, ...]] = []
    for file in files_of_interest(revision.files, time_from, time_to, after_row=after_row):
        path = exact_path(revision.locate(file))
        question = [file.first_row, path, after_row - file.first_row, *bounds, limit + 1 - len(rows)]
        rows += reader().execute(query, question).fetchall()
        if len(rows) > limit:
            break
    next_row = rows[limit - 1][0] if len(rows) > limit else None
    return Page([row[1:] for row in rows[:limit]], next_row)


def files_of_interest(
    files: Sequence[RevisionFile], time_from: str | None, time_to: str | None, *, after_row: int = -1
) -> Iterator[RevisionFile]:
    """Choose the files that may hold rows of a range; the bounds have been checked."""
    low = None if time_from is None else instant(time_from)
    high = None if time_to is None else instant(time_to)
    for file in files:
        if file.first_row + file.rows <= after_row + 1:
            continue
        if low is not None and file.time_to is not None and instant(file.time_to) < low:
            continue
        if high is not None and file.time_from is not None and instant(file.time_from) >= high:
            continue
        yield file


def write_file(
    revision: RevisionFiles,
    target: Path,
    schema: Schema,
    *,
    columns: tuple[str, ...],
    file_format: Literal["csv", "parquet"],
    time_from: str | None,
    time_to: str | None,
    row_filter: Sequence[Condition] = (),
) -> WrittenFile:
    """Write all rows of the range that fulfil `row_filter` to `target`, which appears whole or not at all.

    CSV holds exactly the bytes that the pages would; in Parquet a month is the date of its first day.

    Raises:
        UnknownColumn: as for a page.
        TimeRangeInvalid: as for a page.
    """
    condition, bounds = _condition(schema, time_from, time_to, row_filter)
    delivered = _select(schema, columns)
    wanted = list(files_of_interest(revision.files, time_from, time_to)) or revision.files[:1]
    parameters = [exact_paths([revision.locate(file) for file in wanted]), *bounds]
    where = f" WHERE true{condition}"
    if file_format == "csv":
        query = f"SELECT {delivered} FROM {PARQUET}{where}"  # noqa: S608 - names cannot be bound
        return _write_csv(target, columns, query, parameters)
    query = f"SELECT {', '.join(map(identifier, columns))} FROM {PARQUET}{where}"  # noqa: S608
    return _write_parquet(target, query, parameters)


def _condition(
    schema: Schema, time_from: str | None, time_to: str | None, row_filter: Sequence[Condition]
) -> tuple[str, list[str]]:
    in_time, bounds = time_condition(schema, time_from, time_to)
    chosen, values = row_condition(schema, row_filter)
    return in_time + chosen, bounds + values


def _write_csv(target: Path, columns: tuple[str, ...], query: str, parameters: list[Any]) -> WrittenFile:
    digest, rows, size_bytes = hashlib.sha256(), 0, 0
    with landing(target) as partial, partial.open("wb") as stream:
        for chunk in _chunks(query, parameters):
            data = csv_lines(chunk, columns if rows == 0 else None)
            digest.update(data)
            rows += len(chunk)
            size_bytes += stream.write(data)
        stream.flush()
    return WrittenFile(rows, size_bytes, digest.hexdigest())


def _chunks(query: str, parameters: list[Any]) -> Iterator[list[Row]]:
    """Yield pieces of the result, the first even when it is empty, so that a header is always written."""
    # An own cursor: a page asked for on this thread meanwhile would end this result.
    cursor = reader().cursor()
    try:
        result = cursor.execute(query, parameters)
        chunk = result.fetchmany(_FILE_CHUNK_ROWS)
        yield chunk
        while chunk:
            chunk = result.fetchmany(_FILE_CHUNK_ROWS)
            if chunk:
                yield chunk
    finally:
        cursor.close()


def _write_parquet(target: Path, query: str, parameters: list[Any]) -> WrittenFile:
    with landing(target) as partial:
        counted = (
            reader()
            .execute(
                f"COPY ({query}) TO ? (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)",
                [*parameters, str(partial)],
            )
            .fetchone()
        )
        return WrittenFile(counted[0] if counted else 0, partial.stat().st_size, digest_file(partial))


def _select(schema: Schema, columns: tuple[str, ...]) -> str:
    for position, name in enumerate(columns):
        if name not in schema.names:
            raise UnknownColumn(
                f"There is no column {name}.", field=name, remedy=f"Choose from: {', '.join(schema.names)}."
            )
        if name in columns[:position]:
            raise UnknownColumn(f"Column {name} is asked for twice.", field=name, remedy="Name it once.")
    if not columns:
        raise UnknownColumn("No column is asked for.", remedy=f"Choose from: {', '.join(schema.names)}.")
    return ", ".join(delivered_sql(schema.field(name)) for name in columns)
