"""What follows a signed agreement: the same terms at the price of then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.agreements.renewal import renew_agreement
from contracts.deliveries.service import AgreementNotInForce
from contracts.negotiations import HouseRules, Proposal, queries
from contracts.terms import Terms, TermsInvalid
from exchange.core.errors import NotPermitted, WrongState
from exchange.core.identifiers import derived_id
from tests.factories.browsers import Browser, filled_form
from tests.factories.catalogue import PER_ROW
from tests.factories.evidence import Evidence
from tests.factories.participants import PASSWORD

DEARER = {"model": "per_row", "unit_price_micro": 3_000, "free_rows": 10}
CHEAPER = {"model": "per_row", "unit_price_micro": 1_000, "free_rows": 10}


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=50, days=30, columns=["time", "load_kw"])


def renew(market, agreement, *, by=None, **changes):
    return market.do(
        renew_agreement,
        actor=(by or market.forecast_lab).actor,
        agreement_id=agreement.id,
        changes=changes,
        house=HouseRules(),
        proposal=Proposal(),
    )


def first_draft(market, negotiation):
    return market.read(queries.find_rounds, negotiation.id)[0].content


def signed(market, negotiation):
    """The renewal as both have signed it."""
    market.negotiations.accept(negotiation.id)
    renewed = market.agreements.get(derived_id("agr", negotiation.id))
    market.agreements.sign(renewed, by=market.grid_co)
    return market.agreements.sign(renewed, by=market.forecast_lab)


class TestRenewal:
    def test_by_the_provider_is_an_offer_of_the_same_terms(self, market, agreement):
        negotiation = renew(market, agreement, by=market.grid_co)

        draft = first_draft(market, negotiation)
        assert (negotiation.state, negotiation.renews) == ("offered", agreement.id)
        assert (draft["max_rows"], draft["columns"], draft["price_plan"]) == (
            50,
            ["time", "load_kw"],
            PER_ROW,
        )

    def test_by_the_buyer_is_a_request_with_changes(self, market, agreement):
        negotiation = renew(market, agreement, max_rows=80)

        assert (negotiation.state, first_draft(market, negotiation)["max_rows"]) == ("requested", 80)

    def test_begins_when_the_one_before_has_ended(self, market, agreement):
        renewed = signed(market, renew(market, agreement, by=market.grid_co))
        terms = market.agreements.get(renewed.id)

        assert terms.valid_until - agreement.valid_until == timedelta(days=30)
        with pytest.raises(AgreementNotInForce):
            market.deliveries.deliver(renewed.id, 1)
        later = replace(market, now=agreement.valid_until)
        assert later.deliveries.deliver(renewed.id, 1).number == 1

    def test_of_an_ended_agreement_begins_at_once(self, market, agreement):
        late = replace(market, now=agreement.valid_until + timedelta(days=3))

        renewed = signed(late, renew(late, agreement, by=market.grid_co))

        assert renewed.valid_until == late.now + timedelta(days=30)

    def test_holds_in_the_evidence(self, market, agreement):
        signed(market, renew(market, agreement, by=market.grid_co))
        evidence = Evidence(market)
        report = evidence.verify()
        assert (report.findings, report.checked["renewals"]) == ([], 1)

        evidence.one("negotiation.privately_offered").payload["renews"] = "agr_other"
        assert "follow another agreement" in evidence.findings()

    def test_is_not_for_strangers_or_overseers(self, market, agreement):
        with pytest.raises(NotPermitted):
            renew(market, agreement, by=market.operator)

    def test_of_what_is_not_signed_is_too_early(self, market):
        with pytest.raises(WrongState, match="not signed by everybody"):
            renew(market, market.agreements.frozen())

    def test_beyond_the_listing_of_now_is_refused(self, market, agreement):
        policy = {"purposes": ["billing"], "onward_transfer": "prohibited", "max_days": 365}
        market.decided(market.submitted(market.edited(usage_policy=policy)))

        with pytest.raises(TermsInvalid, match="purpose"):
            renew(market, agreement)
        assert first_draft(market, renew(market, agreement, purpose="billing"))["purpose"] == "billing"


class TestPriceOfARenewal:
    def relisted(self, market, plan):
        market.decided(market.submitted(market.edited(plan=plan)))

    def test_is_the_signed_one_while_the_notice_of_an_increase_runs(self, market, agreement):
        self.relisted(market, DEARER)

        assert first_draft(market, renew(market, agreement))["price_plan"] == PER_ROW

    def test_is_the_new_one_when_the_notice_has_run(self, market, agreement):
        self.relisted(market, DEARER)
        late = replace(market, now=market.now + timedelta(days=200))

        assert first_draft(market, renew(late, agreement))["price_plan"] == DEARER

    def test_falls_at_once(self, market, agreement):
        self.relisted(market, CHEAPER)

        assert first_draft(market, renew(market, agreement))["price_plan"] == CHEAPER

    def test_that_is_not_listed_is_refused(self, market, agreement):
        with pytest.raises(TermsInvalid, match="no price plan 'gold'"):
            renew(market, agreement, plan="gold")


def test_is_begun_over_the_api(market, agreement):
    path = f"/agreements/{agreement.id}/renewal"

    answer = market.api(market.forecast_lab).post(path, {"days": 60, "message": "once more"})

    assert (answer.status_code, answer.json["renews"]) == (201, agreement.id)
    clauses = (
        market.api(market.grid_co).get(f"/negotiations/{answer.json['id']}/clauses", language="en").json
    )
    texts = {clause["key"]: clause["text"] for clause in clauses}
    assert f"It follows the agreement {agreement.id}" in texts["change"]
    assert "until 2027-02-22" in texts["limits"]
    assert market.api(market.rival).post(path, {}).status_code == 404


class TestAfterAnEarlyEnd:
    @pytest.fixture
    def agreement(self, market):
        return market.agreements.executed(max_rows=50, days=90)

    def test_begins_when_the_agreement_really_ends(self, market, agreement):
        market.lives.end(agreement, by=market.grid_co)
        followed = market.agreements.get(agreement.id)

        renewed = signed(market, renew(market, agreement, by=market.grid_co))

        assert followed.valid_until < market.now + timedelta(days=31)
        assert Terms.read(renewed.terms).valid_from == followed.valid_until
        assert Evidence(market).findings() == ""

    def test_whose_notice_is_withdrawn_begins_at_the_end_of_the_terms(self, market, agreement):
        market.lives.end(agreement, by=market.grid_co)
        negotiation = renew(market, agreement, by=market.grid_co)
        market.lives.step(agreement, "withdrawal", by=market.grid_co, withdraws=1)
        market.lives.step(agreement, "consent", by=market.forecast_lab, answers=2)

        renewed = signed(market, negotiation)

        followed = market.agreements.get(agreement.id)
        assert followed.valid_until == Terms.read(followed.terms).valid_until
        assert Terms.read(renewed.terms).valid_from == followed.valid_until
        assert Evidence(market).findings() == ""


class TestRenewalPage:
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_shows_what_differs_and_proposes_it(self, market, agreement, language):
        browser = Browser(market.app, language)
        browser.sign_in(market.forecast_lab.login, PASSWORD)
        path = f"/deals/{agreement.id}/renewal"
        page = browser.get(path).text
        sent = filled_form(page, path)

        answer = browser.client.post(
            path, data={**sent, "days": "60", "message": "another two months"}, headers=browser._headers()
        )

        assert answer.status_code == 303
        negotiation_id = answer.location.rsplit("/", 1)[1]
        draft = market.read(queries.find_rounds, negotiation_id)[0].content
        assert (draft["days"], draft["max_rows"], draft["columns"]) == (60, 50, ["time", "load_kw"])
        assert market.read(queries.get_negotiation, negotiation_id, actor=market.grid_co.actor).renews

    def test_of_an_unsigned_agreement_is_refused(self, market):
        frozen = market.agreements.frozen()
        browser = Browser(market.app)
        browser.sign_in(market.forecast_lab.login, PASSWORD)

        assert browser.get(f"/deals/{frozen.id}/renewal").status_code == 409
