import hashlib

import pytest

from exchange.client import Exchange, ReceiptBook, Refused
from exchange.client.sdk import TermsChanged
from exchange.trust import PrivateKey
from tests.factories.datasets import ROWS, load_curve
from tests.factories.negotiations import access_request
from tests.factories.participants import PASSWORD


@pytest.fixture
def buyer(market, live):
    return live(market.forecast_lab)


@pytest.fixture
def book(market):
    return ReceiptBook(market.context.signing_key.public)


def sign(market, live, agreement, member, role, **changes):
    return live(member).sign_agreement(
        agreement.id, member.key, role=role, **{"expected_sha256": agreement.terms_sha256, **changes}
    )


def test_signing_in_gives_a_token_that_is_used_from_then_on(market, live):
    exchange = Exchange(live.url, patience_s=5)
    exchange.sign_in(market.rival.login, PASSWORD)

    assert exchange.me()["organisation_id"] == market.rival.organisation_id
    exchange.connection._http.close()


def test_a_key_is_enrolled_with_its_proof(market, live):
    key = PrivateKey.generate()

    assert live(market.rival).enrol_key(key)["kid"] == key.kid


def test_an_upload_arrives_whole(market, live, tmp_path):
    path = tmp_path / "load.csv"
    path.write_bytes(load_curve(48))

    revision = live(market.grid_co).upload_dataset(path, name="Feeder 7")

    assert (revision["rows"], revision["source_name"]) == (48, "load.csv")


def test_a_deal_is_walked_from_request_to_file(market, live, buyer, book):
    request = {"listing_id": market.listing_id, **access_request(max_rows=ROWS)}
    negotiation = buyer.request_access(request)
    live(market.grid_co).offer_terms(negotiation["id"])
    buyer.accept_offer(negotiation["id"])
    agreement = buyer.agreement_of(negotiation["id"])
    for member, role in ((market.grid_co, "provider"), (market.forecast_lab, "buyer")):
        exchange, digest = live(member), agreement["terms_sha256"]
        exchange.sign_agreement(agreement["id"], member.key, role=role, expected_sha256=digest)

    file = buyer.download_file(agreement["id"], book, request_id="f-1")
    assert (file.rows, book.rows, buyer.usage(agreement["id"])["delivered_rows"]) == (ROWS, ROWS, ROWS)


class TestSignAgreement:
    def test_signs_what_was_read(self, market, live):
        agreement = market.agreements.frozen()

        assert sign(market, live, agreement, market.grid_co, "provider")["state"] == "awaiting_signatures"
        assert sign(market, live, agreement, market.forecast_lab, "buyer")["state"] == "active"

    def test_signs_nothing_else(self, market, live):
        """The exchange may not slip other bytes under the pen."""
        agreement = market.agreements.frozen()
        read = hashlib.sha256(b"what the buyer read").hexdigest()

        with pytest.raises(TermsChanged):
            sign(market, live, agreement, market.forecast_lab, "buyer", expected_sha256=read)
        assert live(market.forecast_lab).contract(agreement.id)["roles"] == []

    def test_after_a_lost_answer_gives_the_agreement(self, market, live):
        agreement = market.agreements.frozen()

        first, again = (sign(market, live, agreement, market.grid_co, "provider") for _ in range(2))

        assert (first["id"], first["state"]) == (again["id"], again["state"])


class TestReadAll:
    def test_meets_every_row_once(self, market, buyer, book):
        agreement = market.agreements.executed()

        pages = list(buyer.read_all(agreement.id, book, request_prefix="day-1", limit=40))

        assert [page.rows for page in pages] == [40, 40, 16]
        assert book.rows == ROWS

    def test_again_with_the_same_prefix_costs_nothing(self, market, buyer, book):
        agreement = market.agreements.executed()
        for _ in range(2):
            list(buyer.read_all(agreement.id, book, request_prefix="day-1", limit=40))

        assert (buyer.usage(agreement.id)["delivered_rows"], book.rows) == (ROWS, ROWS)

    def test_takes_a_range_and_columns(self, market, buyer, book):
        agreement = market.agreements.executed()
        question = {"from": "2026-06-01T23:00:00", "columns": "load_kw", "format": "csv"}

        (page,) = buyer.read_all(agreement.id, book, request_prefix="p", limit=40, **question)

        assert page.body.decode().splitlines() == ["load_kw", "11.5", "11.625", "11.75", "11.875"]


def test_a_refusal_of_the_exchange_is_raised_with_its_code(market, buyer, book):
    agreement = market.agreements.executed(max_rows=5)

    with pytest.raises(Refused) as refusal:
        buyer.read_page(agreement.id, book, request_id="r-1", limit=6)
    assert (refusal.value.code, refusal.value.field) == ("quota-exhausted", "limit")


def test_the_bundle_lands_whole_or_not_at_all(market, live, tmp_path):
    path = tmp_path / "evidence.zip"
    live(market.regulator).download_bundle(path)

    assert path.read_bytes()[:2] == b"PK"
    with pytest.raises(Refused):
        live(market.rival).download_bundle(tmp_path / "other.zip")
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".zip"] == ["evidence.zip"]
