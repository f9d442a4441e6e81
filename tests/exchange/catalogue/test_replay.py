"""The operator writes the log; a review that did not happen as it must is found all the same."""

import pytest

from tests.factories.evidence import Evidence


@pytest.fixture
def evidence(market):
    """The market's one listing, from its first person through its second to the operator."""
    return Evidence(market)


def test_an_honest_review_holds(evidence):
    report = evidence.verify()

    assert report.ok, report.findings
    assert report.checked["approvals of listings"] == 1
    assert report.checked["decisions on listings"] == 1


@pytest.mark.parametrize(
    ("dropped", "finding"),
    [
        ("listing.version_submitted", "approved that nobody had submitted"),
        ("listing.version_approved", "decided that its organisation had not approved"),
        ("listing.version_written", "submitted that nobody had written"),
        ("person.added", "a stranger to the provider acted on its listing"),
    ],
)
def test_a_step_that_is_left_out_is_found(evidence, dropped, finding):
    evidence.drop(evidence.one(dropped))

    assert finding in evidence.findings()


def acted_by(event, person):
    event.entry = event.entry._replace(actor=person.actor.person_id)


def test_a_self_approval_is_found(market, evidence):
    acted_by(evidence.one("listing.version_approved"), market.grid_co)

    assert "approved a version that they wrote or submitted" in evidence.findings()


@pytest.mark.parametrize("who", ["rival", "operator"])
def test_an_approval_by_a_stranger_is_found(market, evidence, who):
    acted_by(evidence.one("listing.version_approved"), getattr(market, who))

    assert "a stranger to the provider" in evidence.findings()


def test_an_edit_without_the_duty_is_found(market, evidence):
    acted_by(evidence.one("listing.version_written"), market.grid_approver)

    assert "without the duty of editor" in evidence.findings()


def test_a_decision_by_the_provider_itself_is_found(market, evidence):
    acted_by(evidence.one("listing.version_decided"), market.grid_approver)

    found = evidence.findings()
    assert "decided on its own listing" in found
    assert "who may not" in found


@pytest.mark.parametrize("step", ["listing.version_approved", "listing.version_decided"])
def test_a_review_with_an_open_item_is_found(evidence, step):
    evidence.one(step).payload["checklist"].remove("state_secrets")

    assert "checklist was not complete" in evidence.findings()


def test_a_person_added_by_somebody_else_is_found(market, evidence):
    acted_by(evidence.one("person.added"), market.rival)

    assert "no admin of the organisation" in evidence.findings()


def test_a_decision_is_not_told_twice_for_one_approval(evidence):
    evidence.repeat(evidence.one("listing.version_decided"))

    assert "had not approved" in evidence.findings()


class TestStops:
    def test_by_the_operator_and_by_the_provider_hold(self, market):
        market.suspended("stop_deliveries")
        market.delisted("stop_deliveries")

        report = Evidence(market).verify()
        assert report.ok, report.findings
        assert report.checked["stops of listings"] == 2

    def test_by_a_stranger_are_found(self, market):
        market.suspended()
        evidence = Evidence(market)
        acted_by(evidence.one("listing.suspended"), market.grid_co)

        assert "stopped a listing who may not" in evidence.findings()

    def test_lifted_by_the_provider_are_found(self, market):
        market.suspended("stop_deliveries")
        market.delisted("stop_deliveries")
        evidence = Evidence(market)
        evidence.one("listing.delisted").payload["effect"] = "new_deals_only"

        assert "a provider lifted a stop" in evidence.findings()
