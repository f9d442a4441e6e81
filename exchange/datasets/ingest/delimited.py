"""Delimited text: which encoding, which delimiter, which line a record stands on."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import NUMBER_MARKS
from exchange.datasets.ingest.progress import Advance, Progress, quiet

DELIMITERS = (",", ";", "\t", "|")

_CHUNK_BYTES = 1 << 20
_LOOK_AHEAD = 20


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 text file and how its cells are separated."""

    path: Path
    name: str
    delimiter: str
    has_quotes: bool = True
    #: Whether `NUMBER_MARKS` may occur after the first line.
    has_number_marks: bool = True
    #: Whether the engine reads it right: line breaks of one kind, and every quote closed.
    is_regular: bool = False

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record with the line it begins on.

        Raises:
            UnreadableSource: a quote is misplaced.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                for record in reader:
                    yield line, record
                    line = reader.line_num + 1
            except csv.Error as error:
                raise UnreadableSource(
                    f"{self.name}, line {line}: {error}.",
                    remedy="Close every quote and double quotes inside text.",
                ) from error

    def lines_of(self, records: Sequence[int]) -> list[int]:
        """Return the lines on which some records begin, given in rising order.

        The record after the header is record 0; empty lines count for nothing.
        """
        one_column = len(self.header()) == 1
        filled = (line for line, cells in self.records() if cells or one_column)
        wanted = iter(records)
        lines, record = [], next(wanted, None)
        for number, line in enumerate(filled, start=-1):
            if record is None:
                break
            if number == record:
                lines.append(line)
                record = next(wanted, None)
        return lines

    def header(self) -> list[str]:
        """Return the first record as written; empty when the first line is."""
        return next(self.records(), (1, []))[1]

    def write_json_lines(self, target: Path, positions: Sequence[int]) -> Path:
        """Write the records after the header as objects `{"c0": …, "c1": …}`, one per line.

        Args:
            positions: the number in the key of each column.

        Raises:
            UnreadableSource: a quote is misplaced, or a record is not as wide as the header.
        """
        width = len(positions)
        keys = [f"c{position}" for position in positions]
        blanks = 0
        with target.open("wb") as stream:
            for line, cells in islice(self.records(), 1, None):
                self._require_width(line, cells, width)
                if width == 1 and not any(cells):
                    # In a file of one column an empty line is an empty cell, except after the last value.
                    blanks += 1
                elif cells:
                    stream.write(b'{"%s":""}\n' % keys[0].encode() * blanks)
                    record = dict(zip(keys, cells[:width], strict=True))
                    stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
                    blanks = 0
        return target

    def ends_blank(self) -> bool:
        """Whether empty lines follow the last record."""
        with self.path.open("rb") as stream:
            stream.seek(max(0, self.path.stat().st_size - 4))
            return stream.read().replace(b"\r\n", b"\n").endswith(b"\n\n")

    def _require_width(self, line: int, cells: list[str], width: int) -> None:
        # The fast reader lets empty cells pass after the last column; so does this one.
        if any(cells[width:]) or 0 < len(cells) < width:
            raise UnreadableSource(
                f"{self.name}, line {line}: {len(cells)} cells under {width} column names.",
                remedy="Give every line as many cells as the header; put text with the delimiter in quotes.",
            )


def open_delimited(
    source: Path, name: str, work: Path, *, delimiter: str | None = None, progress: Progress = quiet
) -> Delimited:
    """Recognise encoding and delimiter; a file that is not in UTF-8 is rewritten in it under `work`.

    Raises:
        UnreadableSource: the file is binary, or text in none of the encodings.
    """
    encoding = _marked_encoding(source)
    if encoding is None:
        survey = _survey(source, name, progress)
        if survey is not None:
            return _delimited(source, name, delimiter, survey)
        encoding = "gb18030"
    path = _transcode(source, name, encoding, work / "utf8.csv")
    survey = _survey(path, name, progress)
    if survey is None:  # pragma: no cover - it was written in UTF-8 just now
        raise _not_text(name)
    return _delimited(path, name, delimiter, survey)


def _delimited(path: Path, name: str, delimiter: str | None, survey: "_Survey") -> Delimited:
    found = delimiter or _delimiter(Delimited(path, name, ",", survey.quotes > 0))
    return Delimited(
        path, name, found, survey.quotes > 0, survey.has_number_marks, is_regular=_is_regular(path, survey)
    )


class _Survey(NamedTuple):
    quotes: int
    has_returns: bool
    has_number_marks: bool


def _marked_encoding(source: Path) -> str | None:
    """The encoding that a byte order mark states, other than UTF-8."""
    with source.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _survey(path: Path, name: str, progress: Progress) -> _Survey | None:
    """Read the whole file once; None when it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes, has_returns, marks = 0, False, False
    total, done = path.stat().st_size, 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            # Other encodings and binary files are full of zero bytes, which GB18030 would accept.
            if b"\0" in chunk:
                raise _not_text(name, "holds zero bytes: it is not text in UTF-8 or GB18030")
            try:
                # Most bytes of most files need no decoding.
                if decoder.getstate()[0] or not chunk.isascii():
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                return None
            # Finding nothing is much cheaper than counting nothing.
            quotes += chunk.count(b'"') if b'"' in chunk else 0
            has_returns = has_returns or b"\r" in chunk
            # The first line names the columns; one without an end is taken for data.
            cells = chunk if done else chunk[chunk.find(b"\n") + 1 :]
            marks = marks or any(mark in cells for mark in NUMBER_MARKS)
            done += len(chunk)
            progress(Advance("check", done, total))
    return None if decoder.getstate()[0] else _Survey(quotes, has_returns, marks)


def _is_regular(path: Path, survey: _Survey) -> bool:
    """Whether every quote is closed, every line ends alike and no cell holds another line break."""
    # The engine drops a last record whose quote is open, without a word.
    if survey.quotes % 2:
        return False
    if not survey.has_returns:
        return True
    feeds = returns = pairs = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
            # A pair may lie across two pieces.
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
    return feeds == returns == pairs


def _transcode(source: Path, name: str, encoding: str, target: Path) -> Path:
    try:
        with (
            source.open(encoding=encoding, newline="") as reading,
            target.open("w", encoding="utf-8", newline="") as writing,
        ):
            while text := reading.read(_CHUNK_BYTES):
                writing.write(text)
    except UnicodeError as error:
        raise _not_text(name) from error
    return target


def _not_text(name: str, reason: str = "is text in neither UTF-8 nor GB18030") -> UnreadableSource:
    return UnreadableSource(f"{name} {reason}.", remedy="Save it as CSV in UTF-8.")


def _delimiter(unknown: Delimited) -> str:
    return max(DELIMITERS, key=lambda delimiter: _fit(replace(unknown, delimiter=delimiter)))


def _fit(candidate: Delimited) -> tuple[int, int]:
    """How many of the first records are as wide as the header, then how wide; one column fits nothing."""
    records: list[list[str]] = []
    # What stands before a misplaced quote still tells the delimiter; loading will name the quote.
    with suppress(UnreadableSource):
        records.extend(cells for _, cells in islice(candidate.records(), _LOOK_AHEAD) if cells)
    width = len(records[0]) if records else 0
    agreeing = sum(len(cells) == width for cells in records)
    return (agreeing if width > 1 else 0, width)
