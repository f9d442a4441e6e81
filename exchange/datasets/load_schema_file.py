"""A load schema as a YAML file that people edit."""

import json
from typing import Any

import yaml

from exchange.datasets.ingest.proposal import ColumnProposal, Proposal
from exchange.datasets.load_schema import FORM, LoadSchema, LoadSchemaInvalid
from exchange.datasets.schema import NUMERIC_TYPES

_HEAD = """\
# How {name} is loaded: {rows} rows. Edit, then upload the file with --schema and the name of this file.
# A cell that breaks these rules is refused with its place; docs/reference/data-set-schema.md explains all.
form: {form}
# The column by which rows are stored and asked for; it has no empty cells. null when there is none.
time_column: {time_column}
# Store the rows by these columns instead; [] means by time, or without a time as they come.
sort_by: []
# Every column of the file. `rename: new name`, `drop: true` and `unit: "kW"` are yours to set;
# `null_words` are cells that mean a missing value; type is one of
# timestamp, date, month, integer, number, text, boolean.
columns:
"""
_ZONE_REMARK = (
    "  # null: none is stated · offset: every value carries its own · or a zone such as Asia/Shanghai"
)


def read_load_schema(text: str) -> LoadSchema:
    """Read a load schema from YAML.

    Raises:
        LoadSchemaInvalid: it is not YAML, or not a load schema; the member is named.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise LoadSchemaInvalid(
            f"the load schema is not YAML{line}: {getattr(error, 'problem', None) or error}.",
            field="load schema",
            remedy="Check the indentation and the quotes there.",
        ) from error
    return LoadSchema.from_json(document)


def write_load_schema(proposal: Proposal) -> str:
    """Write a proposal as YAML with remarks; `read_load_schema` reads it back."""
    head = _HEAD.format(
        name=" ".join(proposal.name.split()),
        rows=proposal.rows,
        form=FORM,
        time_column=_scalar(proposal.time_column),
    )
    return head + "".join(_column(column) for column in proposal.columns)


def _column(column: ColumnProposal) -> str:
    rule = column.rule
    shown = "none" if column.example is None else _scalar(column.example)
    lines = [f"  # nulls: {column.nulls}, example: {shown}"]
    lines += [f"  # doubt: {' '.join(doubt.split())}" for doubt in column.doubts]
    lines += [
        f"  - name: {_scalar(rule.name)}",
        f"    rename: {_scalar(rule.rename)}",
        f"    type: {rule.type}",
        f"    unit: {_scalar(rule.unit)}",
        f"    nullable: {_scalar(rule.nullable)}",
        f"    null_words: [{', '.join(map(_scalar, rule.null_words))}]",
    ]
    if rule.type == "timestamp":
        lines.append(f"    zone: {_scalar(rule.zone)}{_ZONE_REMARK}")
    if rule.type in NUMERIC_TYPES:
        lines.append(f"    decimal: {_scalar(rule.decimal)}")
        lines.append(f"    thousands: {_scalar(rule.thousands)}")
    lines.append(f"    drop: {_scalar(rule.drop)}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    # What JSON writes on one line YAML reads the same; unquoted words it would guess about.
    return json.dumps(value, ensure_ascii=isinstance(value, str) and not value.isprintable())
