"""Questions about prices over HTTP: of imagined use, of real use, and about a change."""

from datetime import timedelta

import pytest

from exchange.core.events import EventRow

PER_ROW = {"model": "per_row", "unit_price_micro": 1_000_000}
PACKAGE = {
    "model": "package",
    "fee_micro": 50_000_000,
    "included_rows": 30,
    "expiry_days": 8,
    "over_price_micro": 1_000_000,
}


@pytest.fixture
def agreement_id(market):
    """Sixty days; ten rows on the 24th of November, ten a week later, forty on the 9th day."""
    agreement = market.agreements.executed(days=60)
    for days, rows in ((0, 10), (7, 10), (8, 40)):
        market.deliveries.deliver(agreement.id, rows, now=market.now + timedelta(days=days))
    return agreement.id


@pytest.fixture
def ask(market):
    def post(body, *, by=None, path="/price-simulations"):
        return market.api(by or market.forecast_lab).post(path, body)

    return post


def fields(answer):
    return [error["field"] for error in answer.json["errors"]]


class TestOfImaginedUse:
    def test_every_month_has_its_lines_and_its_tax(self, ask):
        usage = [{"on": "2026-09", "rows": 2}, {"on": "2026-10", "rows": 3}]
        answer = ask({"plan": PER_ROW, "usage": usage, "tax_rate_bp": 600, "tax_included": False})

        assert answer.status_code == 200
        first, second = answer.json["periods"]
        assert (first["net_fen"], first["tax_fen"], first["gross_fen"]) == (200, 12, 212)
        assert second["lines"][0]["key"] == "rows:unit_price_micro"
        assert answer.json["gross_fen"] == 530

    def test_of_a_provider_who_has_not_listed_anything_is_answered_too(self, market, ask):
        assert (
            ask({"plan": PER_ROW, "usage": [{"on": "2026-09", "rows": 2}]}, by=market.rival).status_code
            == 200
        )

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"plan": PER_ROW}, "usage"),
            ({"plan": PER_ROW, "usage": [{"on": "2026-09", "rows": 1}], "agreement_id": "agr_1"}, "usage"),
            ({"usage": [{"on": "2026-09", "rows": 1}]}, "plan"),
            ({"plan": {"model": "auction"}, "usage": [{"on": "2026-09"}]}, "price_plan.model"),
            ({"plan": PER_ROW, "usage": [{"on": "2026-09", "calls": 1}]}, "rows"),
            ({"plan": PER_ROW, "usage": [{"on": "2026-9", "rows": 1}]}, "on"),
            ({"plan": PER_ROW, "usage": [{"on": "2026-09", "rows": -1}]}, "rows"),
            (
                {"plan": PER_ROW, "usage": [{"on": "2026-09", "rows": 1}], "tax_rate_bp": 10_001},
                "tax_rate_bp",
            ),
            ({"agreement_id": "agr_1"}, "period"),
        ],
    )
    def test_that_cannot_be_simulated_names_the_field(self, ask, body, field):
        answer = ask(body)

        assert answer.status_code == 422
        assert fields(answer) == [field]


class TestOfAnAgreement:
    def test_its_own_plan_gives_what_the_statement_will_say(self, ask, agreement_id):
        """Two thousandths of a yuan a row, ten a month free: 50 of the next month's, 40 charged."""
        answer = ask({"agreement_id": agreement_id, "period": "2026-12"})

        assert answer.json["periods"][0]["quantities"]["rows"] == 50
        assert answer.json["gross_fen"] == 8

    def test_another_plan_looks_back_at_its_real_life(self, ask, agreement_id):
        """Of the package, ten rows were used in November and ten in time; forty came too late."""
        first, second = (
            ask({"agreement_id": agreement_id, "period": period, "plan": PACKAGE})
            for period in ("2026-11", "2026-12")
        )

        assert (first.json["gross_fen"], second.json["gross_fen"]) == (5_000, 4_000)

    def test_nothing_is_written(self, market, ask, agreement_id):
        def events(session):
            return session.query(EventRow).count()

        before = market.read(events)
        ask({"agreement_id": agreement_id, "period": "2026-12", "plan": PER_ROW})

        assert market.read(events) == before

    def test_is_seen_by_its_parties_and_the_overseers_only(self, market, ask, agreement_id):
        body = {"agreement_id": agreement_id, "period": "2026-12"}

        assert ask(body, by=market.grid_co).status_code == 200
        assert ask(body, by=market.regulator).status_code == 200
        assert ask(body, by=market.rival).status_code == 404

    def test_outside_its_time_is_refused(self, ask, agreement_id):
        answer = ask({"agreement_id": agreement_id, "period": "2026-10"})

        assert (answer.status_code, fields(answer)) == (422, ["period"])

    def test_that_nobody_signed_has_no_use(self, market, ask):
        frozen = market.agreements.frozen()

        assert ask({"agreement_id": frozen.id, "period": "2026-11"}).status_code == 409


class TestComparison:
    def compare(self, ask, old, new, **rest):
        body = {"old": {"plan": old}, "new": {"plan": new}, **rest}
        return ask(body, path="/price-comparisons").json

    def test_a_decrease_may_take_effect_now(self, ask):
        verdict = self.compare(ask, PER_ROW, PER_ROW | {"unit_price_micro": 999_999})

        assert (verdict["direction"], verdict["may_take_effect_now"]) == ("decrease", True)
        assert verdict["earliest_increase"] is None

    def test_an_increase_waits_for_the_first_of_a_month_after_the_notice(self, ask):
        """Ninety days after the 24th of November is the 22nd of February."""
        verdict = self.compare(ask, PER_ROW, PER_ROW | {"unit_price_micro": 1_000_001})

        assert (verdict["direction"], verdict["earliest_increase"]) == ("increase", "2027-03-01")
        assert verdict["reasons"] != []

    def test_the_day_of_the_notice_may_be_given(self, ask):
        verdict = self.compare(ask, PER_ROW, PACKAGE, notice_given_on="2026-12-31")

        assert verdict["earliest_increase"] == "2027-04-01"

    def test_tax_counts(self, ask):
        old, new = {"plan": PER_ROW}, {"plan": PER_ROW, "tax_rate_bp": 600, "tax_included": False}
        verdict = ask({"old": old, "new": new}, path="/price-comparisons").json

        assert verdict["direction"] == "increase"
