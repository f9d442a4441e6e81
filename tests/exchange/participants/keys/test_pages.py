import pytest

from exchange.trust import PrivateKey
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD


@pytest.fixture
def browse(market):
    def as_member(member, language="en"):
        browser = Browser(market.app, language)
        browser.sign_in(member.login, PASSWORD)
        return browser

    return as_member


@pytest.mark.parametrize(("language", "words"), [("en", "In force"), ("zh", "有效")])
def test_an_organisation_sees_its_keys_and_their_state(market, browse, language, words):
    market.enrol(market.grid_co, PrivateKey.generate("SM2-SM3"))

    page = browse(market.grid_co, language).get("/keys/").text

    assert page.count('class="card" id="key-') == 2
    assert market.grid_co.key.kid in page
    assert words in page


def test_a_key_is_ended_at_its_button(market, browse):
    browser, kid = browse(market.grid_co), market.grid_co.key.kid

    answer = browser.submit(
        f"/keys/{kid}/revoke", form_at="/keys/", reason="key-compromise", note="stolen", sure="yes"
    )

    assert (answer.status_code, answer.location) == (303, "/keys/")
    page = browser.get("/keys/").text
    assert "Ended for good" in page
    assert "Somebody else may have it" in page


def test_nothing_ends_without_the_tick(market, browse):
    browser, kid = browse(market.grid_co), market.grid_co.key.kid

    answer = browser.submit(f"/keys/{kid}/revoke", form_at="/keys/", reason="key-compromise")

    assert (answer.status_code, "for good" in answer.text) == (422, True)
    assert "Ended for good" not in browser.get("/keys/").text


def test_a_key_of_somebody_else_is_not_found_at_the_button(market, browse):
    browser = browse(market.rival)

    answer = browser.submit(
        f"/keys/{market.grid_co.key.kid}/revoke", form_at="/keys/", reason="superseded", sure="yes"
    )

    assert (answer.status_code, "there is no signing key" in answer.text) == (422, True)


def test_certificates_are_downloaded(market, browse):
    browser, kid = browse(market.grid_co), market.grid_co.key.kid

    assert browser.get(f"/keys/{kid}/certificate.pem").text.startswith("-----BEGIN CERTIFICATE-----")
    assert browser.get(f"/keys/{kid}/statement.jws").text.count(".") == 2


def test_a_key_without_x509_has_its_statement(market, browse):
    kid = market.enrol(market.grid_co, PrivateKey.generate("ML-DSA-65-Ed25519")).key.kid
    browser = browse(market.grid_co)

    assert browser.get(f"/keys/{kid}/certificate.pem").status_code == 404
    assert browser.get(f"/keys/{kid}/statement.jws").status_code == 200


def test_whoever_signs_nothing_has_no_such_page(market, browse):
    assert browse(market.regulator).get("/keys/").status_code == 403
