import pytest


@pytest.fixture
def api(market):
    return market.api(market.forecast_lab)


class TestProblem:
    def test_is_problem_json_with_a_stable_code(self, api):
        answer = api.get("/agreements/agr_none")

        assert answer.mimetype == "application/problem+json"
        assert answer.json.keys() >= {"type", "title", "status", "code", "detail", "request_id"}
        assert (answer.json["status"], answer.json["code"]) == (404, "not-found")

    def test_of_an_unknown_address_has_the_same_shape(self, api):
        answer = api.get("/nothing-here")

        assert (answer.status_code, answer.json["code"]) == (404, "not-found")

    def test_of_a_wrong_method_has_the_same_shape(self, api):
        assert api.send("DELETE", "/me").json["code"] == "http-405"

    def test_of_unreadable_json_says_so(self, api):
        answer = api.post("/negotiations", data=b"{", content_type="application/json")

        assert (answer.status_code, answer.json["code"]) == (400, "malformed")

    def test_of_a_wrong_member_names_it(self, api):
        answer = api.post("/negotiations/neg_1/end", {"surprise": 1})

        assert answer.status_code == 422
        assert {"surprise", "reason"} <= {item["field"] for item in answer.json["errors"]}

    def test_of_a_body_too_large_comes_before_it_is_read(self, api):
        answer = api.post("/negotiations", data=b"[" + b" " * 2**20, content_type="application/json")

        assert (answer.status_code, answer.json["code"]) == (413, "too-large")

    def test_of_a_missing_sign_in_says_how_to_sign_in(self, market):
        answer = market.api().get("/me")

        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="wdx"')
        assert "Authorization: Bearer" in answer.json["detail"]


class TestRequestId:
    def test_of_the_caller_is_kept(self, api):
        answer = api.send("GET", "/nothing", headers={"X-Request-Id": "buyer-4711"})

        assert (answer.headers["X-Request-Id"], answer.json["request_id"]) == ("buyer-4711",) * 2

    @pytest.mark.parametrize("wished", ["short", "x" * 81, 'injected" level="error'])
    def test_in_a_harmful_form_is_replaced(self, api, wished):
        answer = api.send("GET", "/nothing", headers={"X-Request-Id": wished})

        assert answer.json["request_id"] not in {"", wished}


def test_every_answer_stays_out_of_shared_caches_and_frames(api):
    headers = api.get("/me").headers

    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
