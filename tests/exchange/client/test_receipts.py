import pytest

from exchange.client import ReceiptBook
from exchange.client.receipts import ReceiptWrong
from exchange.trust import PrivateKey, SignatureInvalid, jws
from exchange.trust.purposes import COUNTERSIGNATURE, RECEIPT
from tests.factories.deliveries import page


@pytest.fixture
def delivered(market):
    """A delivery of ten rows: its record and its bytes."""
    agreement = market.agreements.executed()
    prepared = market.deliveries.prepared(agreement.id, page(10))
    return market.deliveries.record(agreement.id, prepared), prepared.body


@pytest.fixture
def book(market):
    return ReceiptBook(market.context.signing_key.public)


def test_a_receipt_that_fits_its_bytes_is_kept(book, delivered):
    record, body = delivered
    receipt = book.take(record.receipt, body)

    assert (receipt.number, receipt.rows, receipt.period) == (1, 10, "2026-11")
    assert (book.rows, book.receipts) == (10, {1: receipt})


def test_a_receipt_taken_twice_counts_once(book, delivered):
    record, body = delivered
    for _ in range(2):
        book.take(record.receipt, body)

    assert book.rows == 10


def test_other_bytes_than_the_receipt_says_are_refused(book, delivered):
    record, body = delivered

    with pytest.raises(ReceiptWrong, match="delivery 1"):
        book.take(record.receipt, body[:-1])
    assert book.receipts == {}


def test_a_receipt_of_another_signer_is_refused(delivered):
    record, body = delivered

    with pytest.raises(SignatureInvalid):
        ReceiptBook(PrivateKey.generate().public).take(record.receipt, body)


def test_a_receipt_that_was_changed_is_refused(book, delivered):
    record, body = delivered
    header, payload, signature = record.receipt.split(".")
    other = "B" if payload[40] == "A" else "A"

    with pytest.raises(SignatureInvalid):
        book.take(f"{header}.{payload[:40]}{other}{payload[41:]}.{signature}", body)


@pytest.mark.parametrize(("typ", "role"), [(COUNTERSIGNATURE, "exchange"), (RECEIPT, "provider")])
def test_a_signature_for_another_purpose_is_no_receipt(market, book, typ, role):
    token = jws.sign_compact(b"{}", market.context.signing_key, typ=typ, role=role, issued_at=1)

    with pytest.raises(SignatureInvalid):
        book.take(token, b"")


def test_a_second_receipt_of_one_number_is_an_exchange_that_says_two_things(market, book, delivered):
    """Two signed receipts of one number are the buyer's proof against the exchange."""
    record, body = delivered
    book.take(record.receipt, body)
    _, payload = jws.verify_compact(record.receipt, key=book.exchange_key, typ=RECEIPT, role="exchange")
    other = jws.sign_compact(
        payload.replace(b'"rows":10', b'"rows":11'),
        market.context.signing_key,
        typ=RECEIPT,
        role="exchange",
        issued_at=1,
    )

    with pytest.raises(ReceiptWrong, match="two receipts"):
        book.take(other, body)
