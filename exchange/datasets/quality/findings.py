"""What a buyer should know before anything else, each with its evidence."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from exchange.datasets.schema import NUMERIC_TYPES, Field, Schema

_LISTED = 5

Finding = dict[str, Any]


def find(
    schema: Schema,
    profile: dict[str, Any],
    unit_jumps: Sequence[dict[str, Any]],
    single_precision: Sequence[dict[str, Any]],
) -> list[Finding]:
    """Name what stands out: `weight` is "note" for what may be as it must, "warning" for what is likely wrong.

    Every finding has `code`, `weight`, `column` (None for the whole), `count` and `evidence`, a list of
    {at, value} as far as there are single rows to point to.
    """
    findings = [*_about_time(profile["time"])]
    for field, column in zip(schema.fields, profile["columns"], strict=True):
        findings += _about_column(field, column, profile["rows"])
    for jump in unit_jumps:
        evidence = [{"at": jump["at"], "value": f"{jump['before']} → {jump['after']}"}]
        findings.append(_finding("unit-jump", "warning", 1, jump["column"], evidence, power=jump["power"]))
    for single in single_precision:
        findings.append(
            _finding("single-precision", "note", single["count"], single["column"], single["first"])
        )
    for rule in profile["rules"]:
        if rule["fault"] is not None:
            findings.append(_finding("rule-not-applicable", "warning", 1, None, [], rule=rule["number"]))
        if rule["violations"]:
            findings.append(
                _finding("rule-broken", "warning", rule["violations"], None, [], rule=rule["number"])
            )
    return findings


def _finding(
    code: str, weight: str, count: int, column: str | None = None, evidence: Sequence[Any] = (), **more: Any
) -> Finding:
    return {
        "code": code,
        "weight": weight,
        "column": column,
        "count": count,
        "evidence": list(evidence)[:_LISTED],
        **more,
    }


def _about_time(time: dict[str, Any] | None) -> Iterator[Finding]:
    if time is None:
        return
    field = time["field"]
    stated = time["zone"] or time["declared"]["zone"]
    # Whole days mean the same days to everybody; hours do not.
    if not stated and (time["step"] or "").startswith("PT"):
        yield _finding("zone-not-stated", "note", 1, field)
    if time["gaps"]:
        places = [_gap_place(gap) for gap in time["first_gaps"]]
        yield _finding("gaps", "warning", time["gaps"], field, places, missing=time["missing"])
    elif time["missing_business_days"]:
        places = [_gap_place(gap) for gap in time["first_gaps"]]
        yield _finding("absent-working-days", "note", time["missing_business_days"], field, places)
    if time["beyond_calendar"]:
        yield _finding("beyond-calendar", "note", time["beyond_calendar"], field)
    if time["duplicate_rows"]:
        listed = [{"at": double["at"], "value": str(double["rows"])} for double in time["first_doubles"]]
        # Rows of several things at each time are a table of them, not doubles.
        code, weight = ("double-times", "warning") if listed else ("several-rows-a-time", "note")
        yield _finding(code, weight, time["duplicate_rows"], field, listed)
    if time["off_step"]:
        yield _finding("off-step", "warning", time["off_step"], field)
    for before, after in pairwise(time["segments"]):
        evidence = [{"at": after["after"], "value": f"{before['step']} → {after['step']}"}]
        yield _finding("resolution-change", "note", 1, field, evidence)
    yield from _about_clock(time["clock"], field)


def _gap_place(gap: dict[str, Any]) -> dict[str, str]:
    if "after" in gap:
        return {"at": gap["after"], "value": f"{gap['missing']} → {gap['before']}"}
    return {"at": gap["from"], "value": str(gap["missing"])}


def _about_clock(clock: dict[str, Any] | None, field: str) -> Iterator[Finding]:
    if clock is None:
        return
    listed = [{"at": change["at"], "value": change["found"]} for change in clock["first"]]
    if clock["suspected"]:
        yield _finding(
            "clock-changes-suspected", "warning", clock["hits"], field, listed, zone=clock["zone"]
        )
        return
    for key, code in (("skipped_present", "hours-that-cannot-be"), ("repeated_once", "hours-told-once")):
        if clock[key]:
            places = [place for place in listed if place["value"] == key]
            yield _finding(code, "warning", clock[key], field, places, zone=clock["zone"])


def _about_column(field: Field, column: dict[str, Any], rows: int) -> Iterator[Finding]:
    name = field.name
    if column["nulls"] == rows:
        yield _finding("empty-column", "warning", rows, name)
        return
    yield from _about_holes(column, name)
    if column["min"] == column["max"] and column["nulls"] == 0 and rows > 1:
        yield _finding("constant-column", "note", rows, name, [{"at": None, "value": column["min"]}])
    if field.type in NUMERIC_TYPES:
        if 0 < column["negatives"] < rows - column["nulls"] - column["zeros"]:
            yield _finding("both-signs", "note", column["negatives"], name)
        outliers = column.get("outliers")
        if outliers and outliers["count"]:
            yield _finding("outliers", "note", outliers["count"], name, outliers["first"])


def _about_holes(column: dict[str, Any], name: str) -> Iterator[Finding]:
    holes = column.get("holes")
    if holes is None:
        return
    if holes["leading"]:
        evidence = [{"at": holes["begins"], "value": None}]
        yield _finding("late-start", "note", holes["leading"], name, evidence)
    if holes["trailing"]:
        evidence = [{"at": holes["ends"], "value": None}]
        yield _finding("early-end", "warning", holes["trailing"], name, evidence)
    if holes["inner"]:
        evidence = [{"at": at, "value": None} for at in holes["first"]]
        yield _finding("empty-cells", "warning", holes["inner"], name, evidence)
