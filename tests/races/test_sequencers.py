from sqlalchemy import insert, select

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.audit.export import export_bundle
from exchange.audit.sequencer import number_all
from exchange.core.events import EventRow, event_row


def test_sequencers_that_run_while_events_are_committed_make_one_log(market, at_once, tmp_path):
    context, key = market.context, market.context.log_key
    log = {"key": key, "origin": context.settings.log_origin, "now": market.now}

    def tell():
        for number in range(15):
            row = event_row("lamp.switched", {"n": number}, subject="l-1", actor="per_1", at=market.now)
            context.database.write(lambda session, row=row: session.execute(insert(EventRow), [row]))

    def sequence():
        return sum(number_all(context.database, **log) for _ in range(15))

    outcomes = at_once(*[tell] * 3, *[sequence] * 3)
    path = tmp_path / "evidence.zip"
    size = export_bundle(context.database, path, **log)

    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    positions = market.read(lambda session: sorted(session.scalars(select(EventRow.position))))
    assert positions == list(range(size))
    vkey = VKey(context.settings.log_origin, key.public)
    assert verify_bundle(path, rules=replay_rules(), log_key=vkey).ok


def test_events_of_one_writer_keep_their_order(market, at_once):
    """Whatever the others do, an effect never comes before its cause in the log."""
    context = market.context
    log = {"key": context.log_key, "origin": context.settings.log_origin, "now": market.now}

    def tell(name):
        for number in range(10):
            row = event_row("lamp.switched", {}, subject=f"{name}-{number}", actor=name, at=market.now)
            context.database.write(lambda session, row=row: session.execute(insert(EventRow), [row]))
            number_all(context.database, **log)

    at_once(*(lambda name=name: tell(name) for name in "abcd"))
    number_all(context.database, **log)

    query = select(EventRow.actor, EventRow.subject).where(EventRow.type == "lamp.switched")
    rows = market.read(lambda session: session.execute(query.order_by(EventRow.position)).all())
    for name in "abcd":
        own = [subject for actor, subject in rows if actor == name]
        assert own == [f"{name}-{number}" for number in range(10)]
