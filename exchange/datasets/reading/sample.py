"""What may be looked at before a purchase: a few rows of the whole range."""

from collections.abc import Sequence

from exchange.datasets.engine import (
    PARQUET,
    Place,
    delivered_sql,
    exact_paths,
    reader,
    value_text,
)
from exchange.datasets.schema import Schema

#: One day of a quarter-hourly series is a good page of rows.
SAMPLE_ROWS = 96

# Of very wide tables fewer rows are shown, so that a listing's page stays light.
_MOST_CELLS = 20_000
_FEWEST_ROWS = 8
_CELL_CHARACTERS = 200

SampleRow = list[str | None]


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
