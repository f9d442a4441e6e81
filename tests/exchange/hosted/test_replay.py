"""The operator writes the log; a listing of an API that was not described, or not tested, is found."""

import pytest

from tests.factories import hosted as product
from tests.factories.evidence import Evidence


@pytest.fixture
def evidence(market):
    product.listed(market)
    return Evidence(market)


def test_an_honest_listing_holds(evidence):
    report = evidence.verify()

    assert report.ok, report.findings
    assert report.checked["descriptions of hosted products"] == 1
    assert report.checked["connection tests"] == 1


@pytest.mark.parametrize(
    ("dropped", "finding"),
    [
        ("hosted.api_described", "an API that nobody described so"),
        ("hosted.connection_tested", "whose API had not passed a connection test"),
    ],
)
def test_a_step_that_is_left_out_is_found(evidence, dropped, finding):
    evidence.drop(evidence.one(dropped))

    assert finding in evidence.findings()


def test_a_failed_test_told_as_passed_is_found(evidence):
    evidence.one("hosted.connection_tested").payload["checks"][0]["ok"] = False

    assert "another result than its checks" in evidence.findings()


def test_a_test_of_another_description_is_found(evidence):
    evidence.one("hosted.connection_tested").payload["api_sha256"] = "0" * 64

    assert "had not passed a connection test" in evidence.findings()


def test_a_content_with_another_description_is_found(evidence):
    described = evidence.one("hosted.api_described").payload["description"]
    described["timeout_ms"] = 9_000

    assert "an API that nobody described so" in evidence.findings()


@pytest.mark.parametrize("event", ["hosted.api_described", "hosted.connection_tested"])
def test_another_organisation_s_product_is_found(market, evidence, event):
    told = evidence.one(event)
    told.entry = told.entry._replace(actor=market.rival.actor.person_id)

    assert "who may not" in evidence.findings() or "a stranger to the provider" in evidence.findings()


def test_a_description_without_the_duty_is_found(market, evidence):
    told = evidence.one("hosted.api_described")
    told.entry = told.entry._replace(actor=market.grid_approver.actor.person_id)

    assert "who may not" in evidence.findings()


def test_a_number_that_was_left_out_is_found(evidence):
    evidence.one("hosted.api_described").payload["version"] = 2

    assert "is not the next one" in evidence.findings()


def test_a_version_about_nothing_is_found(evidence):
    written = evidence.of_type("listing.version_written")
    content = next(item.payload["content"] for item in written if item.payload["content"]["hosted"])
    content["hosted"] = None

    assert "or about neither" in evidence.findings()
