import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.trust import NotBase64, b64_decode, b64_encode, b64url_decode, b64url_encode


@given(st.binary())
def test_every_value_has_a_spelling_that_reads_back(data):
    assert b64_decode(b64_encode(data)) == data
    assert b64url_decode(b64url_encode(data)) == data


@pytest.mark.parametrize(
    "text", ["QR==", "QQ", "QQ=", "Q Q=", "QQ==\n", "_w==", "QQ===", "=", "é", "QUJ=", "A"]
)
def test_other_spellings_of_base64_are_refused(text):
    with pytest.raises(NotBase64):
        b64_decode(text)


@pytest.mark.parametrize("text", ["QR", "QQ==", "QQ\n", "/w", "+w", "Q", "QQQQQ", "é", "QUJ="])
def test_other_spellings_of_base64url_are_refused(text):
    with pytest.raises(NotBase64):
        b64url_decode(text)
