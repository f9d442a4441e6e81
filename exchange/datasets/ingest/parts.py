"""One file of an upload as the engine scans it: raw cells `c0`, `c1`, … in the order of its records."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from exchange.datasets.engine import PARQUET, exact_path, identifier

#: Enough to choose types and to measure how well the rest will compress.
BEGINNING_BYTES = 8 << 20

_COPY_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True)
class Scan:
    """A FROM clause with its parameters."""

    clause: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class Segment:
    """Consecutive records of a part: bytes of a text, or rows of a Parquet file."""

    part: "Part"
    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        """About how much of the source it is."""
        return self.part.share(self.end - self.start)


class Part(Protocol):
    """One file of an upload.

    `name` is how its owner knows it. `positions` says for each of its columns, in order, which column of
    the upload it is: the `n` in `cn`. `engine_types` is None when every cell is text.
    """

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def engine_types(self) -> tuple[str, ...] | None: ...
    @property
    def positions(self) -> tuple[int, ...]: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def has_number_marks(self) -> bool:
        """Whether `NUMBER_MARKS` may occur in a cell."""
        ...

    def rows_about(self) -> int:
        """Return about how many records there are."""
        ...

    def share(self, length: int) -> int:
        """Return about how many bytes of the source a segment of that length is."""
        ...

    def whole(self) -> Scan:
        """Scan every record."""
        ...

    def segments(self, count: int) -> list[Segment]:
        """Cut the records into at most `count` consecutive segments of about one size."""
        ...

    def beginning(self) -> Segment:
        """Cut off the first records, to look at before the rest."""
        ...

    def opened(self, segment: Segment, temp: Path) -> Any:
        """Scan one segment, inside a `with`; `temp` may hold its bytes meanwhile."""
        ...

    def places(self, records: Sequence[int]) -> list[str]:
        """Name records, counted from 0 and in rising order, the way a reader of the file finds them."""
        ...


@dataclass(frozen=True)
class TextPart:
    """A text in UTF-8 with one record per line, quoted line breaks aside.

    With a delimiter it is CSV with a header; without one it is JSON objects `{"c0": text, …}`, one per
    line, into which other forms are rewritten.
    """

    path: Path
    name: str
    names: tuple[str, ...]
    positions: tuple[int, ...]
    places: Callable[[Sequence[int]], list[str]]
    delimiter: str | None = None
    has_quotes: bool = False
    has_number_marks: bool = True
    #: Writes the part anew in the second form, for what the engine does not read.
    slow: "Callable[[], TextPart] | None" = None
    engine_types: None = field(default=None, init=False)

    @property
    def size_bytes(self) -> int:
        """The bytes of the text."""
        return self.path.stat().st_size

    def rows_about(self) -> int:
        """Count the lines of the beginning, and conclude on the rest."""
        with self.path.open("rb") as stream:
            start = stream.read(_SAMPLE_BYTES)
        return max(1, start.count(b"\n") * self.size_bytes // max(1, len(start)))

    def share(self, length: int) -> int:
        """A segment's length is its bytes."""
        return length

    def whole(self) -> Scan:
        """Scan the file where it lies."""
        return self._scan(self.path, has_header=True)

    def segments(self, count: int) -> list[Segment]:
        """Cut between records."""
        cuts = cut_lines(self.path, count, quoted=self.delimiter is not None and self.has_quotes)
        return [Segment(self, start, end) for start, end in pairwise(cuts)]

    def beginning(self) -> Segment:
        """Cut off the first bytes, to look at before the rest."""
        return self.segments(max(1, self.size_bytes // BEGINNING_BYTES))[0]

    @contextmanager
    def opened(self, segment: Segment, temp: Path) -> Iterator[Scan]:
        """Copy the bytes out: the engine reads whole files only."""
        if segment.end - segment.start == self.size_bytes:
            yield self.whole()
            return
        try:
            _copy_range(self.path, temp, segment.start, segment.end)
            yield self._scan(temp, has_header=segment.start == 0)
        finally:
            temp.unlink(missing_ok=True)

    def _scan(self, path: Path, *, has_header: bool) -> Scan:
        columns = "{" + ", ".join(f"'c{position}': 'VARCHAR'" for position in self.positions) + "}"
        if self.delimiter is None:
            cells = ", ".join(f"nullif(c{position}, '') AS c{position}" for position in self.positions)
            return Scan(
                f"(SELECT {cells} FROM read_json(?, format = 'newline_delimited', auto_detect = false,"  # noqa: S608
                f" columns = {columns}))",
                (exact_path(path),),
            )
        return Scan(
            "read_csv(?, delim = ?, quote = '\"', escape = '\"', header = false,"
            f" skip = {int(has_header)}, auto_detect = false, strict_mode = true,"
            # Where a quoted text may hold what looks like records, only reading from the start is sure.
            f" parallel = {'false' if self.has_quotes else 'true'}, columns = {columns})",
            (exact_path(path), self.delimiter),
        )


@dataclass(frozen=True)
class ParquetPart:
    """A Parquet file, whose columns have types of their own."""

    path: Path
    name: str
    names: tuple[str, ...]
    positions: tuple[int, ...]
    engine_types: tuple[str, ...]
    rows: int
    #: The names of the columns as they stand in the file.
    written_names: tuple[str, ...]
    has_number_marks: bool = field(default=True, init=False)

    @property
    def size_bytes(self) -> int:
        """The bytes of the file."""
        return self.path.stat().st_size

    def rows_about(self) -> int:
        """Return the rows that the file states."""
        return max(1, self.rows)

    def share(self, length: int) -> int:
        """Rows take about the same space each."""
        return length * self.size_bytes // max(1, self.rows)

    def whole(self) -> Scan:
        """Scan the file where it lies."""
        return Scan(f"(SELECT {self._cells()} FROM {PARQUET})", (exact_path(self.path),))  # noqa: S608

    def segments(self, count: int) -> list[Segment]:
        """Cut into ranges of rows."""
        cuts = sorted({self.rows * number // count for number in range(count + 1)} | {0})
        return [Segment(self, start, end) for start, end in pairwise(cuts)]

    @contextmanager
    def opened(self, segment: Segment, temp: Path) -> Iterator[Scan]:  # noqa: ARG002 - nothing is copied
        """Scan a range of rows where it lies."""
        yield Scan(
            f"(SELECT {self._cells()} FROM {PARQUET} WHERE file_row_number BETWEEN ? AND ?)",  # noqa: S608
            (exact_path(self.path), segment.start, segment.end - 1),
        )

    def beginning(self) -> Segment:
        """Cut off the first rows, of about as many bytes as of a text."""
        return self.segments(max(1, self.size_bytes // BEGINNING_BYTES))[0]

    def places(self, records: Sequence[int]) -> list[str]:
        """Rows are counted from 1."""
        return [f"row {record + 1}" for record in records]

    def _cells(self) -> str:
        pairs = zip(self.written_names, self.positions, strict=True)
        return ", ".join(f"{identifier(name)} AS c{position}" for name, position in pairs)


def cut_lines(path: Path, count: int, *, quoted: bool) -> list[int]:
    """Return the offsets at which a text can be cut into at most `count` pieces of about one size.

    Args:
        quoted: whether a line break may stand inside quotes; then cuts are made where as many quotes
            were opened as closed.
    """
    size = path.stat().st_size
    cuts = [0]
    with path.open("rb") as stream:
        position, quotes = 0, 0
        for number in range(1, count):
            target = max(size * number // count, position)
            quotes += _count_quotes(stream, target - position) if quoted else 0
            stream.seek(target)
            for line in stream:
                target += len(line)
                quotes += line.count(b'"') if quoted else 0
                if quotes % 2 == 0:
                    break
            position = target
            if cuts[-1] < position < size:
                cuts.append(position)
    return [*cuts, size]


def _count_quotes(stream: Any, length: int) -> int:
    quotes = 0
    while length > 0 and (chunk := stream.read(min(length, _COPY_BYTES))):
        quotes += chunk.count(b'"')
        length -= len(chunk)
    return quotes


def _copy_range(source: Path, target: Path, start: int, end: int) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        reading.seek(start)
        left = end - start
        while left > 0 and (chunk := reading.read(min(left, _COPY_BYTES))):
            left -= len(chunk)
            writing.write(chunk)
