"""Rows as bytes: the same values always give the same bytes, and reading them back gives the values."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]

# A spreadsheet would run such a text as a formula. A text that already has the guard gets another
# one, so that taking one quote away always restores the original.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

_SUSPECT = frozenset("'=+-@\t\r")


@dataclass(frozen=True)
class Page:
    """Rows in stored order; `next_row` is the cursor of the next page, None at the end."""

    rows: list[Row]
    next_row: int | None


def render_json(page: Page, columns: Sequence[str]) -> bytes:
    """Write `{"columns", "rows", "next_row"}`; a double is the shortest text that reads back as itself."""
    return orjson.dumps({"columns": columns, "rows": page.rows, "next_row": page.next_row})


def render_csv(page: Page, columns: Sequence[str]) -> bytes:
    """Write RFC 4180 in UTF-8 with a header; null is empty, text that looks like a formula gets a quote."""
    return csv_lines(page.rows, columns)


def csv_lines(rows: Iterable[Row], header: Sequence[str] | None) -> bytes:
    """Write rows, and before them the header if one is given."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    if header is not None:
        writer.writerow([_guarded(name) for name in header])
    writer.writerows([[_csv_cell(cell) for cell in row] for row in rows])
    return stream.getvalue().encode()


def _csv_cell(cell: Cell) -> Cell:
    if type(cell) is str:
        # Most texts are told by their first character, which is much faster than a search.
        return _guarded(cell) if cell[:1] in _SUSPECT else cell
    if type(cell) is bool:
        return "true" if cell else "false"
    return cell


def _guarded(text: str) -> str:
    return "'" + text if _FORMULA.match(text) else text
