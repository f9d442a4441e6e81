"""The first sheet of a workbook, written out as CSV so that there is one way in."""

import csv
import warnings
import zipfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl

from exchange.datasets.errors import UnreadableSource

# A workbook is an archive: a small one can unpack to more than the machine holds.
MAX_UNPACKED_BYTES = 2 << 30

_DAMAGED = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    ParseError,
    OSError,
    EOFError,
)


def sheet_to_csv(source: Path, name: str, target: Path) -> "array[int]":
    """Write the first sheet to `target`; returns the sheet's row number of every line after the header.

    Rows without any value are left out. A formula counts with the value stored beside it.

    Raises:
        UnreadableSource: the workbook is damaged, too large when unpacked, or a row is wider than the header.
    """
    try:
        _check_size(source, name)
        # openpyxl warns of styles and extensions it does not keep; only values are read here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with closing(
                openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
            ) as book:
                return _write(book.worksheets[0], name, target)
    except _DAMAGED as error:
        raise UnreadableSource(
            f"{name} is not a readable XLSX workbook ({error}).", remedy="Save it again as .xlsx or as CSV."
        ) from error


def _check_size(source: Path, name: str) -> None:
    with zipfile.ZipFile(source) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableSource(
            f"{name} unpacks to {unpacked} bytes; the limit is {MAX_UNPACKED_BYTES}.",
            remedy="Send it as CSV.",
        )


def _write(sheet: Any, name: str, target: Path) -> "array[int]":
    # Producers state wrong dimensions, and read-only mode would believe them.
    sheet.reset_dimensions()
    numbers = array("L")
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        rows = _filled_rows(sheet.iter_rows(values_only=True))
        _, header = next(rows, (0, []))
        if header:
            writer.writerow(header)
        for number, cells in rows:
            if len(cells) > len(header):
                raise UnreadableSource(
                    f"{name}, row {number}: column {len(cells)} holds a value and has no name in the header.",
                    remedy="Name the column in the first row, or remove the value.",
                )
            writer.writerow(cells + [""] * (len(header) - len(cells)))
            numbers.append(number)
    return numbers


def _filled_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, start=1):
        cells = [_cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # A sheet has no dates, only instants shown as dates: midnight is read as the date.
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return repr(value) if isinstance(value, float) else str(value)
