"""Columns read as a load schema declares them."""

from dataclasses import replace

from exchange.datasets.engine import literal
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.column_names import name_fault
from exchange.datasets.ingest.engine_types import read_engine_column
from exchange.datasets.ingest.kinds import (
    BOOLEAN,
    DATE,
    INTEGER,
    MONTH,
    NUMBER,
    TIMESTAMP,
    TIMESTAMP_WITH_OFFSET,
    Column,
    Kind,
    parsed_column,
    text_column,
)
from exchange.datasets.ingest.sources import Loaded
from exchange.datasets.load_schema import OFFSET, ColumnRule, LoadSchema
from exchange.datasets.schema import FieldType

_KIND_OF_TYPE: dict[FieldType, Kind] = {
    kind.type: kind for kind in (BOOLEAN, INTEGER, NUMBER, MONTH, DATE, TIMESTAMP)
}


def declared_columns(loaded: Loaded, load_schema: LoadSchema) -> list[Column]:
    """Return how every column of the upload is read, in the order of the upload.

    Raises:
        UnreadableSource: the upload and the load schema do not have the same columns, or a column of
            Parquet cannot be of the declared type.
    """
    rules = {rule.name: rule for rule in load_schema.columns}
    for name in loaded.names:
        if name not in rules:
            raise UnreadableSource(
                f"{loaded.name} has the column {name}, of which the load schema says nothing.",
                field=name,
                remedy="Declare it, with drop: true if it is not wanted.",
            )
    for name in rules:
        if name not in loaded.names:
            raise UnreadableSource(
                f"{loaded.name} has no column {name}, which the load schema declares.",
                field=name,
                remedy=f"It has: {', '.join(loaded.names)}.",
            )
    return [_declared(loaded, index, rules[name]) for index, name in enumerate(loaded.names)]


def _declared(loaded: Loaded, index: int, rule: ColumnRule) -> Column:
    fault = None if rule.drop else name_fault(rule.called, set())
    if fault:
        raise UnreadableSource(
            f"{loaded.name}: the name of column {index + 1} {fault}.", field=rule.name, remedy="Rename it."
        )
    if rule.drop:
        column = Column(rule.name, "text", f"c{index}", dropped=True)
    elif loaded.engine_types is None:
        column = _text_declared(index, rule, marks=loaded.has_number_marks)
    else:
        column = _engine_declared(loaded, index, rule, loaded.engine_types[index])
    return replace(
        column,
        name=rule.called if not rule.drop else rule.name,
        nullable=rule.nullable or rule.drop,
        unit=rule.unit or "",
    )


def _text_declared(index: int, rule: ColumnRule, *, marks: bool) -> Column:
    raw = f"c{index}"
    if rule.type == "text":
        column = text_column(index, rule.called)
    elif rule.zone == OFFSET:
        column = parsed_column(index, rule.called, TIMESTAMP_WITH_OFFSET, marks=marks)
    else:
        kind = _KIND_OF_TYPE[rule.type]
        if rule.decimal != "." or rule.thousands is not None:
            kind = _formatted(kind, rule.decimal, rule.thousands or "")
        column = parsed_column(index, rule.called, kind, marks=marks)
    if rule.null_words:
        column = _without(column, f"trim({raw})", rule.null_words)
    return _in_zone(column, rule.zone)


def _without(column: Column, cell: str, words: tuple[str, ...]) -> Column:
    """Let some words mean a missing value."""
    is_word = f"{cell} IN ({', '.join(map(literal, words))})"
    if column.sound == "true":
        return replace(column, value=f"CASE WHEN {is_word} THEN NULL ELSE {column.value} END")
    return replace(
        column,
        filled=f"({column.filled} AND NOT {is_word})",
        plain=f"NOT {is_word} AND {column.plain}" if column.plain else "",
    )


def _in_zone(column: Column, zone: str | None) -> Column:
    """Turn naive times into instants; a time that the zone's clocks skip or show twice is a fault."""
    if zone in {None, OFFSET}:
        return column
    name = literal(zone or "")
    instant = f"timezone({name}, {column.value})"
    once = (
        f"timezone({name}, {instant}) = {column.value}"
        f" AND timezone({name}, {instant} + INTERVAL 1 HOUR) <> {column.value}"
        f" AND timezone({name}, {instant} - INTERVAL 1 HOUR) <> {column.value}"
    )
    return replace(
        column,
        value=instant,
        sound=f"(({column.sound}) AND {once})",
        rule=f"{column.rule} that the clocks in {zone} show once; a time with its offset is always clear",
        zone="UTC",
        plain="",
        prepared="",
    )


def _formatted(kind: Kind, decimal: str, thousands: str) -> Kind:
    """Read numbers with another decimal sign or with grouped digits."""
    whole = r"0|[1-9]\d*"
    if thousands:
        whole = rf"[1-9]\d{{0,2}}(\x{{{ord(thousands):x}}}\d{{3}})+|{whole}"
    fraction = rf"(\x{{{ord(decimal):x}}}\d*)?" if kind.type == "number" else ""
    plainly = "{0}" if not thousands else f"replace({{0}}, {literal(thousands)}, '')"
    plainly = plainly if decimal == "." else f"replace({plainly}, {literal(decimal)}, '.')"
    groups = f" with digits grouped by {thousands!r}" if thousands else ""
    return replace(
        kind,
        pattern=rf"[+-]?({whole}){fraction}",
        parse=kind.parse.format(plainly),
        test=kind.test.replace("{0}", plainly),
        rule=f"a number with {decimal!r} before its decimals{groups}; empty when missing",
        plain="",
        plain_parse="",
    )


def _engine_declared(loaded: Loaded, index: int, rule: ColumnRule, engine_type: str) -> Column:
    column = read_engine_column(index, rule.name, engine_type, file=loaded.name)
    if column.type == "text" and rule.type != "text":
        return _text_declared(index, rule, marks=True)
    column = _engine_typed(loaded, index, rule, column)
    if rule.null_words:
        column = _without(column, f"trim(CAST(c{index} AS VARCHAR))", rule.null_words)
    return column


def _engine_typed(loaded: Loaded, index: int, rule: ColumnRule, column: Column) -> Column:
    if column.type == rule.type:
        return _in_zone(column, rule.zone if column.zone is None else None)
    if rule.type == "text":
        return Column(rule.name, "text", f"CAST(c{index} AS VARCHAR)")
    if (column.type, rule.type) == ("integer", "number"):
        # Every whole number of at most fifteen digits comes back from a double as it was.
        return replace(
            column,
            type="number",
            value=f"CAST(c{index} AS DOUBLE)",
            sound=f"abs(CAST(c{index} AS HUGEINT)) < 1000000000000000",
            rule="a whole number of at most fifteen digits",
        )
    raise UnreadableSource(
        f"{loaded.name}: column {rule.name} is of the type {column.type} and cannot be read as {rule.type}.",
        field=rule.name,
        remedy=f"Declare it as {column.type}, or as text.",
    )
