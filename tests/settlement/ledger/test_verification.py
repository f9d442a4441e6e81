"""Damage that somebody plants around the posting function is found."""

import pytest
from sqlalchemy import text

from settlement import ledger
from settlement.ledger.posting import Leg, Transfer
from tests.settlement.deals import NOVEMBER


@pytest.fixture
def damaged(database):
    """Books with two transfers, one of them reversed; then statements of SQL are run past every guard."""
    with database.writing() as session:
        ana, bo = (
            ledger.open_account(session, owner=name, purpose=ledger.Purpose.BUYER_RECEIVABLE)
            for name in ("ana", "bo")
        )
        transfers = [
            Transfer(key, "test", key, NOVEMBER, (Leg(ana, 100), Leg(bo, -100))) for key in ("k1", "k2")
        ]
        first, _ = ledger.post_batch(session, transfers, now=NOVEMBER)
        ledger.reverse_transfer(session, transfer_id=first, now=NOVEMBER)
    names = {"first": first, "second": transfers[1].id, "ana": ana, "bo": bo}

    def damage(*statements):
        with database.writing() as session:
            _switch_off_triggers(session)
            for statement in statements:
                session.execute(text(statement), {k: v for k, v in names.items() if f":{k}" in statement})
        with database.reading() as session:
            return {finding.check for finding in ledger.verify(session)}

    return damage


def _switch_off_triggers(session):
    if session.get_bind().dialect.name == "sqlite":
        triggers = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in ("ledger_transfers", "ledger_entries"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_sound_books_have_no_findings(damaged):
    assert damaged() == set()


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_entries SET amount_fen = 101 WHERE transfer_id = :second AND leg = 1", "sums"),
        ("UPDATE ledger_balances SET posted_debit_fen = posted_debit_fen + 1", "balances"),
        ("DELETE FROM ledger_balances WHERE account_id = :ana", "balances"),
        (
            "UPDATE ledger_entries SET balance_after_fen = 7 WHERE transfer_id = :second AND leg = 1",
            "running balances",
        ),
        (
            "UPDATE ledger_entries SET account_version = 9 WHERE transfer_id = :second AND leg = 1",
            "running balances",
        ),
        ("DELETE FROM ledger_entries WHERE transfer_id = :second AND leg = 2", "legs"),
        ("DELETE FROM ledger_entries WHERE transfer_id = :second", "legs"),
        ("UPDATE ledger_transfers SET key = 'other' WHERE id = :second", "keys"),
        ("UPDATE ledger_transfers SET reference = 'other' WHERE id = :second", "digests"),
        ("UPDATE ledger_transfers SET reverses = :second WHERE reverses = :first", "digests"),
        (
            "UPDATE ledger_entries SET amount_fen = 2 * amount_fen WHERE transfer_id = :first",
            "reversals",
        ),
        ("UPDATE ledger_transfers SET key = 'other' WHERE reverses = :first", "reversals"),
        ("UPDATE ledger_transfers SET reverses = :second WHERE reverses = :first", "reversals"),
        ("UPDATE ledger_accounts SET min_balance_fen = 500 WHERE id = :ana", "bounds"),
    ],
)
def test_planted_damage_is_found(damaged, statement, check):
    assert check in damaged(statement)


def test_swapped_amounts_that_still_balance_are_found(damaged):
    """Sums alone would not show it."""
    found = damaged(
        "UPDATE ledger_entries SET amount_fen = -amount_fen WHERE transfer_id = :second",
    )

    assert {"digests", "balances", "running balances"} <= found
