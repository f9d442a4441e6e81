"""What happens after the terms are frozen changes nothing under them."""

import json

import pytest

from contracts.agreements import queries
from exchange.core.errors import NotFound
from exchange.datasets import service as datasets
from exchange.participants.models import Organisation
from tests.factories.datasets import load_curve, taken_in


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=50)


def terms_of(market, agreement):
    return market.read(queries.get_terms, agreement.id)


class TestFrozenTerms:
    def test_state_both_parties_the_exchange_and_their_keys(self, market, agreement):
        terms = terms_of(market, agreement)

        kids = [terms.party(role).kid for role in ("provider", "buyer", "exchange")]
        assert kids == [market.grid_co.key.kid, market.forecast_lab.key.kid, market.context.signing_key.kid]

    def test_state_listing_revision_and_conditions(self, market, agreement):
        subject = terms_of(market, agreement).document["subject"]

        assert (subject["listing_id"], subject["listing_version"]) == (market.listing_id, 1)
        assert subject["revision_sha256"] == market.ingested.sha256
        assert terms_of(market, agreement).granted_rows == 50

    def test_begin_with_the_acceptance_and_last_the_agreed_days(self, market, agreement):
        terms = terms_of(market, agreement)

        assert terms.valid_from == market.now
        assert (terms.valid_until - terms.valid_from).days == 30

    def test_are_not_changed_by_an_edit_of_the_listing(self, market, agreement):
        dearer = {"model": "per_row", "unit_price_micro": 9_000_000}
        market.decided(market.submitted(market.edited(plan=dearer, delivery_modes=["file"])))

        assert terms_of(market, agreement).data == agreement.terms
        assert market.deliveries.deliver(agreement.id, 5).rows == 5

    def test_are_not_changed_by_a_new_revision(self, market, agreement):
        before = market.deliveries.deliver(agreement.id, 5).content_sha256
        market.do(
            datasets.add_revision,
            actor=market.grid_co.actor,
            dataset_id=market.dataset_id,
            source_name="load.csv",
            ingested=taken_in(market.context.storage, load_curve(shift=1000)),
        )
        market.decided(market.submitted(market.edited()))

        assert market.deliveries.deliver(agreement.id, 5).content_sha256 == before

    def test_keep_the_name_a_party_had(self, market, agreement):
        with market.context.database.writing() as session:
            session.get(Organisation, market.grid_co.organisation_id).name_en = "Renamed"

        assert terms_of(market, agreement).party("provider").name_en == "grid-co"


class TestReading:
    @pytest.mark.parametrize(
        ("who", "count"),
        [("grid_co", 1), ("forecast_lab", 1), ("operator", 1), ("regulator", 1), ("rival", 0)],
    )
    def test_shows_parties_and_overseers_an_agreement(self, market, agreement, who, count):
        found = market.read(queries.find_agreements, actor=getattr(market, who).actor)

        assert len(found) == count

    def test_by_its_negotiation_finds_the_one(self, market, agreement):
        market.agreements.frozen()

        found = market.read(
            queries.find_agreements,
            actor=market.grid_co.actor,
            negotiation_id=agreement.negotiation_id,
        )
        assert [item.id for item in found] == [agreement.id]

    def test_of_terms_that_are_not_there_finds_nothing(self, market):
        with pytest.raises(NotFound):
            market.read(queries.get_terms, "agr_none")

    def test_gives_terms_that_say_what_the_columns_say(self, market, agreement):
        document = json.loads(agreement.terms)

        parties = {item["role"]: item["organisation_id"] for item in document["parties"]}
        assert (parties["provider"], parties["buyer"]) == (agreement.provider_id, agreement.buyer_id)
        assert document["agreement_id"] == agreement.id
