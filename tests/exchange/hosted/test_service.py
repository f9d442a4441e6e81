"""Describing a provider's API: what is kept, what is told, and when it counts as tested."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.core.errors import NotFound, NotPermitted
from exchange.core.events import EventRow
from exchange.hosted import HostedApi, get_own_api, require_tested
from exchange.hosted.errors import ConnectionNotTested
from exchange.hosted.queries import TEST_HOLDS_DAYS, find_products
from tests.factories import hosted as product
from tests.factories.hosted import FAILED, HOST


def test_a_description_is_kept_whole_and_told_without_its_address(market):
    described = product.described(market)

    assert (described.version, described.api["url"]) == (1, product.API["url"])
    assert described.api_sha256 == HostedApi.of(described.api).digest
    assert "url" not in described.shown
    assert HOST not in str(described.shown)


def test_the_address_is_in_no_event(market):
    described = product.described(market)

    with market.context.database.reading() as session:
        records = b"".join(row.record for row in session.query(EventRow))
    assert f'"hosted_id":"{described.hosted_id}"'.encode() in records
    assert HOST.encode() not in records


def test_an_edit_is_the_next_description(market):
    first = product.described(market)

    second = product.described_anew(market, first.hosted_id, timeout_ms=900)

    assert (second.version, second.api["timeout_ms"]) == (2, 900)
    assert market.read(get_own_api, first.hosted_id, actor=market.grid_co.actor, version=1) == first
    assert market.read(get_own_api, first.hosted_id, actor=market.grid_co.actor) == second
    assert market.read(find_products, actor=market.grid_co.actor) == [second]


def test_the_same_description_again_makes_no_next_one(market):
    first = product.described(market)

    assert product.described_anew(market, first.hosted_id) == first


def test_a_description_is_never_changed(market):
    """Evidence: the database itself refuses."""
    product.described(market)

    for statement in (
        "UPDATE hosted_descriptions SET api_sha256 = 'x'",
        "DELETE FROM hosted_descriptions",
        "DELETE FROM hosted_products",
    ):
        with pytest.raises(IntegrityError):
            market.context.database.write(lambda session, sql=statement: session.execute(text(sql)))


def test_only_its_provider_describes_it_anew_or_reads_it(market):
    described = product.described(market)

    with pytest.raises(NotFound):
        product.described_anew(market, described.hosted_id, by=market.rival, timeout_ms=900)
    with pytest.raises(NotFound):
        market.read(get_own_api, described.hosted_id, actor=market.rival.actor)
    assert market.read(get_own_api, described.hosted_id, actor=market.operator.actor) == described


@pytest.mark.parametrize("who", ["grid_approver", "forecast_lab"])
def test_describing_is_for_editors_of_providers(market, who):
    with pytest.raises(NotPermitted):
        product.described(market, by=getattr(market, who))


class TestTheGate:
    @pytest.fixture
    def require(self, market):
        described = product.described(market)

        def call(*, after=timedelta()):
            return market.read(
                require_tested,
                organisation_id=market.grid_co.organisation_id,
                hosted=described.shown,
                now=market.now + after,
            )

        return call

    def test_opens_with_a_passed_test(self, market, require):
        test = product.connection_tested(market)

        assert require().id == test.id

    @pytest.mark.parametrize(
        "test",
        [
            {"report": FAILED},
            {"timeout_ms": 900},
            {"by": "rival"},
        ],
        ids=["failed", "another description", "another provider"],
    )
    def test_stays_shut_with_another(self, market, require, test):
        if "by" in test:
            test = {"by": market.rival}
        product.connection_tested(market, **test)

        with pytest.raises(ConnectionNotTested) as refusal:
            require()
        assert "wdx hosted test hst_" in refusal.value.remedy

    def test_shuts_when_the_test_is_old(self, market, require):
        product.connection_tested(market)
        days = timedelta(days=TEST_HOLDS_DAYS)

        assert require(after=days)
        with pytest.raises(ConnectionNotTested):
            require(after=days + timedelta(seconds=1))
