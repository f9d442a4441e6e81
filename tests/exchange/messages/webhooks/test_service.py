"""Registering, rotating, enabling, removing and replaying: by admins, for their own organisation."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from exchange.core.egress import EgressRefused
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.datasets.keys.models import WrappedDataKey
from exchange.messages.webhooks import service
from exchange.messages.webhooks.errors import TooManyEndpoints
from exchange.messages.webhooks.models import WebhookSecret
from exchange.messages.webhooks.replays import replay

ADDRESS = "https://hooks.example/a?token=t0p"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def rotate(market, made, *, overlap_hours=24, by=None):
    return market.do(
        service.rotate_secret,
        actor=(by or market.grid_co).actor,
        endpoint_id=made.endpoint.id,
        overlap=timedelta(hours=overlap_hours),
        vault=market.context.storage,
    )


def again(market, made, *, by=None, **which):
    return market.do(
        replay,
        actor=(by or market.grid_co).actor,
        endpoint_id=made.endpoint.id,
        patience=timedelta(days=3),
        **which,
    )


def verifies(secret, request):
    _, headers, body = request
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


class TestRegister:
    def test_is_for_admins(self, webhooks, market):
        with pytest.raises(NotPermitted, match="duty of admin"):
            webhooks.register(ADDRESS, by=market.grid_approver)

    @pytest.mark.parametrize("url", ["http://hooks.example/", "https://me:pw@hooks.example/", "mailto:a@b"])
    def test_takes_no_address_that_is_never_called(self, webhooks, url):
        with pytest.raises(EgressRefused):
            webhooks.register(url)

    @pytest.mark.parametrize("pattern", ["gossip", "listing", "agreements.*", "*"])
    def test_takes_no_pattern_that_no_event_fits(self, webhooks, pattern):
        with pytest.raises(Invalid, match="nobody is told") as refused:
            webhooks.register(ADDRESS, "listing.*", pattern)

        assert (refused.value.field, "statement.issued" in refused.value.remedy) == ("events", True)

    def test_is_bounded(self, webhooks, monkeypatch):
        monkeypatch.setattr(service, "MOST_ENDPOINTS", 2)
        webhooks.register(ADDRESS)
        webhooks.register(ADDRESS)

        with pytest.raises(TooManyEndpoints):
            webhooks.register(ADDRESS)

    def test_logs_the_host_and_no_secret_part_of_the_address(self, webhooks):
        webhooks.register(ADDRESS)

        record = webhooks.messages.event("webhook.registered").record
        assert (b"hooks.example" in record, b"t0p" in record) == (True, False)

    def test_keeps_the_secret_sealed(self, webhooks, market):
        made = webhooks.register(ADDRESS)
        raw = made.secret.encode()

        with market.context.database.reading() as session:
            (key,) = session.scalars(
                select(WrappedDataKey).join(WebhookSecret, WebhookSecret.id == WrappedDataKey.subject)
            )
        assert key.wrapped is not None
        assert raw not in key.wrapped

    def test_of_others_do_not_exist(self, webhooks, market):
        made = webhooks.register(ADDRESS)

        with pytest.raises(NotFound):
            rotate(market, made, by=market.rival)
        with pytest.raises(NotFound):
            again(market, made, by=market.rival, parked=True)


class TestRotate:
    """The checks use the machine's clock: the reference library asks it for the time."""

    @pytest.fixture(autouse=True)
    def today(self, market, clock, monkeypatch):
        from exchange.core import clock as clocks

        monkeypatch.undo()
        market.now = clocks.now()

    def test_signs_with_both_secrets_while_they_overlap(self, webhooks, receiver, made, market):
        new = rotate(market, made)
        webhooks.messages.skip()
        webhooks.tell()
        webhooks.send()

        assert [verifies(one.secret, receiver.received[-1]) for one in (made, new)] == [True, True]
        assert made.secret != new.secret

    def test_without_overlap_ends_the_old_one_at_once(self, webhooks, receiver, made, market):
        new = rotate(market, made, overlap_hours=0)
        webhooks.messages.skip()
        webhooks.tell()
        webhooks.send()

        assert [verifies(one.secret, receiver.received[-1]) for one in (made, new)] == [False, True]

    def test_twice_leaves_two_that_sign(self, webhooks, receiver, made, market):
        second = rotate(market, made)
        third = rotate(market, made)
        webhooks.messages.skip()
        webhooks.tell()
        webhooks.send()

        found = [verifies(one.secret, receiver.received[-1]) for one in (made, second, third)]
        assert found == [False, True, True]

    def test_destroys_the_old_secret_when_the_overlap_is_over(self, webhooks, made, market):
        rotate(market, made)
        later = market.now + timedelta(hours=25)

        forgotten = market.context.database.write(
            lambda session: service.forget_secrets(session, before=later, most=10)
        )

        with market.context.database.reading() as session:
            (left,) = session.scalars(select(WebhookSecret))
            keys = session.scalars(
                select(WrappedDataKey.wrapped).where(WrappedDataKey.subject.like("whs_%"))
            ).all()
        assert (forgotten, left.ends_at) == (1, None)
        assert sorted(key is None for key in keys) == [False, True]


class TestEnableAndRemove:
    def test_a_disabled_endpoint_is_tried_again(self, webhooks, receiver, made, market):
        receiver.status = 410
        webhooks.tell()
        webhooks.send()
        receiver.status = 204

        with pytest.raises(WrongState, match="disabled"):
            again(market, made, parked=True)
        market.do(service.enable_endpoint, actor=market.grid_co.actor, endpoint_id=made.endpoint.id)
        assert again(market, made, parked=True).queued == 1
        webhooks.send()

        assert webhooks.log(made)[-1].state == "sent"

    def test_what_happened_while_it_was_disabled_is_replayed_from_the_log(
        self, webhooks, receiver, made, market
    ):
        receiver.status = 410
        first = webhooks.tell()
        webhooks.send()
        market.resumed()
        webhooks.messages.follow()
        receiver.status = 204
        market.do(service.enable_endpoint, actor=market.grid_co.actor, endpoint_id=made.endpoint.id)

        answer = again(market, made, first=first.position)
        webhooks.send()

        assert (answer.queued, answer.next) == (3, None)
        types = [item.event_type for item in webhooks.log(made)]
        assert types == ["listing.resumed", "webhook.disabled", "listing.suspended"]

    def test_a_removed_endpoint_gets_nothing_any_more(self, webhooks, receiver, made, market):
        webhooks.tell()
        market.do(service.remove_endpoint, actor=market.grid_co.actor, endpoint_id=made.endpoint.id)
        webhooks.send()

        with pytest.raises(NotFound):
            webhooks.card(made)
        assert receiver.received == []


class TestReplay:
    def test_one_message_goes_again_under_its_id(self, webhooks, receiver, made, market):
        message = webhooks.tell()
        webhooks.send()

        again(market, made, message_id=message.id)
        webhooks.send()

        assert receiver.ids == [message.id] * 2
        assert [item.number for item in webhooks.attempts(made, message.id)] == [1, 2]

    def test_a_range_is_what_the_endpoint_wants_of_it(self, webhooks, receiver, market):
        made = webhooks.registered(receiver.url, "listing.resumed")
        first = webhooks.tell()
        market.resumed()
        webhooks.messages.follow()
        last = webhooks.messages.to(market.grid_co)[-1]

        assert again(market, made, first=first.position, last=last.position).queued == 1
        assert again(market, made, first=first.position, last=last.position - 1).queued == 0

    def test_a_long_range_says_where_to_go_on(self, webhooks, made, market, monkeypatch):
        monkeypatch.setattr("exchange.messages.webhooks.replays.MOST", 2)
        for step in (market.suspended, market.resumed, market.suspended):
            step()
        messages = webhooks.messages.follow().to(market.grid_co)

        answer = again(market, made, first=0)

        assert (answer.queued, answer.next) == (2, messages[2].position)

    def test_of_another_organisations_message_is_refused(self, webhooks, made, market):
        market.agreements.frozen()
        theirs = webhooks.messages.follow().to(market.forecast_lab)[-1]

        with pytest.raises(NotFound):
            again(market, made, message_id=theirs.id)

    @pytest.mark.parametrize("which", [{}, {"parked": True, "first": 3}, {"message_id": "m", "first": 3}])
    def test_wants_exactly_one_thing(self, webhooks, made, market, which):
        with pytest.raises(Invalid, match="name one"):
            again(market, made, **which)


def test_the_log_goes_with_the_messages(webhooks, receiver, made, market):
    from exchange.messages.service import forget_messages

    webhooks.tell()
    webhooks.send()
    market.context.database.write(
        lambda session: forget_messages(session, before=market.now + timedelta(days=1), most=100)
    )

    assert webhooks.log(made) == []
