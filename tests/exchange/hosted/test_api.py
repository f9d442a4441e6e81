"""Trying a provider's API: what is sent, what is checked, what is kept."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange.core.events import EventRow
from exchange.hosted import HostedApi, find_passed_test
from exchange.hosted.schemas import HostedApiSchema
from tests.exchange.hosted.conftest import COMPANY
from tests.factories.hosted import hosted_offer


def failed_check(answer):
    [check] = [item for item in answer.json["checks"] if not item["ok"]]
    return check["name"], check["detail"]


def test_an_api_that_keeps_its_promises_passes(try_api, provider):
    answer = try_api()

    assert (answer.status_code, answer.json["passed"], answer.json["records"]) == (201, True, 1)
    assert [item["name"] for item in answer.json["checks"]] == [
        "reached",
        "known_code",
        "records",
        "columns",
    ]
    [asked] = provider.asked
    assert (asked["uscc"], asked["headers"]["X-Api-Key"]) == (COMPANY["uscc"], "s3cret")


@pytest.mark.parametrize(
    ("auth", "seen"),
    [
        ({"kind": "bearer"}, lambda asked: asked["headers"]["Authorization"] == "Bearer s3cret"),
        ({"kind": "query", "name": "key"}, lambda asked: asked["query"]["key"] == "s3cret"),
    ],
)
def test_the_secret_goes_where_the_description_says(try_api, provider, auth, seen):
    assert try_api(auth=auth).json["passed"]
    assert seen(provider.asked[0])


def test_the_secret_is_kept_nowhere(market, try_api, tmp_path):
    """Neither in a row nor in an event: every text of the database is searched."""
    try_api()

    with market.context.database.reading() as session:
        tests = session.execute(text("SELECT * FROM connection_tests")).all()
        records = [row.record for row in session.query(EventRow)]
    assert tests
    assert "s3cret" not in str(tests)
    assert not any(b"s3cret" in record for record in records)


@pytest.mark.parametrize(
    ("answer", "check", "detail"),
    [
        ({"code": "9999"}, "known_code", "is not in the table of codes"),
        ({"code": "1001", "data": {"rows": []}}, "records", "nothing was found"),
        ({"code": "0000", "data": {}}, "records", "no records at data.rows"),
        ({"code": "0000", "data": {"rows": [1]}}, "columns", "it is no object"),
        (
            {"code": "0000", "data": {"rows": [COMPANY | {"score": "712"}]}},
            "columns",
            "not of the type number",
        ),
        ({"code": "0000", "data": {"rows": [COMPANY | {"arrears_days": True}]}}, "columns", "type integer"),
        ({"code": "0000", "data": {"rows": [{"uscc": "9"}]}}, "columns", "score is missing"),
        (
            {"code": "0000", "data": {"rows": [COMPANY, COMPANY | {"grade": None}]}},
            "columns",
            "record 2: grade",
        ),
    ],
)
def test_a_broken_promise_is_named(try_api, provider, answer, check, detail):
    provider.answer = answer

    name, said = failed_check(try_api())

    assert name == check
    assert detail in said


def test_a_missing_value_of_a_nullable_column_is_allowed(try_api, provider):
    provider.answer["data"]["rows"] = [COMPANY | {"arrears_days": None}]

    assert try_api().json["passed"]


def test_a_failure_by_the_table_does_not_pass(try_api, provider):
    provider.status = 500

    assert failed_check(try_api()) == ("known_code", "HTTP 500 is a failure by the table of codes")


def test_a_private_address_that_the_operator_did_not_allow_is_not_called(try_api, provider):
    answer = try_api(url="https://10.0.0.8/v1/credit/{uscc}")

    name, detail = failed_check(answer)
    assert (name, provider.asked) == ("reached", [])
    assert "private network" in detail


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": ""}, "api.url"),
        ({"url": "https://provider.example/credit"}, "api.url"),
        ({"method": "DELETE"}, "api.method"),
        ({"auth": {"kind": "header", "name": "Host"}}, "api.auth.name"),
        ({"codes": [{"status": 200, "outcome": "failure"}]}, "api.codes"),
        ({"answer": {"fields": [{"name": "x", "type": "blob"}]}}, "api.answer.fields.0.type"),
        (
            {"answer": {"fields": [{"name": "x", "type": "text"}], "records_at": "a..b"}},
            "api.answer.records_at",
        ),
        ({"surprise": 1}, "api.surprise"),
        ({"url": "https://key@provider.example/{uscc}"}, "api.url"),
        ({"url": "https://provider.example/{uscc}?key=s3cret"}, "api.url"),
        ({"url": "https://[provider.example/{uscc}"}, "api.url"),
        ({"auth": {"kind": "query", "name": "period"}}, "api.parameters"),
        (
            {"answer": {"fields": [{"name": "x", "type": "text"}, {"name": "x", "type": "text"}]}},
            "api.answer",
        ),
    ],
)
def test_a_description_that_breaks_a_rule_names_its_field(try_api, provider, changes, field):
    answer = try_api(**changes)

    assert (answer.status_code, provider.asked) == (422, [])
    assert field in [item["field"] for item in answer.json["errors"]]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"arguments": {"company": "9"}}, "company"),
        ({"arguments": {"period": "2026-10"}}, "uscc"),
        ({"secret": None}, "secret"),
    ],
)
def test_a_call_that_does_not_fit_is_not_made(try_api, provider, asked, field):
    answer = try_api(**asked)

    assert (answer.status_code, answer.json["code"], provider.asked) == (422, "hosted-call-invalid", [])
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize("secret", ["s3cret\nX-Other: 1", "密钥"])
def test_a_secret_that_no_header_can_carry_is_refused_without_being_told(try_api, provider, secret):
    answer = try_api(secret=secret)

    assert (answer.status_code, provider.asked) == (422, [])
    assert answer.json["errors"][0]["field"] == "secret"
    assert secret not in answer.text


def test_a_description_that_holds_the_secret_is_not_tried(try_api, provider):
    """Else it would stand in the listing for every buyer; without a passed test there is none."""
    parameters = [{"name": "uscc", "in": "path"}, {"name": "key", "in": "query", "example": "s3cret-7f2a"}]

    answer = try_api(parameters=parameters, secret="s3cret-7f2a", arguments={"uscc": "9", "key": "x"})

    assert (answer.status_code, answer.json["code"], provider.asked) == (422, "hosted-call-invalid", [])


def test_a_broken_promise_is_told_without_the_value(try_api, provider):
    """A value is the provider's data, and may be its secret when an API answers with that."""
    provider.answer["data"]["rows"] = [COMPANY | {"score": "s3cret"}]

    assert failed_check(try_api()) == ("columns", "record 1: score is a text, not of the type number")


def test_an_argument_cannot_leave_its_place_in_the_path(described):
    api = HostedApi.of(HostedApiSchema().load(described))

    request = api.request({"uscc": "../admin?x=1#y"}, "s3cret")

    assert request.url.endswith("/v1/credit/..%2Fadmin%3Fx%3D1%23y")


def test_only_providers_try_apis(market, try_api):
    assert try_api(by=market.forecast_lab).status_code == 403


def test_providers_see_their_own_tests(market, try_api):
    kept = try_api().json

    assert market.api(market.grid_co).get("/connection-tests/").json == [kept]
    assert market.api(market.rival).get("/connection-tests/").json == []
    assert market.api(market.regulator).get("/connection-tests/").json == [kept]


def test_a_passed_test_counts_for_exactly_its_description(market, try_api, described):
    try_api()

    def found(document, *, after=timedelta(days=-1)):
        api = HostedApi.of(HostedApiSchema().load(json.loads(json.dumps(document))))
        return market.read(
            find_passed_test,
            organisation_id=market.grid_co.organisation_id,
            api_sha256=api.digest,
            not_before=market.now + after,
        )

    assert found(described) is not None
    assert found(described | {"timeout_ms": 600}) is None
    assert found(described, after=timedelta(seconds=1)) is None


class TestProducts:
    @pytest.fixture
    def made(self, market, described):
        answer = market.api(market.grid_co).post(
            "/hosted-products/", {"name": "power credit", "api": described}
        )
        assert answer.status_code == 201
        return answer.json

    def test_are_described_and_read_by_their_provider(self, market, made, described):
        own = market.api(market.grid_co)

        assert (made["version"], made["api"]["url"]) == (1, described["url"])
        assert own.get(f"/hosted-products/{made['id']}").json == made
        assert own.get(f"/hosted-products/{made['id']}/descriptions/1").json == made
        assert own.get("/hosted-products/").json == [made]

    def test_are_described_anew(self, market, made, described):
        path = f"/hosted-products/{made['id']}/descriptions"
        own = market.api(market.grid_co)

        second = own.post(path, {"api": described | {"timeout_ms": 900}}).json
        again = own.post(path, {"api": described | {"timeout_ms": 900}}).json

        assert (second["version"], again) == (2, second)

    def test_are_no_business_of_others(self, market, made):
        path = f"/hosted-products/{made['id']}"

        assert market.api(market.rival).get(path).status_code == 404
        assert market.api(market.forecast_lab).get(path).status_code == 403
        assert market.api(market.regulator).get(path).json == made

    def test_whose_description_is_wrong_are_not_made(self, market, described):
        body = {"name": "power credit", "api": described | {"method": "DELETE"}}

        answer = market.api(market.grid_co).post("/hosted-products/", body)
        assert answer.status_code == 422
        assert market.api(market.grid_co).get("/hosted-products/").json == []

    def test_are_tested_as_they_are_described(self, market, made, try_api):
        passed, other = try_api().json, try_api(timeout_ms=900).json

        tests = market.api(market.operator).get("/connection-tests/", api_sha256=made["api_sha256"]).json
        assert [item["id"] for item in tests] == [passed["id"]]
        assert passed["passed"]
        assert other["api_sha256"] != made["api_sha256"]

    def test_become_listings(self, market, made, try_api):
        try_api()
        own = market.api(market.grid_co)

        draft = own.post("/listings/", {"hosted_id": made["id"], **hosted_offer()}).json
        answer = own.post(f"/listings/{draft['listing_id']}/versions/1/submission", {})

        assert (answer.status_code, answer.json["state"]) == (200, "org_review")

    def test_that_nobody_tested_are_not_submitted(self, market, made):
        own = market.api(market.grid_co)
        draft = own.post("/listings/", {"hosted_id": made["id"], **hosted_offer()}).json

        answer = own.post(f"/listings/{draft['listing_id']}/versions/1/submission", {})
        assert (answer.status_code, answer.json["code"]) == (409, "connection-not-tested")
        assert "wdx hosted test" in answer.json["errors"][0]["remedy"]

    @pytest.mark.parametrize("ids", [{}, {"dataset_id": "dts_1", "hosted_id": "hst_1"}, {"hosted_id": 7}])
    def test_a_listing_names_exactly_one_source(self, market, ids):
        answer = market.api(market.grid_co).post("/listings/", {**ids, **hosted_offer()})

        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
