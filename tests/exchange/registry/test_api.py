import pytest

from exchange.registry.resolver import FOUND, NOT_FOUND


@pytest.fixture
def certificate(issue):
    [certificate] = issue()
    return certificate


@pytest.fixture
def anybody(market):
    """A browser or program that nobody signed in."""
    return market.app.test_client()


def values_of(answer):
    return {item["type"]: item["data"]["value"] for item in answer.json["values"]}


class TestResolver:
    def test_a_handle_resolves_for_everybody(self, market, anybody, certificate):
        answer = anybody.get(f"/api/handles/{certificate.document['handle']}")

        values = values_of(answer)
        assert (answer.status_code, answer.json["responseCode"]) == (200, FOUND)
        assert values["REGNO"] == certificate.number
        assert values["STATUS"] == "listed"
        assert values["TITLE"] == "负荷曲线 Load curve"
        assert values["URL"] == f"http://localhost/id/{certificate.document['handle']}"
        assert certificate.document["content_sha256"] in values["METADATA_DIGEST"]

    def test_values_come_in_the_order_of_their_indexes(self, anybody, certificate):
        answer = anybody.get(f"/api/handles/{certificate.document['handle']}")

        indexes = [item["index"] for item in answer.json["values"]]
        assert indexes == sorted(indexes)
        assert 100 not in indexes  # the administrator's value is not for the public

    def test_an_unknown_handle_answers_as_the_handle_system_does(self, anybody, certificate):
        answer = anybody.get("/api/handles/88.118.27/WDX.PWR.999999")

        assert (answer.status_code, answer.json["responseCode"]) == (404, NOT_FOUND)

    def test_an_earlier_version_stays_resolvable(self, market, anybody, certificate, issue):
        market.decided(market.submitted(market.edited(title_en="Load curve, corrected")))
        issue()
        path = f"/api/handles/{certificate.document['handle']}"

        assert values_of(anybody.get(path))["VERSION"] == "2"
        earlier = values_of(anybody.get(path, query_string={"version": 1}))
        assert (earlier["STATUS"], earlier["REGNO"]) == ("superseded", certificate.number)
        assert anybody.get(path, query_string={"version": 3}).status_code == 404

    def test_the_page_shows_the_same_to_people(self, anybody, certificate):
        page = anybody.get(f"/id/{certificate.document['handle']}", headers={"Accept-Language": "en"})

        assert page.status_code == 200
        assert certificate.document["product_no"] in page.text
        assert anybody.get("/id/88.118.27/WDX.PWR.999999").status_code == 404


class TestCertificate:
    def test_everybody_may_verify_it(self, anybody, certificate):
        page = anybody.get(f"/certificates/{certificate.number}", headers={"Accept-Language": "en"})

        assert "Signature verified" in page.text
        assert "<svg" in page.text
        assert anybody.get(f"/api/v1/certificates/{certificate.number}").json["token"] == certificate.token

    def test_a_page_in_chinese(self, anybody, certificate):
        page = anybody.get(f"/certificates/{certificate.number}", headers={"Accept-Language": "zh-CN"})

        assert "负荷曲线" in page.text
        assert "签名验证通过" in page.text

    def test_a_revoked_one_is_shown_with_the_reason(self, market, anybody, certificate):
        path = f"/certificates/{certificate.number}"
        market.api(market.operator).post(f"{path}/revocation", {"reason": "source withdrawn"})

        page = anybody.get(path, headers={"Accept-Language": "en"})

        assert "Revoked" in page.text
        assert "source withdrawn" in page.text
        assert (
            values_of(anybody.get(f"/api/handles/{certificate.document['handle']}"))["STATUS"] == "revoked"
        )

    def test_an_unknown_number_is_not_found(self, anybody):
        assert anybody.get("/api/v1/certificates/R2026-000009").status_code == 404
        assert anybody.get("/certificates/R2026-000009").status_code == 404

    def test_the_listing_page_leads_to_it(self, market, certificate):
        found = market.api(market.forecast_lab).get(f"/listings/{market.listing_id}/certificates").json

        assert [item["number"] for item in found] == [certificate.number]


class TestObjections:
    def test_from_notice_to_decision(self, market):
        [notice] = market.api(market.rival).get("/registrations", state="public_notice").json
        path = f"/registrations/{notice['listing_id']}/{notice['version']}/objections"

        objection = market.api(market.rival).post(path, {"reason": "These are our meters"})

        operator = market.api(market.operator)
        [waiting] = operator.get("/objections", state="open").json
        decided = operator.post(
            f"/objections/{waiting['id']}/decision", {"decision": "upheld", "reason": "proved"}
        )
        assert (objection.status_code, decided.json["state"]) == (201, "upheld")
        assert market.api(market.rival).get("/registrations", state="public_notice").json == []

    def test_one_without_a_reason_names_the_field(self, market):
        answer = market.api(market.rival).post(
            f"/registrations/{market.listing_id}/1/objections", {"reason": ""}
        )

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "reason")
