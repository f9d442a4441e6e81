"""Declaring revenue: by the buyer, for months in force, the whole of a month, corrected only by saying so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.declarations import queries, service
from contracts.declarations.errors import (
    AlreadyDeclared,
    DeclarationsExhausted,
    MonthNotDeclarable,
    NoRevenueShared,
)
from exchange.core import canonical
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.pricing import MAX_REVENUE_FEN, QuantityInvalid
from exchange.trust import jws
from exchange.trust.purposes import DECLARATION

JANUARY = datetime(2027, 1, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def deal(market):
    """An agreement from the 24th of November on, for sixty days."""
    return market.declarations.shared(days=60)


@pytest.fixture
def declare(market, deal):
    def declare(revenue_fen, period="2026-11", **changes):
        return market.declarations.declare(deal.id, revenue_fen, period, **changes)

    return declare


class TestDeclaration:
    def test_is_the_whole_revenue_of_a_month(self, declare):
        declaration = declare(1_234_567, evidence="general ledger, account 6001", evidence_sha256="a" * 64)

        assert (declaration.number, declaration.revenue_fen, declaration.change_fen) == (
            1,
            1_234_567,
            1_234_567,
        )
        assert (declaration.period, declaration.epoch) == ("2026-11", 1)

    def test_has_a_receipt_that_the_exchange_signed(self, market, declare):
        declaration = declare(500)
        _, payload = jws.verify_compact(
            declaration.receipt, key=market.context.signing_key.public, typ=DECLARATION, role="exchange"
        )

        content = canonical.from_bytes(payload)
        assert (content["declaration_id"], content["revenue_fen"]) == (declaration.id, 500)

    def test_of_a_past_month_is_dated_today(self, market, declare):
        declaration = declare(500, "2026-12", now=JANUARY)

        assert (declaration.period, declaration.declared_at) == ("2026-12", JANUARY)

    def test_of_zero_is_one(self, declare):
        assert declare(0).revenue_fen == 0

    def test_cannot_be_changed_by_anybody(self, market, declare):
        declare(500)

        for change in (
            "UPDATE revenue_declarations SET revenue_fen = 1",
            "DELETE FROM revenue_declarations",
        ):
            with pytest.raises(IntegrityError), market.context.database.writing() as session:
                session.execute(text(change))


class TestCorrection:
    def test_is_a_further_declaration_that_names_what_it_replaces(self, market, deal, declare):
        declare(500)
        corrected = declare(300, corrects=1)

        assert (corrected.number, corrected.revenue_fen, corrected.change_fen) == (2, 300, -200)
        assert [item.number for item in market.declarations.of(deal.id)] == [2, 1]

    @pytest.mark.parametrize("corrects", [None, 2, 3])
    def test_of_another_declaration_than_the_standing_one_is_refused(self, declare, corrects):
        """Two people at once, or one person twice: the second sees what the first has said."""
        declare(500)

        with pytest.raises(AlreadyDeclared, match=r"declaration 1 says ¥5\.00") as refused:
            declare(300, corrects=corrects)
        assert (refused.value.field, "give 1" in refused.value.remedy) == ("corrects", True)

    def test_of_nothing_is_refused(self, declare):
        with pytest.raises(Invalid) as refused:
            declare(300, corrects=1)
        assert refused.value.field == "corrects"

    def test_ends_when_a_month_was_corrected_too_often(self, declare, monkeypatch):
        monkeypatch.setattr(service, "MOST_DECLARATIONS", 2)
        for revenue_fen in (500, 400):
            declare(revenue_fen)

        with pytest.raises(DeclarationsExhausted, match="2 times"):
            declare(300)

    def test_of_one_month_leaves_the_others(self, market, deal, declare):
        declare(500)
        declare(700, "2026-12", now=JANUARY)

        assert [(item.period, item.number) for item in market.declarations.of(deal.id)] == [
            ("2026-12", 1),
            ("2026-11", 1),
        ]


class TestMonths:
    @pytest.mark.parametrize(
        ("period", "at"),
        [("2026-12", None), ("2026-10", None), ("2027-02", JANUARY + timedelta(days=60))],
        ids=["not begun", "before the agreement", "after the agreement"],
    )
    def test_outside_the_agreement_or_the_past_are_refused(self, declare, period, at):
        with pytest.raises(MonthNotDeclarable) as refused:
            declare(500, period, **({"now": at} if at else {}))
        assert refused.value.field == "period"
        assert refused.value.remedy

    def test_are_declared_also_when_the_agreement_is_over(self, declare):
        assert declare(500, "2027-01", now=JANUARY + timedelta(days=90)).period == "2027-01"

    @pytest.mark.parametrize("period", ["2026-13", "november", ""])
    def test_that_are_none_are_refused(self, declare, period):
        with pytest.raises(Invalid) as refused:
            declare(500, period, corrects=None)
        assert refused.value.field == "period"


class TestWho:
    def test_a_stranger_learns_of_no_agreement(self, market, declare):
        with pytest.raises(NotFound):
            declare(500, actor=market.rival.actor)

    @pytest.mark.parametrize("role", ["grid_co", "operator", "regulator"])
    def test_nobody_declares_for_the_buyer(self, market, declare, role):
        with pytest.raises(NotPermitted):
            declare(500, actor=getattr(market, role).actor)

    @pytest.mark.parametrize("role", ["grid_co", "forecast_lab", "operator", "regulator"])
    def test_parties_and_overseers_read_it(self, market, deal, declare, role):
        declare(500)

        found = market.read(queries.find_declarations, deal.id, actor=getattr(market, role).actor)
        assert [item.revenue_fen for item in found] == [500]


class TestRefusals:
    @pytest.mark.parametrize("revenue_fen", [-1, MAX_REVENUE_FEN + 1, True])
    def test_of_an_amount_name_the_field(self, declare, revenue_fen):
        with pytest.raises(QuantityInvalid) as refused:
            declare(revenue_fen)
        assert refused.value.field == "revenue_fen"

    def test_of_a_deal_with_another_price(self, market):
        deal = market.agreements.executed()

        with pytest.raises(NoRevenueShared):
            market.declarations.declare(deal.id, 500)

    def test_of_a_deal_that_is_not_signed(self, market):
        deal = market.agreements.frozen(changes={"price_plan": {"model": "revenue_share", "share_bp": 1}})

        with pytest.raises(WrongState, match="not signed"):
            market.declarations.declare(deal.id, 500)
