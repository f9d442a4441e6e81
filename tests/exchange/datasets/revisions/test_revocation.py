"""A revoked revision is there for the record and for nothing else."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from exchange.catalogue import get_published_listing
from exchange.catalogue.disclosure.service import disclose
from exchange.core.entries import decode_record
from exchange.core.errors import NotFound, NotPermitted
from exchange.datasets import get_newest_revision, queries, require_standing
from exchange.datasets.errors import RevisionNotStanding
from exchange.datasets.models import RevisionRevocation
from tests.factories.datasets import ROWS


def newest(market):
    return market.read(get_newest_revision, actor=market.grid_co.actor, dataset_id=market.dataset_id)


def stored(market, number=1):
    return market.read(queries.get_revision_by_number, market.dataset_id, number)


def offered(market):
    """What a buyer finds, and whether the catalogue's export has the listing."""
    buyer = market.api(market.forecast_lab)
    found = [item["id"] for item in buyer.get("/listings").json["items"]]
    turtle = market.app.test_client().get("/catalogue.ttl", headers=market.forecast_lab.sign_in_headers())
    return found, market.listing_id in turtle.text


def disclosed(market):
    listing = market.read(
        get_published_listing, market.listing_id, actor=market.forecast_lab.actor, now=market.now
    )
    return market.read(disclose, listing, as_of=market.now.date())


class TestRevoke:
    @pytest.mark.parametrize("who", ["grid_co", "operator"])
    def test_is_for_the_provider_and_the_operator(self, market, who):
        assert market.revisions.revoke(by=getattr(market, who)).reason == "meter was faulty"

    @pytest.mark.parametrize(
        ("who", "refusal"),
        [("rival", NotFound), ("forecast_lab", NotPermitted), ("regulator", NotPermitted)],
    )
    def test_is_for_nobody_else(self, market, who, refusal):
        with pytest.raises(refusal):
            market.revisions.revoke(by=getattr(market, who))
        assert market.revisions.events("dataset.revision_revoked") == []

    def test_of_a_revision_that_is_not_there_is_not_found(self, market):
        with pytest.raises(NotFound, match="no revision 7"):
            market.revisions.revoke(7)

    def test_is_told_by_an_event_with_the_digest_of_what_is_withdrawn(self, market):
        market.revisions.revoke()

        (event,) = market.revisions.events("dataset.revision_revoked")
        told = decode_record(event.record)
        assert (told["number"], told["reason"]) == (1, "meter was faulty")
        assert told["sha256"] == stored(market).sha256

    def test_again_changes_nothing_and_the_first_reason_stands(self, market):
        market.revisions.revoke()

        assert market.revisions.revoke(reason="another one").reason == "meter was faulty"
        assert len(market.revisions.events("dataset.revision_revoked")) == 1

    def test_deletes_nothing(self, market):
        storage = market.context.storage.storage
        before = {file.key for file in storage.find("revisions/")}
        market.revisions.revoke()

        assert {file.key for file in storage.find("revisions/")} == before != set()
        assert stored(market).rows == ROWS

    def test_cannot_be_taken_back_even_in_the_database(self, market):
        market.revisions.revoke()

        with pytest.raises(IntegrityError, match="append"), market.context.database.writing() as session:
            session.execute(update(RevisionRevocation).values(reason="never mind"))

    def test_is_told_to_the_buyer_with_the_reason(self, market):
        market.agreements.executed()
        market.revisions.revoke()

        (notice,) = market.revisions.notices(market.forecast_lab)
        assert (notice.kind, notice.text_en) == (
            "revision_revoked",
            "Revision 1 was revoked: meter was faulty",
        )
        assert notice.text_zh.endswith("meter was faulty")
        assert notice.text_zh != notice.text_en


class TestAfterwards:
    def test_the_revision_before_is_the_newest_that_stands(self, market):
        market.revisions.add(shift=1)
        market.revisions.revoke(2)

        assert newest(market).number == 1

    def test_with_every_revision_revoked_there_is_nothing_to_offer(self, market):
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding, match="every revision"):
            newest(market)

    def test_the_same_content_brought_again_is_a_revision_of_its_own(self, market):
        """It was withdrawn by decision, so bringing it back is a decision too, with a number of its own."""
        market.revisions.revoke()

        assert market.revisions.add(shift=0).number == 2
        assert newest(market).number == 2

    def test_the_listing_is_not_found_or_exported_and_comes_back_with_a_revision_that_stands(self, market):
        assert offered(market) == ([market.listing_id], True)
        market.revisions.revoke()
        assert offered(market) == ([], False)

        market.revisions.add(shift=1)
        market.decided(market.edited())
        assert offered(market) == ([market.listing_id], True)

    def test_strangers_see_counts_of_it_and_no_value(self, market):
        before = disclosed(market)
        market.revisions.revoke()

        after = disclosed(market)
        assert (before.withheld, after.withheld, after.sample) == (None, "revoked", None)
        assert {column["max"] for column in after.profile["columns"]} == {None}
        assert after.profile["rows"] == before.profile["rows"] == ROWS

    def test_others_stand(self, market):
        market.revisions.add(shift=1)
        market.revisions.revoke(2)

        assert market.read(require_standing, stored(market).id) is None
        with pytest.raises(RevisionNotStanding, match="meter was faulty"):
            market.read(require_standing, stored(market, 2).id)

    def test_a_draft_takes_the_newest_that_stands(self, market):
        market.revisions.add(shift=1)
        market.revisions.revoke(2)

        assert market.edited().content["revision"]["number"] == 1

    def test_a_version_of_it_cannot_be_submitted(self, market):
        version = market.edited()
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.submitted(version)

    def test_a_submitted_version_of_it_can_only_be_rejected(self, market):
        version = market.submitted(market.edited())
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.decided(version)
        assert market.decided(version, "rejected").state == "rejected"

    def test_nobody_can_ask_for_it_any_more(self, market):
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.negotiations.requested()

    def test_an_offer_on_it_cannot_be_accepted(self, market):
        negotiation = market.negotiations.offered()
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.negotiations.accept(negotiation.id)

    def test_terms_on_it_cannot_be_signed(self, market):
        agreement = market.agreements.frozen()
        market.agreements.sign(agreement, by=market.grid_co)
        market.revisions.revoke()

        with pytest.raises(RevisionNotStanding):
            market.agreements.sign(agreement, by=market.forecast_lab)
        assert market.agreements.get(agreement.id).state == "awaiting_signatures"
