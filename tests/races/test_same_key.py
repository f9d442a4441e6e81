from sqlalchemy import func, select

from contracts.negotiations.models import Negotiation
from tests.factories.negotiations import access_request


def test_twenty_requests_with_one_key_have_one_effect(market, at_once):
    body = {"listing_id": market.listing_id, **access_request()}
    callers = [market.api(market.forecast_lab) for _ in range(20)]

    answers = at_once(*(lambda api=api: api.post("/negotiations/", body, key="k-1") for api in callers))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert market.read(lambda session: session.scalar(select(func.count()).select_from(Negotiation))) == 1


def test_one_answer_is_the_first_and_the_others_are_replays(market, at_once):
    body = {"listing_id": market.listing_id, **access_request()}
    callers = [market.api(market.forecast_lab) for _ in range(8)]

    answers = at_once(*(lambda api=api: api.post("/negotiations/", body, key="k-1") for api in callers))

    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
