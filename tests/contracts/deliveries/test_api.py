import csv
import hashlib
import io

import pytest

from exchange.client import ReceiptBook
from tests.factories.datasets import ROWS


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=200)


@pytest.fixture
def buyer(market):
    return market.api(market.forecast_lab)


@pytest.fixture
def book(market):
    return ReceiptBook(market.context.signing_key.public)


def rows_path(agreement):
    return f"/agreements/{agreement.id}/rows"


def file_path(agreement):
    return f"/agreements/{agreement.id}/file"


def delivered(market, agreement):
    return market.deliveries.meter(agreement.id).delivered_rows


class TestRows:
    def test_come_as_json_with_their_receipt(self, buyer, agreement, book):
        answer = buyer.get(rows_path(agreement), limit=3)

        assert (answer.mimetype, len(answer.json["rows"]), answer.headers["WDX-Rows"]) == (
            "application/json",
            3,
            "3",
        )
        assert book.take(answer.headers["WDX-Receipt"], answer.data).rows == 3

    def test_come_as_csv_with_a_header(self, buyer, agreement, book):
        answer = buyer.get(rows_path(agreement), limit=2, format="csv", columns="time,load_kw")

        assert answer.mimetype == "text/csv"
        assert list(csv.reader(io.StringIO(answer.text))) == [
            ["time", "load_kw"],
            ["2026-06-01T00:00:00", "0.0"],
            ["2026-06-01T00:15:00", "0.125"],
        ]

    def test_follow_the_cursor_to_the_end(self, market, buyer, agreement, book):
        cursor = {}
        while True:
            answer = buyer.get(rows_path(agreement), limit=40, **cursor)
            book.take(answer.headers["WDX-Receipt"], answer.data)
            if "WDX-Next-Cursor" not in answer.headers:
                break
            cursor = {"cursor": answer.headers["WDX-Next-Cursor"]}

        assert (book.rows, len(book.receipts), delivered(market, agreement)) == (ROWS, 3, ROWS)

    def test_are_never_more_on_a_page_than_the_service_permits(self, market, buyer, agreement):
        question = buyer.get(rows_path(agreement), limit=10**9)

        assert question.status_code == 200
        (record,) = market.deliveries.records(agreement.id)
        assert record.question["limit"] == market.context.settings.max_page_rows

    def test_asked_for_twice_under_one_id_are_the_same_delivery(self, market, buyer, agreement):
        first, second = (buyer.get(rows_path(agreement), key="r-1", limit=5) for _ in range(2))

        assert (first.data, first.headers["WDX-Receipt"]) == (second.data, second.headers["WDX-Receipt"])
        assert delivered(market, agreement) == 5

    def test_asked_for_twice_without_an_id_are_two(self, market, buyer, agreement):
        for _ in range(2):
            buyer.get(rows_path(agreement), limit=5)

        assert delivered(market, agreement) == 10

    @pytest.mark.parametrize(
        ("query", "status", "field"),
        [
            ({"limit": 0}, 422, "limit"),
            ({"format": "xml"}, 422, "format"),
            ({"cursor": "x"}, 422, "cursor"),
            ({"from": "soon"}, 422, "time_from"),
            ({"columns": "salary"}, 403, "columns"),
        ],
    )
    def test_asked_for_wrongly_are_refused_by_field_and_not_metered(
        self, market, buyer, agreement, query, status, field
    ):
        answer = buyer.get(rows_path(agreement), **query)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)
        assert delivered(market, agreement) == 0

    def test_under_an_id_of_another_question_are_refused(self, buyer, agreement):
        buyer.get(rows_path(agreement), key="r-1", limit=5)

        answer = buyer.get(rows_path(agreement), key="r-1", limit=6)

        assert (answer.status_code, answer.json["code"]) == (409, "request-id-reused")

    def test_beyond_the_quota_are_refused_with_what_is_left(self, market, buyer):
        agreement = market.agreements.executed(max_rows=10)

        answer = buyer.get(rows_path(agreement), limit=11)

        assert (answer.status_code, answer.json["code"]) == (429, "quota-exhausted")
        assert answer.json["context"] == {"rows_left": 10, "rows_granted": 10}
        assert "WDX-Receipt" not in answer.headers

    def test_are_not_delivered_before_both_signed(self, market, buyer):
        answer = buyer.get(rows_path(market.agreements.frozen()))

        assert (answer.status_code, answer.json["code"]) == (403, "agreement-not-in-force")

    def test_are_not_metered_for_a_question_about_the_headers(self, market, buyer, agreement):
        answer = buyer.send("HEAD", rows_path(agreement))

        assert (answer.status_code, delivered(market, agreement)) == (405, 0)

    @pytest.mark.parametrize(("who", "status"), [("grid_co", 403), ("operator", 403), ("rival", 404)])
    def test_are_the_buyers_only(self, market, agreement, who, status):
        assert market.api(getattr(market, who)).get(rows_path(agreement)).status_code == status


class TestFile:
    def test_holds_the_same_bytes_as_the_pages(self, market, buyer, agreement):
        pages = buyer.get(rows_path(agreement), format="csv", limit=ROWS)
        file = buyer.get(file_path(agreement))

        assert file.data == pages.data
        assert int(file.headers["WDX-Rows"]) == ROWS

    @pytest.mark.parametrize("form", ["csv", "parquet"])
    def test_has_the_digest_and_length_of_its_receipt(self, buyer, agreement, book, form):
        answer = buyer.get(file_path(agreement), format=form)

        receipt = book.take(answer.headers["WDX-Receipt"], answer.data)
        assert receipt.content["size_bytes"] == len(answer.data) == int(answer.headers["Content-Length"])
        assert receipt.content["content_sha256"] == hashlib.sha256(answer.data).hexdigest()

    @pytest.mark.parametrize("form", ["csv", "parquet"])
    def test_asked_for_again_is_the_same_file_and_the_same_delivery(self, market, buyer, agreement, form):
        first, second = (buyer.get(file_path(agreement), key="f-1", format=form) for _ in range(2))

        assert (first.data, first.headers["WDX-Delivery"]) == (second.data, second.headers["WDX-Delivery"])
        assert delivered(market, agreement) == ROWS

    def test_of_a_range_and_columns_holds_these_only(self, buyer, agreement):
        answer = buyer.get(
            file_path(agreement), columns="load_kw", **{"from": "2026-06-01T23:00:00", "to": "2026-06-02"}
        )

        assert answer.text.splitlines() == ["load_kw", "11.5", "11.625", "11.75", "11.875"]

    def test_leaves_nothing_in_the_storage(self, market, buyer, agreement):
        buyer.get(file_path(agreement)).close()

        assert list(market.context.storage.incoming.iterdir()) == []

    def test_that_is_refused_leaves_nothing_in_the_storage(self, market, buyer):
        agreement = market.agreements.executed(max_rows=10)

        assert buyer.get(file_path(agreement)).status_code == 429
        assert list(market.context.storage.incoming.iterdir()) == []


class TestLists:
    def test_show_every_delivery_to_both_parties(self, market, buyer, agreement):
        for _ in range(3):
            buyer.get(rows_path(agreement), limit=5)

        path = f"/agreements/{agreement.id}/deliveries"
        for member in (market.grid_co, market.forecast_lab, market.regulator):
            assert [item["number"] for item in market.api(member).get(path, after=1).json] == [2, 3]

    def test_show_what_is_used(self, buyer, agreement):
        buyer.get(rows_path(agreement), limit=5)

        usage = buyer.get(f"/agreements/{agreement.id}/usage").json
        assert (usage["granted_rows"], usage["delivered_rows"], usage["deliveries"]) == (200, 5, 1)
