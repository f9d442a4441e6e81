"""Posting: balanced, bounded, once per key, and right under races."""

import threading
from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.core.errors import NotFound
from settlement import ledger
from settlement.ledger.errors import (
    AlreadyReversed,
    InsufficientFunds,
    TransferKeyReused,
    TransferUnbalanced,
    UnknownAccount,
)
from settlement.ledger.posting import Leg, Transfer
from tests.settlement.deals import NOVEMBER

NAMES = ("ana", "bo", "chen", "fee")
RUNS = count(1)


def account_of(name):
    purpose = ledger.Purpose.PLATFORM_FEE_INCOME if name == "fee" else ledger.Purpose.BUYER_RECEIVABLE
    return ledger.account_id_of(name, purpose)


def transfer(key, **amounts):
    """`transfer("k1", ana=5, fee=-5)`"""
    legs = tuple(Leg(account_of(name), amount) for name, amount in amounts.items())
    return Transfer(key, "test", f"reference of {key}", NOVEMBER, legs)


@pytest.fixture
def books(database):
    """Four open accounts; only `chen` may not go below zero."""
    with database.writing() as session:
        open_accounts(session)
    return database


def open_accounts(session, prefix=""):
    for name in NAMES:
        ledger.open_account(
            session,
            owner=prefix + name,
            purpose=ledger.Purpose.PLATFORM_FEE_INCOME
            if name == "fee"
            else ledger.Purpose.BUYER_RECEIVABLE,
            min_balance_fen=0 if name == "chen" else None,
        )


def post(database, *transfers):
    return database.write(lambda session: ledger.post_batch(session, transfers, now=NOVEMBER))


def signed_balances(database):
    with database.reading() as session:
        found = ledger.balances(session, map(account_of, NAMES))
    return {item.owner: item.debit_fen - item.credit_fen for item in found.values()}


class TestPostBatch:
    def test_moves_what_it_says(self, books):
        post(books, transfer("k1", ana=100, bo=-70, fee=-30), transfer("k2", bo=20, ana=-20))

        assert signed_balances(books) == {"ana": 80, "bo": -50, "chen": 0, "fee": -30}

    def test_balance_is_given_on_the_normal_side(self, books):
        post(books, transfer("k1", ana=100, fee=-100))

        with books.reading() as session:
            balances = ledger.balances(session, [account_of("ana"), account_of("fee")])
        assert {item.owner: item.balance_fen for item in balances.values()} == {"ana": 100, "fee": 100}

    def test_one_fen_off_is_refused(self, books):
        with pytest.raises(TransferUnbalanced):
            post(books, transfer("k1", ana=100, bo=-99))

    @pytest.mark.parametrize("amounts", [{}, {"ana": 0, "bo": 0}, {"ana": 5, "bo": -5, "chen": 0}])
    def test_legs_that_are_no_transfer_are_refused(self, books, amounts):
        with pytest.raises(TransferUnbalanced):
            post(books, transfer("k1", **amounts))

    def test_unknown_account_is_refused(self, books):
        with pytest.raises(UnknownAccount):
            post(books, transfer("k1", ana=5, dora=-5))

    def test_same_key_has_one_effect(self, books):
        first = post(books, transfer("k1", ana=5, bo=-5))
        again = post(books, transfer("k1", ana=5, bo=-5), transfer("k1", ana=5, bo=-5))

        assert again == first * 2
        assert signed_balances(books)["ana"] == 5

    def test_same_key_with_another_payload_is_a_conflict(self, books):
        post(books, transfer("k1", ana=5, bo=-5))

        with pytest.raises(TransferKeyReused):
            post(books, transfer("k1", ana=6, bo=-6))

    def test_bound_holds(self, books):
        post(books, transfer("k1", chen=10, ana=-10))

        with pytest.raises(InsufficientFunds):
            post(books, transfer("k2", chen=-11, ana=11))
        assert signed_balances(books)["chen"] == 10

    def test_a_batch_is_checked_in_its_order(self, books):
        post(books, transfer("in", chen=10, ana=-10), transfer("out", chen=-10, ana=10))

        with pytest.raises(InsufficientFunds):
            post(books, transfer("out2", chen=-1, ana=1), transfer("in2", chen=1, ana=-1))

    def test_refused_batch_leaves_nothing(self, books):
        with pytest.raises(TransferUnbalanced):
            post(books, transfer("k1", ana=5, bo=-5), transfer("k2", ana=5, bo=-4))

        assert signed_balances(books)["ana"] == 0

    def test_opening_an_account_again_changes_nothing(self, books):
        post(books, transfer("k1", ana=5, bo=-5))
        with books.writing() as session:
            open_accounts(session)

        assert signed_balances(books)["ana"] == 5


class TestReverseTransfer:
    def test_undoes_every_leg(self, books):
        [posted] = post(books, transfer("k1", ana=100, bo=-70, fee=-30))

        books.write(lambda session: ledger.reverse_transfer(session, transfer_id=posted, now=NOVEMBER))

        assert set(signed_balances(books).values()) == {0}

    def test_a_transfer_is_reversed_once(self, books):
        [posted] = post(books, transfer("k1", ana=5, bo=-5))
        reverse = lambda of: books.write(  # noqa: E731
            lambda session: ledger.reverse_transfer(session, transfer_id=of, now=NOVEMBER)
        )
        reversal = reverse(posted)

        for transfer_id in (posted, reversal):
            with pytest.raises(AlreadyReversed):
                reverse(transfer_id)

    def test_what_is_not_there_cannot_be_reversed(self, books):
        with pytest.raises(NotFound):
            books.write(lambda session: ledger.reverse_transfer(session, transfer_id="trf_x", now=NOVEMBER))


class TestRaces:
    def test_only_one_of_many_draws_the_last_fen(self, books):
        post(books, transfer("in", chen=1, ana=-1))
        outcomes = together(
            [
                lambda key=key: post(books, transfer(key, chen=-1, ana=1))
                for key in (f"draw{i}" for i in range(8))
            ]
        )

        assert sum(isinstance(outcome, InsufficientFunds) for outcome in outcomes) == 7
        assert signed_balances(books)["chen"] == 0

    def test_one_key_posted_by_many_has_one_effect(self, books):
        outcomes = together([lambda: post(books, transfer("k1", ana=5, bo=-5))] * 6)

        assert len({outcome[0] for outcome in outcomes}) == 1
        assert signed_balances(books)["ana"] == 5

    def test_crossing_transfers_do_not_deadlock(self, books):
        there = [transfer(f"there{i}", ana=1, bo=-1) for i in range(20)]
        back = [transfer(f"back{i}", bo=1, ana=-1) for i in range(20)]
        outcomes = together(
            [lambda item=item: post(books, item) for pair in zip(there, back, strict=True) for item in pair]
        )

        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        with books.reading() as session:
            assert ledger.verify(session) == []


def together(calls):
    """Run the calls in threads at once; each outcome is what was returned or raised."""
    outcomes, gate = [], threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            outcomes.append(call())
        except Exception as error:  # noqa: BLE001
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


amounts = st.integers(-50, 50).filter(bool)
two_legs = st.tuples(st.permutations(NAMES), amounts).map(
    lambda drawn: {drawn[0][0]: drawn[1], drawn[0][1]: -drawn[1]}
)
three_legs = st.tuples(st.permutations(NAMES), st.integers(1, 50), st.integers(1, 50)).map(
    lambda drawn: {
        drawn[0][0]: drawn[1] + drawn[2],
        drawn[0][1]: -drawn[1],
        drawn[0][2]: -drawn[2],
    }
)
batches = st.lists(
    st.lists(st.tuples(st.integers(0, 8), two_legs | three_legs), min_size=1, max_size=4), max_size=6
)


class Model:
    """The ledger in plain Python: what a batch does, or that it is refused."""

    def __init__(self):
        self.balances = Counter(dict.fromkeys(NAMES, 0))
        self.posted = {}

    def post(self, batch):
        balances, posted = self.balances.copy(), dict(self.posted)
        for key, legs in batch:
            if key in posted:
                if posted[key] != legs:
                    return False
                continue
            posted[key] = legs
            balances.update(legs)
            if balances["chen"] < 0:
                return False
        self.balances, self.posted = balances, posted
        return True


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=batches)
def test_ledger_agrees_with_a_plain_model(books, history):
    prefix, model = f"{next(RUNS)}-", Model()  # each example has accounts of its own
    with books.writing() as session:
        open_accounts(session, prefix)
    accounts = {name: prefixed_account(prefix, name) for name in NAMES}

    for batch in history:
        wanted = [
            Transfer(
                f"{prefix}{key}",
                "test",
                "r",
                NOVEMBER,
                tuple(Leg(accounts[name], amount) for name, amount in legs.items()),
            )
            for key, legs in batch
        ]
        try:
            post(books, *wanted)
            accepted = True
        except (InsufficientFunds, TransferKeyReused):
            accepted = False
        assert accepted == model.post(batch)

    with books.reading() as session:
        found = ledger.balances(session, accounts.values())
        assert {
            name: found[account].debit_fen - found[account].credit_fen for name, account in accounts.items()
        } == dict(model.balances)
        assert ledger.verify(session) == []
        assert ledger.trial_balance_fen(session) == 0


def prefixed_account(prefix, name):
    purpose = ledger.Purpose.PLATFORM_FEE_INCOME if name == "fee" else ledger.Purpose.BUYER_RECEIVABLE
    return ledger.account_id_of(prefix + name, purpose)
