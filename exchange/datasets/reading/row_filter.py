"""Choosing rows by their values: a conjunction of conditions, as a contract states it and the engine is asked.

Values are always bound as parameters; no text of anybody becomes part of a query.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from exchange.core.errors import FieldProblem
from exchange.datasets.engine import identifier
from exchange.datasets.errors import RowFilterInvalid
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, Field, Schema

#: What a condition may compare with; all but `in` take one value and are for numbers.
OPERATORS: Final = {"in": "IN", "gteq": ">=", "gt": ">", "lteq": "<=", "lt": "<"}
_ENGINE_TYPES: Final = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_WRITTEN: Final = {
    "integer": (re.compile(r"-?[0-9]{1,18}", re.ASCII), "-12"),
    "number": (re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII), "-12.5"),
    "boolean": (re.compile(r"true|false"), "true"),
}

#: One condition: column, operator and values, as texts.
Condition = Mapping[str, Any]


def require_row_filter(schema: Schema, conditions: Sequence[Condition]) -> None:
    """Refuse conditions that these rows cannot be chosen by.

    Raises:
        RowFilterInvalid: names every fault.
    """
    problems = [
        problem
        for place, condition in enumerate(conditions)
        for problem in _problems(schema, condition, f"row_filter.{place}")
    ]
    if problems:
        raise RowFilterInvalid(problems)


def row_condition(schema: Schema, conditions: Sequence[Condition]) -> tuple[str, list[str]]:
    """Return the condition to append to a WHERE clause and its parameters.

    A row without a value in the column fulfils no condition on it.

    Raises:
        RowFilterInvalid: as `require_row_filter`.
    """
    require_row_filter(schema, conditions)
    condition, values = "", []
    for item in conditions:
        field = schema.field(item["column"])
        bound = f"CAST(? AS {_ENGINE_TYPES[field.type]})"
        values += item["values"]
        right = f"({', '.join([bound] * len(item['values']))})" if item["op"] == "in" else bound
        condition += f" AND {identifier(field.name)} {OPERATORS[item['op']]} {right}"
    return condition, values


def _problems(schema: Schema, condition: Condition, path: str) -> list[FieldProblem]:
    name, op, values = condition["column"], condition["op"], condition["values"]
    if name not in schema.names:
        told = f"the data set has no column {name}"
        return [FieldProblem(f"{path}.column", told, f"It has {', '.join(schema.names)}.")]
    field = schema.field(name)
    if field.type in TEMPORAL_TYPES:
        told = f"the column {name} holds times, and rows are chosen by time with a range"
        return [FieldProblem(f"{path}.column", told, "Use data_from and data_to.")]
    if op != "in" and (field.type not in NUMERIC_TYPES or len(values) != 1):
        told = f"{op} compares a column of numbers with one value"
        return [FieldProblem(f"{path}.op", told, "Use `in`, or one value of a column of numbers.")]
    return [
        FieldProblem(f"{path}.values.{place}", f"{value!r} is no {field.type}", f"Write it like {example}.")
        for place, value in enumerate(values)
        if (example := _written_otherwise(field, value)) is not None
    ]


def _written_otherwise(field: Field, value: str) -> str | None:
    """An example of how a value is written, when this one is not; None when it is."""
    if field.type not in _WRITTEN:
        return None
    pattern, example = _WRITTEN[field.type]
    return None if pattern.fullmatch(value) else example
