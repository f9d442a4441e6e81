"""The signature of webhooks: what the reference library signs we take, anything else we refuse."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from exchange.trust.webhook_signatures import WebhookRefused, secret_text, sign_webhook, verify_webhook

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
KEY = bytes(range(32))
SECRET = secret_text(KEY)
BODY = '{"text": "负荷曲线"}'.encode()


def signed(**changes):
    return sign_webhook("msg_1", BODY, secrets=[KEY], now=NOW) | changes


@given(st.binary(min_size=16, max_size=64), st.text(max_size=200), st.integers(1, 2_000_000_000))
def test_is_the_one_that_the_reference_library_makes(key, text, seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    headers = sign_webhook("msg_1", text.encode(), secrets=[key], now=at)

    assert headers["webhook-signature"] == Webhook(key).sign("msg_1", at, text)
    assert verify_webhook(text.encode(), headers, secret=secret_text(key), now=at) == "msg_1"


@given(st.binary(max_size=200), st.integers(0, 199))
def test_covers_every_byte(body, at):
    headers = sign_webhook("msg_1", body, secrets=[KEY], now=NOW)
    changed = bytearray(body or b"x")
    changed[at % len(changed)] ^= 1

    with pytest.raises(WebhookRefused):
        verify_webhook(bytes(changed), headers, secret=SECRET, now=NOW)


def test_of_either_secret_is_enough():
    headers = sign_webhook("msg_1", BODY, secrets=[b"n" * 32, KEY], now=NOW)

    assert verify_webhook(BODY, headers, secret=SECRET, now=NOW) == "msg_1"


def test_header_names_may_be_written_in_any_case():
    headers = {name.title(): value for name, value in signed().items()}

    assert verify_webhook(BODY, headers, secret=SECRET, now=NOW) == "msg_1"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_of_another_time_is_refused(minutes):
    with pytest.raises(WebhookRefused, match="not now"):
        verify_webhook(BODY, signed(), secret=SECRET, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a,AAAA é"},
    ],
)
def test_of_something_else_is_refused(changes):
    with pytest.raises(WebhookRefused):
        verify_webhook(BODY, signed(**changes), secret=SECRET, now=NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_needs_all_headers(missing):
    headers = signed()
    del headers[missing]

    with pytest.raises(WebhookRefused, match="are needed"):
        verify_webhook(BODY, headers, secret=SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!", "whsec_é"])
def test_with_no_secret_is_refused(secret):
    with pytest.raises(WebhookRefused):
        verify_webhook(BODY, signed(), secret=secret, now=NOW)
