from datetime import timedelta

from contracts.declarations import added_totals, declared_totals
from contracts.declarations.errors import AlreadyDeclared
from settlement.runs import run_settlement
from settlement.statements.queries import find_statement_cards
from tests.factories.evidence import Evidence

DECLARERS, DECLARATIONS = 4, 8


def totals_up_to(market, epoch):
    return [market.read(query, period="2026-11", epoch=epoch) for query in (declared_totals, added_totals)]


def declare_until_heard(market, agreement_id, revenue_fen):
    """As a person does: look what stands, declare, and look again when somebody was faster."""
    while True:
        try:
            return market.declarations.declare(agreement_id, revenue_fen)
        except AlreadyDeclared:
            continue


def test_no_closed_epoch_gains_a_declaration_while_many_are_declaring(market, at_once):
    """Settlement bills a closed epoch; a declaration that slips in afterwards would never be billed."""
    deals = [market.declarations.shared() for _ in range(2)]
    seen = {}

    def declare(at):
        for place in range(DECLARATIONS):
            declare_until_heard(market, deals[at % 2].id, 1_000 * at + place)

    def close():
        for _ in range(8):
            epoch = market.deliveries.close_epoch()
            seen[epoch] = totals_up_to(market, epoch)

    outcomes = at_once(*(lambda at=at: declare(at) for at in range(DECLARERS)), close)

    assert outcomes == [None] * (DECLARERS + 1)
    assert {epoch: totals_up_to(market, epoch) for epoch in seen} == seen
    last = market.deliveries.close_epoch()
    standing, added = totals_up_to(market, last)
    assert standing == added
    assert [item.declared.declarations for item in standing] == [DECLARERS // 2 * DECLARATIONS] * 2


def test_of_declarations_that_replace_the_same_one_a_single_one_is_taken(market, at_once):
    deal = market.declarations.shared()
    market.declarations.declare(deal.id, 1_000)

    outcomes = at_once(
        *(lambda fen=fen: market.declarations.declare(deal.id, fen, corrects=1) for fen in range(6))
    )

    assert sum(isinstance(outcome, AlreadyDeclared) for outcome in outcomes) == 5
    assert [item.number for item in market.declarations.of(deal.id)] == [2, 1]


def test_declaring_while_the_month_is_settled_bills_everything_once(market, at_once):
    """Whatever a run leaves out, the next one takes; in the end the evidence agrees with the bills."""
    deal = market.declarations.shared()

    def declare():
        for fen in range(10_000, 10_000 * (DECLARATIONS + 1), 10_000):
            declare_until_heard(market, deal.id, fen)

    def settle():
        for second in range(5):
            at = market.now + timedelta(seconds=second)
            run_settlement(market.context.database, period="2026-11", interim=True, now=at)

    assert at_once(declare, settle, settle) == [None] * 3
    settle()

    cards = market.read(find_statement_cards, deal.id)
    assert sum(card.amount_fen for card in cards) == 500 * DECLARATIONS
    assert Evidence(market).findings() == ""


def test_late_runs_at_once_bill_a_declaration_once(market, at_once):
    deal, december = market.declarations.shared(), market.now + timedelta(days=8)
    run_settlement(market.context.database, period="2026-11", interim=False, now=december)
    market.declarations.declare(deal.id, 50_000, now=december)

    def settle():
        return run_settlement(market.context.database, period="2026-11", interim=False, now=december)

    reports = at_once(*[settle] * 4)

    assert len(set(reports)) == 1
    assert (reports[0].kind, reports[0].statements) == ("late", 1)
    assert [card.amount_fen for card in market.read(find_statement_cards, deal.id)] == [0, 2_500]
