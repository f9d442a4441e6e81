"""Trying a described API: one call, and every promise of the description checked on the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from exchange.core.egress import Answer, EgressFailed, EgressRefused, Limits, call
from exchange.datasets import Field
from exchange.hosted.description import FAILURE, NO_HIT, HostedApi

REACHED, KNOWN_CODE, RECORDS, COLUMNS = "reached", "known_code", "records", "columns"
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@dataclass(frozen=True)
class Check:
    """One promise and whether the answer kept it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class TestReport:
    """How a test went; it stops at the first promise that was not kept."""

    checks: tuple[Check, ...] = ()
    records: int = 0
    elapsed_ms: int | None = None

    __test__ = False  # not a test of pytest

    @property
    def passed(self) -> bool:
        return all(check.ok for check in self.checks)

    def checks_json(self) -> list[dict[str, Any]]:
        """The checks as plain values of the canonical profile."""
        return [dict(vars(check)) for check in self.checks]

    def having(self, name: str, *, ok: bool, detail: str) -> "TestReport":
        return replace(self, checks=(*self.checks, Check(name, ok, detail)))


def run_connection_test(
    api: HostedApi, *, arguments: Mapping[str, str], secret: str | None, limits: Limits
) -> TestReport:
    """Call the API once and check its answer; run it outside every transaction.

    Raises:
        HostedCallInvalid: the arguments do not fit the description, so nothing was called.
    """
    request = api.request(arguments, secret)
    limits = replace(limits, timeout_s=api.document["timeout_ms"] / 1000)
    try:
        answer = call(
            request.method, request.url, limits=limits, headers=request.headers, body=request.body
        )
    except (EgressRefused, EgressFailed) as error:
        return TestReport().having(REACHED, ok=False, detail=error.detail)
    report = replace(TestReport(), elapsed_ms=answer.elapsed_ms)
    report = report.having(REACHED, ok=True, detail=f"HTTP {answer.status}, {len(answer.body)} bytes")
    return _check_answer(api, answer, report)


def _check_answer(api: HostedApi, answer: Answer, report: TestReport) -> TestReport:
    try:
        content = orjson.loads(answer.body) if answer.body else None
    except orjson.JSONDecodeError:
        return report.having(RECORDS, ok=False, detail="the body is not JSON")
    outcome = api.outcome(answer.status, content)
    if outcome is None or outcome == FAILURE:
        said = "is a failure by" if outcome else "is not in"
        return report.having(KNOWN_CODE, ok=False, detail=f"HTTP {answer.status} {said} the table of codes")
    report = report.having(KNOWN_CODE, ok=True, detail=outcome)
    if outcome == NO_HIT:
        return report.having(
            RECORDS, ok=False, detail="nothing was found; test with arguments that find something"
        )
    return _check_records(api, api.records(content), report)


def _check_records(api: HostedApi, records: list[Any] | None, report: TestReport) -> TestReport:
    if not records:
        place = api.document["answer"]["records_at"] or "the whole answer"
        return report.having(RECORDS, ok=False, detail=f"there are no records at {place}")
    report = replace(report, records=len(records)).having(
        RECORDS, ok=True, detail=f"{len(records)} records"
    )
    for place, record in enumerate(records, start=1):
        fault = _fault(api, record)
        if fault:
            return report.having(COLUMNS, ok=False, detail=f"record {place}: {fault}")
    return report.having(COLUMNS, ok=True, detail=f"{len(api.schema.fields)} columns as described")


def _fault(api: HostedApi, record: Any) -> str | None:
    if not isinstance(record, dict):
        return "it is no object"
    for field in api.schema.fields:
        if field.name not in record or record[field.name] is None:
            if not field.nullable:
                return f"{field.name} is missing"
        elif not _has_type(field, record[field.name]):
            # Never the value: it is the provider's data, and an API may even answer with its secret.
            return f"{field.name} is {_kind(record[field.name])}, not of the type {field.type}"
    return None


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", int: "an integer", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(value), "an object")


def _has_type(field: Field, value: Any) -> bool:
    if field.type in _PYTHON_TYPES:
        # true is an int to Python and none to a reader.
        return isinstance(value, _PYTHON_TYPES[field.type]) and (
            field.type == "boolean" or not isinstance(value, bool)
        )
    return isinstance(value, str)
