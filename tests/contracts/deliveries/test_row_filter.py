"""Rows that the terms choose by value: nobody is given, or charged for, another one."""

import csv
import io
from pathlib import Path

import pytest

from contracts.terms import TermsInvalid
from exchange.core.errors import InvalidDocument
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence

HIGH = [{"column": "load_kw", "op": "gteq", "values": ["11.5"]}]
NAMED = [{"column": "remark", "op": "in", "values": ["row 3", "row 5", "'; DROP TABLE x; --"]}]


def times(market, agreement, **asked):
    prepared = market.deliveries.prepared(agreement.id, page(100, form="csv", **asked))
    body = Path(prepared.file).read_bytes() if prepared.file else prepared.body
    return prepared.rows, [row["time"][11:16] for row in csv.DictReader(io.StringIO(body.decode()))]


class TestDelivery:
    @pytest.mark.parametrize("mode", ["query", "file"])
    def test_holds_the_chosen_rows_only(self, market, mode):
        agreement = market.agreements.executed(row_filter=HIGH)

        assert times(market, agreement, mode=mode) == (4, ["23:00", "23:15", "23:30", "23:45"])

    def test_chooses_by_a_column_that_is_not_granted(self, market):
        agreement = market.agreements.executed(row_filter=NAMED, columns=["time", "load_kw"])

        assert times(market, agreement) == (2, ["00:45", "01:15"])

    def test_fulfils_every_condition(self, market):
        below = {"column": "load_kw", "op": "lt", "values": ["0.6"]}
        agreement = market.agreements.executed(row_filter=[*NAMED, below])

        assert times(market, agreement)[0] == 1

    def test_counts_what_was_chosen(self, market):
        agreement = market.agreements.executed(row_filter=HIGH, max_rows=4)
        market.deliveries.deliver(agreement.id, 100)

        assert market.deliveries.meter(agreement.id).delivered_rows == 4
        assert Evidence(market).findings() == ""

    def test_pages_meet_each_chosen_row_once(self, market):
        agreement = market.agreements.executed(row_filter=HIGH)
        first = market.deliveries.prepared(agreement.id, page(3))
        rest = market.deliveries.prepared(agreement.id, page(3, cursor=first.next_cursor))

        assert (first.rows, rest.rows, rest.next_cursor) == (3, 1, None)


class TestTerms:
    @pytest.mark.parametrize(
        ("condition", "field"),
        [
            ({"column": "mood", "op": "in", "values": ["good"]}, "row_filter.0.column"),
            ({"column": "time", "op": "in", "values": ["2026-06-01"]}, "row_filter.0.column"),
            ({"column": "remark", "op": "gteq", "values": ["row 3"]}, "row_filter.0.op"),
            ({"column": "load_kw", "op": "gteq", "values": ["1", "2"]}, "row_filter.0.op"),
            ({"column": "load_kw", "op": "lt", "values": ["1e3"]}, "row_filter.0.values.0"),
            ({"column": "load_kw", "op": "like", "values": ["1"]}, "row_filter.0.op"),
            ({"column": "load_kw", "op": "in", "values": []}, "row_filter.0.values"),
            ({"column": "load_kw", "op": "in", "values": ["1"], "not": True}, "row_filter.0.not"),
        ],
    )
    def test_cannot_promise_what_the_gate_cannot_ask(self, market, condition, field):
        with pytest.raises(InvalidDocument) as refusal:
            market.negotiations.requested(row_filter=[condition])

        assert field in [problem.field for problem in refusal.value.problems]

    def test_say_it_in_both_languages_beside_its_rule(self, market):
        agreement = market.agreements.executed(row_filter=HIGH)
        api = market.api(market.forecast_lab)

        said = [
            clause
            for language in ("en", "zh")
            for clause in api.get(f"/agreements/{agreement.id}/clauses", language=language).json
            if clause["key"] == "limits"
        ]

        assert "load_kw is at least 11.5" in said[0]["text"]
        assert "load_kw 不小于 11.5" in said[1]["text"]
        rule = next(limit["odrl"] for limit in said[0]["limits"] if limit["code"] == "row_filter")
        assert rule["constraint"] == [
            {"leftOperand": "row", "operator": "gteq", "rightOperand": ["load_kw", "11.5"]}
        ]

    def test_of_too_many_conditions_are_refused(self, market):
        with pytest.raises(TermsInvalid):
            market.negotiations.requested(row_filter=HIGH * 11)
