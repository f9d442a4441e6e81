"""The offline rules: a true history has no findings, and every untrue one has the right one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

import contracts.deliveries.replay
import settlement.ledger.replay
import settlement.runs.replay
import settlement.statements.replay
from contracts.agreements.replay import AgreementFacts
from contracts.terms import Terms
from exchange.audit import LoggedEvent, Replay, ReplayRules, combine
from exchange.core import canonical
from exchange.core.clock import to_millis
from exchange.core.events import SALT_BYTES, EventRow
from settlement.ledger import reverse_transfer
from settlement.runs import run_settlement
from tests.settlement.deals import DECEMBER, NOVEMBER, PER_ROW, SUBSCRIPTION

#: Stands for the rules of agreements, whose signatures these deals do not have.
SIGNED = ReplayRules()


@SIGNED.on("agreement.executed")
def note_executed(replay, event):
    facts = replay.facts(AgreementFacts)
    facts.terms[event.content["agreement_id"]] = Terms.read(event.content["terms"].encode())
    facts.executed_at_ms[event.content["agreement_id"]] = event.at_ms


RULES = combine(
    SIGNED,
    contracts.deliveries.replay.RULES,
    settlement.ledger.replay.RULES,
    settlement.statements.replay.RULES,
    settlement.runs.replay.RULES,
)


@pytest.fixture
def history(database, deals):
    """The log of a month with an interim run, a regular run, and a subscription that nobody used."""
    used, _ = deals.executed(PER_ROW), deals.executed(SUBSCRIPTION)
    deals.deliver(used, 1000, 0)
    run_settlement(database, period="2026-11", interim=True, now=NOVEMBER + timedelta(days=1))
    deals.deliver(used, 234, at=NOVEMBER + timedelta(days=2))
    run_settlement(database, period="2026-11", interim=False, now=DECEMBER)
    return logged_events(database)


def logged_events(database):
    with database.reading() as session:
        rows = session.scalars(select(EventRow).order_by(EventRow.id)).all()
    return [
        LoggedEvent(
            position,
            row.type,
            row.event_id,
            to_millis(row.occurred_at),
            row.subject,
            row.actor,
            canonical.from_bytes(row.record[SALT_BYTES:]),
        )
        for position, row in enumerate(rows)
    ]


def replayed(events):
    replay = Replay(RULES)
    for event in events:
        replay.apply(event)
    replay.finish()
    return replay


def findings(events):
    return [finding.message for finding in replayed(events).findings]


def changed(events, event_type, change, *, nth=0):
    """The history in which the nth event of a type tells something else."""
    place = [index for index, event in enumerate(events) if event.type == event_type][nth]
    payload = canonical.from_bytes(canonical.to_bytes(events[place].payload))
    change(payload)
    return [*events[:place], replace(events[place], payload=payload), *events[place + 1 :]]


def without(events, event_type, *, nth=0):
    place = [index for index, event in enumerate(events) if event.type == event_type][nth]
    return events[:place] + events[place + 1 :]


def test_true_history_has_no_findings(history):
    replay = replayed(history)

    assert replay.findings == []
    assert replay.counts["statements"] == 3
    assert replay.counts["ledger transfers"] == 3
    assert replay.counts["settlement runs"] == 2
    assert replay.counts["statement lines"] > 3


def one_fen_more(field):
    return lambda payload: payload.update({field: payload[field] + 1})


@pytest.mark.parametrize(
    ("event_type", "change", "said"),
    [
        ("statement.issued", one_fen_more("amount_fen"), "amount_fen is"),
        ("statement.issued", one_fen_more("fee_fen"), "fee_fen is"),
        ("statement.issued", one_fen_more("provider_fen"), "provider_fen is"),
        ("statement.issued", one_fen_more("charged_before_fen"), "earlier ones charged"),
        ("statement.issued", one_fen_more("epoch"), "is not closed"),
        ("statement.issued", one_fen_more("issued_at"), "another time"),
        ("statement.issued", lambda p: p["lines"][0].update(quantity=7), "lines are not those"),
        ("statement.issued", lambda p: p["lines"].pop(), "lines are not those"),
        ("statement.issued", lambda p: p["quantities_after"].update(rows=7), "were delivered"),
        ("statement.issued", lambda p: p.update(quantities_before={"rows": 0, "calls": 0}), "begins at"),
        ("statement.issued", lambda p: p.update(number="S2026-000009"), "is next"),
        ("statement.issued", lambda p: p.update(transfer_id=None), "names the transfer"),
        ("statement.issued", lambda p: p.update(terms_sha256="0" * 64), "other terms"),
        ("statement.issued", lambda p: p.update(buyer_id="org_other"), "another buyer"),
        ("statement.issued", lambda p: p.update(agreement_id="agr_x"), "nobody signed"),
        (
            "ledger.transfer_posted",
            lambda p: p["entries"][0].update(amount_fen=p["entries"][0]["amount_fen"] + 1),
            "not zero",
        ),
        (
            "ledger.transfer_posted",
            lambda p: p["entries"][0].update(owner="org_x"),
            "is not the account of",
        ),
        ("ledger.transfer_posted", lambda p: p.update(reference="stm_x"), "never issued"),
        ("ledger.transfer_posted", lambda p: p.update(kind="gift"), "digest it names"),
        ("ledger.transfer_posted", lambda p: p.update(key="other"), "another key's id"),
        ("settlement.run_finished", one_fen_more("parked"), "it parked"),
        ("settlement.run_finished", one_fen_more("epoch"), "was not closed"),
        ("delivery.recorded", one_fen_more("rows"), "were delivered"),
    ],
)
def test_changed_fact_is_found(history, event_type, change, said):
    assert said in "\n".join(findings(changed(history, event_type, change)))


def test_delivery_without_statement_is_found(history):
    """The last statement of the deal with deliveries covers the last delivery."""
    last = max(
        index
        for index, event in enumerate(e for e in history if e.type == "statement.issued")
        if event.payload["quantities_after"]["rows"]
    )

    assert any(
        "statements cover" in message
        for message in findings(without(history, "statement.issued", nth=last))
    )


def test_missing_fee_of_an_unused_subscription_is_found(history):
    fees = [
        index
        for index, event in enumerate(e for e in history if e.type == "statement.issued")
        if not event.payload["quantities_after"]["calls"]
    ]

    assert any(
        "fee of" in message for message in findings(without(history, "statement.issued", nth=fees[0]))
    )


@pytest.mark.parametrize(
    "event_type", ["statement.issued", "ledger.transfer_posted", "settlement.run_finished"]
)
def test_event_that_stands_twice_is_found(history, event_type):
    again = next(event for event in history if event.type == event_type)

    assert findings([*history, again]) != []


def test_missing_statement_leaves_a_gap_in_the_numbers(history):
    assert any("is next" in message for message in findings(without(history, "statement.issued")))


def test_missing_transfer_is_found(history):
    assert any(
        "does not book" in message for message in findings(without(history, "ledger.transfer_posted"))
    )


def test_second_regular_run_of_a_period_is_found(history):
    regular = [event for event in history if event.type == "settlement.run_finished"][-1]

    assert any("second regular run" in message for message in findings([*history, regular]))


def test_parked_agreement_is_named_and_no_finding(database, deals):
    parked, sound = deals.executed(), deals.executed()
    for agreement_id in (parked, sound):
        deals.deliver(agreement_id, 1000)
    with database.writing() as session:
        session.execute(text("UPDATE usage_days SET rows = 1001 WHERE agreement_id = :id"), {"id": parked})
    run_settlement(database, period="2026-11", interim=False, now=DECEMBER)
    replay = replayed(logged_events(database))

    assert replay.findings == []
    assert replay.counts["parked agreements"] == 1


@pytest.fixture
def reversed_history(history, database):
    """The first statement's transfer is reversed at the end."""
    posted = next(event for event in history if event.type == "ledger.transfer_posted")
    transfer_id = posted.payload["transfer_id"]
    database.write(lambda session: reverse_transfer(session, transfer_id=transfer_id, now=DECEMBER))
    return logged_events(database)


def test_true_reversal_has_no_findings(reversed_history):
    assert findings(reversed_history) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.update(reverses="trf_unknown"), "cannot be reversed"),
        (lambda p: p["entries"].reverse(), "not the equal and opposite"),
    ],
)
def test_untrue_reversal_is_found(reversed_history, change, said):
    last = sum(event.type == "ledger.transfer_posted" for event in reversed_history) - 1

    assert said in "\n".join(
        findings(changed(reversed_history, "ledger.transfer_posted", change, nth=last))
    )
