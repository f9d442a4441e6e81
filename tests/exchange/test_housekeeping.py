"""What is old goes, what may still be asked for stays, and a large heap goes in small steps."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from exchange import housekeeping
from exchange.core.idempotency import StoredAnswer
from exchange.participants.models import WebSession
from exchange.participants.service import start_web_session
from tests.factories.messages import Messages


@pytest.fixture
def forget(market, monkeypatch):
    def after(**passed):
        monkeypatch.setattr("exchange.core.clock.now", lambda: market.now + timedelta(**passed))
        housekeeping.forget_old(market.context)

    return after


@pytest.fixture
def answers(market):
    def add(count):
        with market.context.database.writing() as session:
            session.add_all(
                StoredAnswer(
                    caller="per_1",
                    key=f"k-{place}",
                    fingerprint="0" * 64,
                    status=201,
                    body=b"{}",
                    answered_at=market.now,
                )
                for place in range(count)
            )

    return add


def count(market, table):
    return market.read(lambda session: session.scalar(select(func.count()).select_from(table)))


def test_an_answer_is_kept_as_long_as_the_setting_says(market, answers, forget):
    answers(3)

    forget(days=30)
    assert count(market, StoredAnswer) == 3
    forget(days=30, seconds=1)
    assert count(market, StoredAnswer) == 0


def test_a_heap_larger_than_a_step_goes_whole(market, answers, forget, monkeypatch):
    monkeypatch.setattr(housekeeping, "_BATCH", 10)
    answers(35)

    forget(days=31)

    assert count(market, StoredAnswer) == 0


def test_a_session_goes_some_time_after_its_end(market, forget):
    for hours in (1, 24 * 60):
        market.do(start_web_session, person_id=market.rival.actor.person_id, hours=hours)

    forget(days=31)

    assert count(market, WebSession) == 1


def test_messages_are_kept_as_long_as_the_setting_says(market, forget):
    market.suspended()
    messages = Messages(market).follow()
    told = len(messages.to(market.grid_co))

    forget(days=400)
    kept = len(messages.to(market.grid_co))
    forget(days=400, seconds=1)

    assert (kept == told > 0, messages.to(market.grid_co)) == (True, [])
    assert messages.follow().to(market.grid_co) == []  # and they do not come back
