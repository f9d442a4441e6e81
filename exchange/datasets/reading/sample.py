"""What may be looked at before a purchase: the first rows, and points for a picture."""

from collections.abc import Iterable
from pathlib import Path

from exchange.datasets.engine import PARQUET, delivered_sql, exact_path, reader, value_text
from exchange.datasets.errors import UnknownColumn
from exchange.datasets.schema import NUMERIC_TYPES, Schema

#: One day of a quarter-hourly series.
SAMPLE_ROWS = 96
CHART_POINTS = 192

SampleRow = list[str | None]
ChartPoint = tuple[str, float | None]


def first_rows(parquet: Path | str, schema: Schema, limit: int = SAMPLE_ROWS) -> list[SampleRow]:
    """Return the first stored rows; cells are text or None, so that the sample can be signed."""
    columns = ", ".join(delivered_sql(field) for field in schema.fields)
    rows = (
        reader()
        .execute(f"SELECT {columns} FROM {PARQUET} LIMIT ?", [exact_path(parquet), limit])  # noqa: S608
        .fetchall()
    )
    return [[value_text(value) for value in row] for row in rows]


def chart_points(
    parquet: Path | str, schema: Schema, field: str, limit: int = CHART_POINTS
) -> list[ChartPoint]:
    """Return at most `limit` evenly spaced points of one numeric column, the first and last row among them.

    Values are real ones, never means. Without a time field the row number stands for the time.

    Raises:
        UnknownColumn: the column is not there or not numeric.
    """
    _require_numeric(schema, field)
    time = "CAST(file_row_number AS VARCHAR)" if schema.time is None else delivered_sql(schema.time)
    value = f"CAST({delivered_sql(schema.field(field))} AS DOUBLE)"
    connection = reader()
    path = exact_path(parquet)
    (rows,) = connection.execute(f"SELECT count(*) FROM {PARQUET}", [path]).fetchone() or (0,)  # noqa: S608
    return connection.execute(
        f"SELECT {time}, {value} FROM {PARQUET} WHERE file_row_number IN (SELECT unnest(?))"  # noqa: S608
        " ORDER BY file_row_number",
        [path, _spaced(rows, limit)],
    ).fetchall()


def sample_points(sample: Iterable[SampleRow], schema: Schema, field: str) -> list[ChartPoint]:
    """Return the points of one numeric column in a sample: all that a public picture may show.

    Raises:
        UnknownColumn: the column is not there or not numeric.
    """
    _require_numeric(schema, field)
    at = schema.names.index(field)
    time_at = None if schema.time_field is None else schema.names.index(schema.time_field)
    return [
        (str(number) if time_at is None else row[time_at] or "", _float(row[at]))
        for number, row in enumerate(sample)
    ]


def _float(text: str | None) -> float | None:
    """Read a sample's cell; a masked one may hold anything and is left out of the picture."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _spaced(rows: int, limit: int) -> list[int]:
    if rows <= limit:
        return list(range(rows))
    return [number * (rows - 1) // (limit - 1) for number in range(limit)]


def _require_numeric(schema: Schema, name: str) -> None:
    numeric = [field.name for field in schema.fields if field.type in NUMERIC_TYPES]
    if name not in numeric:
        raise UnknownColumn(
            f"There is no numeric column {name}.",
            field=name,
            remedy=f"Choose one of: {', '.join(numeric)}.",
        )
