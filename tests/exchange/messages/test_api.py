"""The inbox over HTTP: an organisation reads its own messages, and says so once for all its people."""

from datetime import timedelta

import pytest

from tests.factories.messages import Messages


@pytest.fixture
def messages(market):
    return Messages(market).skip()


@pytest.fixture
def provider(market):
    return market.api(market.grid_co)


@pytest.fixture
def told(market, messages):
    """Three messages to the provider, oldest first."""
    for step in (market.suspended, market.resumed, market.suspended):
        step()
    return messages.follow().to(market.grid_co)


def ids(answer):
    return [item["id"] for item in answer.json]


def test_lists_the_newest_first_with_all_that_is_known(provider, told, market):
    newest = provider.get("/messages").json[0]

    assert newest == {
        "id": told[-1].id,
        "event_id": told[-1].event_id,
        "event_type": "listing.suspended",
        "subject": market.listing_id,
        "position": told[-1].position,
        "topic": "listings",
        "text_zh": "贵方挂牌《负荷曲线》已停牌。原因：a complaint is being looked into",
        "text_en": "Your listing Load curve was suspended. Reason: a complaint is being looked into",
        "page": f"/catalogue/{market.listing_id}",
        "occurred_at": market.now.isoformat(),
        "told_at": market.now.isoformat(),
        "read_at": None,
    }


def test_pages_meet_every_message_once(provider, told):
    first = provider.get("/messages", limit=2)
    rest = provider.get("/messages", limit=2, before=first.json[-1]["position"])

    assert ids(first) + ids(rest) == [message.id for message in told[::-1]]


def test_filters_by_topic_and_reading(provider, told):
    provider.post(f"/messages/{told[0].id}/reading")

    assert ids(provider.get("/messages", unread="true")) == [told[2].id, told[1].id]
    assert ids(provider.get("/messages", topic="bills")) == []
    assert provider.get("/messages", topic="gossip").status_code == 422


def test_others_know_of_no_message(market, told):
    for who in (market.rival, market.operator, market.regulator):
        api = market.api(who)
        assert api.get("/messages").json == []
        assert api.get(f"/messages/{told[0].id}").status_code == 404
        assert api.post(f"/messages/{told[0].id}/reading").status_code == 404


def test_a_reading_counts_for_the_whole_organisation_and_the_first_one_stays(market, provider, told):
    first = provider.post(f"/messages/{told[0].id}/reading").json["read_at"]
    market.now += timedelta(hours=1)

    again = market.api(market.grid_approver).post(f"/messages/{told[0].id}/reading")

    assert again.json["read_at"] == first


def test_reading_up_to_a_message_leaves_what_came_later(provider, told):
    answer = provider.post("/messages/reading", {"until": told[1].position})

    assert answer.json == {"read": 2}
    assert ids(provider.get("/messages", unread="true")) == [told[2].id]
    assert provider.get(f"/messages/{told[0].id}").json["read_at"] is not None


def test_reading_up_to_a_message_reads_nothing_of_others(market, told):
    answer = market.api(market.rival).post("/messages/reading", {"until": told[2].position})

    assert answer.json == {"read": 0}
    assert len(market.api(market.grid_co).get("/messages", unread="true").json) == 3
