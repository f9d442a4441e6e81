"""What type a column has, decided on every cell; the first cell that breaks it is named."""

import re
from collections.abc import Collection

from exchange.datasets.engine import Scratch
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.engine_types import read_engine_column
from exchange.datasets.ingest.kinds import KINDS, Column, Kind
from exchange.datasets.ingest.sources import Loaded

# A column in which nine of ten cells are numbers is a column of numbers with faults, not text.
INTENT_PERCENT = 90

_SHOWN_CHARACTERS = 60
_GUESS_ROWS = 8192


def infer_columns(work: Scratch, loaded: Loaded, name: str, text_columns: Collection[str]) -> list[Column]:
    """Decide the type of every column of `raw`.

    Text cells take the first type, from the narrowest, that every non-empty cell has. A type that at
    least `INTENT_PERCENT` of the cells have is taken as meant: the others are faults.
    `text_columns` stay text whatever they look like. Parquet columns keep the type they have.

    Raises:
        UnreadableSource: a cell breaks the type of its column, or the engine type has no counterpart here.
    """
    if loaded.engine_types is None:
        return _from_text(work, loaded, name, text_columns)
    pairs = zip(loaded.names, loaded.engine_types, strict=True)
    columns = [read_engine_column(index, *pair, file=name) for index, pair in enumerate(pairs)]
    for index, column in enumerate(columns):
        _refuse_first_fault(work, loaded, name, index, column)
    return columns


def looks_like_data(cell: str) -> bool:
    """Whether a would-be column name is a value: the file then has no header."""
    return any(re.fullmatch(kind.pattern, cell.strip(), re.ASCII) for kind in KINDS)


def _from_text(work: Scratch, loaded: Loaded, name: str, text_columns: Collection[str]) -> list[Column]:
    columns: list[Column] = []
    for index, column in enumerate(loaded.names):
        if column in text_columns:
            columns.append(_text_column(index, column))
        else:
            columns.append(
                _certain_column(work, index, column) or _intended_column(work, loaded, name, index)
            )
    return columns


def _certain_column(work: Scratch, index: int, name: str) -> Column | None:
    # A type that holds in the first rows and then in all is the answer: every narrower one has failed
    # in the first rows already. This spares most columns from being tried against every type.
    guess = _choose(_count(work, index, KINDS, rows=_GUESS_ROWS), KINDS, percent=100)
    if guess is None or _choose(_count(work, index, (guess,)), (guess,), percent=100) is None:
        return None
    return _parsed_column(index, name, guess)


def _intended_column(work: Scratch, loaded: Loaded, name: str, index: int) -> Column:
    kind = _choose(_count(work, index, KINDS), KINDS, percent=INTENT_PERCENT)
    if kind is None:
        return _text_column(index, loaded.names[index])
    column = _parsed_column(index, loaded.names[index], kind)
    _refuse_first_fault(work, loaded, name, index, column)
    return column


def _count(work: Scratch, index: int, kinds: tuple[Kind, ...], rows: int | None = None) -> tuple[int, ...]:
    """Count the non-empty cells, then those of each kind, in all or in the first rows."""
    sound = "".join(f", count(*) FILTER ({_sound(index, kind)})" for kind in kinds)
    counted = work.connection.execute(
        f"SELECT count(*) FILTER ({_filled(index)}){sound}"  # noqa: S608 - generated names only
        f" FROM (SELECT c{index} FROM raw LIMIT coalesce(?, 9223372036854775807))",
        [rows],
    ).fetchone()
    return tuple(counted or ())


def _choose(counts: tuple[int, ...], kinds: tuple[Kind, ...], *, percent: int) -> Kind | None:
    filled, *matches = counts
    best = max(matches)
    if filled == 0 or best * 100 < filled * percent:
        return None
    return kinds[matches.index(best)]


def _filled(index: int) -> str:
    return f"trim(c{index}) <> ''"


def _sound(index: int, kind: Kind) -> str:
    cell = f"trim(c{index})"
    parsed = kind.parse.format(cell)
    test = kind.test.format(cell, parsed=parsed)
    # CASE, since AND would parse every cell, also those that do not even look right.
    return (
        f"CASE WHEN regexp_full_match({cell}, '{kind.pattern}')"
        f" THEN {parsed} IS NOT NULL AND {test} ELSE false END"
    )


def _parsed_column(index: int, name: str, kind: Kind) -> Column:
    value = kind.parse.format(f"nullif(trim(c{index}), '')")
    return Column(
        name,
        kind.type,
        value,
        filled=_filled(index),
        sound=_sound(index, kind),
        rule=kind.rule,
        zone=kind.zone,
    )


def _text_column(index: int, name: str) -> Column:
    return Column(name, "text", f"nullif(c{index}, '')")


def _refuse_first_fault(work: Scratch, loaded: Loaded, name: str, index: int, column: Column) -> None:
    if column.sound == "true":
        return
    fault = work.connection.execute(
        f"SELECT rowid, CAST(c{index} AS VARCHAR) FROM raw"  # noqa: S608 - generated names only
        f" WHERE {column.filled} AND NOT coalesce({column.sound}, false) ORDER BY rowid LIMIT 1"
    ).fetchone()
    if fault is None:
        return
    record, value = fault
    shown = value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "…"
    place = loaded.place(record)
    raise UnreadableSource(
        f"{name}, {place}, column {column.name}: {shown!r} is not {column.rule}.",
        field=column.name,
        remedy="Correct the cell, empty it if the value is missing, or declare the column as text.",
        place=place,
        value=shown,
        rule=column.rule,
    )
