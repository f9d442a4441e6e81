"""Nothing of a revoked revision leaves, and a log that says otherwise is found out."""

import pytest

from exchange.datasets.errors import RevisionNotStanding
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence


@pytest.fixture
def agreement(market):
    return market.agreements.executed()


class TestGate:
    def test_prepares_nothing(self, market, agreement):
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding, match="meter was faulty"):
            market.deliveries.prepared(agreement.id, page(5))

    def test_records_nothing_that_was_prepared_before(self, market, agreement):
        prepared = market.deliveries.prepared(agreement.id, page(5))
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.deliveries.record(agreement.id, prepared)
        assert market.deliveries.records(agreement.id) == []
        assert market.deliveries.meter(agreement.id).delivered_rows == 0

    def test_does_not_hand_out_again_what_was_delivered_before(self, market, agreement):
        prepared = market.deliveries.prepared(agreement.id, page(5))
        market.deliveries.record(agreement.id, prepared, request_id="r-1")
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.deliveries.record(agreement.id, prepared, request_id="r-1")
        assert len(market.deliveries.records(agreement.id)) == 1

    def test_is_closed_under_every_agreement_and_open_for_other_revisions(self, market, agreement):
        another = market.agreements.executed()
        market.revisions.add(shift=1)
        market.revisions.revoke(2)

        assert market.deliveries.deliver(agreement.id).number == 1
        market.revisions.revoke(1)
        for deal in (agreement, another):
            with pytest.raises(RevisionNotStanding):
                market.deliveries.deliver(deal.id)

    @pytest.mark.parametrize("way", ["rows", "file"])
    def test_answers_403_with_the_reason(self, market, agreement, way):
        market.revisions.revoke()

        answer = market.api(market.forecast_lab).get(f"/agreements/{agreement.id}/{way}")

        assert (answer.status_code, answer.json["code"]) == (403, "revision-revoked")
        assert "meter was faulty" in answer.json["detail"]


class TestReplay:
    @pytest.fixture
    def evidence(self, market, agreement):
        market.deliveries.deliver(agreement.id)
        market.revisions.revoke()
        return Evidence(market)

    def test_an_honest_log_holds(self, evidence):
        report = evidence.verify()

        assert report.ok, report.findings
        assert report.checked["revocations"] == 1

    def test_a_delivery_after_the_revocation_is_found(self, evidence):
        delivery = evidence.one("delivery.recorded")
        evidence.drop(delivery)
        evidence.events.append(delivery)

        assert "data of a revision were delivered after it was revoked" in evidence.findings()

    def test_an_agreement_after_the_revocation_is_found(self, evidence):
        evidence.drop(evidence.one("delivery.recorded"))
        executed = evidence.one("agreement.executed")
        evidence.drop(executed)
        evidence.events.append(executed)

        assert "executed on a revision that was revoked before" in evidence.findings()

    def test_a_listing_after_the_revocation_is_found(self, evidence):
        decided = evidence.one("listing.version_decided")
        evidence.drop(decided)
        evidence.events.append(decided)

        assert "listed whose revision was revoked before" in evidence.findings()

    def test_a_revocation_of_what_was_never_stored_is_found(self, evidence):
        evidence.one("dataset.revision_revoked").payload["sha256"] = "0" * 64

        assert "not stored with this digest" in evidence.findings()

    def test_a_second_revocation_is_found(self, evidence):
        evidence.repeat(evidence.one("dataset.revision_revoked"))

        assert "revoked a second time" in evidence.findings()
