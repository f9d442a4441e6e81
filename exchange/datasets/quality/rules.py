"""Declared rules, evaluated over all rows by the engine; the first offenders are named."""

from collections.abc import Sequence
from typing import Any

import duckdb

from exchange.datasets.engine import delivered_sql, identifier, reader, value_text
from exchange.datasets.quality.declaration import Declaration, DeclarationInvalid
from exchange.datasets.quality.numbers import Table
from exchange.datasets.quality.source import PLACE, ROWS
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, Schema

_LISTED = 5
_SHOWN_CHARACTERS = 60
#: The dimension that each kind of rule speaks for.
DIMENSION_OF = {
    "range": "accuracy",
    "compare": "accuracy",
    "not-null": "completeness",
    "unique": "consistency",
    "allowed": "conformity",
    "pattern": "conformity",
}


def require_fitting(declaration: Declaration, schema: Schema) -> None:
    """Refuse rules about columns that are not there or of a type they cannot be about.

    Raises:
        DeclarationInvalid: the rule is named.
    """
    for number, rule in enumerate(declaration.rules):
        fault = _fault(rule, schema)
        if fault is not None:
            raise DeclarationInvalid(
                fault, field=f"rules.{number}", remedy=f"The columns are: {', '.join(schema.names)}."
            )


def columns_of(rule: dict[str, Any]) -> list[str]:
    """The columns that a rule is about."""
    named = [*rule.get("columns", ()), rule.get("column"), rule.get("other")]
    return [name for name in named if name is not None]


def check_rules(table: Table, declaration: Declaration) -> list[dict[str, Any]]:
    """Count, per rule, the cells or rows it was held against and those that break it.

    An empty cell breaks `not-null` only; in every other rule it is not looked at. A rule that does not fit
    the columns, because they changed since it was declared, is held against nothing and says so as `fault`.
    """
    return [_check(table, number, rule) for number, rule in enumerate(declaration.rules)]


def _fault(rule: dict[str, Any], schema: Schema) -> str | None:
    for name in columns_of(rule):
        if name not in schema.names:
            return f"a rule is about the column {name}, which is not there"
    types = [schema.field(name).type for name in columns_of(rule)]
    if rule["kind"] == "range" and types[0] not in NUMERIC_TYPES:
        return f"a range is for numbers, and {rule['column']} is {types[0]}"
    if rule["kind"] == "pattern":
        if types[0] != "text":
            return f"a pattern is for text, and {rule['column']} is {types[0]}"
        return _pattern_fault(rule["pattern"])
    if rule["kind"] == "compare" and len({_comparable(name) for name in types}) > 1:
        return f"{rule['column']} and {rule['other']} are of types that do not compare"
    return None


def _comparable(name: str) -> str:
    return "number" if name in NUMERIC_TYPES else "time" if name in TEMPORAL_TYPES else name


def _pattern_fault(pattern: str) -> str | None:
    try:
        reader().execute("SELECT regexp_full_match('', ?)", [pattern]).fetchone()
    except duckdb.Error as error:
        return f"the pattern cannot be read: {str(error).partition(chr(10))[0]}"
    return None


def _check(table: Table, number: int, rule: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "number": number,
        "kind": rule["kind"],
        "columns": columns_of(rule),
        "dimension": DIMENSION_OF[rule["kind"]],
        "fault": _fault(rule, table.schema),
    }
    if result["fault"] is not None:
        return result | {"checked": 0, "violations": 0, "first": []}
    if rule["kind"] == "unique":
        return result | _check_unique(table, rule["columns"])
    looked_at, broken, bound = _conditions(rule, table.schema)
    checked, violations = table.connection.execute(
        f"SELECT count(*) FILTER (checked), count(*) FILTER (checked AND broken)"  # noqa: S608
        f" FROM (SELECT {looked_at} AS checked, {broken} AS broken FROM {ROWS})",
        bound,
    ).fetchone() or (0, 0)
    listed = _offenders(table, rule, f"{looked_at} AND {broken}", bound) if violations else []
    return result | {"checked": checked, "violations": violations, "first": listed}


def _conditions(rule: dict[str, Any], schema: Schema) -> tuple[str, str, list[Any]]:
    """Which rows a rule looks at, which of them break it, and the values bound in it."""
    if rule["kind"] == "compare":
        one, other = identifier(rule["column"]), identifier(rule["other"])
        # The operator is one of a closed list.
        return f"{one} IS NOT NULL AND {other} IS NOT NULL", f"NOT ({one} {rule['operator']} {other})", []
    column = identifier(rule["column"])
    if rule["kind"] == "not-null":
        return "true", f"{column} IS NULL", []
    filled = f"{column} IS NOT NULL"
    if rule["kind"] == "pattern":
        return filled, f"NOT regexp_full_match({column}, ?)", [rule["pattern"]]
    if rule["kind"] == "allowed":
        delivered = f"CAST({delivered_sql(schema.field(rule['column']))} AS VARCHAR)"
        return filled, f"NOT list_contains(?, {delivered})", [rule["values"]]
    bounds = [(comparison, rule[end]) for end, comparison in (("min", "<"), ("max", ">")) if end in rule]
    tests = [f"CAST({column} AS DOUBLE) {sign} CAST(? AS DOUBLE)" for sign, _ in bounds]
    return filled, f"({' OR '.join(tests)})", [bound for _, bound in bounds]


def _offenders(
    table: Table, rule: dict[str, Any], where: str, bound: Sequence[Any]
) -> list[dict[str, Any]]:
    delivered = [delivered_sql(table.schema.field(name)) for name in columns_of(rule)]
    values = ", ".join(delivered)
    rows = table.connection.execute(
        f"SELECT {PLACE} + 1, {table.time_sql}, {values} FROM {ROWS} WHERE {where}"  # noqa: S608
        f" ORDER BY {PLACE} LIMIT {_LISTED}",
        bound,
    ).fetchall()
    return [
        {"row": place, "at": at, "values": [_shown(value) for value in found]} for place, at, *found in rows
    ]


def _check_unique(table: Table, columns: Sequence[str]) -> dict[str, Any]:
    keys = ", ".join(f"{identifier(name)} AS k{number}" for number, name in enumerate(columns))
    filled = " AND ".join(f"{identifier(name)} IS NOT NULL" for name in columns)
    groups = f"SELECT count(*) AS n, {keys} FROM {ROWS} WHERE {filled} GROUP BY ALL"  # noqa: S608
    checked, violations = table.connection.execute(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(n - 1), 0) FROM ({groups})",  # noqa: S608
    ).fetchone() or (0, 0)
    rows = []
    if violations:
        fields = [table.schema.field(name) for name in columns]
        values = ", ".join(delivered_sql(field, f"k{number}") for number, field in enumerate(fields))
        rows = table.connection.execute(
            f"SELECT n, {values} FROM ({groups}) WHERE n > 1 ORDER BY ALL LIMIT {_LISTED}",  # noqa: S608
        ).fetchall()
    listed = [{"rows": count, "values": [_shown(value) for value in found]} for count, *found in rows]
    return {"checked": int(checked), "violations": int(violations), "first": listed}


def _shown(value: object) -> str | None:
    text = value_text(value)
    return text if text is None or len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
