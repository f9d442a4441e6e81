"""What columns may be called, and whether the files of one upload agree about it."""

import re
from collections.abc import Sequence

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import KINDS

MAX_COLUMNS = 1600

_RESERVED = frozenset({"file_row_number", "file_index", "filename", "rowid"})


def check_names(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """Trim the names; line breaks inside a spreadsheet's heading become blanks.

    Raises:
        UnreadableSource: there are none or too many, or one cannot be taken.
    """
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
        fault = name_fault(column, seen)
        if fault:
            raise UnreadableSource(
                f"{name}: the name of column {position} {fault}.",
                field=column or None,
                remedy="Rename the column.",
            )
        seen.add(column.casefold())
    return names


def name_fault(column: str, seen: set[str]) -> str | None:
    """Say what is wrong with a name; `seen` holds those before it, casefolded."""
    if not column:
        return "is empty"
    # Upper and lower case are one name to SQL engines, which buyers use as well.
    if column.casefold() in seen:
        return f"({column}) is there twice"
    if column.casefold() in _RESERVED:
        return f"({column}) is reserved for the engine"
    return None if column.isprintable() else "holds control characters"


def refuse_missing_header(names: Sequence[str], name: str) -> None:
    """Refuse a first row that holds values.

    Raises:
        UnreadableSource: at least half of the names look like data.
    """
    values = [column for column in names if _looks_like_data(column)]
    if 2 * len(values) >= len(names):
        raise UnreadableSource(
            f"{name} has no header: its first row holds values such as {values[0]}.",
            remedy="Put the column names, beginning with a letter, in the first row.",
        )


def positions_among(names: Sequence[str], expected: Sequence[str], name: str) -> tuple[int, ...]:
    """Return which column of the upload each column of one of its files is.

    Args:
        expected: the columns of the first file; empty when this is the first.

    Raises:
        UnreadableSource: a column is missing or is one too many.
    """
    if not expected:
        return tuple(range(len(names)))
    known = {column: position for position, column in enumerate(expected)}
    for column in names:
        if column not in known:
            raise _other_columns(name, f"has the column {column}, which the first file has not", column)
    for column in expected:
        if column not in names:
            raise _other_columns(name, f"lacks the column {column} of the first file", column)
    return tuple(known[column] for column in names)


def _other_columns(name: str, what: str, column: str) -> UnreadableSource:
    return UnreadableSource(
        f"{name} {what}.", field=column, remedy="Give all files of a folder the same columns."
    )


def _looks_like_data(cell: str) -> bool:
    return any(re.fullmatch(kind.pattern, cell.strip(), re.ASCII) for kind in KINDS)
