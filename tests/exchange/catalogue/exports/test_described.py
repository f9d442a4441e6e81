"""A page describes the listing it has read in the same way as an export that reads it itself."""

from exchange import datasets, participants
from exchange.catalogue import queries
from exchange.catalogue.exports.queries import describe_published, get_described
from tests.factories.described import BASE_URL


def test_what_a_page_has_read_is_described_like_what_an_export_reads(market):
    market.decided(market.edited(title_en="Load, edited"))
    actor = market.forecast_lab.actor

    with market.context.database.reading() as session:
        known = {"actor": actor, "now": market.now}
        listing = queries.get_published_listing(session, market.listing_id, **known)
        described = describe_published(
            session,
            listing,
            provider=participants.get_organisation_card(session, listing.organisation_id),
            revision=datasets.get_revision_card(session, listing.revision_id),
            base_url=BASE_URL,
        )
        assert described == get_described(session, market.listing_id, base_url=BASE_URL, **known)
    assert (described.previous_version, len(described.sample.rows) > 0) == (1, True)
