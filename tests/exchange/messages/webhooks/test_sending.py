"""What receivers get, what they may do to the sender, and what their owner is told."""

import json
import socket
import threading
from datetime import timedelta

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook

from exchange.messages.webhooks import sending
from exchange.messages.webhooks.pauses import FAR, LONGEST_PAUSE, LONGEST_REST, pause_after
from exchange.messages.webhooks.turns import LEASE, LEAST_TRIES, take_turn
from tests.factories.webhooks import Webhooks, receiving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def fail_until(webhooks, clock, *, days):
    """Let every attempt happen until so many days have passed."""
    end = webhooks.market.now + timedelta(days=days)
    while webhooks.market.now < end:
        webhooks.send()
        clock(hours=2)


class TestWhatArrives:
    def test_is_a_cloud_event_that_the_official_library_reads(self, webhooks, receiver, made, market):
        message = webhooks.tell()
        webhooks.send()

        ((path, headers, body),) = receiver.received
        event = from_structured(HTTPMessage(headers, body), JSONFormat())
        assert (path, event.get_specversion(), event.get_id(), event.get_type()) == (
            "/hook",
            "1.0",
            message.event_id,
            "listing.suspended",
        )
        assert (event.get_subject(), event.get_time(), event.get_source()) == (
            market.listing_id,
            message.occurred_at,
            "//wuhan-data-exchange.example/log",
        )
        assert event.get_extension("sequence") == f"{message.position:020d}"

    def test_is_signed_as_the_reference_library_checks_it(self, webhooks, receiver, made, monkeypatch):
        monkeypatch.undo()  # the library asks the machine for the time
        message = webhooks.tell()
        webhooks.send()

        ((_, headers, body),) = receiver.received
        data = Webhook(made.secret).verify(body, headers)["data"]
        assert (headers["webhook-id"], data["message_id"]) == (message.id, message.id)
        assert headers["content-type"].startswith("application/cloudevents+json")

    def test_says_where_to_read_on(self, market, receiver, clock):
        webhooks = Webhooks(market, receiver.host, public_url="https://exchange.example/")
        webhooks.registered(receiver.url)
        webhooks.tell()
        webhooks.send()

        data = json.loads(receiver.received[0][2])["data"]
        assert data["url"] == f"https://exchange.example/catalogue/{market.listing_id}"
        assert "已停牌" in data["text_zh"]

    def test_first_is_that_the_endpoint_was_registered(self, webhooks, receiver):
        webhooks.register(receiver.url)
        webhooks.messages.follow()
        webhooks.send()

        assert json.loads(receiver.received[-1][2])["type"] == "webhook.registered"

    def test_is_only_what_the_endpoint_wants(self, webhooks, receiver, market):
        made = webhooks.registered(receiver.url, "agreement.*", "listing.resumed")
        market.suspended()
        market.resumed()
        webhooks.messages.follow()
        webhooks.send()

        assert [item.event_type for item in webhooks.log(made)] == ["listing.resumed"]

    def test_comes_in_the_order_of_the_log(self, webhooks, receiver, made, market):
        for _ in range(5):
            market.suspended()
            market.resumed()
        webhooks.messages.follow()
        webhooks.send()

        sequences = [json.loads(body)["sequence"] for _, _, body in receiver.received]
        assert (len(sequences), sequences) == (10, sorted(sequences))

    def test_goes_to_nobody_elses_endpoint(self, webhooks, receiver, made, market):
        with receiving() as other:
            others = Webhooks(market, receiver.host, other.host)
            others.registered(other.url, by=market.rival)
            webhooks.tell()
            others.send()

            assert (len(receiver.received), other.received) == (1, [])


class TestAFailure:
    @pytest.mark.parametrize("status", [301, 302, 400, 404, 429, 500, 503])
    def test_is_every_answer_but_2xx_and_is_kept_in_the_log(self, webhooks, receiver, made, status):
        receiver.status = status
        receiver.headers = {"Location": receiver.url} if status < 400 else {}
        message = webhooks.tell()
        webhooks.send()

        (attempt,) = webhooks.attempts(made, message.id)
        assert (attempt.status, attempt.failure) == (status, f"HTTP {status}")
        assert (len(receiver.received), webhooks.log(made)[0].state) == (1, "waiting")

    def test_is_followed_by_another_attempt_under_the_same_id_and_a_new_time(
        self, webhooks, receiver, made, clock
    ):
        receiver.status = 500
        webhooks.tell()
        webhooks.send()
        receiver.status = 204
        clock(minutes=5)
        webhooks.send()

        (_, first, body), (_, second, again) = receiver.received
        assert (first["webhook-id"], body) == (second["webhook-id"], again)
        assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 300
        assert (webhooks.log(made)[0].state, webhooks.log(made)[0].attempts) == ("sent", 2)

    def test_makes_the_endpoint_rest_so_that_a_long_queue_costs_one_request(
        self, webhooks, receiver, made, market
    ):
        receiver.status = 503
        for _ in range(10):
            market.suspended()
            market.resumed()
        webhooks.messages.follow()

        webhooks.send()
        webhooks.send()

        assert len(receiver.received) == 1
        assert webhooks.card(made).waiting == 20

    def test_of_one_message_does_not_hold_up_the_others(self, webhooks, receiver, made, market, clock):
        receiver.status = 422
        refused = webhooks.tell()
        webhooks.send()
        receiver.status = 204
        market.resumed()
        webhooks.messages.follow()
        clock(seconds=6)  # the endpoint has rested, the message may still
        webhooks.send()

        states = {item.message_id: item.state for item in webhooks.log(made)}
        assert sorted(states.values()) in (["sent", "sent"], ["sent", "waiting"])
        assert [state for name, state in states.items() if name != refused.id] == ["sent"]

    def test_after_a_redirect_leaves_the_other_address_alone(self, webhooks, receiver, made):
        with receiving() as elsewhere:
            receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
            webhooks.tell()
            webhooks.send()

            assert elsewhere.received == []

    def test_is_an_answer_that_is_too_large(self, webhooks, receiver, made):
        receiver.status, receiver.body = 200, b"x" * 100_000
        message = webhooks.tell()
        webhooks.send()

        (attempt,) = webhooks.attempts(made, message.id)
        assert "larger than 65536 bytes" in attempt.failure

    def test_is_an_answer_that_does_not_come(self, market, receiver, clock):
        webhooks = Webhooks(market, receiver.host, webhook_timeout_s=1)
        made = webhooks.registered(receiver.url)
        receiver.gate = threading.Event()
        message = webhooks.tell()
        webhooks.send()
        receiver.gate.set()

        (attempt,) = webhooks.attempts(made, message.id)
        assert (attempt.status, "no answer" in attempt.failure) == (None, True)

    def test_is_a_host_that_is_not_there(self, market, clock):
        with receiving() as gone:
            webhooks = Webhooks(market, gone.host)
            made = webhooks.registered(gone.url)
        message = webhooks.tell()
        webhooks.send()

        (attempt,) = webhooks.attempts(made, message.id)
        assert (attempt.status, "no answer" in attempt.failure) == (None, True)

    def test_keeps_nothing_of_the_answers_body(self, webhooks, receiver, made):
        receiver.status, receiver.body = 500, b"password=hunter2"
        message = webhooks.tell()
        webhooks.send()

        (attempt,) = webhooks.attempts(made, message.id)
        assert "hunter2" not in str(vars(attempt))


class TestPrivateAddresses:
    def test_are_not_called_whatever_their_name(self, market, receiver, clock, monkeypatch):
        """At registration only the form is looked at; what counts is where the name leads when it is called."""
        port = receiver.host.rpartition(":")[2]
        resolve = socket.getaddrinfo

        def lies(host, *arguments, **named):
            return resolve("127.0.0.1" if host == "hooks.example" else host, *arguments, **named)

        monkeypatch.setattr(socket, "getaddrinfo", lies)
        webhooks = Webhooks(market)
        made = webhooks.registered(f"https://hooks.example:{port}/")
        message = webhooks.tell()
        webhooks.send()

        (attempt,) = webhooks.attempts(made, message.id)
        assert "private network" in attempt.failure
        assert receiver.received == []

    def test_that_a_name_server_gives_at_the_second_question_gain_nothing(
        self, market, receiver, clock, monkeypatch
    ):
        """The connection goes to the address that was checked: there is no second question."""
        port = int(receiver.host.rpartition(":")[2])
        asked = []

        def rebinds(host, *_arguments, **_named):
            asked.append(host)
            address = "192.0.2.1" if len(asked) > 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        webhooks = Webhooks(market, f"hooks.example:{port}")
        webhooks.registered(f"http://hooks.example:{port}/")
        webhooks.tell()
        real = socket.getaddrinfo

        def only_hooks(host, *arguments, **named):
            lies = host == "hooks.example"
            return rebinds(host) if lies else real(host, *arguments, **named)

        monkeypatch.setattr(socket, "getaddrinfo", only_hooks)
        webhooks.send()

        assert (asked, len(receiver.received)) == (["hooks.example"], 1)
        assert receiver.received[0][1]["host"] == f"hooks.example:{port}"


class TestGivingUp:
    def test_happens_after_days_and_tells_the_owner(self, webhooks, receiver, made, clock, market):
        receiver.status = 500
        message = webhooks.tell()
        fail_until(webhooks, clock, days=4)

        card = webhooks.card(made)
        assert (card.state, card.parked, card.waiting) == ("disabled", 1, 0)
        assert "HTTP 500" in card.state_reason
        told = webhooks.messages.follow().to(market.grid_co)[-1]
        assert (told.event_type, receiver.host in told.text_en) == ("webhook.disabled", True)
        tries = len(webhooks.attempts(made, message.id))
        assert LEAST_TRIES <= tries < 80

    def test_is_at_once_when_the_receiver_is_gone(self, webhooks, receiver, made):
        receiver.status = 410
        webhooks.tell()
        webhooks.send()

        assert (webhooks.card(made).state, webhooks.card(made).parked) == ("disabled", 1)

    def test_of_one_message_leaves_the_endpoint_active(self, webhooks, receiver, made, clock, market):
        """A message that the receiver cannot digest, while it takes the others."""
        refused = webhooks.tell()
        receiver.refused = {refused.id}
        for _ in range(4):
            fail_until(webhooks, clock, days=1)
            market.resumed()
            market.suspended()
            webhooks.messages.follow()

        fail_until(webhooks, clock, days=1)

        states = {item.message_id: item.state for item in webhooks.log(made)}
        assert webhooks.card(made).state == "active"
        assert states.pop(refused.id) == "parked"
        assert list(states.values()) == ["sent"] * 8

    def test_does_not_follow_from_a_clock_that_jumped(self, webhooks, receiver, made, clock):
        """A day that never was must not park a queue: a few failures are no sign of anything."""
        receiver.status = 500
        webhooks.tell()
        webhooks.send()
        clock(days=30)
        webhooks.send()
        receiver.status = 204
        clock(hours=2)
        webhooks.send()

        assert [(item.state, item.attempts) for item in webhooks.log(made)] == [("sent", 3)]

    def test_a_time_noted_by_a_clock_that_was_ahead_does_not_hold_up(self, webhooks, receiver, made, clock):
        receiver.status = 500
        clock(days=30)
        webhooks.tell()
        webhooks.send()
        clock(days=-30)
        receiver.status = 204
        webhooks.send()

        assert [item.state for item in webhooks.log(made)] == ["sent"]


class TestTurns:
    def take(self, webhooks, now):
        return webhooks.context.database.write(
            lambda session: take_turn(session, owner="another node", now=now)
        )

    def test_two_nodes_do_not_send_to_one_endpoint_at_once(self, webhooks, receiver, made, market):
        webhooks.tell()
        assert self.take(webhooks, market.now) is not None

        webhooks.send()

        assert receiver.received == []

    def test_a_node_that_died_loses_its_turn(self, webhooks, receiver, made, market, clock):
        webhooks.tell()
        self.take(webhooks, market.now)
        clock(seconds=LEASE.total_seconds() + 1)

        webhooks.send()

        assert [item.state for item in webhooks.log(made)] == ["sent"]

    def test_who_lost_the_turn_notes_nothing(self, webhooks, receiver, made, market, clock):
        message = webhooks.tell()
        old = self.take(webhooks, market.now)
        with webhooks.context.database.reading() as session:
            parcel = sending.next_parcel(session, old, now=market.now)
        outcome = sending.attempt(webhooks.context, parcel, now=market.now)
        clock(seconds=LEASE.total_seconds() + 1)
        webhooks.send()

        noted = webhooks.context.database.write(
            lambda session: sending.note_outcome(session, old, message.id, outcome, days=3, now=market.now)
        )

        assert (noted, receiver.ids) == (False, [message.id, message.id])
        assert len(webhooks.attempts(made, message.id)) == 1

    def test_a_slow_receiver_holds_up_nobody_else(self, market, receiver, clock):
        with receiving() as quick:
            webhooks = Webhooks(market, receiver.host, quick.host)
            webhooks.registered(receiver.url)
            webhooks.registered(quick.url)
            receiver.gate = threading.Event()
            webhooks.tell()
            crew = threading.Thread(target=webhooks.send)
            crew.start()
            try:
                assert _eventually(lambda: quick.received)
            finally:
                receiver.gate.set()
                crew.join()

        assert len(receiver.received) == 1


def _eventually(found, patience_s=20):
    event = threading.Event()
    for _ in range(patience_s * 50):
        if found():
            return True
        event.wait(0.02)
    return False


def test_pauses_grow_up_to_their_longest_and_are_spread():
    pauses = {failures: [pause_after(failures) for _ in range(200)] for failures in (1, 4, 30)}

    assert max(pauses[1]) <= timedelta(seconds=5) < max(pauses[4]) <= timedelta(seconds=135)
    assert max(pauses[30]) <= LONGEST_PAUSE
    assert min(min(found) for found in pauses.values()) >= timedelta(seconds=1)
    assert len(set(pauses[30])) > 100


def test_no_pause_or_lease_looks_like_a_clock_gone_wrong():
    assert max(LONGEST_PAUSE, LONGEST_REST, LEASE) * 2 <= FAR
