"""The limits that the terms set beside rows and time: how often, from where, of which time."""

import pytest

from contracts.deliveries.limits import AddressNotGranted, RangeNotGranted
from contracts.deliveries.preparation import prepare
from contracts.deliveries.service import QuotaExhausted
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence

NETWORKS = ["203.0.113.0/24", "2001:db8::/32"]


def prepared(market, agreement, question=None, *, address=None):
    return market.read(
        prepare,
        actor=market.forecast_lab.actor,
        agreement_id=agreement.id,
        question=question or page(),
        storage=market.context.storage,
        address=address,
    )


class TestNumberOfDeliveries:
    def test_the_last_one_is_made_and_the_next_refused(self, market):
        agreement = market.agreements.executed(max_calls=2)
        for rows in (1, 2):
            market.deliveries.deliver(agreement.id, rows)

        with pytest.raises(QuotaExhausted, match="all 2 granted deliveries are made"):
            market.deliveries.deliver(agreement.id, 1)
        assert market.deliveries.meter(agreement.id).deliveries == 2

    def test_a_repeated_request_is_no_further_delivery(self, market):
        agreement = market.agreements.executed(max_calls=1)
        first = market.deliveries.deliver(agreement.id, 3, request_id="page-1")

        assert market.deliveries.deliver(agreement.id, 3, request_id="page-1").id == first.id

    def test_one_too_many_is_found_in_the_evidence(self, market):
        agreement = market.agreements.executed(max_calls=2)
        for _ in range(2):
            market.deliveries.deliver(agreement.id, 1)
        evidence = Evidence(market)
        assert evidence.verify().ok
        again = evidence.repeat(evidence.of_type("delivery.recorded")[1])
        again.payload |= {"number": 3, "delivered_rows": 3, "request_id": "another"}

        assert "more deliveries were made than the terms grant" in evidence.findings()


class TestAddresses:
    @pytest.mark.parametrize(
        "address", ["203.0.113.0", "203.0.113.255", "::ffff:203.0.113.9", "2001:db8::7", None]
    )
    def test_within_the_ranges_are_served(self, market, address):
        agreement = market.agreements.executed(networks=NETWORKS)

        assert prepared(market, agreement, address=address).rows == 10

    @pytest.mark.parametrize("address", ["203.0.114.1", "198.51.100.7", "2001:db9::1", "", "somewhere"])
    def test_outside_them_are_refused(self, market, address):
        agreement = market.agreements.executed(networks=NETWORKS)

        with pytest.raises(AddressNotGranted, match="grant nothing to the address"):
            prepared(market, agreement, address=address)

    def test_without_ranges_any_is_served(self, market):
        assert prepared(market, market.agreements.executed(), address="198.51.100.7").rows == 10

    def test_are_the_callers_over_http(self, market):
        away = market.agreements.executed(networks=NETWORKS)
        here = market.agreements.executed(networks=["127.0.0.0/8"])
        api = market.api(market.forecast_lab)

        refused = api.get(f"/agreements/{away.id}/rows")
        assert (refused.status_code, refused.json["code"]) == (403, "address-not-granted")
        assert api.get(f"/agreements/{here.id}/rows").status_code == 200


class TestRangeOfTime:
    @pytest.fixture
    def agreement(self, market):
        return market.agreements.executed(data_from="2026-06-01 06:00", data_to="2026-06-01 08:00")

    def test_without_a_question_is_the_granted_one(self, market, agreement):
        found = prepared(market, agreement, page(96))

        assert found.rows == 8
        assert (found.question.time_from, found.question.time_to) == (
            "2026-06-01 06:00",
            "2026-06-01 08:00",
        )

    def test_may_be_narrowed(self, market, agreement):
        assert prepared(market, agreement, page(96, time_from="2026-06-01 07:00")).rows == 4

    @pytest.mark.parametrize(
        "asked",
        [
            {"time_from": "2026-06-01 05:45"},
            {"time_to": "2026-06-01 08:15"},
            {"time_from": "yesterday"},
            {"time_from": "2026-06-01T07:00:00Z"},
        ],
    )
    def test_beyond_it_is_refused_not_cut_off(self, market, agreement, asked):
        with pytest.raises(RangeNotGranted, match="do not grant this range"):
            prepared(market, agreement, page(96, **asked))

    def test_beyond_it_is_found_in_the_evidence(self, market, agreement):
        market.deliveries.record(agreement.id, prepared(market, agreement))
        evidence = Evidence(market)
        assert evidence.verify().ok
        evidence.one("delivery.recorded").payload["question"]["time_to"] = None

        assert "outside the range of time" in evidence.findings()
