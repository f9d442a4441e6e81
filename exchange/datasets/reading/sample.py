"""What may be looked at before a purchase: a few rows of the whole range, and points for a picture."""

from collections.abc import Iterable, Sequence

from exchange.datasets.engine import (
    PARQUET,
    Place,
    delivered_sql,
    exact_path,
    exact_paths,
    reader,
    value_text,
)
from exchange.datasets.errors import UnknownColumn
from exchange.datasets.schema import NUMERIC_TYPES, Schema

#: One day of a quarter-hourly series is a good page of rows.
SAMPLE_ROWS = 96
CHART_POINTS = 192

# Of very wide tables fewer rows are shown, so that a listing's page stays light.
_MOST_CELLS = 20_000
_FEWEST_ROWS = 8
_CELL_CHARACTERS = 200

SampleRow = list[str | None]
ChartPoint = tuple[str, float | None]


def sample_rows(parquet: Place | Sequence[Place], schema: Schema) -> list[SampleRow]:
    """Return the first rows and then rows spread evenly over the rest, the last one among them.

    The first quarter shows how rows follow each other, the others what the whole range is like. The same
    files give the same sample. Cells are text or None, so that the sample can be signed; a long text is cut.
    """
    paths = exact_paths(parquet)
    counts = [_count(path) for path in paths]
    places = _places(sum(counts), rows_of_sample(len(schema.fields)))
    columns = ", ".join(delivered_sql(field) for field in schema.fields)
    rows: list[SampleRow] = []
    before = 0
    for path, count in zip(paths, counts, strict=True):
        wanted = [place - before for place in places if before <= place < before + count]
        before += count
        if wanted:
            found = (
                reader()
                .execute(
                    f"SELECT {columns} FROM {PARQUET} WHERE file_row_number IN (SELECT unnest(?))"  # noqa: S608
                    " ORDER BY file_row_number",
                    [path, wanted],
                )
                .fetchall()
            )
            rows += [[_cut(value_text(value)) for value in row] for row in found]
    return rows


def rows_of_sample(columns: int) -> int:
    """How many rows a sample of so many columns has, unless the data have fewer."""
    return max(_FEWEST_ROWS, min(SAMPLE_ROWS, _MOST_CELLS // columns))


def spread_rows(sample: Sequence[SampleRow], columns: int) -> Sequence[SampleRow]:
    """The rows of a sample that are spread evenly: what a picture of the whole range is drawn from."""
    most = rows_of_sample(columns)
    return sample[most // 4 :] if len(sample) == most else sample


def chart_points(parquet: Place, schema: Schema, field: str, limit: int = CHART_POINTS) -> list[ChartPoint]:
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
    rows = _count(path)
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


def _count(path: str) -> int:
    (rows,) = reader().execute(f"SELECT count(*) FROM {PARQUET}", [path]).fetchone() or (0,)  # noqa: S608
    return int(rows)


def _places(rows: int, limit: int) -> list[int]:
    if rows <= limit:
        return list(range(rows))
    first = limit // 4
    return [*range(first), *(first + place for place in _spaced(rows - first, limit - first))]


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _CELL_CHARACTERS else text[:_CELL_CHARACTERS] + "…"


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
