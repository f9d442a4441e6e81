from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.negotiations import get_agreed_offer, opening, queries, service
from contracts.negotiations.errors import ProxyNotAvailable
from contracts.negotiations.rounds import HouseRules, OfferExpired
from contracts.terms import TermsInvalid
from exchange.core.entries import decode_record
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from exchange.pricing import PricePlanInvalid
from tests.factories import hosted as product
from tests.factories.catalogue import PER_ROW
from tests.factories.negotiations import access_request


@pytest.fixture
def negotiations(market):
    return market.negotiations


def state_of(market, negotiation):
    found = market.read(queries.get_negotiation, negotiation.id, actor=market.operator.actor)
    return found.state


def rounds(market, negotiation):
    return market.read(queries.find_rounds, negotiation.id)


def offer(market, negotiation, *, by=None, **changes):
    return market.do(
        service.offer_terms,
        actor=(by or market.grid_co).actor,
        negotiation_id=negotiation.id,
        changes=changes,
        house=HouseRules(),
    )


def end(market, negotiation, *, by):
    return market.do(
        service.end_negotiation, actor=by.actor, negotiation_id=negotiation.id, reason="no budget"
    )


class TestRequestAccess:
    def test_keeps_what_was_asked_and_of_which_version(self, market, negotiations):
        negotiation = negotiations.requested(columns=["load_kw"], days=7)

        assert (negotiation.state, negotiation.listing_version) == ("requested", 1)
        (first,) = rounds(market, negotiation)
        assert (first.kind, first.content["columns"], first.content["days"]) == ("request", ["load_kw"], 7)

    def test_of_a_listing_whose_data_stay_with_the_provider_is_refused(self, market):
        """Nothing is half done: there is no negotiation that could lead to an agreement without delivery."""
        listing_id = product.listed(market).listing_id

        with pytest.raises(ProxyNotAvailable) as refusal:
            market.do(
                opening.request_access,
                actor=market.forecast_lab.actor,
                listing_id=listing_id,
                request=access_request(),
                house=HouseRules(),
            )
        assert (refusal.value.field, bool(refusal.value.remedy)) == ("listing_id", True)
        assert market.read(queries.find_negotiations, actor=market.operator.actor) == []

    def test_without_columns_asks_for_all_in_their_order(self, market, negotiations):
        (first,) = rounds(market, negotiations.requested(columns=[]))

        assert first.content["columns"] == ["time", "load_kw", "remark"]

    def test_with_columns_in_any_order_asks_for_them_in_theirs(self, market, negotiations):
        (first,) = rounds(market, negotiations.requested(columns=["remark", "time"]))

        assert first.content["columns"] == ["time", "remark"]

    @pytest.mark.parametrize(
        ("changes", "field", "remedy"),
        [
            ({"columns": ["time", "salary"]}, "columns", "It has time, load_kw, remark."),
            ({"purpose": "resale"}, "purpose", "It permits: research and planning."),
            ({"scenario": "gambling"}, "scenario", "It permits: load forecasting."),
            ({"days": 366}, "days", "Ask for fewer."),
        ],
    )
    def test_outside_the_listing_is_refused_with_field_and_remedy(
        self, negotiations, changes, field, remedy
    ):
        with pytest.raises(Invalid) as refusal:
            negotiations.requested(**changes)

        assert (refusal.value.field, refusal.value.remedy) == (field, remedy)

    def test_of_ones_own_listing_is_refused(self, market, negotiations):
        both = market.grid_co.actor
        actor = type(both)(**{**vars(both), "roles": frozenset({"provider", "buyer"})})
        member = type(market.grid_co)(actor, "", "")

        with pytest.raises(NotPermitted, match="from itself"):
            negotiations.requested(by=member)

    def test_of_a_listing_not_on_offer_is_not_found(self, market, negotiations):
        market.listing_id = market.drafted().listing_id

        with pytest.raises(NotFound):
            negotiations.requested()

    @pytest.mark.parametrize("who", ["grid_co", "operator", "regulator"])
    def test_is_for_buyers(self, market, negotiations, who):
        with pytest.raises(NotPermitted, match="buyer"):
            negotiations.requested(by=getattr(market, who))


class TestOfferTerms:
    def test_offers_what_was_asked_at_the_listed_price(self, market, negotiations):
        negotiation = negotiations.offered(max_rows=40)

        content = rounds(market, negotiation)[-1].content
        assert (negotiation.state, content["max_rows"]) == ("offered", 40)
        assert (content["price_plan"], content["platform_fee_bp"]) == (PER_ROW, 500)

    def test_may_change_price_days_and_rows(self, market, negotiations):
        plan = {"model": "per_call", "unit_price_micro": 5, "free_calls": 0}
        negotiation = negotiations.offered(changes={"price_plan": plan, "days": 3, "max_rows": 2})

        content = rounds(market, negotiation)[-1].content
        assert (content["price_plan"], content["days"], content["max_rows"]) == (plan, 3, 2)

    def test_with_a_bad_price_plan_is_refused_and_it_stays_the_providers_turn(self, market, negotiations):
        negotiation = negotiations.requested()

        with pytest.raises(PricePlanInvalid):
            offer(market, negotiation, price_plan={"model": "per_row"})
        assert state_of(market, negotiation) == "requested"

    def test_is_about_the_version_that_was_asked_for(self, market, negotiations):
        negotiation = negotiations.requested()
        dearer = {"model": "per_row", "unit_price_micro": 9_000_000}
        market.decided(market.submitted(market.edited(plan=dearer)))

        offer(market, negotiation)

        assert rounds(market, negotiation)[-1].content["price_plan"] == PER_ROW

    def test_by_the_buyer_is_not_their_turn(self, market, negotiations):
        with pytest.raises(NotPermitted, match="the provider's turn"):
            offer(market, negotiations.requested(), by=market.forecast_lab)

    def test_a_second_time_is_not_the_providers_turn(self, market, negotiations):
        with pytest.raises(WrongState, match="offered, not requested"):
            offer(market, negotiations.offered())

    def test_by_a_stranger_finds_no_negotiation(self, market, negotiations):
        with pytest.raises(NotFound):
            offer(market, negotiations.requested(), by=market.rival)


class TestAcceptOffer:
    def test_agrees_and_freezes_the_terms_in_one_step(self, market, negotiations):
        negotiation = negotiations.agreed()

        assert negotiation.state == "agreed"
        agreement = market.agreements.frozen()
        assert agreement.state == "awaiting_signatures"

    def test_again_changes_nothing(self, market, negotiations):
        negotiation = negotiations.accept(negotiations.agreed().id)

        accepted = market.read(find_events, [negotiation.id], ["negotiation.accepted"])
        assert (len(rounds(market, negotiation)), len(accepted)) == (3, 1)

    def test_before_an_offer_is_too_early(self, market, negotiations):
        with pytest.raises(WrongState, match="requested, not offered"):
            negotiations.accept(negotiations.requested().id)

    def test_by_the_provider_is_not_their_turn(self, market, negotiations):
        with pytest.raises(NotPermitted, match="the buyer's turn"):
            negotiations.accept(negotiations.offered().id, by=market.grid_co)

    @pytest.mark.parametrize("who", ["operator", "regulator"])
    def test_by_who_only_oversees_is_refused(self, market, negotiations, who):
        with pytest.raises(NotPermitted):
            negotiations.accept(negotiations.offered().id, by=getattr(market, who))

    def test_with_a_party_that_has_no_key_is_undone(self, market, negotiations):
        """Terms name the keys; nobody could sign them otherwise."""
        negotiation = negotiations.offered()
        market.revoke(market.grid_co)

        with pytest.raises(Invalid, match="grid-co has no signing key"):
            negotiations.accept(negotiation.id)
        assert state_of(market, negotiation) == "offered"


class TestEndNegotiation:
    @pytest.mark.parametrize(("who", "outcome"), [("grid_co", "declined"), ("forecast_lab", "withdrawn")])
    @pytest.mark.parametrize("at", ["requested", "offered"])
    def test_either_party_ends_it_before_it_is_agreed(self, market, negotiations, who, outcome, at):
        negotiation = end(market, getattr(negotiations, at)(), by=getattr(market, who))

        assert negotiation.state == outcome
        assert rounds(market, negotiation)[-1].content == {"reason": "no budget"}

    def test_is_told_by_one_event(self, market, negotiations):
        negotiation = end(market, negotiations.requested(), by=market.grid_co)

        assert len(market.read(find_events, [negotiation.id], ["negotiation.ended"])) == 1

    def test_after_the_agreement_is_too_late(self, market, negotiations):
        with pytest.raises(WrongState, match="agreed already"):
            end(market, negotiations.agreed(), by=market.forecast_lab)

    def test_a_second_time_is_refused(self, market, negotiations):
        negotiation = end(market, negotiations.requested(), by=market.grid_co)

        with pytest.raises(WrongState, match="declined already"):
            end(market, negotiation, by=market.forecast_lab)

    def test_nothing_can_be_offered_or_accepted_afterwards(self, market, negotiations):
        declined = end(market, negotiations.requested(), by=market.grid_co)
        withdrawn = end(market, negotiations.offered(), by=market.forecast_lab)

        with pytest.raises(WrongState):
            offer(market, declined)
        with pytest.raises(WrongState):
            negotiations.accept(withdrawn.id)

    def test_by_the_operator_is_refused(self, market, negotiations):
        with pytest.raises(NotPermitted, match="two parties"):
            end(market, negotiations.requested(), by=market.operator)


class TestReading:
    @pytest.mark.parametrize(
        ("who", "count"),
        [("grid_co", 1), ("forecast_lab", 1), ("operator", 1), ("regulator", 1), ("rival", 0)],
    )
    def test_shows_parties_and_overseers_a_negotiation(self, market, negotiations, who, count):
        negotiations.requested()

        found = market.read(queries.find_negotiations, actor=getattr(market, who).actor)
        assert len(found) == count

    def test_the_agreed_offer_is_the_last_one(self, market, negotiations):
        negotiation = negotiations.agreed(max_rows=40)

        assert market.read(get_agreed_offer, negotiation.id).offer["max_rows"] == 40

    def test_there_is_no_agreed_offer_before_the_acceptance(self, market, negotiations):
        with pytest.raises(WrongState, match="not agreed"):
            market.read(get_agreed_offer, negotiations.offered().id)
        with pytest.raises(NotFound):
            market.read(get_agreed_offer, "neg_none")


class TestCounterOffer:
    def test_changes_members_and_hands_the_turn_back(self, market, negotiations):
        negotiation = negotiations.counter(
            negotiations.offered().id, message="too long for us", days=20, liability={"cap_percent": 50}
        )

        last = rounds(market, negotiation)[-1]
        assert (negotiation.state, last.kind, last.message) == (
            "countered",
            "counter_offer",
            "too long for us",
        )
        assert (last.content["days"], last.content["liability"]["cap_percent"]) == (20, 50)
        assert last.content["liability"]["penalty_percent"] == 0

    def test_is_told_with_the_members_that_changed(self, market, negotiations):
        negotiation = negotiations.countered(days=20, payment={"due_days": 30})

        (event,) = market.read(find_events, [negotiation.id], ["negotiation.countered"])
        payload = decode_record(event.record)
        assert (payload["round"], payload["changed"]) == (3, ["days", "payment.due_days"])

    def test_is_answered_by_another_offer_and_so_on(self, market, negotiations):
        negotiation = negotiations.countered(days=20)
        negotiations.offer(negotiation.id, changes={"days": 25})
        negotiations.counter(negotiation.id, days=22)
        agreed = negotiations.accept(negotiation.id, by=market.grid_co)

        kinds = [item.kind for item in rounds(market, negotiation)]
        assert kinds == ["request", "offer", "counter_offer", "offer", "counter_offer", "acceptance"]
        assert market.read(get_agreed_offer, agreed.id).offer["days"] == 22

    def test_is_accepted_by_the_provider_alone(self, market, negotiations):
        negotiation = negotiations.countered()

        with pytest.raises(NotPermitted, match="the provider's turn"):
            negotiations.accept(negotiation.id)
        assert negotiations.accept(negotiation.id, by=market.grid_co).state == "agreed"

    @pytest.mark.parametrize("at", ["requested", "countered", "agreed"])
    def test_without_an_offer_is_not_the_buyers_turn(self, negotiations, at):
        with pytest.raises(WrongState, match="not offered"):
            negotiations.counter(getattr(negotiations, at)().id, days=20)

    def test_beyond_the_listing_is_refused(self, market, negotiations):
        negotiation = negotiations.offered()

        with pytest.raises(TermsInvalid) as refusal:
            negotiations.counter(negotiation.id, days=366, purpose="resale")
        assert [problem.field for problem in refusal.value.problems] == ["purpose", "days"]
        assert state_of(market, negotiation) == "offered"

    def test_on_a_price_that_is_not_negotiable_is_refused(self, negotiations):
        plan = {"model": "per_row", "unit_price_micro": 1}

        with pytest.raises(TermsInvalid, match="not negotiable"):
            negotiations.counter(negotiations.offered().id, price_plan=plan)

    def test_on_a_negotiable_price_is_taken(self, market, negotiations):
        market.listing_id = market.listed(price_terms={"negotiable": True}).listing_id
        plan = {"model": "per_row", "unit_price_micro": 1, "free_rows": 0}

        negotiation = negotiations.counter(negotiations.offered().id, price_plan=plan)

        assert rounds(market, negotiation)[-1].content["price_plan"] == plan

    def test_ends_with_the_bound_of_rounds(self, negotiations, monkeypatch):
        monkeypatch.setattr(service, "MOST_ROUNDS", 4)

        with pytest.raises(service.TooManyRounds, match="at most 4 rounds"):
            negotiations.counter(negotiations.offered().id, days=20)


class TestRangeOfData:
    def test_is_written_like_the_series(self, negotiations):
        with pytest.raises(Invalid, match="asked for like 2026-06-30"):
            negotiations.requested(data_from="June 2026")

    def test_ends_after_it_begins(self, negotiations):
        with pytest.raises(TermsInvalid, match="ends before it begins"):
            negotiations.requested(data_from="2026-06-02", data_to="2026-06-01")


class TestPrivateOffer:
    def test_begins_with_the_buyers_turn_at_the_listed_conditions(self, market, negotiations):
        negotiation = negotiations.privately_offered(days=60)

        (first,) = rounds(market, negotiation)
        assert (negotiation.state, first.kind, first.content["days"]) == ("offered", "offer", 60)
        assert first.content["price_plan"] == PER_ROW
        assert negotiations.accept(negotiation.id).state == "agreed"

    def test_is_seen_by_its_buyer_and_by_no_other(self, market, negotiations):
        negotiation = negotiations.privately_offered()

        assert market.read(queries.get_negotiation, negotiation.id, actor=market.forecast_lab.actor)
        with pytest.raises(NotFound):
            market.read(queries.get_negotiation, negotiation.id, actor=market.rival.actor)

    def test_may_be_countered(self, market, negotiations):
        negotiation = negotiations.counter(negotiations.privately_offered().id, days=10)

        assert negotiation.state == "countered"

    def test_is_for_ones_own_listing(self, market, negotiations):
        with pytest.raises(NotFound, match="your organisation has no listing"):
            negotiations.privately_offered(by=market.rival)

    @pytest.mark.parametrize("who", ["operator", "regulator"])
    def test_is_for_verified_buyers(self, market, negotiations, who):
        with pytest.raises(NotFound, match="no verified buyer"):
            negotiations.privately_offered(buyer=getattr(market, who))


class TestExpiry:
    def late(self, market, days=14):
        return replace(market, now=market.now + timedelta(days=days))

    @pytest.mark.parametrize(("at", "who"), [("offered", "forecast_lab"), ("countered", "grid_co")])
    def test_an_answer_after_its_time_is_refused(self, market, negotiations, at, who):
        negotiation = getattr(negotiations, at)()

        with pytest.raises(OfferExpired, match="to be answered before 2026-12-08 04:00"):
            self.late(market).negotiations.accept(negotiation.id, by=getattr(market, who))

    def test_a_moment_before_is_in_time(self, market, negotiations):
        negotiation = negotiations.offered()
        market.now += timedelta(days=14) - timedelta(milliseconds=1)

        assert negotiations.accept(negotiation.id).state == "agreed"

    def test_a_proposal_may_say_another_time(self, market, negotiations):
        negotiation = negotiations.counter(negotiations.offered().id, answer_days=2, days=20)

        assert negotiation.expires_at == market.now + timedelta(days=2)

    def test_ends_the_negotiation_once(self, market, negotiations):
        negotiation = negotiations.offered()
        late = self.late(market)

        found = late.read(queries.find_expired_ids, now=late.now)
        noted = [late.do(service.expire_negotiation, negotiation_id=one) for one in (*found, *found)]

        assert (found, noted) == ([negotiation.id], [True, False])
        assert state_of(market, negotiation) == "expired"
        assert len(market.read(find_events, [negotiation.id], ["negotiation.expired"])) == 1

    def test_does_not_concern_what_is_agreed(self, market, negotiations):
        negotiations.agreed()
        late = self.late(market, days=400)

        assert late.read(queries.find_expired_ids, now=late.now) == []


class TestComparing:
    def test_two_rounds_names_clauses_and_members(self, market, negotiations):
        negotiation = negotiations.countered(days=20, payment={"due_days": 30})

        compared = market.read(queries.compare_rounds, negotiation, before=None, after=None, language="en")
        assert (compared.before, compared.after) == (2, 3)
        changed = {item.member for clause in compared.clauses for item in clause.members}
        assert changed == {"permission.days", "billing.due_days"}

    def test_a_round_without_a_draft_is_refused(self, market, negotiations):
        negotiation = negotiations.agreed()

        with pytest.raises(Invalid, match="round 3 holds no draft") as refusal:
            market.read(queries.compare_rounds, negotiation, before=1, after=3, language="en")
        assert refusal.value.remedy == "These do: 1, 2."

    def test_a_draft_reads_as_clauses(self, market, negotiations):
        clauses = market.read(
            queries.read_clauses, negotiations.requested(max_rows=40), round_number=None, language="en"
        )

        limits = next(clause for clause in clauses if clause.key == "limits")
        assert "At most 40 rows" in limits.text
