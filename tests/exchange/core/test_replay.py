from dataclasses import dataclass, field

import pytest

from exchange.audit import LoggedEvent, Replay, ReplayRules, combine
from exchange.core.errors import Invalid
from exchange.core.replay import MAX_FINDINGS


def event(position=0, kind="agreement.executed", payload=None):
    return LoggedEvent(position, kind, f"evt_{position}", 1790000000000, "agr_1", "org_grid", payload)


@dataclass
class Agreements:
    prices: dict = field(default_factory=dict)


def replayed(rules, *events):
    replay = Replay(rules)
    for one in events:
        replay.apply(one)
    replay.finish()
    return replay


def test_later_stages_read_the_facts_of_earlier_ones():
    contracts, settlement = ReplayRules(), ReplayRules()

    @contracts.on("agreement.executed")
    def note_price(replay, event):
        replay.facts(Agreements).prices[event.subject] = event.content["price"]

    @settlement.on("statement.confirmed")
    def check_amount(replay, event):
        replay.checked("statements")
        if replay.facts(Agreements).prices[event.subject] != event.content["price"]:
            replay.finding("charged at another price than agreed")

    rules = combine(contracts, settlement)
    replay = replayed(
        rules, event(0, payload={"price": 5}), event(1, "statement.confirmed", payload={"price": 6})
    )

    [finding] = replay.findings
    assert (finding.position, finding.subject) == (1, "agr_1")
    assert replay.counts == {"statements": 1}


def test_events_without_a_rule_are_counted():
    replay = replayed(ReplayRules(), event(kind="page.viewed"), event(kind="page.viewed"))

    assert replay.not_interpreted == {"page.viewed": 2}
    assert (replay.interpreted, replay.findings) == (0, [])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Invalid("The price is negative."), "The price is negative."),
        (RecursionError("deep"), "RecursionError"),
    ],
)
def test_exception_in_a_rule_is_a_finding_with_its_position(error, message):
    rules = ReplayRules()

    @rules.on("agreement.executed")
    def stumble(replay, event):
        raise error

    [finding] = replayed(rules, event(7, payload={})).findings

    assert finding.position == 7
    assert message in finding.message


def test_missing_member_is_a_finding_and_the_next_rule_still_runs():
    rules, seen = ReplayRules(), []

    @rules.on("agreement.executed")
    def needs_price(replay, event):
        seen.append(event.content["price"])

    @rules.on("agreement.executed", "agreement.ended")
    def runs_anyway(replay, event):
        seen.append(event.position)

    replay = replayed(rules, event(3, payload={}))

    assert "needs_price expects (KeyError: 'price')" in replay.findings[0].message
    assert seen == [3]


def test_rule_that_needs_an_erased_payload_is_counted_not_a_finding():
    rules = ReplayRules()
    rules.on("agreement.executed")(lambda _replay, event: event.content["price"])

    replay = replayed(rules, event(payload=None))

    assert (replay.unchecked_for_erasure, replay.findings) == (1, [])


def test_checks_at_the_end_see_the_whole_log():
    rules = ReplayRules()
    rules.on("agreement.executed")(
        lambda replay, event: replay.facts(Agreements).prices.update({event.id: 1})
    )

    @rules.at_end
    def nothing_left_open(replay):
        replay.finding(f"{len(replay.facts(Agreements).prices)} left open", subject="agr_1")

    [finding] = replayed(rules, event(0), event(1)).findings

    assert (finding.message, finding.position, finding.subject) == ("2 left open", None, "agr_1")


def test_rules_can_be_given_as_lists():
    def check(replay, event):
        replay.checked("events")

    def conclude(replay):
        replay.checked("ends")

    rules = ReplayRules(handlers={"agreement.executed": [check]}, end_checks=[conclude])

    assert replayed(rules, event()).counts == {"events": 1, "ends": 1}


def test_combining_leaves_the_parts_unchanged():
    part = ReplayRules(handlers={"agreement.executed": [lambda replay, event: None]})

    combine(part, part)

    assert len(part.handlers["agreement.executed"]) == 1


def test_findings_beyond_the_limit_are_counted_only():
    rules = ReplayRules()
    rules.on("agreement.executed")(lambda replay, _event: replay.finding("wrong"))

    replay = replayed(rules, *(event(n) for n in range(MAX_FINDINGS + 5)))

    assert (len(replay.findings), replay.findings_left_out) == (MAX_FINDINGS, 5)
