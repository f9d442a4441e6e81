"""Several nodes follow the log at the same moment: every event is told once to whom it concerns."""

from tests.factories.messages import Messages


def test_four_nodes_tell_each_event_once(market, at_once):
    messages = Messages(market).skip()
    for _ in range(60):
        market.suspended()
        market.resumed()
    messages.number()

    def node():
        database = market.context.database
        while database.write(messages.batch):
            pass

    outcomes = at_once(*[node] * 4)

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    messages.follow()
    assert len(messages.to(market.grid_co)) == 120
    assert messages.followed()[0] == messages.followed()[1]
