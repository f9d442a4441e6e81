"""An uploaded file, or a folder of them sent as one archive, as parts that the engine scans."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

import duckdb

from exchange.datasets.engine import PARQUET, Scratch, exact_path
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest import json_lines
from exchange.datasets.ingest.column_names import check_names, positions_among, refuse_missing_header
from exchange.datasets.ingest.delimited import Delimited, open_delimited
from exchange.datasets.ingest.kinds import FAULT
from exchange.datasets.ingest.parts import ParquetPart, Part, TextPart
from exchange.datasets.ingest.progress import Progress
from exchange.datasets.ingest.spreadsheet import sheet_to_csv
from exchange.datasets.ingest.unpacking import unpack_folder, unpack_gzip

_FORMATS = "CSV, JSON Lines, XLSX, Parquet, or a folder of them as one ZIP archive"
_ENDINGS = ".csv, .tsv, .txt, .jsonl, .ndjson (each also with .gz), .xlsx, .parquet or .zip"


class CellRefused(Exception):
    """Some cell breaks the type of its column; which one is still to be found."""


class SlowReaderNeeded(Exception):
    """The engine does not read this part; the slow reader reads it, or says what is wrong and where."""

    def __init__(self, part: TextPart) -> None:
        super().__init__(part.name)
        self.part = part


@dataclass(frozen=True)
class Loaded:
    """The parts of an upload, all with the same columns; the first one's order is the order of the columns."""

    name: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def engine_types(self) -> tuple[str, ...] | None:
        """The types that the columns bring along; None when every cell is text."""
        return self.parts[0].engine_types

    @property
    def has_number_marks(self) -> bool:
        """Whether `NUMBER_MARKS` may occur in a cell of any part."""
        return any(part.has_number_marks for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """The bytes of all parts."""
        return sum(part.size_bytes for part in self.parts)

    def rewritten(self, part: TextPart) -> "Loaded":
        """Let the slow reader write one part anew.

        Raises:
            UnreadableSource: what is wrong with it, with its line.
        """
        anew = part if part.slow is None else part.slow()
        parts = tuple(anew if item is part else item for item in self.parts)
        return replace(self, parts=parts)


@dataclass(frozen=True)
class _File:
    """One file to load: where it is, what its owner calls it, where work may be left."""

    path: Path
    name: str
    folder: Path
    work: Scratch
    progress: Progress
    #: The columns of the files before it; empty for the first.
    expected: tuple[str, ...] = ()


def load_source(source: Path, name: str, work: Scratch, progress: Progress) -> Loaded:
    """Load an uploaded file; `name` is the file name its owner knows, whose ending says the format.

    Raises:
        UnreadableSource: no such format, nothing in it, damaged, or not one rectangle of named columns.
    """
    files = [(name, source)]
    if PurePosixPath(name).suffix.lower() == ".zip":
        files = [(f"{name}, {member}", path) for member, path in _unpacked(source, name, work)]
    parts: list[Part] = []
    for number, (label, path) in enumerate(files):
        folder = work.folder / f"part-{number:05d}"
        folder.mkdir()
        expected = parts[0].names if parts else ()
        part = _load_file(_File(path, label, folder, work, progress, expected))
        if parts:
            _require_same_types(parts[0], part)
        parts.append(part)
    return Loaded(name, parts[0].names, tuple(parts))


@contextmanager
def scanning(part: Part) -> Iterator[None]:
    """Sort the engine's complaints while it scans a part.

    Raises:
        CellRefused: a cell breaks the type of its column.
        SlowReaderNeeded: the engine does not understand the text.
        UnreadableSource: the file is damaged.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.ConversionException as error:
        raise CellRefused from error
    except duckdb.Error as error:
        if FAULT in str(error):
            raise CellRefused from error
        if isinstance(part, TextPart) and part.slow is not None:
            raise SlowReaderNeeded(part) from error
        raise _damaged(part.name, error) from error


def _unpacked(source: Path, name: str, work: Scratch) -> list[tuple[str, Path]]:
    _refuse_empty(source, name)
    return unpack_folder(source, name, work.folder / "unpacked")


def _load_file(file: _File) -> Part:
    suffixes = [suffix.lower() for suffix in PurePosixPath(file.name).suffixes]
    packed = suffixes[-1:] == [".gz"]
    ending = (suffixes[-2:-1] if packed else suffixes[-1:]) or [""]
    load = (_PACKED if packed else _LOADERS).get(ending[0])
    if load is None:
        raise UnreadableSource(
            f"{file.name} is none of the formats taken in: {_FORMATS}.",
            remedy=f"Send a file ending in {_ENDINGS}.",
        )
    _refuse_empty(file.path, file.name)
    if packed:
        unpacked = unpack_gzip(file.path, file.name, file.folder / "unpacked")
        _refuse_empty(unpacked, file.name)
        file = replace(file, path=unpacked)
    return load(file)


def _refuse_empty(source: Path, name: str) -> None:
    if source.stat().st_size == 0:
        raise UnreadableSource(f"{name} is empty.", remedy="Send a file with a header row and data.")


def _load_csv(file: _File) -> Part:
    text = open_delimited(file.path, file.name, file.folder, progress=file.progress)

    def places(records: "list[int]") -> list[str]:
        return [f"line {line}" for line in text.lines_of(records)]

    return _text_part(file, text, places)


def _load_xlsx(file: _File) -> Part:
    path = file.folder / "sheet.csv"
    numbers = sheet_to_csv(file.path, file.name, path)
    text = replace(open_delimited(path, file.name, file.folder, delimiter=","), name=file.name)
    return _text_part(file, text, lambda records: [f"row {numbers[record]}" for record in records])


def _text_part(file: _File, text: Delimited, places: Callable[..., list[str]]) -> Part:
    header = text.header()
    names = check_names(header, file.name)
    refuse_missing_header(names, file.name)
    positions = positions_among(names, file.expected, file.name)
    lines = TextPart(file.folder / "records.json", file.name, names, positions, places)

    def slow() -> TextPart:
        text.write_json_lines(lines.path, positions)
        return lines

    # The engine reads quoted line breaks wrongly where line endings are mixed, and is vague about what
    # it refuses. The slow reader takes the former and names the line of the latter.
    odd_header = any("\n" in cell for cell in header)
    if not text.is_regular or odd_header or (len(names) == 1 and text.ends_blank()):
        return slow()
    return replace(
        lines,
        path=text.path,
        delimiter=text.delimiter,
        has_quotes=text.has_quotes,
        has_number_marks=text.has_number_marks,
        slow=slow,
    )


def _load_json_lines(file: _File) -> Part:
    names = check_names(json_lines.member_names(file.path, file.name), file.name)
    # An absent member is an empty cell, also when no object of one file has it.
    if file.expected and set(names) <= set(file.expected):
        names = file.expected
    positions = positions_among(names, file.expected, file.name)
    target = file.folder / "records.json"
    json_lines.write_records(file.path, file.name, target, dict(zip(names, positions, strict=True)))
    lines_of = partial(json_lines.lines_of, file.path)
    return TextPart(
        target,
        file.name,
        names,
        positions,
        lambda records: [f"line {line}" for line in lines_of(records)],
    )


def _load_parquet(file: _File) -> Part:
    connection, path = file.work.connection, exact_path(file.path)
    try:
        described = connection.execute(
            f"DESCRIBE SELECT * FROM {PARQUET}",  # noqa: S608 - a constant
            [path],
        ).fetchall()
        (rows,) = connection.execute(f"SELECT count(*) FROM {PARQUET}", [path]).fetchone() or (0,)  # noqa: S608
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise _damaged(file.name, error) from error
    written = [row[0] for row in described]
    names = check_names(written, file.name)
    positions = positions_among(names, file.expected, file.name)
    types = tuple(row[1].strip('"') for row in described)
    return ParquetPart(file.path, file.name, names, positions, types, int(rows), tuple(written))


def _require_same_types(first: Part, part: Part) -> None:
    if (first.engine_types is None) != (part.engine_types is None):
        raise UnreadableSource(
            f"{part.name} and {first.name} do not go together: types come with Parquet and are found in text.",
            remedy="Put either Parquet files or text files and workbooks into one folder.",
        )
    if first.engine_types is None or part.engine_types is None:
        return
    for name, position, engine_type in zip(part.names, part.positions, part.engine_types, strict=True):
        if engine_type != first.engine_types[position]:
            raise UnreadableSource(
                f"{part.name}: column {name} has the type {engine_type},"
                f" in {first.name} {first.engine_types[position]}.",
                field=name,
                remedy="Write it with one type in all files.",
            )


def _damaged(name: str, error: Exception) -> UnreadableSource:
    kind = "Parquet file" if name.lower().endswith(".parquet") else "file"
    reason = str(error).partition("\n")[0]
    return UnreadableSource(
        f"{name} is not a readable {kind}: {reason}", remedy="Write it again and send it whole."
    )


_PACKED: dict[str, Callable[[_File], Part]] = {
    ".csv": _load_csv,
    ".tsv": _load_csv,
    ".txt": _load_csv,
    ".jsonl": _load_json_lines,
    ".ndjson": _load_json_lines,
}
_LOADERS = _PACKED | {".xlsx": _load_xlsx, ".parquet": _load_parquet}
