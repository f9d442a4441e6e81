"""Registration: applied for with the listing, certified once, revocable, objectable."""

import threading
from datetime import timedelta

import pytest

from exchange.catalogue.lifecycle import delist_listing
from exchange.core.errors import NotFound, NotPermitted, WrongState
from exchange.participants import get_exchange_key
from exchange.registry import queries, service
from exchange.registry.certificate import read_certificate
from exchange.registry.models import RegistrationState
from exchange.registry.resolver import resolve
from tests.factories import hosted as product
from tests.factories.evidence import Evidence
from tests.factories.hosted import HOST


@pytest.fixture
def objected(market):
    """An objection of the rival to the registration of the market's listing."""
    return market.do(
        service.raise_objection,
        actor=market.rival.actor,
        listing_id=market.listing_id,
        version=1,
        reason="These are our meters",
    )


@pytest.fixture
def decide(market, objected):
    def call(decision, *, by=None):
        return market.do(
            service.decide_objection,
            actor=(by or market.operator).actor,
            objection_id=objected.id,
            decision=decision,
            reason="heard both sides",
        )

    return call


def test_a_listed_version_gets_a_certificate_that_the_exchange_signed(market, issue):
    [certificate] = issue()

    key = market.read(get_exchange_key, "signing")
    assert read_certificate(certificate.token, key=key) == certificate.document
    assert (certificate.number, certificate.type, certificate.state) == ("R2026-000001", "initial", "valid")
    assert certificate.document["holder"]["organisation_id"] == market.grid_co.organisation_id


def test_issuing_again_changes_nothing(issue):
    assert issue() == issue()


def test_a_later_version_supersedes_the_certificate_and_keeps_the_identifiers(market, issue):
    issue()
    market.decided(market.submitted(market.edited(title_en="Load curve, corrected")))

    newest, first = issue()

    assert (newest.type, newest.state, first.state) == ("change", "valid", "superseded")
    assert (newest.supersedes, first.superseded_by) == (first.number, newest.number)
    assert newest.document["handle"] == first.document["handle"]


def test_two_products_have_two_handles_and_numbers_without_a_gap(market, issue):
    other = market.decided(market.submitted(market.drafted(sector="energy"))).listing_id

    [first], [second] = issue(), issue(other)

    assert {first.number, second.number} == {"R2026-000001", "R2026-000002"}
    assert first.document["handle"] != second.document["handle"]


def test_a_rejected_version_is_not_registered(market, issue):
    version = market.decided(market.submitted(market.drafted()), "rejected")

    assert issue(version.listing_id) == []


def test_a_certificate_ends_after_its_years(market, issue):
    [certificate] = issue()
    end = certificate.valid_until

    assert end.year == market.now.year + 3
    [then] = market.read(queries.find_certificates, market.listing_id, now=end)
    assert then.state == "expired"


def test_public_notice_lasts_as_long_as_the_setting_says(market):
    applied = market.now
    find = queries.find_ripe_registrations

    assert market.read(find, applied_before=applied - timedelta(seconds=1)) == []
    assert market.read(find, applied_before=applied) == [(market.listing_id, 1)]


class TestObjection:
    def test_no_certificate_while_it_is_open(self, objected, issue):
        assert issue() == []

    def test_dismissed_the_certificate_is_issued(self, decide, issue):
        decide("dismissed")

        assert [item.state for item in issue()] == ["valid"]

    def test_upheld_the_registration_is_refused(self, market, decide, issue):
        decide("upheld")

        assert issue() == []
        [card] = market.read(queries.find_registrations, actor=market.operator.actor)
        assert card.state == RegistrationState.REFUSED

    def test_the_same_decision_again_changes_nothing(self, decide):
        assert decide("dismissed").decided_at == decide("dismissed").decided_at

    def test_another_decision_is_refused(self, decide):
        decide("dismissed")

        with pytest.raises(WrongState, match="dismissed already"):
            decide("upheld")

    def test_only_the_operator_decides(self, market, decide):
        with pytest.raises(NotPermitted):
            decide("dismissed", by=market.rival)

    def test_nobody_objects_to_their_own(self, market):
        with pytest.raises(NotPermitted, match="own registration"):
            market.do(
                service.raise_objection,
                actor=market.grid_co.actor,
                listing_id=market.listing_id,
                version=1,
                reason="mine",
            )

    def test_it_is_too_late_after_the_certificate(self, market, issue):
        issue()

        with pytest.raises(WrongState, match="public notice is over"):
            market.do(
                service.raise_objection,
                actor=market.rival.actor,
                listing_id=market.listing_id,
                version=1,
                reason="too late",
            )

    def test_a_version_that_is_not_registered_has_none(self, market):
        with pytest.raises(NotFound):
            market.do(
                service.raise_objection,
                actor=market.rival.actor,
                listing_id=market.listing_id,
                version=7,
                reason="which",
            )


class TestRevocation:
    def revoke(self, market, number="R2026-000001", *, by=None):
        return market.do(
            service.revoke_certificate,
            actor=(by or market.operator).actor,
            number=number,
            reason="source withdrawn",
        )

    def test_a_revoked_certificate_says_so(self, market, issue):
        issue()
        self.revoke(market)

        [certificate] = market.read(queries.find_certificates, market.listing_id, now=market.now)
        assert (certificate.state, certificate.revocation_reason) == ("revoked", "source withdrawn")

    def test_revoking_twice_is_revoking_once(self, market, issue):
        issue()

        assert self.revoke(market).revoked_at == self.revoke(market).revoked_at

    def test_an_unknown_number_is_not_found(self, market):
        with pytest.raises(NotFound):
            self.revoke(market, "R2026-999999")

    def test_only_the_operator_revokes(self, market, issue):
        issue()

        with pytest.raises(NotPermitted):
            self.revoke(market, by=market.grid_co)


def test_two_nodes_issue_each_certificate_once(market, issuer):
    """The second waits for the first one's row, then finds it issued."""
    others = [market.decided(market.submitted(market.drafted())).listing_id for _ in range(3)]
    listings, gate = [market.listing_id, *others], threading.Barrier(4)

    def node():
        gate.wait()
        for listing_id in listings:
            market.do(service.issue_certificate, listing_id=listing_id, version=1, issuer=issuer)

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()

    found = [market.read(queries.find_certificates, item, now=market.now) for item in listings]
    assert [len(item) for item in found] == [1, 1, 1, 1]
    assert sorted(item.number for [item] in found) == [f"R2026-00000{place}" for place in range(1, 5)]


class TestAHostedProduct:
    """Its certificate is over a content without rows; everything else is as with any listing."""

    @pytest.fixture
    def listed(self, market):
        return product.listed(market)

    def test_gets_a_certificate_over_the_content_with_its_description(self, market, issue, listed):
        [certificate] = issue(listed.listing_id)

        assert certificate.document["content_sha256"] == listed.digest
        assert certificate.document["title_en"] == "Power credit index"

    def test_resolves_by_its_handle_also_when_it_is_gone(self, market, issue, listed):
        [certificate] = issue(listed.listing_id)
        handle = certificate.document["handle"]

        told = market.app.test_client().get(f"/api/handles/{handle}")
        assert (told.status_code, HOST in told.text) == (200, False)
        assert market.read(resolve, handle, version=None, now=market.now).status == "listed"
        market.do(
            delist_listing,
            actor=market.grid_co.actor,
            listing_id=listed.listing_id,
            effect="new_deals_only",
            reason="the API is switched off",
        )
        assert market.read(resolve, handle, version=None, now=market.now).status == "delisted"

    def test_holds_in_the_evidence(self, market, issue, listed):
        issue(listed.listing_id)

        report = Evidence(market).verify()
        assert report.ok, report.findings
        assert report.checked["registration certificates"] == 2


class TestExportedIdentifiers:
    def test_are_there_from_the_first_certificate_on(self, market, issue):
        def named():
            versions = {market.listing_id: 1}
            return market.read(queries.find_exported_identifiers, versions).get(market.listing_id)

        assert named() is None
        [certificate] = issue()
        assert dict(named()) == {
            "handle": certificate.document["handle"],
            "product_no": certificate.document["product_no"],
            "certificate_no": "R2026-000001",
        }

    def test_name_no_certificate_of_another_version_and_no_revoked_one(self, market, issue):
        issue()

        def schemes(version):
            found = market.read(queries.find_exported_identifiers, {market.listing_id: version})
            return [scheme for scheme, _ in found[market.listing_id]]

        assert schemes(2) == ["handle", "product_no"]
        market.do(
            service.revoke_certificate,
            actor=market.operator.actor,
            number="R2026-000001",
            reason="an error",
        )
        assert schemes(1) == ["handle", "product_no"]

    def test_stand_in_every_export(self, market, issue):
        [certificate] = issue()
        handle = certificate.document["handle"]
        reader = market.api(market.forecast_lab)

        answers = [
            reader.get(f"/exports/listings/{market.listing_id}/{kind}")
            for kind in ("odrl", "odcs", "datapackage", "croissant")
        ]
        answers.append(reader.get("/exports/catalogue"))
        for name in (handle, certificate.document["product_no"], "R2026-000001"):
            assert [answer.request.path for answer in answers if name not in answer.text] == []
