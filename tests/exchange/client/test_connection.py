import io

import pytest

from exchange.client import Connection, Refused, Unreachable


@pytest.fixture
def connection(scripted):
    connection = Connection(scripted.url + "/", token="wdx_secret", patience_s=5)
    yield connection
    connection._http.close()


class TestRetry:
    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_a_request_that_may_succeed_is_sent_again_with_the_same_key(self, scripted, connection, status):
        scripted.will_answer(status)
        scripted.will_answer(body={"done": True})

        assert connection.post("/things", {"a": 1}).json() == {"done": True}
        first, second = (asked["headers"]["Idempotency-Key"] for asked in scripted.asked)
        assert first == second

    def test_two_requests_have_keys_of_their_own(self, scripted, connection):
        for _ in range(2):
            scripted.will_answer()
            connection.post("/things", {"a": 1})

        assert len({asked["headers"]["Idempotency-Key"] for asked in scripted.asked}) == 2

    def test_a_file_that_is_sent_again_starts_at_its_beginning(self, scripted, connection):
        scripted.will_answer(503)
        scripted.will_answer()

        connection.post("/things", data=io.BytesIO(b"all of it"))

        assert [asked["body"] for asked in scripted.asked] == [b"all of it"] * 2

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
    def test_a_refusal_is_not_sent_again(self, scripted, connection, status):
        scripted.will_answer(status)

        with pytest.raises(Refused):
            connection.get("/things")
        assert len(scripted.asked) == 1

    def test_patience_that_is_at_its_end_gives_the_last_answer(self, scripted, connection):
        connection.patience_s = 0
        scripted.will_answer(503, {"code": "unavailable", "detail": "busy"})

        with pytest.raises(Refused, match="busy") as refusal:
            connection.get("/things")
        assert refusal.value.status == 503

    def test_a_server_that_is_not_there_is_unreachable(self):
        connection = Connection("http://127.0.0.1:9", patience_s=0)

        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
            connection.get("/things")
        connection._http.close()


class TestRefusal:
    def test_carries_code_sentence_field_and_remedy(self, scripted, connection):
        problem = {
            "code": "quota-exhausted",
            "detail": "5 rows are left",
            "errors": [{"field": "limit", "message": "5 rows are left", "remedy": "Ask for 5."}],
        }
        scripted.will_answer(429, problem)

        with pytest.raises(Refused, match="5 rows are left") as refusal:
            connection.get("/things")
        error = refusal.value
        assert (error.code, error.kind) == ("quota-exhausted", "limit-exceeded")
        assert (error.field, error.remedy) == ("limit", "Ask for 5.")

    @pytest.mark.parametrize("body", [[], "text", {"errors": None}])
    def test_of_a_strange_server_is_one_all_the_same(self, scripted, connection, body):
        scripted.will_answer(500, body)

        with pytest.raises(Refused) as refusal:
            connection.get("/things")
        assert refusal.value.code == "http-500"


class TestToken:
    def test_goes_to_the_server_as_bearer(self, scripted, connection):
        scripted.will_answer()
        connection.get("/things")

        assert scripted.asked[0]["headers"]["Authorization"] == "Bearer wdx_secret"

    def test_does_not_follow_a_redirect_to_another_server(self, scripted, connection):
        scripted.will_answer(302, Location=f"{scripted.url}/elsewhere")
        with pytest.raises(Refused, match="302"):
            connection.get("/things")

        assert [asked["path"] for asked in scripted.asked] == ["things"]


def test_a_question_leaves_out_what_is_not_asked(scripted, connection):
    scripted.will_answer()
    response = connection.get("/things", limit=3, cursor=None)

    assert response.request.url.endswith("/things?limit=3")


class TestRate:
    def test_of_a_contract_is_waited_for(self, scripted):
        """A program that reads page after page keeps the contract's pace without knowing of it."""
        scripted.will_answer(429, {"code": "rate-exceeded"}, **{"Retry-After": "1"})
        scripted.will_answer(200, {"answered": True})

        answer = Connection(scripted.url, patience_s=0).get("/paced", request_id="mine")

        assert answer.json() == {"answered": True}
        assert [asked["headers"]["Idempotency-Key"] for asked in scripted.asked] == ["mine", "mine"]

    def test_beyond_a_minute_and_a_half_is_told(self, scripted):
        scripted.will_answer(429, {"code": "rate-exceeded"}, **{"Retry-After": "91"})

        with pytest.raises(Refused) as refusal:
            Connection(scripted.url, patience_s=0).get("/paced")

        assert refusal.value.code == "rate-exceeded"
