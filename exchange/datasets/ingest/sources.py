"""An uploaded file as a table of raw cells: text for CSV and XLSX, typed for Parquet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exchange.datasets.engine import PARQUET, Scratch, exact_path, identifier
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.delimited import Delimited, open_delimited
from exchange.datasets.ingest.spreadsheet import sheet_to_csv

MAX_COLUMNS = 1600

_RESERVED = frozenset({"file_row_number", "file_index", "filename", "rowid"})


@dataclass(frozen=True)
class Loaded:
    """The table `raw` with columns `c0`, `c1`, … in the order of the file; `rowid` counts from 0.

    `engine_types` is None when every cell is text. `place` names a record the way its reader finds it.
    """

    names: tuple[str, ...]
    rows: int
    engine_types: tuple[str, ...] | None
    place: Callable[[int], str]


def load_source(source: Path, name: str, work: Scratch) -> Loaded:
    """Load an uploaded file; `name` is the file name its owner knows, whose ending says the format.

    Raises:
        UnreadableSource: no such format, nothing in it, damaged, or not one rectangle of named columns.
    """
    load = _LOADERS.get(Path(name).suffix.lower())
    if load is None:
        raise UnreadableSource(
            f"{name} is none of the formats taken in: CSV, XLSX, Parquet.",
            remedy="Send a file ending in .csv, .tsv, .txt, .xlsx or .parquet.",
        )
    if source.stat().st_size == 0:
        raise UnreadableSource(f"{name} is empty.", remedy="Send a file with a header row and data.")
    loaded = load(source, name, work)
    if loaded.rows == 0:
        raise UnreadableSource(
            f"{name} has column names and no rows.", remedy="Add at least one row of data."
        )
    return loaded


def _load_csv(source: Path, name: str, work: Scratch) -> Loaded:
    text = open_delimited(source, name, work.folder)
    return _load_text(text, work, place=lambda record: f"line {text.line_of(record + 1)}")


def _load_xlsx(source: Path, name: str, work: Scratch) -> Loaded:
    path = work.folder / "sheet.csv"
    numbers = sheet_to_csv(source, name, path)
    return _load_text(Delimited(path, name, ","), work, place=lambda record: f"row {numbers[record]}")


def _load_text(text: Delimited, work: Scratch, *, place: Callable[[int], str]) -> Loaded:
    names = _column_names(text.header(), text.name)
    # The engine reads quoted line breaks wrongly where line endings are mixed, and is vague about what
    # it refuses. The slow reader takes the former and names the line of the latter.
    if not (text.has_one_line_ending() and _read_csv(text, len(names), work)):
        _read_json_lines(text, len(names), work)
    if len(names) == 1:
        _drop_trailing_blanks(work)
    return Loaded(names, _count(work), None, place)


def _read_csv(text: Delimited, width: int, work: Scratch) -> bool:
    """Load every record, or say that some cannot be."""
    try:
        # Only generated names are written into the statement; what comes from outside is bound.
        work.connection.execute(
            f"""
            CREATE TABLE raw AS SELECT * FROM read_csv(
                ?, delim = ?, quote = '"', escape = '"', header = false, skip = 1, auto_detect = false,
                strict_mode = true, columns = {_text_columns(width)})
            """,  # noqa: S608
            [exact_path(text.path), text.delimiter],
        )
    except duckdb.InvalidInputException:
        return False
    return True


def _read_json_lines(text: Delimited, width: int, work: Scratch) -> None:
    lines = text.write_json_lines(work.folder / "records.json")
    # Empty text becomes null, as the fast reader has it.
    columns = ", ".join(f"nullif(c{index}, '') AS c{index}" for index in range(width))
    work.connection.execute(
        f"""
        CREATE OR REPLACE TABLE raw AS SELECT {columns}
        FROM read_json(?, format = 'newline_delimited', auto_detect = false, columns = {_text_columns(width)})
        """,  # noqa: S608 - generated names only
        [exact_path(lines)],
    )


def _text_columns(width: int) -> str:
    return "{" + ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width)) + "}"


def _drop_trailing_blanks(work: Scratch) -> None:
    # In a file of one column an empty line is an empty cell, except after the last value.
    work.connection.execute(
        "DELETE FROM raw WHERE rowid > (SELECT coalesce(max(rowid), -1) FROM raw WHERE c0 IS NOT NULL)"
    )


def _load_parquet(source: Path, name: str, work: Scratch) -> Loaded:
    try:
        described = work.connection.execute(
            f"DESCRIBE SELECT * FROM {PARQUET}",  # noqa: S608 - a constant
            [exact_path(source)],
        ).fetchall()
        names = _column_names([row[0] for row in described], name)
        columns = ", ".join(f"{identifier(row[0])} AS c{index}" for index, row in enumerate(described))
        work.connection.execute(
            f"CREATE TABLE raw AS SELECT {columns} FROM {PARQUET}",  # noqa: S608 - names cannot be bound
            [exact_path(source)],
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise UnreadableSource(
            f"{name} is not a readable Parquet file: {_first_line(error)}",
            remedy="Write it again and send it whole.",
        ) from error
    types = tuple(row[1].strip('"') for row in described)
    return Loaded(names, _count(work), types, lambda record: f"row {record + 1}")


def _column_names(cells: list[str], name: str) -> tuple[str, ...]:
    """Trim the names; line breaks inside a spreadsheet's heading become blanks."""
    if len(cells) > MAX_COLUMNS:
        raise UnreadableSource(
            f"{name} has {len(cells)} columns; the limit is {MAX_COLUMNS}.",
            remedy="Split it into several data sets.",
        )
    names = tuple(" ".join(cell.split()) for cell in cells)
    if not any(names):
        raise UnreadableSource(
            f"{name} does not begin with column names.", remedy="Put a header in the first row."
        )
    seen: set[str] = set()
    for position, column in enumerate(names, start=1):
        fault = _name_fault(column, seen)
        if fault:
            raise UnreadableSource(
                f"{name}: the name of column {position} {fault}.",
                field=column or None,
                remedy="Rename the column.",
            )
        seen.add(column.casefold())
    return names


def _name_fault(column: str, seen: set[str]) -> str | None:
    if not column:
        return "is empty"
    # Upper and lower case are one name to SQL engines, which buyers use as well.
    if column.casefold() in seen:
        return f"({column}) is there twice"
    if column.casefold() in _RESERVED:
        return f"({column}) is reserved for the engine"
    return None if column.isprintable() else "holds control characters"


def _count(work: Scratch) -> int:
    (rows,) = work.connection.execute("SELECT count(*) FROM raw").fetchone() or (0,)
    return int(rows)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


_LOADERS: dict[str, Callable[[Path, str, Scratch], Loaded]] = {
    ".csv": _load_csv,
    ".tsv": _load_csv,
    ".txt": _load_csv,
    ".xlsx": _load_xlsx,
    ".parquet": _load_parquet,
}
