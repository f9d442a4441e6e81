"""What a file seems to hold, for its owner to review: types, units, empty cells, and what is doubtful."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from exchange.datasets.engine import Scratch, literal, scratch
from exchange.datasets.ingest.declared import declared_columns
from exchange.datasets.ingest.engine_types import read_engine_column
from exchange.datasets.ingest.faults import find_faults
from exchange.datasets.ingest.inference import choose_kind, count_kinds
from exchange.datasets.ingest.progress import Progress, quiet
from exchange.datasets.ingest.segments import counting_segments, each_segment
from exchange.datasets.ingest.sources import Loaded, SlowReaderNeeded, load_source
from exchange.datasets.load_schema import OFFSET, ColumnRule, LoadSchema
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, guess_unit

#: Words with which publishers say that a value is missing.
NULL_WORDS = (
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "-",
    "--",
    "—",
    "null",
    "NULL",
    "None",
    "NaN",
    "nan",
    "无",
    "缺失",
)

_EXAMPLES = 50
_Done = TypeVar("_Done")
_COMMA_DECIMAL = re.compile(r"[+-]?(0|[1-9]\d*|[1-9]\d{0,2}(\.\d{3})+),\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_DAY_NUMBER = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")


@dataclass(frozen=True)
class ColumnProposal:
    """How a column would be read, and what its owner should know before agreeing."""

    rule: ColumnRule
    nulls: int
    example: str | None
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A load schema to review."""

    name: str
    rows: int
    columns: tuple[ColumnProposal, ...]
    time_column: str | None

    @property
    def load_schema(self) -> LoadSchema:
        """The proposal without its remarks."""
        return LoadSchema(tuple(column.rule for column in self.columns), self.time_column)


def propose(source: Path, *, name: str, temp: Path, progress: Progress = quiet) -> Proposal:
    """Look at every cell of a file, or of a folder sent as one archive, and propose how to load it.

    Bad cells are no refusal here: they become doubts about their column.

    Raises:
        UnreadableSource: the file cannot be read at all.
    """
    with scratch(temp) as work:
        loaded = load_source(source, name, work, progress)
        loaded, columns = _readable(loaded, lambda loaded: _columns(work, loaded, progress))
        times = (
            column.rule.called
            for column in columns
            if column.rule.type in TEMPORAL_TYPES and not column.nulls
        )
        time_column = next(times, None)
        columns = [_sure(column) if column.rule.called == time_column else column for column in columns]
        proposal = Proposal(name, _count_rows(work, loaded, progress), tuple(columns), time_column)
        return _with_faults(work, loaded, proposal, progress)


def _readable(loaded: Loaded, do: Callable[[Loaded], _Done]) -> tuple[Loaded, _Done]:
    while True:
        try:
            return loaded, do(loaded)
        except SlowReaderNeeded as needed:
            loaded = loaded.rewritten(needed.part)


def _columns(work: Scratch, loaded: Loaded, progress: Progress) -> list[ColumnProposal]:
    rows = _count_rows(work, loaded, progress)
    examples = _examples(work, loaded, progress)
    if loaded.engine_types is not None:
        return [
            _engine_column(loaded, index, rows, filled, example)
            for index, (filled, example) in enumerate(examples)
        ]
    indexes = range(len(loaded.names))
    counts = count_kinds(work, loaded, indexes, progress, null_words=NULL_WORDS)
    return [_text_column(loaded.names[index], counts[index], rows, *examples[index]) for index in indexes]


def _text_column(
    name: str, counts: tuple[int, ...], rows: int, filled: int, examples: list[str]
) -> ColumnProposal:
    kind = choose_kind(counts)
    words = tuple(word for word in examples if word in NULL_WORDS)
    example = next((text for text in examples if text not in NULL_WORDS), None)
    doubts: list[str] = []
    rule = ColumnRule(name, "text", null_words=words if kind else ())
    if kind is None:
        rule, doubts = _text_rule(rule, [text for text in examples if text not in words])
        rule = replace(rule, null_words=words if rule.type != "text" else ())
    else:
        rule = replace(rule, type=kind.type, zone=OFFSET if kind.zone else None)
        doubts = _kind_doubts(rule, example)
    if rule.null_words:
        doubts.append(f"{', '.join(map(repr, words))} would be read as missing")
    if example is None:
        doubts.append("no cell has a value")
    rule = replace(rule, unit=guess_unit(name) if rule.type in NUMERIC_TYPES else None)
    nulls = rows - (counts[0] if rule.null_words else filled)
    return ColumnProposal(rule, nulls, example, tuple(doubts))


def _text_rule(rule: ColumnRule, texts: Sequence[str]) -> tuple[ColumnRule, list[str]]:
    if texts and all(_COMMA_DECIMAL.fullmatch(text) for text in texts):
        thousands = "." if any("." in text for text in texts) else None
        rule = replace(rule, type="number", decimal=",", thousands=thousands)
        return rule, ["numbers seem to be written with a decimal comma"]
    if texts and any(_GROUPED.fullmatch(text) for text in texts):
        whole = all(re.fullmatch(r"[+-]?[\d,]+", text) for text in texts)
        rule = replace(rule, type="integer" if whole else "number", thousands=",")
        return rule, ["digits seem to be grouped with commas"]
    if texts and all(text.isdigit() for text in texts):
        return rule, ["digits with leading zeros, or too long for a number, stay text"]
    return rule, []


def _kind_doubts(rule: ColumnRule, example: str | None) -> list[str]:
    if rule.type == "timestamp" and rule.zone is None:
        return ["the times state no zone; declare one if they belong to one"]
    if rule.type == "integer" and example and _DAY_NUMBER.fullmatch(example):
        return ["looks like days written as numbers; they would be whole numbers"]
    return []


def _engine_column(
    loaded: Loaded, index: int, rows: int, filled: int, examples: list[str]
) -> ColumnProposal:
    assert loaded.engine_types is not None  # noqa: S101 - the caller asked
    name = loaded.names[index]
    column = read_engine_column(index, name, loaded.engine_types[index], file=loaded.name)
    rule = ColumnRule(name, column.type, zone=OFFSET if column.zone else None)
    rule = replace(rule, unit=guess_unit(name) if rule.type in NUMERIC_TYPES else None)
    return ColumnProposal(rule, rows - filled, next(iter(examples), None), tuple(_kind_doubts(rule, None)))


def _sure(column: ColumnProposal) -> ColumnProposal:
    return replace(column, rule=replace(column.rule, nullable=False, null_words=()))


def _count_rows(work: Scratch, loaded: Loaded, progress: Progress) -> int:
    counts = each_segment(
        work,
        counting_segments(loaded),
        lambda piece: (
            piece.cursor.execute(
                f"SELECT count(*) FROM {piece.scan.clause}",  # noqa: S608 - generated names only
                piece.scan.parameters,
            ).fetchone()
            or (0,)
        ),
        stage="types",
        progress=progress,
    )
    return sum(int(count) for (count,) in counts)


def _examples(work: Scratch, loaded: Loaded, progress: Progress) -> list[tuple[int, list[str]]]:
    """For every column the number of non-empty cells, the first values, and the null words that occur."""
    words = ", ".join(map(literal, NULL_WORDS))
    cells = [f"trim(CAST(c{index} AS VARCHAR))" for index in range(len(loaded.names))]
    wanted = ", ".join(
        f"count(*) FILTER ({cell} <> ''), arg_min({cell}, record, {_EXAMPLES}) FILTER ({cell} <> ''),"
        f" list(DISTINCT {cell}) FILTER ({cell} IN ({words}))"
        for cell in cells
    )
    found = each_segment(
        work,
        counting_segments(loaded),
        lambda piece: (
            piece.cursor.execute(
                f"SELECT {wanted} FROM (SELECT *, row_number() OVER () AS record FROM {piece.scan.clause})",  # noqa: S608
                piece.scan.parameters,
            ).fetchone()
            or ()
        ),
        stage="types",
        progress=progress,
    )
    return [
        (
            sum(row[3 * index] for row in found),
            list(
                dict.fromkeys(
                    [
                        *(text for row in found for text in row[3 * index + 1] or ()),
                        *sorted({text for row in found for text in row[3 * index + 2] or ()}),
                    ]
                )
            ),
        )
        for index in range(len(cells))
    ]


def _with_faults(work: Scratch, loaded: Loaded, proposal: Proposal, progress: Progress) -> Proposal:
    faults, count = find_faults(work, loaded, declared_columns(loaded, proposal.load_schema), progress)
    if not faults:
        return proposal
    columns = []
    for column in proposal.columns:
        first = next((fault for fault in faults if fault.column == column.rule.called), None)
        doubts = column.doubts
        if first is not None:
            doubts = (
                *doubts,
                f"{first.place}: {first.value!r} is not {first.rule} ({count} bad cells in all)",
            )
        columns.append(replace(column, doubts=doubts))
    return replace(proposal, columns=tuple(columns))
