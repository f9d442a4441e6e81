"""From an uploaded file to one immutable Parquet file with its schema, profile and sample."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from exchange.datasets.engine import PARQUET, Scratch, delivered_sql, exact_path, identifier, scratch
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.inference import infer_columns, looks_like_data
from exchange.datasets.ingest.kinds import Column
from exchange.datasets.ingest.sources import Loaded, load_source
from exchange.datasets.landing import digest_file, landing
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.profile import describe_quality
from exchange.datasets.reading.sample import SampleRow, sample_rows
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, Field, Schema, guess_unit

_VECTOR = 2048
_FEWEST_GROUP_ROWS = 2 * _VECTOR
_MOST_GROUP_ROWS = 30 * _VECTOR
_GROUPS_AIMED = 100
_GROUP_CELLS = 4_000_000
# The engine plans a statement of many expressions more slowly than several of few.
_COLUMNS_AT_ONCE = 64


@dataclass(frozen=True)
class Ingested:
    """A finished revision file and what is known about it.

    `sha256` and `size_bytes` are those of the stored file. `profile` and `sample` are plain values of
    the canonical profile; `time_from` and `time_to` are both inclusive, None without a time field.
    """

    schema: Schema
    rows: int
    size_bytes: int
    sha256: str
    time_from: str | None
    time_to: str | None
    profile: dict[str, Any]
    sample: list[SampleRow]


def ingest(
    source: Path,
    *,
    name: str,
    target: Path,
    temp: Path,
    text_columns: Collection[str] = (),
    declaration: Declaration | None = None,
    as_of: date | None = None,
) -> Ingested:
    """Read CSV, XLSX or Parquet and write `target`; the source is only read.

    Rows are stored by time, rows of one time in their original order. Types are decided on all cells.
    Repeating it gives the same bytes. On any failure there is no new `target`.

    Args:
        source: the uploaded file.
        name: the file name its owner knows; the ending says the format, messages carry it.
        target: where the Parquet file appears, whole.
        temp: a folder for intermediate files; they are gone afterwards.
        text_columns: columns that stay text whatever they look like.
        declaration: what the provider declares about the quality.
        as_of: the day against which freshness is judged.

    Raises:
        UnreadableSource: what is wrong, where, and what to do about it.
    """
    with scratch(temp) as work:
        loaded = load_source(source, name, work)
        _refuse_missing_header(loaded, name)
        _refuse_unknown(text_columns, loaded, name)
        columns = infer_columns(work, loaded, name, text_columns)
        schema = _schema_of(work, columns)
        with landing(target) as partial:
            _store(work, columns, schema, loaded.rows, partial)
            return _describe(work, schema, partial, declaration, as_of)


def _refuse_missing_header(loaded: Loaded, name: str) -> None:
    values = [column for column in loaded.names if looks_like_data(column)]
    if loaded.engine_types is None and 2 * len(values) >= len(loaded.names):
        raise UnreadableSource(
            f"{name} has no header: its first row holds values such as {values[0]}.",
            remedy="Put the column names, beginning with a letter, in the first row.",
        )


def _refuse_unknown(text_columns: Collection[str], loaded: Loaded, name: str) -> None:
    for column in text_columns:
        if column not in loaded.names:
            raise UnreadableSource(
                f"{name} has no column {column} that could stay text.",
                field=column,
                remedy=f"Choose from: {', '.join(loaded.names)}.",
            )


def _schema_of(work: Scratch, columns: list[Column]) -> Schema:
    fields = []
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        part = columns[start : start + _COLUMNS_AT_ONCE]
        counted = ", ".join(f"count({column.value})" for column in part)
        counts = work.connection.execute(f"SELECT count(*), {counted} FROM raw").fetchone() or ()  # noqa: S608
        fields += [
            _field(column, nullable=filled < counts[0])
            for column, filled in zip(part, counts[1:], strict=True)
        ]
    times = (field.name for field in fields if field.type in TEMPORAL_TYPES and not field.nullable)
    return Schema(tuple(fields), next(times, None))


def _field(column: Column, *, nullable: bool) -> Field:
    unit = guess_unit(column.name) if column.type in NUMERIC_TYPES else None
    return Field(column.name, column.type, unit, nullable, zone=column.zone)


def _store(work: Scratch, columns: list[Column], schema: Schema, rows: int, target: Path) -> None:
    selected = ", ".join(f"{column.value} AS {identifier(column.name)}" for column in columns)
    order = "rowid" if schema.time_field is None else f"{identifier(schema.time_field)}, rowid"
    work.connection.execute(
        f"COPY (SELECT {selected} FROM raw ORDER BY {order}) TO $target"  # noqa: S608
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_group_rows(rows, len(columns))})",
        {"target": str(target)},
    )


def _group_rows(rows: int, columns: int) -> int:
    """Small groups make a page cheap, few groups keep the footer small, and a group is held in memory."""
    wanted = max(_FEWEST_GROUP_ROWS, min(rows // _GROUPS_AIMED, _MOST_GROUP_ROWS, _GROUP_CELLS // columns))
    return wanted - wanted % _VECTOR


def _describe(
    work: Scratch, schema: Schema, partial: Path, declaration: Declaration | None, as_of: date | None
) -> Ingested:
    profile = describe_quality(work.connection, partial, schema, declaration=declaration, as_of=as_of)
    time_from, time_to = _time_range(work, schema, partial)
    return Ingested(
        schema=schema,
        rows=profile["rows"],
        size_bytes=partial.stat().st_size,
        sha256=digest_file(partial),
        time_from=time_from,
        time_to=time_to,
        profile=profile,
        sample=sample_rows(partial, schema),
    )


def _time_range(work: Scratch, schema: Schema, partial: Path) -> tuple[str | None, str | None]:
    if schema.time is None:
        return None, None
    column = identifier(schema.time.name)
    ends = ", ".join(delivered_sql(schema.time, f"{end}({column})") for end in ("min", "max"))
    row = work.connection.execute(f"SELECT {ends} FROM {PARQUET}", [exact_path(partial)]).fetchone()  # noqa: S608
    return row if row is not None else (None, None)
