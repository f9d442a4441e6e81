"""Delimited text: which encoding, which delimiter, which line a record stands on."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from exchange.datasets.errors import UnreadableSource

_CHUNK_BYTES = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_LOOK_AHEAD = 20


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 text file and how its cells are separated."""

    path: Path
    name: str
    delimiter: str

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

    def line_of(self, record: int) -> int:
        """Return the line on which a record begins; the header is record 0, empty lines count for nothing."""
        one_column = len(self.header()) == 1
        filled = (line for line, cells in self.records() if cells or one_column)
        return next(islice(filled, record, None))

    def header(self) -> list[str]:
        """Return the first record as written; empty when the first line is."""
        return next(self.records(), (1, []))[1]

    def has_one_line_ending(self) -> bool:
        """Whether every line ends alike and no cell holds a line break of another kind."""
        feeds = returns = pairs = 0
        last = b""
        with self.path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
                # A pair may lie across two pieces.
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
                last = chunk[-1:]
        return returns == 0 or feeds == returns == pairs

    def write_json_lines(self, target: Path) -> Path:
        """Write the records after the header as objects `{"c0": …, "c1": …}`, one per line.

        Raises:
            UnreadableSource: a quote is misplaced, or a record is not as wide as the header.
        """
        width = len(self.header())
        keys = [f"c{index}" for index in range(width)]
        with target.open("wb") as stream:
            for line, cells in islice(self.records(), 1, None):
                # The fast reader lets empty cells pass after the last column; so does this one.
                if any(cells[width:]) or 0 < len(cells) < width:
                    raise UnreadableSource(
                        f"{self.name}, line {line}: {len(cells)} cells under {width} column names.",
                        remedy="Give every line as many cells as the header; put text with the delimiter in quotes.",
                    )
                if cells or width == 1:
                    record = dict(zip(keys, cells[:width] or [""], strict=True))
                    stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        return target


def open_delimited(source: Path, name: str, work: Path) -> Delimited:
    """Recognise encoding and delimiter; a file in GB18030 is rewritten in UTF-8 under `work`.

    Raises:
        UnreadableSource: the file is empty, binary, or text in neither encoding.
    """
    encoding = _encoding(source, name)
    path = source if encoding == "utf-8" else _transcode(source, encoding, work / "utf8.csv")
    return Delimited(path, name, _delimiter(path, name))


def _encoding(source: Path, name: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        if _decodes(source, name, encoding):
            return encoding
    raise UnreadableSource(
        f"{name} is text in neither UTF-8 nor GB18030.", remedy="Save it as CSV in UTF-8."
    )


def _decodes(source: Path, name: str, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK_BYTES)
            # UTF-16 and binary files are full of zero bytes, which GB18030 would accept.
            if b"\0" in chunk:
                raise UnreadableSource(
                    f"{name} holds zero bytes: it is not text in UTF-8 or GB18030.",
                    remedy="Save it as CSV in UTF-8.",
                )
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return False
            if not chunk:
                return True


def _transcode(source: Path, encoding: str, target: Path) -> Path:
    with (
        source.open(encoding=encoding, newline="") as reading,
        target.open("w", encoding="utf-8", newline="") as writing,
    ):
        while text := reading.read(_CHUNK_BYTES):
            writing.write(text)
    return target


def _delimiter(path: Path, name: str) -> str:
    return max(_DELIMITERS, key=lambda delimiter: _fit(Delimited(path, name, delimiter)))


def _fit(candidate: Delimited) -> tuple[int, int]:
    """How many of the first records are as wide as the header, then how wide; one column fits nothing."""
    records: list[list[str]] = []
    # What stands before a misplaced quote still tells the delimiter; loading will name the quote.
    with suppress(UnreadableSource):
        records.extend(cells for _, cells in islice(candidate.records(), _LOOK_AHEAD) if cells)
    width = len(records[0]) if records else 0
    agreeing = sum(len(cells) == width for cells in records)
    return (agreeing if width > 1 else 0, width)
