"""Delivering and revoking at the same moment: in the log, no delivery comes after the revocation."""

import pytest
from sqlalchemy import select

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.audit.export import export_bundle
from exchange.audit.sequencer import number_all
from exchange.core.events import EventRow
from exchange.datasets.errors import RevisionNotStanding
from tests.factories.deliveries import page

DELIVERERS, DELIVERIES = 6, 20


def log_of(market):
    context = market.context
    return {"key": context.log_key, "origin": context.settings.log_origin, "now": market.now}


def types_in_the_log(market, *types):
    query = select(EventRow.type).where(EventRow.type.in_(types)).order_by(EventRow.position)
    return market.read(lambda session: list(session.scalars(query)))


@pytest.mark.parametrize("attempt", range(3))
def test_no_delivery_is_recorded_after_the_revocation(market, at_once, tmp_path, attempt):
    deals = [market.agreements.executed() for _ in range(3)]
    prepared = [market.deliveries.prepared(deal.id, page(3)) for deal in deals]

    def deliver(at):
        done = 0
        for _ in range(DELIVERIES):
            try:
                market.deliveries.record(deals[at % 3].id, prepared[at % 3])
            except RevisionNotStanding:
                return done
            done += 1
        return done

    def revoke():
        # In the midst of it: somebody has been served already.
        while not any(market.deliveries.records(deal.id) for deal in deals):
            pass
        market.revisions.revoke()
        return -1

    def sequence():
        for _ in range(30):
            number_all(market.context.database, **log_of(market))
        return -1

    outcomes = at_once(*(lambda at=at: deliver(at) for at in range(DELIVERERS)), revoke, sequence)

    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    delivered = sum(outcome for outcome in outcomes if outcome >= 0)
    bundle = tmp_path / "evidence.zip"
    export_bundle(market.context.database, bundle, **log_of(market))
    told = types_in_the_log(market, "delivery.recorded", "dataset.revision_revoked")
    assert told == ["delivery.recorded"] * delivered + ["dataset.revision_revoked"]
    vkey = VKey(market.context.settings.log_origin, market.context.log_key.public)
    report = verify_bundle(bundle, rules=replay_rules(), log_key=vkey)
    assert report.ok, report.findings


def test_a_revision_revoked_many_times_at_once_is_revoked_once(market, at_once):
    outcomes = at_once(*[market.revisions.revoke] * 6)

    assert {outcome.reason for outcome in outcomes} == {"meter was faulty"}
    assert len(market.revisions.events("dataset.revision_revoked")) == 1


def test_signing_and_revoking_at_once_leaves_an_order_in_the_log(market, at_once, tmp_path):
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.grid_co)
    signature = market.agreements.signature(agreement, by=market.forecast_lab)

    signed, _ = at_once(
        lambda: market.agreements.sign(agreement, by=market.forecast_lab, signature=signature),
        market.revisions.revoke,
    )

    number_all(market.context.database, **log_of(market))
    told = types_in_the_log(market, "agreement.executed", "dataset.revision_revoked")
    refused = isinstance(signed, RevisionNotStanding)
    assert told == [*([] if refused else ["agreement.executed"]), "dataset.revision_revoked"]
